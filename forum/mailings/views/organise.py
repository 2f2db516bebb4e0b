"""The organisers' pages of letters to many: written, looked at on a real person, planned, held back."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask import Blueprint, Response, flash, make_response, request
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from forum.core import clock, security
from forum.core.db import LocalText, db, transaction
from forum.core.email import sender
from forum.core.i18n import day_hour
from forum.core.refusals import Refusal
from forum.core.web import back_to, back_with, open_to, page, show_edition, small_number
from forum.core.words import gettext as _
from forum.core.words import language
from forum.desk.queries import open_desks
from forum.editions.models import Edition
from forum.editions.queries import all_cities, all_editions, edition_with_slug
from forum.mailings import actions, emails, queries, rules
from forum.mailings.forms import DAYS, ConfirmationForm, EmptyForm, MailingForm, PlanForm
from forum.mailings.models import Mailing
from forum.mailings.rules.ready import READY, Ready
from forum.messages.queries import counts_by_state
from forum.people.rules import search_text
from forum.programme.queries import tracks_of
from forum.registration.queries import categories_of
from forum.venues.queries import venues_of_edition

blueprint = Blueprint("mailings_organise", __name__)

# As in the outbox: a letter may bring its own style and nothing else.
LETTER_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'; sandbox"


@blueprint.get("/organise/<slug>/letters/mailings")
@open_to("organiser")
def mailings(slug: str) -> Response:
    """Show what is planned, what is being written and what left."""
    edition = the_edition(slug)
    found = queries.mailings_of(db.session(), edition.id)
    moments = {each.id: rules.moment_of(each, edition) for each in found}
    planned = [each for each in found if each.state in ("scheduled", "preparing")]
    used = {(each.days, each.asks_attendance) for each in found}
    return page(
        "mailings/organise/mailings.html",
        edition=edition,
        planned=sorted(planned, key=lambda each: (moments[each.id] or clock.now(), each.id)),
        drafts=[each for each in found if each.state in ("draft", "missed")],
        past=[each for each in found if each.state in ("finished", "stopped")],
        moments=moments,
        segment_words=segment_words(edition, found),
        subjects=subjects(found),
        ready=READY,
        proposed=[each for each in READY if each.days in (-7, -2, 1) and (each.days, each.asks_attendance) not in used],
        days_words=DAYS,
        is_over=edition.is_over(clock.now()),
    )


def subjects(found: Iterable[Mailing]) -> dict[int, str]:
    """Return the subject of each letter in the reader's language, what is the same for everybody filled in."""
    return {each.id: emails.shown_subject(each, each.edition, language()) for each in found}


def segment_words(edition: Edition, found: Any) -> dict[int, str]:
    """Return whom each letter is for, in words."""
    spoken = language()
    categories = {each.id: each.name.in_language(spoken) for each in categories_of(db.session(), edition.id)}
    tracks = {each.id: each.name.in_language(spoken) for each in tracks_of(db.session(), edition)}
    cities = {each.id: each.name for each in all_cities(db.session())}
    editions = {each.id: each.name for each in all_editions(db.session())}
    words = {}
    for mailing in found:
        segment = rules.Segment.from_row(mailing.segment)
        only = (
            categories.get(segment.category_id or 0),
            tracks.get(segment.track_id or 0),
            cities.get(segment.city_id or 0),
            editions.get(segment.past_edition_id or 0),
            _("who came") if segment.past_came else None,
        )
        words[mailing.id] = " · ".join([str(rules.AUDIENCE_WORDS[segment.audience]), *filter(None, only)])
    return words


