"""The counter: what organisers and volunteers do at a desk, the same for both; who they are is settled before."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import flash, request, session
from werkzeug.wrappers import Response as BaseResponse

from forum.badges.actions import printing
from forum.badges.models import BlankBadge, PrintJob
from forum.badges.rules import REASONS, InAnotherPrint, Way
from forum.core import clock, codes
from forum.core.db import db, transaction
from forum.core.refusals import Refusal
from forum.core.security import policy
from forum.core.web import back_to, download, page, required
from forum.core.words import gettext as _
from forum.core.words import language
from forum.desk import documents, queries, rules
from forum.desk.actions import badges, people
from forum.desk.actions.badges import OnePrint
from forum.desk.actions.people import Newcomer
from forum.desk.forms import NameForm, NewcomerForm, WordForm
from forum.desk.models import Desk
from forum.desk.queries import paper as paper_queries
from forum.editions.models import Edition
from forum.registration.models import Registration

FRAMES = {"frame_src": "'self' blob:", "object_src": "'self' blob:"}
"""A printed badge stands in a frame of the page, and nowhere else."""


@dataclass(frozen=True)
class Counter:
    """Where somebody works: the edition, the desk if one was chosen, and what may be shown there."""

    edition: Edition
    base: str
    """The address of the page, without a query."""
    desk: Desk | None = None
    account_id: int | None = None
    """None: a volunteer with a link."""

    @property
    def is_organiser(self) -> bool:
        """Tell whether somebody signed in works here, who may see more."""
        return self.account_id is not None

    def way(self) -> Way:
        """Return how a badge is printed here."""
        return queries.way_of(db.session(), self.edition.id, self.desk.printer if self.desk else None)

    def address(self, **arguments: Any) -> str:
        """Return an address of this page: a person, what was typed, a blank badge in hand."""
        kept = {name: value for name, value in arguments.items() if value}
        return f"{self.base}?{urlencode(kept)}" if kept else self.base


# --- looking


def show(counter: Counter, *, status: int = 200, person_id: int | None = None, **more: Any) -> BaseResponse:
    """Show the field, what it found, and one person's card."""
    words = request.args.get("q", "").strip()[:200]
    blank = blank_in_hand(counter, words)
    if blank is not None and words and not request.args.get("blank"):
        return back_to(counter.address(blank=blank.code))
    found = queries.search(db.session(), counter.edition, words) if words else None
    chosen = person_id or small_number(request.args.get("person"))
    if chosen is None and found is not None and len(found.people) == 1 and not found.is_close:
        chosen = found.people[0].registration.id
    card = queries.card_of(db.session(), counter.edition, chosen, code=words) if chosen else None
    response = page(
        "desk/organise.html" if counter.is_organiser else "desk/volunteer.html",
        status=status,
        counter=counter,
        edition=counter.edition,
        words=words,
        found=found,
        card=card,
        blank=blank,
        chosen=chosen,
        printed_just_now=request.args.get("printed") == "1",
        reasons=REASONS,
        masked=rules.masked,
        newcomer=more.pop("newcomer", None) or newcomer_form(counter, words),
        naming=more.pop("naming", None) or naming_form(card),
        wording=wording_form(card),
        scan_id=str(uuid.uuid4()),
        desks=queries.open_desks(db.session(), counter.edition.id) if counter.is_organiser else (),
        is_newcomer=more.pop("is_newcomer", "new" in request.args),
        **{"trouble": None, "other_print": None, **more},
    )
    response.headers["Content-Security-Policy"] = policy(**FRAMES)
    return response


