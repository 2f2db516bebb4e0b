"""The organisers' pages about proposals."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, flash, request
from werkzeug.wrappers import Response as BaseResponse

from forum.core import clock, i18n, sheets
from forum.core.db import Transaction, db, transaction
from forum.core.refusals import Malformed, NotFound, Refusal
from forum.core.web import back_to, download, open_to, page, paginate, show_edition, small_number
from forum.core.words import gettext as _
from forum.core.words import ngettext
from forum.editions.models import Edition
from forum.editions.queries import edition_with_slug
from forum.programme import queries
from forum.programme.actions import proposals
from forum.programme.forms import KIND_NAMES, AnswerForm, ChooseForm, NoteForm
from forum.programme.models import KINDS, PROPOSAL_STATES, Proposal
from forum.programme.queries import ProposalFilter

blueprint = Blueprint("programme_organise_proposals", __name__)


def shown(slug: str) -> Edition:
    """Return the edition that the page is about."""
    return show_edition(edition_with_slug(db.session(), slug))


def asked_filter() -> ProposalFilter:
    """Return what the address asks for; what we do not know is left out."""
    asked = request.args
    sort = asked.get("sort", "")
    return ProposalFilter(
        state=asked.get("state") if asked.get("state") in PROPOSAL_STATES else None,
        track_id=small_number(asked.get("track")),
        kind=asked.get("kind") if asked.get("kind") in KINDS else None,
        words=asked.get("q", "").strip()[: queries.LONGEST_SEARCH],
        sort=sort if sort.removeprefix("-") in queries.PROPOSAL_SORTS else "-submitted",
    )


@blueprint.get("/organise/<slug>/proposals")
@open_to("organiser")
def proposal_list(slug: str) -> Response:
    """Show the proposals of an edition."""
    edition, wanted = shown(slug), asked_filter()
    counts = queries.proposal_counts(db.session(), edition)
    return page(
        "programme/organise/proposals.html",
        edition=edition,
        wanted=wanted,
        found=paginate(db.session(), queries.proposals(edition, wanted)),
        counts=counts,
        total=sum(counts.values()),
        tracks=queries.tracks_of(db.session(), edition),
        kinds=[(kind, name) for kind, name in KIND_NAMES.items() if kind in KINDS],
        form=ChooseForm(),
        is_filtered=wanted != ProposalFilter(sort=wanted.sort),
    )


@blueprint.get("/organise/<slug>/proposals.<any(csv, xlsx):kind>")
@open_to("organiser")
def proposal_sheet(slug: str, kind: str) -> Response:
    """Give the list, filtered as it is, as a spreadsheet."""
    edition = shown(slug)
    rows = queries.listed(db.session(), queries.proposals(edition, asked_filter()))
    headings = [
        _("State"), _("Title"), _("Kind"), _("Language"), _("Minutes"), _("Theme"), _("First name"), _("Last name"),
        _("E-mail"), _("Organisation"), _("Position"), _("When they can come"), _("Abstract"), _("Biography"),
        _("Internal note"), _("Sent at"), _("Decided at"),
    ]  # fmt: skip
    cells = [sheet_row(proposal) for proposal in rows]
    word = _("proposals")
    name = f"{edition.slug}-{word}.{kind}"
    if kind == "csv":
        return download(sheets.csv_bytes(headings, cells), name=name)
    return download(sheets.xlsx_bytes(headings, cells, title=_("Proposals")), name=name)


def sheet_row(proposal: Proposal) -> list[sheets.Cell]:
    """Return one proposal as a line of a spreadsheet."""
    speaker, person = proposal.speaker, proposal.speaker.person
    return [
        proposal.state,
        proposal.title,
        str(KIND_NAMES.get(proposal.kind, proposal.kind)),
        proposal.language,
        proposal.minutes,
        i18n.localised(proposal.track.name) if proposal.track else "",
        person.given_name,
        person.family_name,
        person.email,
        person.organisation_name,
        speaker.position_title,
        proposal.availability,
        proposal.abstract,
        speaker.biography,
        proposal.note,
        proposal.submitted_at,
        proposal.decided_at,
    ]


@blueprint.post("/organise/<slug>/proposals/decide")
@open_to("organiser")
def decide_several(slug: str) -> BaseResponse:
    """Accept or decline the proposals that were chosen; those that cannot be are named."""
    edition, form = shown(slug), ChooseForm()
    address = f"/organise/{edition.slug}/proposals"
    if not form.validate():
        raise Malformed
    ids, words, now = sorted(set(form.ids.data or [])), form.words.data or "", clock.now()
    decision = request.form.get("decision")
    if decision not in ("accept", "decline"):
        raise NotFound
    if not ids:
        flash(_("Choose at least one proposal first."), "warning")
        return back_to(address)
    done, refused = 0, []
    with transaction() as tx:
        for proposal_id in ids:
            queries.proposal_of(tx.session, edition, proposal_id)
            try:
                decide(tx, proposal_id, decision, words=words, now=now)
                done += 1
            except Refusal as refusal:
                refused.append(str(refusal))
    if done:
        flash(said(decision, done), "success")
    for sentence in refused[:10]:
        flash(sentence, "warning")
    return back_to(address)


def decide(tx: Transaction, proposal_id: int, decision: str, *, words: str, now: Any) -> None:
    """Accept or decline one proposal."""
    verb: Callable[..., Any] = proposals.accept if decision == "accept" else proposals.decline
    verb(tx, proposal_id, words=words, now=now)


def said(decision: str, done: int) -> str:
    """Return what was done, in words."""
    if decision == "accept":
        return ngettext(
            "%(num)s proposal accepted; its speaker gets a letter.",
            "%(num)s proposals accepted; their speakers get a letter.",
            done,
        )
    return ngettext(
        "%(num)s proposal declined; its speaker gets a letter.",
        "%(num)s proposals declined; their speakers get a letter.",
        done,
    )


@blueprint.get("/organise/<slug>/proposals/<int:proposal_id>")
@open_to("organiser")
def proposal_page(slug: str, proposal_id: int) -> Response:
    """Show one proposal, to read and to answer."""
    edition = shown(slug)
    proposal = queries.proposal_of(db.session(), edition, proposal_id)
    return one_proposal(edition, proposal, NoteForm(note=proposal.note), AnswerForm())


def one_proposal(
    edition: Edition, proposal: Proposal, note: NoteForm, answer: AnswerForm, *, status: int = 200
) -> Response:
    """Show one proposal's page."""
    return page(
        "programme/organise/proposal.html",
        edition=edition,
        proposal=proposal,
        note=note,
        answer=answer,
        status=status,
    )