@blueprint.route("/organise/<slug>/letters/mailings/new", methods=["GET", "POST"])
@open_to("organiser")
def new(slug: str) -> BaseResponse:
    """Write a letter: from nothing, from words of ours."""
    edition = the_edition(slug)
    form = MailingForm()
    offer(form, edition)
    ready = chosen_ready()
    if form.validate_on_submit():
        usual = actions.Plan(days=ready.days, hour=ready.hour) if ready else None
        try:
            with transaction() as tx:
                made = actions.write_mailing(tx, edition.id, form.details(), now=clock.now(), usual=usual)
        except (*rules.UNREADABLE, rules.NotExpected) as refusal:
            return mailing_form(edition, form, refusal=refusal)
        return back_to(f"/organise/{slug}/letters/mailings/{made.id}")
    if ready and not form.is_submitted():
        form.begin_as(ready)
    return mailing_form(edition, form, is_new=True)


def chosen_ready() -> Ready | None:
    """Return the letter of ours that the address names."""
    return next((each for each in READY if each.key == request.args.get("start")), None)


@blueprint.get("/organise/<slug>/letters/mailings/<int:mailing_id>")
@open_to("organiser")
def mailing(slug: str, mailing_id: int) -> Response:
    """Show a letter: for whom, when, and what became of it."""
    edition = the_edition(slug)
    shown = queries.mailing_of(db.session(), edition.id, mailing_id)
    form = PlanForm(formdata=None)
    form.fill(shown, edition.zone)
    return mailing_page(edition, shown, form)


def mailing_page(edition: Edition, shown: Mailing, form: PlanForm, *, status: int = 200) -> Response:
    """Show a letter's page with the form of its plan."""
    now = clock.now()
    return page(
        "mailings/organise/mailing.html",
        status=status,
        edition=edition,
        mailing=shown,
        moment=rules.moment_of(shown, edition),
        subjects=subjects([shown]),
        words=segment_words(edition, [shown])[shown.id],
        days_words=DAYS,
        reach=queries.reach(db.session(), edition, shown, today=edition.local(now).date()),
        counts=counts_by_state(db.session(), edition.slug, subject=f"mailing:{shown.id}"),
        delivers=sender().delivers,
        form=form,
    )


@blueprint.route("/organise/<slug>/letters/mailings/<int:mailing_id>/edit", methods=["GET", "POST"])
@open_to("organiser")
def edit(slug: str, mailing_id: int) -> BaseResponse:
    """Change a letter that has not left."""
    edition = the_edition(slug)
    shown = queries.mailing_of(db.session(), edition.id, mailing_id)
    rules.can_be_rewritten(shown)
    form = MailingForm()
    offer(form, edition)
    if form.validate_on_submit():
        try:
            with transaction() as tx:
                before = rules.Segment.from_row(shown.segment)
                actions.change_mailing(tx, shown.id, form.details(before), now=clock.now())
        except (*rules.UNREADABLE, rules.NotExpected) as refusal:
            return mailing_form(edition, form, refusal=refusal, shown=shown)
        flash(_("The letter is saved."), "success")
        return back_to(f"/organise/{slug}/letters/mailings/{mailing_id}")
    if not form.is_submitted():
        form.fill(shown)
    return mailing_form(edition, form, shown=shown)


def offer(form: MailingForm, edition: Edition) -> None:
    """Offer an edition's categories, themes and the cities."""
    session = db.session()
    form.offer(categories_of(session, edition.id), tracks_of(session, edition), all_cities(session))


def mailing_form(
    edition: Edition,
    form: MailingForm,
    *,
    shown: Mailing | None = None,
    refusal: Refusal | None = None,
    is_new: bool = False,
) -> Response:
    """Show the form of a letter with what can be filled in; a refusal stands at the words it speaks of."""
    if refusal is not None:
        form.refused(refusal)
    copies = queries.mailings_of_others(db.session(), edition.id, slugs_of_organiser()) if is_new else ()
    return page(
        "mailings/organise/edit.html",
        status=refusal.status if refusal else 422 if form.errors else 200,
        edition=edition,
        form=form,
        mailing=shown,
        ready=READY if is_new else (),
        chosen=chosen_ready(),
        copies=copies,
        copied_subjects=subjects(copies),
        places=[each for each in rules.PLACES if not each.is_internal],
    )


