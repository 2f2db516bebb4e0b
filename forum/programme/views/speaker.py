"""Proposing a session, and a speaker's own page behind their private link."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, request
from werkzeug.wrappers import Response as BaseResponse

from forum.core import clock
from forum.core.db import db, transaction
from forum.core.limits import knock
from forum.core.refusals import NotFound, Refusal
from forum.core.web import back_to, open_to, page, show_edition, show_in_language
from forum.core.words import gettext as _
from forum.editions.models import Edition
from forum.editions.queries import edition_with_slug
from forum.programme import queries, rules
from forum.programme.actions import proposals
from forum.programme.forms import ABSTRACT, OfferForm, ProfileForm, ProposeForm, filled_offer, filled_profile
from forum.programme.models import Proposal, Speaker

blueprint = Blueprint("programme_speaker", __name__)


@blueprint.get("/editions/<slug>/propose")
@open_to("everyone")
def propose(slug: str) -> Response:
    """Show the form, or say since when or from when it is not there."""
    edition = show_edition(edition_with_slug(db.session(), slug))
    try:
        rules.may_propose(edition, clock.now())
    except Refusal as refusal:
        return page("programme/propose_closed.html", edition=edition, refusal=refusal)
    return propose_page(edition, ready(ProposeForm(), edition))


@blueprint.post("/editions/<slug>/propose")
@open_to("everyone")
@knock("10 per minute")
def propose_sent(slug: str) -> BaseResponse:
    """Take a proposal."""
    edition = show_edition(edition_with_slug(db.session(), slug))
    form = ready(ProposeForm(), edition)
    if not form.validate():
        return propose_page(edition, form, status=422)
    try:
        with transaction() as tx:
            proposal = proposals.propose(
                tx,
                edition.id,
                offer=form.offer(),
                profile=form.profile(),
                submission_key=form.submission_key.data,
                now=clock.now(),
            )
            token = proposal.speaker.token
    except (rules.ProposalsClosed, rules.ProposalsNotOpenYet) as refusal:
        return page("programme/propose_closed.html", edition=edition, refusal=refusal, status=refusal.status)
    flash(_("Your proposal is here. A letter with the link of this page is on its way."), "success")
    return back_to(f"/p/{token}")


def ready(form: ProposeForm, edition: Edition) -> ProposeForm:
    """Return the form with the themes of the edition."""
    form.prepare(queries.tracks_of(db.session(), edition))
    return form


def propose_page(edition: Edition, form: ProposeForm, *, status: int = 200) -> Response:
    """Show the form."""
    return page("programme/propose.html", edition=edition, form=form, most=ABSTRACT, status=status)


def shown_speaker(token: str) -> Speaker:
    """Return whose page a link opens, shown in their language. Raises `NotFound`."""
    if not 20 <= len(token) <= 40:
        raise NotFound
    speaker = queries.speaker_with_token(db.session(), token)
    if speaker.edition.is_public():
        show_edition(speaker.edition)
    show_in_language(speaker.person.language)
    return speaker


def own_proposals(speaker: Speaker) -> list[Proposal]:
    """Return a speaker's proposals, the oldest first: their number in the address is their place here."""
    return sorted(speaker.proposals, key=lambda proposal: (proposal.submitted_at, proposal.id))


def own_proposal(speaker: Speaker, number: int) -> Proposal:
    """Return a proposal of a speaker by its number. Raises `NotFound`."""
    mine = own_proposals(speaker)
    if not 1 <= number <= len(mine):
        raise NotFound
    return mine[number - 1]


@blueprint.get("/p/<token>")
@open_to("holder")
@knock("60 per minute", methods=("GET",))
def own_page(token: str) -> Response:
    """Show a speaker their proposals, their slots and what the programme says of them."""
    speaker = shown_speaker(token)
    mine = own_proposals(speaker)
    from_proposals = {proposal.session.id for proposal in mine if proposal.session}
    return page(
        "programme/own_page.html",
        edition=speaker.edition,
        speaker=speaker,
        proposals=mine,
        other_sessions=[session for session in speaker.sessions if session.id not in from_proposals],
        takes_proposals=speaker.edition.takes_proposals(clock.now()),
    )


@blueprint.route("/p/<token>/proposals/<int:number>", methods=["GET", "POST"])
@open_to("holder")
@knock("30 per minute")
def change_proposal(token: str, number: int) -> BaseResponse:
    """Show and take a change of a proposal, as long as nobody decided on it."""
    speaker = shown_speaker(token)
    proposal = own_proposal(speaker, number)
    rules.may_change(proposal)
    form = OfferForm(data=filled_offer(proposal))
    form.offer_tracks(queries.tracks_of(db.session(), speaker.edition))
    if request.method == "POST" and form.validate():
        with transaction() as tx:
            proposals.change_proposal(tx, proposal.id, form.offer())
        flash(_("Your proposal is changed."), "success")
        return back_to(f"/p/{token}")
    return own_form("programme/own_proposal.html", speaker, form, proposal=proposal, number=number, most=ABSTRACT)


@blueprint.post("/p/<token>/proposals/<int:number>/withdraw")
@open_to("holder")
@knock("30 per minute")
def withdraw(token: str, number: int) -> BaseResponse:
    """Take a proposal back."""
    proposal = own_proposal(shown_speaker(token), number)
    with transaction() as tx:
        proposals.withdraw(tx, proposal.id, now=clock.now())
    flash(_("Your proposal is withdrawn. Thank you for telling us."), "success")
    return back_to(f"/p/{token}")


@blueprint.route("/p/<token>/profile", methods=["GET", "POST"])
@open_to("holder")
@knock("30 per minute")
def change_profile(token: str) -> BaseResponse:
    """Show and take a change of what the programme says of a speaker."""
    speaker = shown_speaker(token)
    form = ProfileForm(data=filled_profile(speaker))
    if request.method == "POST" and form.validate():
        with transaction() as tx:
            proposals.change_profile(tx, speaker.id, form.profile(language=speaker.person.language))
        flash(_("Your profile is changed."), "success")
        return back_to(f"/p/{token}")
    return own_form("programme/own_profile.html", speaker, form)


def own_form(template: str, speaker: Speaker, form: Any, **context: Any) -> Response:
    """Show a form of a speaker's own page."""
    status = 422 if form.errors else 200
    return page(template, edition=speaker.edition, speaker=speaker, form=form, status=status, **context)
