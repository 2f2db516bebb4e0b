"""`forum purge`."""

from __future__ import annotations

import click
from flask.cli import with_appcontext

from forum.core.clock import now
from forum.core.db import transaction
from forum.core.words import gettext as _
from forum.privacy import actions, rules


@click.command("purge")
@click.option("--dry-run", is_flag=True, help="Say what would be erased, and erase nothing.")
@with_appcontext
def purge(dry_run: bool) -> None:
    """Erase what has been kept long enough, as the privacy page promises."""
    with transaction() as tx:
        purged = actions.purge(tx, now=now())
        if dry_run:
            tx.session.rollback()
    click.echo(_("This would be erased (nothing was):") if dry_run else _("Erased:"))
    for key, count in purged.items():
        click.echo(f"{count:>8}  {rules.BY_KEY[key].what}")
