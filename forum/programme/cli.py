"""`forum import schedule FILE --edition SLUG`: a schedule comes in."""

from __future__ import annotations

import sys
from pathlib import Path

import click
from flask.cli import AppGroup

from forum.core import clock
from forum.core.db import db, transaction
from forum.core.words import gettext as _
from forum.core.words import ngettext
from forum.editions.queries import edition_with_slug
from forum.programme.actions.imports import ImportReport, import_schedule
from forum.programme.documents.incoming import MAXIMUM_BYTES as MOST
from forum.programme.documents.incoming import ScheduleTooLarge, read_schedule

import_group = AppGroup("import", help="Take data in from files.")


@import_group.command("schedule")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--edition", "slug", required=True, help="The slug of the edition, e.g. lens-2027.")
@click.option("--dry-run", is_flag=True, help="Say what would be done, and change nothing.")
@click.option("--publish", is_flag=True, help="Show the sessions to the public at once.")
def schedule(file: Path, slug: str, dry_run: bool, publish: bool) -> None:
    """Take a schedule in: frab XML or JSON, CSV or XLSX.

    Taken again, it changes what it brought and doubles nothing.
    """
    if file.stat().st_size > MOST:
        raise ScheduleTooLarge
    content = file.read_bytes()
    edition = edition_with_slug(db.session(), slug)
    read = read_schedule(content, edition)
    with transaction() as tx:
        report = import_schedule(tx, edition.id, read, publish=publish, now=clock.now())
        if dry_run:
            tx.session.rollback()
    say(report, dry_run=dry_run)
    if report.bad and not report.made and not report.changed:
        sys.exit(1)


def say(report: ImportReport, *, dry_run: bool) -> None:
    """Tell what was done: what was left out and why on stderr, the rest on stdout."""
    for bad in report.bad:
        click.echo(
            _("%(where)s, “%(title)s”: %(reason)s", where=bad.where, title=bad.title, reason=bad.reason), err=True
        )
    if dry_run:
        click.echo(_("A rehearsal: nothing is written."))
    click.echo(ngettext("%(num)s new session.", "%(num)s new sessions.", report.made))
    if report.changed:
        click.echo(ngettext("%(num)s session changed.", "%(num)s sessions changed.", report.changed))
    if report.speakers:
        click.echo(ngettext("%(num)s new speaker.", "%(num)s new speakers.", report.speakers))
    if report.rooms:
        rooms = ", ".join(report.rooms)
        click.echo(_("New rooms, with 50 seats each to be corrected: %(rooms)s.", rooms=rooms))
    if report.tracks:
        click.echo(_("New themes: %(tracks)s.", tracks=", ".join(report.tracks)))
    if report.bad:
        click.echo(ngettext("%(num)s entry left out.", "%(num)s entries left out.", len(report.bad)), err=True)
