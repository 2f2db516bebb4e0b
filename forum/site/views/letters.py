"""The outbox of an edition: what was written to whom, what left, what did not and why."""

from __future__ import annotations

from flask import Blueprint, Response, flash, make_response, request
from werkzeug.wrappers import Response as BaseResponse

from forum.core import clock, security
from forum.core.db import db, transaction
from forum.core.email import sender
from forum.core.web import back_to, open_to, page, paginate, show_edition, small_number
from forum.core.words import gettext as _
from forum.core.words import ngettext
from forum.editions.models import Edition
from forum.editions.queries import edition_with_slug
from forum.messages import actions, queries, rules
from forum.registration.queries import registration_in

blueprint = Blueprint("site_letters", __name__)

# A letter may bring its own style and nothing else: no script, no picture from elsewhere, no form, no way out.
LETTER_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'; sandbox"


@blueprint.get("/organise/<slug>/letters")
@open_to("organiser")
def letters(slug: str) -> Response:
    """Show the letters of an edition, by state."""
    edition = the_edition(slug)
    state, words = request.args.get("state", ""), request.args.get("q", "")[:200].strip()
    mailing_id = small_number(request.args.get("mailing"))
    subject = f"mailing:{mailing_id}" if mailing_id else ""
    return page(
        "messages/letters.html",
        edition=edition,
        found=paginate(db.session(), queries.letters_of_edition(slug, state=state, words=words, subject=subject)),
        counts=queries.counts_by_state(db.session(), slug, subject=subject),
        mailing_id=mailing_id,
        state=state,
        words=words,
        delivers=sender().delivers,
    )


@blueprint.get("/organise/<slug>/letters/<int:letter_id>")
@open_to("organiser")
def letter(slug: str, letter_id: int) -> Response:
    """Show one letter as it is read, and what became of it."""
    edition = the_edition(slug)
    response = page(
        "messages/letter.html",
        edition=edition,
        letter=queries.letter_of_edition(db.session(), slug, letter_id),
        delivers=sender().delivers,
        interrupted=rules.INTERRUPTED,
    )
    response.headers["Content-Security-Policy"] = security.policy(frame_src="'self'")
    return response


@blueprint.get("/organise/<slug>/letters/<int:letter_id>/html")
@open_to("organiser")
def letter_html(slug: str, letter_id: int) -> Response:
    """Give the HTML of a letter to the frame of its page, locked in."""
    the_edition(slug)
    response = make_response(queries.letter_of_edition(db.session(), slug, letter_id).html)
    response.headers["Content-Security-Policy"] = LETTER_POLICY
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    return response


@blueprint.post("/organise/<slug>/letters/<int:letter_id>/send-again")
@open_to("organiser")
def send_again(slug: str, letter_id: int) -> BaseResponse:
    """Let one letter leave once more."""
    the_edition(slug)
    can_leave()
    shown = queries.letter_of_edition(db.session(), slug, letter_id)
    with transaction() as tx:
        actions.send_again(tx, shown.id, now=clock.now())
    flash(_("The letter leaves in a moment."), "success")
    return back_to(f"/organise/{slug}/letters/{letter_id}")


@blueprint.post("/organise/<slug>/letters/send-again")
@open_to("organiser")
def send_all_again(slug: str) -> BaseResponse:
    """Let all failed, or all kept, letters leave."""
    the_edition(slug)
    can_leave()
    with transaction() as tx:
        count = actions.send_all_again(tx, slug, request.form.get("state", ""), now=clock.now())
    flash(ngettext("%(num)s letter leaves in a moment.", "%(num)s letters leave in a moment.", count), "success")
    return back_to(f"/organise/{slug}/letters")


@blueprint.post("/organise/<slug>/letters/trust")
@open_to("organiser")
def trust(slug: str) -> BaseResponse:
    """Write to an address again from which letters came back."""
    edition = the_edition(slug)
    shown = registration_in(db.session(), edition.id, small_number(request.form.get("registration")) or 0)
    with transaction() as tx:
        actions.trust_address(tx, shown.person.email)
    flash(_("Letters go to this address again."), "success")
    return back_to(f"/organise/{slug}/registrations/{shown.id}")


def can_leave() -> None:
    """Refuse to send where no mail server is set."""
    if not sender().delivers:
        raise rules.NoMailServer


def the_edition(slug: str) -> Edition:
    """Return the edition of the address, and show the page in its tint."""
    return show_edition(edition_with_slug(db.session(), slug))
