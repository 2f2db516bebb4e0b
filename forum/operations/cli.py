"""`forum serve`, `work`, `backup`, `restore`, `check`."""

from __future__ import annotations

import signal
import sys
import threading
from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext

from forum.core import jobs
from forum.core.assembly import this_application
from forum.core.clock import now
from forum.core.db import db
from forum.core.schema import prepare_database
from forum.core.settings import Settings
from forum.core.words import gettext as _
from forum.demo import cli as demo_cli
from forum.demo import record
from forum.operations import backup, server
from forum.operations.check import doubts


@click.command("serve")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--host", default="127.0.0.1", show_default=True, help="0.0.0.0 listens on every network of the machine.")
@click.option("--workers", default=2, show_default=True, type=click.IntRange(1, 64), help="Processes that answer.")
@with_appcontext
def serve(port: int, host: str, workers: int) -> None:
    """Serve the forum, with its background worker beside."""
    app = this_application()
    settings: Settings = app.extensions["forum.settings"]
    server.refuse_taken_port(host, port)
    prepare_database(app)
    address = server.base_url(settings, host=host, port=port)
    loaded = record.read(settings)
    if loaded and loaded.day:
        click.echo(demo_cli.sign_in(settings, loaded, base_url=address))
    click.echo("\n" + _("The forum is at %(address)s (Ctrl-C stops it).", address=f"{address}/"))
    server.serve(app, host=host, port=port, workers=workers)


@click.command("work")
@click.option("--once", is_flag=True, help="Do what waits, then end.")
@with_appcontext
def work(once: bool) -> None:
    """Do the background work alone: letters, print jobs, the nightly purge."""
    app = this_application()
    prepare_database(app)
    if once:
        click.echo(_("%(number)s things were done.", number=jobs.run_all()))
        return
    finished = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_signal: finished.set())
    click.echo(_("Working (Ctrl-C stops it)."))
    jobs.work_until(app, finished)


@click.command("backup")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@with_appcontext
def back_up(folder: Path) -> None:
    """Write one dated file with the database and the uploads into FOLDER; the service may run meanwhile."""
    settings: Settings = current_app.extensions["forum.settings"]
    written = backup.back_up(settings, folder, now=now())
    size = written.stat().st_size / 1e6
    click.echo(
        _("%(file)s is written, %(size)s MB. It holds personal data: keep it safe.", file=written, size=f"{size:.1f}")
    )


@click.command("restore")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--yes", is_flag=True, help="Replace what is here.")
@with_appcontext
def restore(file: Path, yes: bool) -> None:
    """Put a back-up in the place of what is here; it is verified first, and nothing is left half done."""
    settings: Settings = current_app.extensions["forum.settings"]
    kept = backup.restore(settings, file, yes=yes, now=now())
    prepare_database(this_application())
    click.echo(_("Restored from %(file)s.", file=file))
    if kept:
        click.echo(_("What was here before is kept as %(file)s; remove it when all is well.", file=kept))
    click.echo(_("If the service is running, start it again now."))


@click.command("check")
@with_appcontext
def check() -> None:
    """Say what is not as it should be in the data; exit status 1 if there is anything."""
    found = doubts(db.session(), now=now())
    for sentence in found:
        click.echo(sentence)
    if found:
        sys.exit(1)
    click.echo(_("Everything is as it should be."))