def small_number(text: str | None) -> int | None:
    """Read a row's id; None for what is none."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else None


def blank_in_hand(counter: Counter, words: str) -> BlankBadge | None:
    """Return the blank badge that was scanned, or is in hand since."""
    typed = request.args.get("blank", "") or (words if codes.read_code(words) else "")
    return paper_queries.free_blank(db.session(), counter.edition.id, typed[:60]) if typed else None


def newcomer_form(counter: Counter, words: str) -> NewcomerForm:
    """Return an empty form for who is not on the list, begun with the words that found nobody."""
    form = NewcomerForm(formdata=None)
    form.offer(queries.categories_of(db.session(), counter.edition.id))
    if words and "@" in words:
        form.email.data = words
    elif words and not any(character.isdigit() for character in words):
        given, _space, family = words.partition(" ")
        form.given_name.data, form.family_name.data = given.capitalize(), family.title()
    form.lets_in.data = counter.desk is not None and counter.desk.gate_id is not None
    return form


def naming_form(card: queries.PersonCard | None) -> NameForm:
    """Return the form that corrects a name."""
    form = NameForm(formdata=None)
    if card is not None:
        form.fill(card.registration.person)
    return form


def wording_form(card: queries.PersonCard | None) -> WordForm:
    """Return the form of the word to the door."""
    form = WordForm(formdata=None)
    form.word.data = card.registration.door_word if card else ""
    return form


# --- doing


def print_badge(counter: Counter, registration_id: int) -> BaseResponse:
    """Answer with somebody's badge as PDF; refused, with the page that says why."""
    card = queries.card_of(db.session(), counter.edition, registration_id)
    asked = OnePrint(
        badge_id=required(card.badge).id,
        way=counter.way(),
        reason=request.form.get("reason") or None,
        account_id=counter.account_id,
        is_knowing=request.form.get("others") == "print",
        place=_("Desk %(number)s", number=counter.desk.number) if counter.desk else "",
    )
    if small_number(request.form.get("badge")) not in (None, asked.badge_id):
        return refused(counter, registration_id, rules.ReplacedElsewhere())
    try:
        with transaction() as tx:
            job = badges.ask_for_one(tx, asked, now=clock.now())
    except InAnotherPrint as refusal:
        return refused(counter, registration_id, refusal, other_print=asked.reason or "")
    except Refusal as refusal:
        return refused(counter, registration_id, refusal)
    return drawn(job, name=f"badge-{card.registration.reference}.pdf")


def drawn(job: PrintJob, *, name: str) -> BaseResponse:
    """Make the file of a print that was taken, and hand it out; it counts as printed from then on."""
    try:
        prepared = documents.read_one(db.session(), job)
        content = documents.draw_one(prepared, job.key)
    except Exception:
        with transaction() as tx:
            printing.fail_print_job(tx, job.id, attempt=job.tries, error="broken", now=clock.now())
        raise
    made = printing.Made(prepared.words, prepared.layout_name, prepared.layout_version)
    with transaction() as tx:
        printing.finish_print_job(tx, job.id, attempt=job.tries, made=made, now=clock.now())
        printing.hand_out(tx, job.id, now=clock.now())
    return download(content, name=name, inline=True)


def refused(counter: Counter, registration_id: int, refusal: Refusal, **more: Any) -> BaseResponse:
    """Show somebody's card with what is in the way."""
    return show(counter, status=refusal.status, person_id=registration_id, trouble=str(refusal), **more)


def correct(counter: Counter, registration_id: int) -> BaseResponse:
    """Correct what a badge says of somebody."""
    shown = queries.card_of(db.session(), counter.edition, registration_id)
    form = NameForm()
    if not form.validate():
        return show(counter, status=422, person_id=registration_id, naming=form)
    try:
        with transaction() as tx:
            people.correct_name(
                tx,
                shown.registration.id,
                given_name=form.given_name.data,
                family_name=form.family_name.data or "",
                organisation=form.organisation.data or "",
                now=clock.now(),
            )
    except Refusal as refusal:
        return refused(counter, registration_id, refusal)
    flash(_("The name is corrected."), "success")
    return back_to(kept_address(counter, registration_id, corrected="1"))


def word(counter: Counter, registration_id: int) -> BaseResponse:
    """Write the word to the door about somebody."""
    shown = queries.card_of(db.session(), counter.edition, registration_id)
    form = WordForm()
    if not form.validate():
        return refused(counter, registration_id, Refusal())
    with transaction() as tx:
        people.write_word(tx, shown.registration.id, form.word.data or "", now=clock.now())
    flash(_("The word to the door is kept."), "success")
    return back_to(kept_address(counter, registration_id))


def expect(counter: Counter, registration_id: int) -> BaseResponse:
    """Give somebody a place, if one is free."""
    shown = queries.card_of(db.session(), counter.edition, registration_id)
    try:
        with transaction() as tx:
            people.expect(tx, shown.registration.id, now=clock.now())
    except Refusal as refusal:
        return refused(counter, registration_id, refusal)
    flash(_("They have a place now: print the badge."), "success")
    return back_to(kept_address(counter, registration_id))


