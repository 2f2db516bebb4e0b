"""`forum badges SLUG --out badges.pdf`: all the badges of an edition, with a progress bar."""

from __future__ import annotations

import os
from pathlib import Path

import click
from flask.cli import with_appcontext
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from forum.badges import actions, queries, rules
from forum.badges.documents import badges_pdf, face_of
from forum.badges.rules import Selection
from forum.core import clock
from forum.core.db import db, transaction
from forum.core.refusals import Malformed
from forum.core.words import gettext as _
from forum.core.words import lazy_gettext, ngettext
from forum.editions.queries import edition_with_slug


class CannotWrite(Malformed):
    """The file cannot be written where it was asked for."""

    code = "cannot-write"
    sentence = lazy_gettext("%(path)s cannot be written: %(reason)s. Choose another place with --out.")


@click.command("badges")
@click.argument("slug")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), required=True, help="The PDF to write.")
@click.option("--layout", type=click.Choice(rules.LAYOUTS), default="a6", show_default=True)
@click.option("--sort", type=click.Choice(rules.SORTS), default="name", show_default=True)
@click.option("--category", "categories", multiple=True, help="Slug of a category; may be given several times.")
@click.option("--only-not-printed", is_flag=True, help="Leave out what was printed and did not change since.")
@with_appcontext
def badges_command(
    slug: str, out: Path, layout: str, sort: str, categories: tuple[str, ...], only_not_printed: bool
) -> None:
    """Print the badges of the edition SLUG into one PDF."""
    edition = edition_with_slug(db.session(), slug)
    selection = Selection(
        layout=layout,
        sort=sort,
        category_ids=category_ids(edition.id, categories),
        only_not_printed=only_not_printed,
    )
    count = print_to(out, edition.id, selection)
    click.echo(ngettext("%(num)s badge in %(path)s.", "%(num)s badges in %(path)s.", count, path=str(out)))


def category_ids(edition_id: int, slugs: tuple[str, ...]) -> tuple[int, ...]:
    """Return the ids of categories. Raises `NoSuchCategory`."""
    known = {category.slug: category.id for category in queries.categories_of(db.session(), edition_id)}
    for slug in slugs:
        if slug not in known:
            raise rules.NoSuchCategory(category=slug, categories=", ".join(sorted(known)))
    return tuple(known[slug] for slug in slugs)


def print_to(out: Path, edition_id: int, selection: Selection) -> int:
    """Write the PDF whole or not at all, then note its badges as printed; return how many there are."""
    now = clock.now()
    badges = queries.badges_of(db.session(), edition_id, selection)
    if not badges:
        raise rules.NothingToPrint
    faces = [face_of(badge) for badge in badges]
    with progress_bar() as bar:
        task = bar.add_task(_("Badges"), total=len(faces))
        content = badges_pdf(
            faces,
            layout=selection.layout,
            processes=os.cpu_count() or 1,
            on_progress=lambda done: bar.update(task, completed=done, refresh=True),
        )
    temporary = out.with_name(f".{out.name}.new")
    try:
        temporary.write_bytes(content)
        temporary.replace(out)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise CannotWrite(path=str(out), reason=error.strerror or str(error)) from error
    with transaction() as tx:
        actions.mark_printed(tx, [badge.id for badge in badges], read_at=now)
    return len(faces)


def progress_bar() -> Progress:
    """Return a progress bar on stderr, so that stdout stays what was asked for; without a thread, for helpers' sake."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return Progress(*columns, console=Console(stderr=True), auto_refresh=False)
