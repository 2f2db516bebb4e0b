"""`forum import registrations` and `forum export registrations`."""

from __future__ import annotations

import sys
from pathlib import Path

import click
from flask.cli import with_appcontext

from forum.core import clock, sheets
from forum.core.db import db, transaction
from forum.core.words import language, ngettext
from forum.editions.queries import edition_with_slug
from forum.lists import actions, documents, queries, rules
from forum.lists.models import ListTask
from forum.lists.rules import ListFilter

READABLE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group("import")
def import_group() -> None:
    """Take lists in from files."""


@import_group.command("registrations")
@click.argument("file", type=READABLE)
@click.option("--edition", "slug", required=True, help="The edition's address, for example lens-2027.")
@click.option("--dry-run", is_flag=True, help="Only say what would be done.")
@click.option("--letters/--no-letters", default=True, help="Write to each person, with their badge.")
@click.option(
    "--duplicates",
    type=click.Choice(rules.DUPLICATES),
    default="skip",
    help="Those who are registered already: leave them, correct them, or register them once more.",
)
@with_appcontext
def import_registrations(file: Path, slug: str, dry_run: bool, letters: bool, duplicates: str) -> None:
    """Register the people of a CSV or XLSX FILE; wrong lines are said and left out."""
    edition = edition_with_slug(db.session(), slug)
    sheet = sheets.read_rows(file)
    rules.columns_are_known(rules.guessed_columns(sheet.headings))
    now = clock.now()
    with transaction() as tx:
        asked = actions.ask_import(
            tx,
            edition_id=edition.id,
            account_id=None,
            content=rules.packed(sheet.headings, rules.lines_of(sheet)),
            headings=sheet.headings,
            language=language(),
            now=now,
        )
    task = go_through(asked.id)
    if not dry_run:
        with transaction() as tx:
            actions.agree(tx, task.id, {"letters": letters, "duplicates": duplicates})
        task = go_through(asked.id, show=sys.stderr.isatty())
    for each in queries.left_out_of(db.session(), task.id):
        click.echo(f"{each.place}: {each.reason}", err=True)
    if dry_run:
        good = task.wish["good"] + (task.wish["known"] if duplicates != "skip" else 0)
        click.echo(ngettext("%(num)s line can be taken.", "%(num)s lines can be taken.", good))
        with transaction() as tx:
            actions.stop(tx, task.id, now=clock.now())
        return
    click.echo(ngettext("%(num)s person is registered.", "%(num)s people are registered.", task.changed))
    if task.updated:
        click.echo(ngettext("%(num)s person is corrected.", "%(num)s people are corrected.", task.updated))


def go_through(task_id: int, *, show: bool = False) -> ListTask:
    """Go through a task here and now, with a bar that tells how far it is."""
    with transaction() as tx:
        claimed = actions.claim(tx, now=clock.now(), task_id=task_id)
    if claimed is not None:
        with click.progressbar(length=claimed.total or 1, file=sys.stderr, hidden=not show) as bar:
            for step in actions.steps(db.session(), claimed):
                with transaction() as tx:
                    step(tx, clock.now())
                bar.update(db.session().get_one(ListTask, task_id).done - bar.pos)
    db.session().expire_all()
    return db.session().get_one(ListTask, task_id)


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
    parts = documents.csv_parts if kind == "csv" else documents.xlsx_parts
    with out.open("wb") as file:
        for part in parts(db.session(), edition, ListFilter(sort="name")):
            file.write(part)