def let_in(counter: Counter, registration_id: int) -> BaseResponse:
    """Let somebody in at the desk's gate."""
    card = queries.card_of(db.session(), counter.edition, registration_id)
    try:
        with transaction() as tx:
            enter(counter, tx, card.registration.id)
    except Refusal as refusal:
        return refused(counter, registration_id, refusal)
    flash(_("%(name)s is in.", name=card.registration.person.name), "success")
    return back_to(kept_address(counter, registration_id))


def enter(counter: Counter, tx: Any, registration_id: int) -> None:
    """Write an entrance down. Raises `NoGateHere`, `NotLetIn`, `NotComing`."""
    badge = badges.valid_badge(tx, registration_id)
    gate = counter.desk.gate if counter.desk else None
    answer = badges.let_in(tx, gate, badge, uuid=scan_id(), now=clock.now())
    if answer.verdict not in ("admitted", "already-in"):
        raise rules.NotLetIn(why=rules.WHY.get(answer.verdict, answer.verdict))


def scan_id() -> str:
    """Return the id that the form was shown with: sent twice, it is one passage."""
    try:
        return str(uuid.UUID(request.form.get("scan", "")))
    except ValueError:
        return str(uuid.uuid4())


def register(counter: Counter) -> BaseResponse:
    """Register somebody who is not on the list, let them in if wished, and show the card that prints the badge."""
    form = NewcomerForm()
    form.offer(queries.categories_of(db.session(), counter.edition.id))
    if not form.validate():
        return show(counter, status=422, newcomer=form, is_newcomer=True)
    newcomer = Newcomer(
        edition_id=counter.edition.id,
        category_id=form.category_id.data,
        given_name=form.given_name.data,
        family_name=form.family_name.data or "",
        email=form.email.data or "",
        language=language(),
        submission_key=form.submission_key.data,
    )
    try:
        with transaction() as tx:
            made = people.register_newcomer(tx, newcomer, now=clock.now())
            registration_id = made.id
    except Refusal as refusal:
        if not form.refused(refusal):
            form.category_id.errors = [*form.category_id.errors, str(refusal)]
        return show(counter, status=refusal.status, newcomer=form, is_newcomer=True)
    if form.lets_in.data and made.is_confirmed:
        welcome(counter, registration_id)
    blank = request.args.get("blank", "")
    # The page prints by itself what was just registered; without scripts the button is there.
    return back_to(counter.address(person=registration_id, blank=blank, print="" if blank else "1"))


def welcome(counter: Counter, registration_id: int) -> None:
    """Let a newcomer in; refused, they are registered all the same, and the page says why they are not in."""
    try:
        with transaction() as tx:
            enter(counter, tx, registration_id)
    except Refusal as refusal:
        flash(str(refusal), "warning")


def give_blank(counter: Counter, registration_id: int) -> BaseResponse:
    """Give the blank badge in hand to somebody."""
    shown = queries.card_of(db.session(), counter.edition, registration_id)
    blank = paper_queries.free_blank(db.session(), counter.edition.id, request.form.get("blank", "")[:60])
    if blank is None:
        return refused(counter, registration_id, rules.BlankGone())
    try:
        name_blank(blank, shown.registration)
    except Refusal as refusal:
        return refused(counter, registration_id, refusal)
    return back_to(kept_address(counter, registration_id, blank=None))


def name_blank(blank: BlankBadge, registration: Registration) -> None:
    """Give a blank badge to somebody and say so. Raises what `badges.give_blank` raises."""
    number, name = blank.number, registration.person.name
    with transaction() as tx:
        _badge, counted = badges.give_blank(tx, blank, registration.id, now=clock.now())
    flash(_("Blank badge no. %(number)s is %(name)s’s now.", number=number, name=name), "success")
    if counted:
        flash(_("It had been read at a gate before: they count as let in since then."), "info")


def kept_address(counter: Counter, registration_id: int, **changes: Any) -> str:
    """Return the address of somebody's card with what was typed before."""
    kept = {"q": request.args.get("q", "")[:200], "blank": request.args.get("blank", "")[:60]} | changes
    return counter.address(person=registration_id, **kept)


# --- which desk an organiser stands at


def desk_chosen(edition: Edition) -> Desk | None:
    """Return the desk that this browser chose, while its link is open."""
    chosen = small_number(str(session.get(f"desk-{edition.id}", "")))
    if chosen is None:
        return None
    return next((desk for desk in queries.open_desks(db.session(), edition.id) if desk.id == chosen), None)


def choose_desk(edition: Edition, desk_id: int | None) -> None:
    """Remember in this browser where somebody works."""
    session[f"desk-{edition.id}"] = desk_id