@blueprint.post("/organise/<slug>/proposals/<int:proposal_id>/note")
@open_to("organiser")
def note_sent(slug: str, proposal_id: int) -> BaseResponse:
    """Keep the internal note."""
    edition = shown(slug)
    proposal = queries.proposal_of(db.session(), edition, proposal_id)
    form = NoteForm()
    if not form.validate():
        return one_proposal(edition, proposal, form, AnswerForm(), status=422)
    with transaction() as tx:
        proposals.write_note(tx, proposal.id, form.note.data or "")
    flash(_("The note is kept."), "success")
    return back_to(f"/organise/{slug}/proposals/{proposal_id}")


@blueprint.post("/organise/<slug>/proposals/<int:proposal_id>/<any(accept, decline):decision>")
@open_to("organiser")
def answer_sent(slug: str, proposal_id: int, decision: str) -> BaseResponse:
    """Accept or decline one proposal."""
    edition = shown(slug)
    proposal = queries.proposal_of(db.session(), edition, proposal_id)
    form = AnswerForm()
    if not form.validate():
        return one_proposal(edition, proposal, NoteForm(note=proposal.note), form, status=422)
    with transaction() as tx:
        decide(tx, proposal.id, decision, words=form.words.data or "", now=clock.now())
    flash(said(decision, 1), "success")
    return back_to(f"/organise/{slug}/proposals/{proposal_id}")


@blueprint.post("/organise/<slug>/proposals/<int:proposal_id>/undo")
@open_to("organiser")
def undo(slug: str, proposal_id: int) -> BaseResponse:
    """Take a decline back while its letter has not left."""
    edition = shown(slug)
    proposal = queries.proposal_of(db.session(), edition, proposal_id)
    with transaction() as tx:
        proposals.take_decline_back(tx, proposal.id)
    flash(_("The answer is taken back; its letter will not leave."), "success")
    return back_to(f"/organise/{slug}/proposals/{proposal_id}")
