"""`forum demo`."""

from __future__ import annotations

import sys
import time
from dataclasses import replace
from datetime import date, datetime

import click
from flask import current_app
from flask.cli import with_appcontext

from forum.core.assembly import this_application
from forum.core.clock import now as clock_now
from forum.core.db import db, transaction
from forum.core.schema import prepare_database
from forum.core.settings import Settings
from forum.core.words import gettext as _
from forum.demo import queries, record, rules
from forum.demo.actions import ORGANISER, OWNER, load_demo, wipe_demo

THE_WORD = "demo"


@click.command("demo")
@click.option("--fresh", is_flag=True, help="Wipe the demonstration and load it again around today.")
@click.option("--yes", is_flag=True, help="With --fresh: wipe without asking.")
@with_appcontext
def demo(fresh: bool, yes: bool) -> None:
    """Load the forum's own story to try everything on; run again, it changes nothing."""
    settings: Settings = current_app.extensions["forum.settings"]
    prepare_database(this_application())
    known = record.read(settings)
    rules.refuse_other_editions(queries.slugs(db.session()), known.slugs if known else ())
    if known and known.day and not fresh and queries.slugs(db.session()):
        click.echo(_("The demonstration is loaded already: nothing was changed."))
        if known.is_stale(local_day(clock_now())):
            click.echo(_("Its “today” is past. To set it around today again: forum demo --fresh"))
    else:
        if fresh and queries.slugs(db.session()):
            ask(yes=yes)
        known = load(settings, known)
    click.echo(sign_in(settings, known))


def ask(*, yes: bool) -> None:
    """Wipe only after a clear word. Raises `WordNeeded`."""
    if yes:
        return
    click.echo(_("This wipes every edition, person, registration and scan of the demonstration."))
    if not sys.stdin.isatty():
        raise rules.WordNeeded
    if click.prompt(_("Type “demo” to go on"), default="", show_default=False).strip().lower() != THE_WORD:
        raise rules.WordNeeded


def load(settings: Settings, known: record.Record | None) -> record.Record:
    """Load, in one transaction: all of it or nothing."""
    started = time.perf_counter()
    click.echo(_("Loading the demonstration …"))
    moment = clock_now()
    known = known or record.Record(database=record.fingerprint(settings), password=record.new_password())
    with transaction() as tx:
        wipe_demo(tx, known.slugs)
        loaded = load_demo(tx, password=known.password, now=moment)
        # Remembered before the commit: a crash in between leaves a record of editions that are not there, which is
        # loaded again, never editions without a record, which would be taken for someone's own.
        known = replace(known, slugs=loaded.slugs, day=str(local_day(moment)))
        record.write(settings, known)
    click.echo(_("Loaded in %(seconds)s s.", seconds=f"{time.perf_counter() - started:.1f}"))
    return known


def local_day(moment: datetime) -> date:
    """Return the day in the host cities."""
    return moment.astimezone(rules.ZONE).date()


def sign_in(settings: Settings, known: record.Record, *, base_url: str | None = None) -> str:
    """Return what one needs to try it: the address, the sign-in, the gates."""
    base = base_url or settings.base_url
    lines = [
        "",
        _("Forum: %(address)s", address=f"{base}/"),
        _("Organisers: %(address)s", address=f"{base}/organise/"),
        _("  owner: %(email)s", email=OWNER),
        _("  organiser: %(email)s", email=ORGANISER),
        _("  password of both: %(password)s", password=known.password),
    ]
    lines += [
        _(
            "Gate “%(gate)s” (%(edition)s): %(address)s",
            gate=gate.name.in_language("fr"),
            edition=gate.edition.name,
            address=f"{base}/scan/{gate.token}",
        )
        for gate in queries.gates(db.session(), known.slugs[-2:-1] or known.slugs)
    ]
    return "\n".join(lines)
