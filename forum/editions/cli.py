"""`forum edition list`."""

from __future__ import annotations

import click

from forum.core import clock
from forum.core.db import db
from forum.editions import queries
from forum.editions.rules import phase


@click.group()
def edition() -> None:
    """Look at editions, open new ones."""


@edition.command("list")
def _list() -> None:
    """List the editions: address, days, state, name."""
    now = clock.now()
    editions = queries.all_editions(db.session())
    if not editions:
        click.echo("There is no edition yet. `forum demo` loads some, or open one on the pages of the organisers.")
    width = max((len(each.slug) for each in editions), default=0)
    for each in editions:
        days = f"{each.first_day.isoformat()} – {each.last_day.isoformat()}"
        click.echo(f"{each.slug:<{width}}  {days}  {phase(each, now):<9}  {each.name}")