def slugs_of_organiser() -> list[str] | None:
    """Return the editions whose letters the reader may copy, None for all."""
    if current_user.is_owner:
        return None
    return [membership.edition_slug for membership in current_user.memberships if membership.role == "organiser"]


@blueprint.post("/organise/<slug>/letters/mailings/<int:mailing_id>/plan")
@open_to("organiser")
def plan(slug: str, mailing_id: int) -> BaseResponse:
    """Say when a letter leaves."""
    edition = the_edition(slug)
    shown = queries.mailing_of(db.session(), edition.id, mailing_id)
    form = PlanForm()
    if not form.validate_on_submit():
        return mailing_page(edition, shown, form, status=422)
    try:
        wish = form.plan(edition.zone)
        field = "days" if wish.days is not None else "moment"
        moment = rules.planned_moment(wish.leaves_at, wish.days, wish.hour, edition)
        with transaction() as tx:
            actions.plan(tx, shown.id, wish, now=clock.now(), written=day_hour(moment) if moment else "", field=field)
    except Refusal as refusal:
        if not form.refused(refusal):
            raise
        return mailing_page(edition, queries.mailing_of(db.session(), edition.id, mailing_id), form, status=422)
    return back_with(
        _("The letter leaves in a moment.") if moment is None else _("The letter is planned."),
        f"/organise/{slug}/letters/mailings/{mailing_id}",
    )


@blueprint.post("/organise/<slug>/letters/mailings/<int:mailing_id>/stop")
@open_to("organiser")
def stop(slug: str, mailing_id: int) -> BaseResponse:
    """Hold a letter back."""
    shown = queries.mailing_of(db.session(), the_edition(slug).id, mailing_id)
    with transaction() as tx:
        actions.stop(tx, shown.id, now=clock.now())
    return back_with(_("The letter is held back."), f"/organise/{slug}/letters/mailings/{mailing_id}")


@blueprint.post("/organise/<slug>/letters/mailings/<int:mailing_id>/copy")
@open_to("organiser")
def copy(slug: str, mailing_id: int) -> BaseResponse:
    """Begin a letter of this edition as another one."""
    edition = the_edition(slug)
    allowed = [each.id for each in queries.mailings_of(db.session(), edition.id)]
    allowed += [each.id for each in queries.mailings_of_others(db.session(), edition.id, slugs_of_organiser())]
    original = queries.mailing_among(db.session(), allowed, mailing_id)
    with transaction() as tx:
        made = actions.copy_mailing(tx, edition.id, original, now=clock.now())
    return back_to(f"/organise/{slug}/letters/mailings/{made.id}/edit")


@blueprint.post("/organise/<slug>/letters/mailings/<int:mailing_id>/delete")
@open_to("organiser")
def delete(slug: str, mailing_id: int) -> BaseResponse:
    """Throw a letter away that nobody got."""
    shown = queries.mailing_of(db.session(), the_edition(slug).id, mailing_id)
    with transaction() as tx:
        actions.remove(tx, shown.id)
    return back_with(_("The letter is thrown away."), f"/organise/{slug}/letters/mailings")


# --- looked at before it leaves


@blueprint.get("/organise/<slug>/letters/mailings/<int:mailing_id>/preview")
@open_to("organiser")
def preview(slug: str, mailing_id: int) -> Response:
    """Show a letter as one of its readers would get it."""
    edition = the_edition(slug)
    shown = queries.mailing_of(db.session(), edition.id, mailing_id)
    words = request.args.get("q", "")[:100].strip()
    reader = chosen_reader(edition, shown)
    response = page(
        "mailings/organise/preview.html",
        edition=edition,
        mailing=shown,
        subjects=subjects([shown]),
        reader=reader,
        words=words,
        found=queries.found_people(db.session(), edition, search_text(words).split()[:4]),
        letter=filled(edition, shown, reader),
        shown_language=shown_language(reader),
        own_email=current_user.email,
        form=EmptyForm(formdata=None),
    )
    response.headers["Content-Security-Policy"] = security.policy(frame_src="'self'")
    return response


