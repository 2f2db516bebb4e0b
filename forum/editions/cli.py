"""`forum edition list`."""

from __future__ import annotations

import click
from flask import current_app
from flask.cli import AppGroup

from forum.core import clock
from forum.core.db import db
from forum.core.schema import make_missing_tables
from forum.core.words import gettext as _
from forum.editions import queries
from forum.editions.rules import PHASES, phase

edition = AppGroup("edition", help="Look at editions, open new ones.")


@edition.command("list")
def _list() -> None:
    """List the editions: address, days, state, name."""
    make_missing_tables(current_app)
    now = clock.now()
    editions = queries.all_editions(db.session())
    if not editions:
        click.echo(_("There is no edition yet. `forum demo` loads some, or open one on the organisers’ pages."))
    width = max((len(each.slug) for each in editions), default=0)
    state_width = max(len(str(words)) for words in PHASES.values())
    for each in editions:
        days = f"{each.first_day.isoformat()} – {each.last_day.isoformat()}"
        click.echo(f"{each.slug:<{width}}  {days}  {PHASES[phase(each, now)]!s:<{state_width}}  {each.name}")
