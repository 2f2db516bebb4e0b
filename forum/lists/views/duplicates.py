"""People who stand in a list twice: found, shown side by side, merged or told apart."""

from __future__ import annotations

from flask import Blueprint, Response, flash, request
from werkzeug.wrappers import Response as BaseResponse

from forum.core import clock
from forum.core.db import db, transaction
from forum.core.refusals import Refusal
from forum.core.web import PageOfItems, back_to, open_to, page, required, small_number
from forum.core.words import gettext as _
from forum.editions.models import Edition
from forum.lists import queries
from forum.lists.queries import Candidate
from forum.lists.views.registrations import the_edition
from forum.people.actions import PersonDetails
from forum.registration import actions
from forum.registration.documents import state_words

blueprint = Blueprint("lists_duplicates", __name__)

PAGE = 10
FIELDS = ("name", "email", "organisation_name", "language")


@blueprint.get("/organise/<slug>/registrations/duplicates")
@open_to("organiser")
def duplicates(slug: str) -> Response:
    """Show who may stand in the list twice, two by two, the surest first."""
    edition = the_edition(slug)
    pairs = queries.pairs(db.session(), edition.id)
    last = max(1, -(-len(pairs) // PAGE))
    number = min(small_number(request.args.get("page")) or 1, last)
    shown = pairs[(number - 1) * PAGE : number * PAGE]
    ids = [each for pair in shown for each in (pair.first_id, pair.second_id)]
    known = queries.candidates(db.session(), edition.id, ids)
    return page(
        "lists/duplicates.html",
        edition=edition,
        found=PageOfItems(items=shown, number=number, size=PAGE, total=len(pairs)),
        known=known,
        reasons=reason_words(),
        state_words=state_words(),
    )


def reason_words() -> dict[str, str]:
    """Return in words why two may be one person."""
    return {
        "same-email": _("same name, same address"),
        "same-name": _("same name, another address"),
        "similar-name-email": _("similar name, same address"),
        "similar-name-organisation": _("similar name, same organisation"),
        "similar-name": _("similar name, similar address"),
    }


@blueprint.route("/organise/<slug>/registrations/merge", methods=["GET", "POST"])
@open_to("organiser")
def merge(slug: str) -> BaseResponse:
    """Show two registrations side by side, and make them one as it was chosen."""
    edition = the_edition(slug)
    pair = the_pair(edition)
    if request.method == "GET":
        return merge_page(edition, pair)
    kept = next((each for each in pair if str(each.registration.id) == request.form.get("kept")), likely(pair))
    other = next(each for each in pair if each is not kept)
    wish = actions.Merge(
        kept_id=kept.registration.id,
        merged_id=other.registration.id,
        details=chosen_details(pair, kept),
        takes_seats=request.form.get("seats") == "yes",
    )
    try:
        with transaction() as tx:
            actions.merge(tx, wish, now=clock.now())
    except Refusal as refusal:
        return merge_page(edition, the_pair(edition), refusal)
    flash(_("They are one registration now. The other badge lets nobody in any more."), "success")
    return back_to(f"/organise/{slug}/registrations/{wish.kept_id}")


def merge_page(edition: Edition, pair: list[Candidate], refusal: Refusal | None = None) -> Response:
    """Show the page on which two registrations become one."""
    return page(
        "lists/merge.html",
        status=refusal.status if refusal else 200,
        edition=edition,
        pair=pair,
        kept=likely(pair),
        refusal=refusal,
        state_words=state_words(),
    )


def the_pair(edition: Edition) -> list[Candidate]:
    """Return the two registrations of the address, the older first. Raises `NotFound`."""
    asked = [small_number(request.values.get(name)) or 0 for name in ("first", "second")]
    known = queries.candidates(db.session(), edition.id, asked if asked[0] != asked[1] else [])
    return [required(known.get(each)) for each in sorted(asked)]


def likely(pair: list[Candidate]) -> Candidate:
    """Return the one to be kept when nobody says otherwise: who came, who is expected, who registered first."""
    return max(pair, key=lambda each: (each.came, each.registration.is_confirmed, each.badge_is_printed))


def chosen_details(pair: list[Candidate], kept: Candidate) -> PersonDetails:
    """Return the person as they were chosen, field by field."""
    persons = {str(each.registration.id): each.registration.person for each in pair}
    of = {field: persons.get(request.form.get(field, ""), kept.registration.person) for field in FIELDS}
    return PersonDetails(
        given_name=of["name"].given_name,
        family_name=of["name"].family_name,
        email=of["email"].email,
        organisation_name=of["organisation_name"].organisation_name,
        language=of["language"].language,
    )


@blueprint.post("/organise/<slug>/registrations/apart")
@open_to("organiser")
def apart(slug: str) -> BaseResponse:
    """Write down that two registrations are two people's."""
    edition = the_edition(slug)
    first, second = the_pair(edition)
    with transaction() as tx:
        actions.keep_apart(tx, first.registration.id, second.registration.id)
    flash(_("They are two people, and are not shown here again."), "success")
    return back_to(f"/organise/{slug}/registrations/duplicates")
