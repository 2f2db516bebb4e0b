"""The `forum` command: every feature's commands in one place; a refusal is a sentence and exit status 1."""

from __future__ import annotations

import sys
from typing import Any

import click
from flask.cli import FlaskGroup
from sqlalchemy.exc import OperationalError, ProgrammingError

from forum import create_app
from forum.core.refusals import Refusal
from forum.core.settings import BadSetting


class ForumGroup(FlaskGroup):
    """The group of all commands."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run, and turn a refusal into a sentence on stderr."""
        try:
            return super().invoke(ctx)
        except (Refusal, BadSetting) as refusal:
            click.echo(str(refusal), err=True)
            sys.exit(1)
        except (OperationalError, ProgrammingError) as error:
            # No tables yet, no such server, no right to it: what the driver says is the best there is.
            said = str(error.orig).strip().splitlines()[0]
            click.echo(f"The database cannot be used: {said}.", err=True)
            click.echo("Is FORUM_DATABASE_URL right? `forum serve` or `forum demo` makes the tables.", err=True)
            sys.exit(1)


main = ForumGroup(
    name="forum",
    help="The event service of the Grand Nord Digital Forum.",
    create_app=create_app,
    add_default_commands=False,
    add_version_option=False,
    set_debug_flag=False,
)
