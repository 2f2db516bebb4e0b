"""The organisers' list of registrations: search, filters, export, and choosing whom to change."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from flask import Blueprint, Response, flash, request, stream_with_context
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from forum.core import clock
from forum.core.db import db, transaction
from forum.core.refusals import NotFound
from forum.core.web import PageOfItems, back_to, download, open_to, page, show_edition, small_number
from forum.core.words import gettext as _
from forum.core.words import language
from forum.editions.models import Edition
from forum.editions.queries import edition_with_slug
from forum.lists import actions, documents, queries, rules
from forum.registration.documents import state_words
from forum.registration.queries import categories_of, counts_by_state, sessions_with_seats

blueprint = Blueprint("lists_registrations", __name__)

PAGE = 50
MOST_TICKED = 1_000


@blueprint.get("/organise/<slug>/registrations")
@open_to("organiser", viewers=True)
def registrations(slug: str) -> Response:
    """Show the list, searched and filtered as the address says."""
    edition = the_edition(slug)
    wanted = rules.read_filter(request.args)
    if not current_user.may_organise(slug):
        wanted = replace(wanted, needs_adjustment=False)  # who needs what is not for who only looks
    number = small_number(request.args.get("page")) or 1
    found = queries.found(db.session(), edition, wanted, number=number, size=PAGE)
    last = max(1, -(-found.total // PAGE))
    return page(
        "lists/registrations.html",
        edition=edition,
        wanted=wanted,
        found=PageOfItems(items=found.items, number=min(number, last), size=PAGE, total=found.total),
        is_close=found.is_close,
        is_more=found.is_more,
        categories=categories_of(db.session(), edition.id),
        sessions=sessions_with_seats(db.session(), edition.id),
        counts=counts_by_state(db.session(), edition.id),
        state_words=state_words(),
        tasks=queries.recent_tasks(db.session(), edition.id, limit=1),
    )


@blueprint.get("/organise/<slug>/registrations.<kind>")
@open_to("organiser")
def export(slug: str, kind: str) -> Response:
    """Give the list as the address filters it as a spreadsheet, written while it is read."""
    edition = the_edition(slug)
    if kind not in ("csv", "xlsx"):
        raise NotFound
    wanted = rules.read_filter(request.args)
    answer = download(b"", name=f"{_('registrations')}-{edition.slug}.{kind}")
    answer.response = stream_with_context(written(slug, wanted, kind))
    del answer.headers["Content-Length"]
    return answer


def written(slug: str, wanted: rules.ListFilter, kind: str) -> Iterator[bytes]:
    """Write the spreadsheet part by part; the edition is read again, since the answer outlives the view."""
    parts = documents.csv_parts if kind == "csv" else documents.xlsx_parts
    yield from parts(db.session(), the_edition(slug), wanted)


@blueprint.post("/organise/<slug>/registrations/choose")
@open_to("organiser")
def choose(slug: str) -> BaseResponse:
    """Take down whom to change, and lead to the page that says what will happen."""
    edition = the_edition(slug)
    try:
        rules.may_be_asked(request.form.get("what", ""))
        with transaction() as tx:
            task = actions.ask_change(
                tx,
                edition_id=edition.id,
                account_id=current_user.id,
                what=request.form["what"],
                ids=chosen_ids(edition),
                language=language(),
                now=clock.now(),
            )
    except (rules.NothingChosen, rules.NoSuchChange) as refusal:
        flash(str(refusal), "warning")
        return back_to(list_of(slug))
    return back_to(f"/organise/{slug}/lists/{task.key}")


def chosen_ids(edition: Edition) -> list[int]:
    """Return who was ticked, or everybody whom the list shows as the address filters it."""
    if request.form.get("everybody") == "yes":
        matching = queries.matching(db.session(), edition, rules.read_filter(request.args))
        return list(queries.ids_of(db.session(), matching))
    numbers = [small_number(text) for text in request.form.getlist("registration")[:MOST_TICKED]]
    return list(queries.ids_in(db.session(), edition.id, [number for number in numbers if number]))


def list_of(slug: str) -> str:
    """Return the address of the list as it was filtered."""
    query = request.query_string.decode()
    return f"/organise/{slug}/registrations{'?' + query if query else ''}"


def the_edition(slug: str) -> Edition:
    """Return the edition of the address, and show the page in its tint."""
    return show_edition(edition_with_slug(db.session(), slug))
