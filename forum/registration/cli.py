"""`forum import registrations` and `forum export registrations`."""

from __future__ import annotations

from pathlib import Path

import click
from flask.cli import with_appcontext

from forum.core import clock, sheets
from forum.core.db import db, transaction
from forum.core.words import ngettext
from forum.editions.queries import edition_with_slug
from forum.registration import actions, documents, queries, rules
from forum.registration.queries import RegistrationFilter

READABLE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group("import")
def import_group() -> None:
    """Take lists in from files."""


@import_group.command("registrations")
@click.argument("file", type=READABLE)
@click.option("--edition", "slug", required=True, help="The edition's address, for example lens-2027.")
@click.option("--dry-run", is_flag=True, help="Only say what would be done.")
@click.option("--letters/--no-letters", default=True, help="Write to each person, with their badge.")
@with_appcontext
def import_registrations(file: Path, slug: str, dry_run: bool, letters: bool) -> None:
    """Register the people of a CSV or XLSX FILE; wrong lines are said and left out."""
    edition = edition_with_slug(db.session(), slug)
    categories = queries.categories_of(db.session(), edition.id)
    present = queries.who_is_registered(db.session(), edition.id)
    good, wrong = rules.checked_list(sheets.read_rows(file), categories, present)
    if not dry_run:
        for chunk in rules.chunks(good):
            with transaction() as tx:
                wrong += actions.take_list(tx, edition.id, chunk, now=clock.now(), letters=letters)
    for row in sorted(wrong, key=lambda each: each.line):
        click.echo(f"{row.line}: {row.reason}", err=True)
    lost = {row.line for row in wrong}
    taken = sum(row.line not in lost for row in good)
    if dry_run:
        click.echo(ngettext("%(num)s line can be taken.", "%(num)s lines can be taken.", taken))
    else:
        click.echo(ngettext("%(num)s person is registered.", "%(num)s people are registered.", taken))


@click.group("export")
def export_group() -> None:
    """Give lists out as files."""


@export_group.command("registrations")
@click.argument("slug")
@click.option("--out", type=click.Path(dir_okay=False, writable=True, path_type=Path), required=True)
@with_appcontext
def export_registrations(slug: str, out: Path) -> None:
    """Write the registrations of the edition SLUG as CSV or XLSX, as the name of the file ends."""
    kind = out.suffix.lower().removeprefix(".")
    if kind not in ("csv", "xlsx"):
        raise click.BadParameter("The name must end in .csv or .xlsx.", param_hint="--out")
    edition = edition_with_slug(db.session(), slug)
    out.write_bytes(documents.spreadsheet(db.session(), edition, RegistrationFilter(sort="name"), kind=kind))