@blueprint.get("/organise/<slug>/letters/mailings/<int:mailing_id>/preview.html")
@open_to("organiser")
def preview_html(slug: str, mailing_id: int) -> Response:
    """Give the HTML of a preview to the frame of its page, locked in."""
    edition = the_edition(slug)
    shown = queries.mailing_of(db.session(), edition.id, mailing_id)
    response = make_response(filled(edition, shown, chosen_reader(edition, shown)).html)
    response.headers["Content-Security-Policy"] = LETTER_POLICY
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    return response


@blueprint.post("/organise/<slug>/letters/mailings/<int:mailing_id>/trial")
@open_to("organiser")
def trial(slug: str, mailing_id: int) -> BaseResponse:
    """Send the organiser the letter that the preview shows."""
    edition = the_edition(slug)
    shown = queries.mailing_of(db.session(), edition.id, mailing_id)
    reader = chosen_reader(edition, shown)
    letter, spoken = filled(edition, shown, reader), shown_language(reader)
    with transaction() as tx:
        actions.send_trial(
            tx,
            shown,
            letter,
            to=actions.TrialReader(email=current_user.email, name=current_user.name, language=spoken),
            now=clock.now(),
        )
    if sender().delivers:
        flash(_("A trial is on its way to %(email)s.", email=current_user.email), "success")
    else:
        flash(_("No mail server is set: the trial is kept in the outbox."), "warning")
    return back_to(f"/organise/{slug}/letters/mailings/{mailing_id}/preview?{request.query_string.decode()}")


def chosen_reader(edition: Edition, shown: Mailing) -> Any:
    """Return the reader that the address names, else the first who would get the letter, else an invented one."""
    if number := small_number(request.args.get("registration")):
        row = queries.recipient(db.session(), edition, number)
        if row is not None:
            return row
    today = edition.local(clock.now()).date()
    return queries.first_recipient(db.session(), edition, shown, today=today) or queries.EXAMPLE


def shown_language(reader: Any) -> str:
    """Return the language that the address asks for, else the reader's."""
    asked = request.args.get("language", "")
    return asked if asked in ("fr", "en") else str(reader.language)


def filled(edition: Edition, shown: Mailing, reader: Any) -> emails.Filled:
    """Return a reader's letter."""
    spoken = shown_language(reader)
    session = db.session()
    desks = open_desks(session, edition.id)
    letter = emails.compiled(shown, edition, venues_of_edition(session, edition), spoken, desks=desks)
    seats = queries.seats_of(db.session(), [reader.id]) if letter.uses_sessions else {}
    values = emails.values_for(
        reader,
        letter=letter,
        categories=queries.category_names(db.session(), edition.id),
        sessions=emails.session_lines(seats.get(reader.id, ()), letter),
        unsubscribe=emails.example_link(),
    )
    return emails.filled(letter, values)


# --- the organisers' own words in the letter that confirms


@blueprint.route("/organise/<slug>/letters/confirmation", methods=["GET", "POST"])
@open_to("organiser")
def confirmation(slug: str) -> BaseResponse:
    """Add a paragraph to the letter that confirms a registration."""
    edition = the_edition(slug)
    form = ConfirmationForm()
    if form.validate_on_submit():
        words = LocalText(fr=form.words_fr.data or "", en=form.words_en.data or "")
        with transaction() as tx:
            actions.write_confirmation_words(tx, edition.id, words)
        flash(_("Saved: it stands in every confirmation from now on."), "success")
        return back_to(f"/organise/{slug}/letters/confirmation")
    if not form.is_submitted():
        form.words_fr.data = edition.confirmation_words.get("fr", "")
        form.words_en.data = edition.confirmation_words.get("en", "")
    return page("mailings/organise/confirmation.html", status=422 if form.errors else 200, edition=edition, form=form)


def the_edition(slug: str) -> Edition:
    """Return the edition of the address, and show the page in its tint."""
    return show_edition(edition_with_slug(db.session(), slug))
