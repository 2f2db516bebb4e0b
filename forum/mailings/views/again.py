"""People of another edition: how many agreed to be written to, and an invitation for them that is ready to leave."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from flask import Blueprint, Response, request
from werkzeug.wrappers import Response as BaseResponse

from forum.core import clock
from forum.core.db import db, transaction
from forum.core.web import back_to, open_to, page, required, small_number
from forum.core.words import gettext as _
from forum.core.words import language
from forum.editions.models import Edition
from forum.mailings import actions, queries, rules
from forum.mailings.forms import EmptyForm, with_all
from forum.mailings.rules.ready import READY
from forum.mailings.views.organise import the_edition
from forum.registration.models import Category
from forum.registration.queries import categories_of

blueprint = Blueprint("mailings_again", __name__)


@blueprint.route("/organise/<slug>/letters/again", methods=["GET", "POST"])
@open_to("organiser")
def again(slug: str) -> BaseResponse:
    """Show whom of which edition one may invite; write the invitation, which leaves when somebody plans it."""
    edition = the_edition(slug)
    today = edition.local(clock.now()).date()
    past = queries.past_editions(db.session(), edition, today=today)
    form = EmptyForm()
    if not form.validate_on_submit():
        return again_page(edition, past, form)
    segment = chosen_segment(edition, past)
    ready = required(next((each for each in READY if each.audience == "past"), None))
    details = actions.MailingDetails(subject=ready.subject, body=ready.body, segment=segment)
    with transaction() as tx:
        made = actions.write_mailing(tx, edition.id, details, now=clock.now())
    return back_to(f"/organise/{slug}/letters/mailings/{made.id}")


def again_page(edition: Edition, past: list[queries.PastEdition], form: EmptyForm) -> Response:
    """Show the editions, and who of the chosen one would be written to."""
    segment = chosen_segment(edition, past)
    shown = next((each for each in past if each.edition.id == segment.past_edition_id), None)
    today = edition.local(clock.now()).date()
    return page(
        "mailings/organise/again.html",
        edition=edition,
        past=past,
        shown=shown,
        segment=segment,
        reach=queries.reach_of(db.session(), edition, segment, today=today, asks_attendance=False) if shown else None,
        editions=[(each.edition.id, each.edition.name) for each in past],
        theirs=with_all(_("all"), named(categories_of(db.session(), shown.edition.id) if shown else ())),
        ours=with_all(_("they choose"), named(open_categories(edition))),
        form=form,
    )


def named(categories: Iterable[Category]) -> list[tuple[int, str]]:
    """Return categories as choices."""
    return [(each.id, each.name.in_language(language())) for each in categories]


def chosen_segment(edition: Edition, past: list[queries.PastEdition]) -> rules.Segment:
    """Return whom the address, or the form, asks for; the newest edition where it names none."""
    known = {each.edition.id for each in past}
    wanted = small_number(request.values.get("from"))
    from_id = wanted if wanted in known else next((each.edition.id for each in past), None)
    segment = rules.Segment(audience="past", past_edition_id=from_id, past_came=1 if is_on("came") else None)
    if from_id is not None:
        theirs = {each.id for each in categories_of(db.session(), from_id)}
        segment = replace(segment, past_category_id=one_of("category", theirs))
    return replace(segment, into_category_id=one_of("into", {each.id for each in open_categories(edition)}))


def open_categories(edition: Edition) -> list[Category]:
    """Return the categories in which people register by themselves."""
    return list(categories_of(db.session(), edition.id, public_only=True))


def one_of(name: str, known: set[int]) -> int | None:
    """Return a row's id that was asked for, if it is known here."""
    number = small_number(request.values.get(name))
    return number if number in known else None


def is_on(name: str) -> bool:
    """Tell whether a box is ticked."""
    return request.values.get(name) == "yes"
