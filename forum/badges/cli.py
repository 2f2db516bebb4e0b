"""`forum badges SLUG --out badges.pdf`: all the badges of an edition, with a progress bar."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click
from flask.cli import with_appcontext

from forum.badges import queries, rules
from forum.badges.actions import printing
from forum.badges.actions.printing import PrintRequest
from forum.badges.documents.making import draw, read_print
from forum.badges.models import PrintJob
from forum.badges.rules import Selection, Way
from forum.badges.rules.formats import FORMATS
from forum.badges.rules.imposition import FLIPS
from forum.badges.rules.order import SEPARATORS, SORTS
from forum.core import clock
from forum.core.db import db, transaction
from forum.core.refusals import Malformed
from forum.core.words import gettext as _
from forum.core.words import lazy_gettext, ngettext
from forum.editions.models import Edition
from forum.editions.queries import edition_with_slug

if TYPE_CHECKING:  # slow to import: only who prints pays
    from rich.progress import Progress


class CannotWrite(Malformed):
    """The file cannot be written where it was asked for."""

    code = "cannot-write"
    sentence = lazy_gettext("%(path)s cannot be written: %(reason)s. Choose another place with --out.")


class NoSuchPrinter(Malformed):
    """A printer that the edition does not have."""

    code = "no-such-printer"
    sentence = lazy_gettext("This edition has no printer “%(printer)s”. It has: %(printers)s.")


@click.command("badges")
@click.argument("slug")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), required=True, help="The PDF to write.")
@click.option("--layout", "paper", type=click.Choice(list(FORMATS)), default="a6", show_default=True, help="The paper.")
@click.option("--sort", type=click.Choice(SORTS), default="name", show_default=True)
@click.option("--category", "categories", multiple=True, help="Slug of a category; may be given several times.")
@click.option("--new", "--only-not-printed", "only_new", is_flag=True, help="Only what is not on paper as it is now.")
@click.option("--separators", type=click.Choice(SEPARATORS), default="none", show_default=True)
@click.option("--desk", "staff", type=int, multiple=True, help="People at a desk, once a desk; shares the letters out.")
@click.option("--stacked", is_flag=True, help="Keep the order when the whole pile is cut at once.")
@click.option("--start", type=int, default=1, show_default=True, help="First free place of a sheet that was begun.")
@click.option("--sides", type=click.Choice(FLIPS), default="one", show_default=True, help="Which edge is turned over.")
@click.option("--file", type=click.Choice(["usual", *filter(None, rules.FILES)]), default="usual", show_default=True)
@click.option("--printer", help="Name of a printer of the edition, for its calibration.")
@click.option("--again", is_flag=True, help="Print also what somebody else prints at this moment.")
@with_appcontext
def badges_command(
    slug: str,
    out: Path,
    paper: str,
    sort: str,
    categories: tuple[str, ...],
    only_new: bool,
    separators: str,
    staff: tuple[int, ...],
    stacked: bool,
    start: int,
    sides: str,
    file: str,
    printer: str | None,
    again: bool,
) -> None:
    """Print the badges of the edition SLUG into one PDF, and write it into the log."""
    edition = edition_with_slug(db.session(), slug)
    way = Way(
        format=paper,
        sort=sort,
        separators="desk" if staff and separators == "none" else separators,
        staff=staff,
        is_stacked=stacked,
        start=start,
        flip=sides,
        printer_id=printer_id(edition.id, printer),
        file="" if file == "usual" else file,
    )
    selection = Selection(category_ids=category_ids(edition.id, categories), only_new=only_new)
    count = print_to(out, edition, PrintRequest(selection, way, is_knowing=again))
    click.echo(ngettext("%(num)s badge in %(path)s.", "%(num)s badges in %(path)s.", count, path=str(out)))


def printer_id(edition_id: int, name: str | None) -> int | None:
    """Return the id of a printer. Raises `NoSuchPrinter`."""
    known = {printer.name: printer.id for printer in queries.printers_of(db.session(), edition_id)}
    if name is not None and name not in known:
        raise NoSuchPrinter(printer=name, printers=", ".join(sorted(known)) or "–")
    return known[name] if name is not None else None


def category_ids(edition_id: int, slugs: tuple[str, ...]) -> tuple[int, ...]:
    """Return the ids of categories. Raises `NoSuchCategory`."""
    known = {category.slug: category.id for category in queries.categories_of(db.session(), edition_id)}
    for slug in slugs:
        if slug not in known:
            raise rules.NoSuchCategory(category=slug, categories=", ".join(sorted(known)))
    return tuple(known[slug] for slug in slugs)


def print_to(out: Path, edition: Edition, asked: PrintRequest) -> int:
    """Write the PDF whole or not at all, then note its badges as printed; return how many there are."""
    job = begin(edition, asked)
    session = db.session()
    try:
        badges = queries.badges_of_print(session, job.id)
        prepared = read_print(session, badges, asked.way, queries.printer_of(session, asked.way))
        each = asked.way.paper.cards_on_sheet
        with progress_bar() as bar:
            task = bar.add_task(_("Badges"), total=len(badges))
            draw(
                prepared,
                out,
                processes=os.cpu_count() or 1,
                on_progress=lambda done: bar.update(task, completed=min(len(badges), done * each), refresh=True),
            )
    except BaseException as error:
        with transaction() as tx:
            printing.fail_print_job(tx, job.id, attempt=job.tries, error="broken", now=clock.now())
        if isinstance(error, OSError):
            raise CannotWrite(path=str(out), reason=error.strerror or str(error)) from error
        raise
    made = printing.Made(prepared.words, prepared.layout_name, prepared.layout_version)
    with transaction() as tx:
        now = clock.now()
        printing.finish_print_job(tx, job.id, attempt=job.tries, made=made, now=now)
        printing.hand_out(tx, job.id, now=now)
        printing.forget_files(tx, [job.id], now=now)  # the file is whoever's asked for it, not ours to delete
    return len(prepared.words)


def begin(edition: Edition, asked: PrintRequest) -> PrintJob:
    """Write the print down as begun, so that nobody prints the same meanwhile."""
    with transaction() as tx:
        now = clock.now()
        job = printing.ask_for_print(tx, edition_id=edition.id, account_id=None, request=asked, now=now)
        printing.claim_print_job(tx, now=now, job_id=job.id)
        return job


def progress_bar() -> Progress:
    """Return a progress bar on stderr, so that stdout stays what was asked for; without a thread, for helpers' sake."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return Progress(*columns, console=Console(stderr=True), auto_refresh=False)
