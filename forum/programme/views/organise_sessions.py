"""The organisers' pages about sessions, their slots, and themes."""

from __future__ import annotations

from datetime import datetime

from flask import Blueprint, Response, flash, request
from werkzeug.wrappers import Response as BaseResponse

from forum.core import clock
from forum.core.db import Transaction, db, transaction
from forum.core.refusals import Malformed, Refusal
from forum.core.web import back_to, open_to, page, show_edition
from forum.core.words import gettext as _
from forum.core.words import ngettext
from forum.editions.models import Edition
from forum.editions.queries import edition_with_slug
from forum.programme import queries, rules
from forum.programme.actions import proposals, sessions, tracks
from forum.programme.documents.timetable import timetables
from forum.programme.forms import ChooseForm, SessionForm, SlotForm, TrackForm, filled_session, filled_slot
from forum.programme.models import Session

blueprint = Blueprint("programme_organise_sessions", __name__)


def shown(slug: str) -> Edition:
    """Return the edition that the page is about."""
    return show_edition(edition_with_slug(db.session(), slug))


@blueprint.get("/organise/<slug>/programme")
@open_to("organiser", viewers=True)
def programme(slug: str) -> Response:
    """Show every session: those without an hour first, then each day as a table."""
    edition = shown(slug)
    found = queries.sessions_of(db.session(), edition)
    return page(
        "programme/organise/programme.html",
        edition=edition,
        sessions=found,
        without_hour=[session for session in found if session.starts_at is None],
        tables=timetables(found),
        hidden=sum(1 for session in found if not session.is_published),
        too_small=[session for session in found if rules.is_room_too_small(session)],
        form=ChooseForm(),
    )


@blueprint.route("/organise/<slug>/programme/new", methods=["GET", "POST"])
@open_to("organiser")
def new_session(slug: str) -> BaseResponse:
    """Show the form of a new session, and take it."""
    edition = shown(slug)
    form = SessionForm()
    prepare(form, edition)
    if request.method == "POST" and form.validate():
        now = clock.now()
        with transaction() as tx:
            session = sessions.add_session(
                tx, edition.id, form.details(added=added_speaker(tx, edition, form, now=now)), now=now
            )
            session_id = session.id
        flash(_("The session is there. Give it an hour and a room now."), "success")
        return back_to(f"/organise/{edition.slug}/programme/{session_id}")
    status = 422 if form.errors else 200
    return page("programme/organise/session_new.html", edition=edition, form=form, status=status)


def prepare(form: SessionForm, edition: Edition, session: Session | None = None) -> None:
    """Offer a session's form what it may choose from; who speaks in it stands first, where it is seen."""
    named = {speaker.id for speaker in session.speakers} if session else set()
    speakers = sorted(queries.speakers_of(db.session(), edition), key=lambda speaker: speaker.id not in named)
    form.prepare(
        tracks=queries.tracks_of(db.session(), edition),
        speakers=speakers,
        language=session.language if session else None,
    )


def added_speaker(tx: Transaction, edition: Edition, form: SessionForm, *, now: datetime) -> int | None:
    """Write the speaker down who was named with a session for the first time."""
    profile = form.new_speaker()
    return proposals.add_speaker(tx, edition, profile, now=now).id if profile else None


@blueprint.route("/organise/<slug>/programme/<int:session_id>", methods=["GET", "POST"])
@open_to("organiser")
def session_page(slug: str, session_id: int) -> BaseResponse:
    """Show a session to change, and take what it is."""
    edition = shown(slug)
    session = queries.session_of(db.session(), edition, session_id)
    form = SessionForm(data=filled_session(session))
    prepare(form, edition, session)
    if request.method == "POST" and form.validate():
        named_before = [speaker.id for speaker in session.speakers]
        now = clock.now()
        try:
            with transaction() as tx:
                added = added_speaker(tx, edition, form, now=now)
                sessions.change_session(tx, session_id, form.details(named_before=named_before, added=added), now=now)
            flash(_("The session is changed."), "success")
            return back_to(f"/organise/{edition.slug}/programme/{session_id}")
        except Refusal as refusal:
            if not form.refused(refusal):
                form.minutes.errors = [*form.minutes.errors, str(refusal)]
            session = queries.session_of(db.session(), edition, session_id)
    return one_session(edition, session, form, ready_slot(edition, session), status=422 if form.errors else 200)


def ready_slot(edition: Edition, session: Session) -> SlotForm:
    """Return the form of a session's slot."""
    form = SlotForm(data=filled_slot(session), prefix="")
    form.prepare(edition, queries.rooms_of(db.session(), edition))
    return form


def one_session(
    edition: Edition, session: Session, form: SessionForm, slot: SlotForm, *, status: int = 200
) -> Response:
    """Show a session's page."""
    return page(
        "programme/organise/session.html",
        edition=edition,
        session=session,
        form=form,
        slot=slot,
        is_too_small=rules.is_room_too_small(session),
        status=status,
    )


@blueprint.post("/organise/<slug>/programme/<int:session_id>/slot")
@open_to("organiser")
def slot_sent(slug: str, session_id: int) -> BaseResponse:
    """Give a session an hour and a room."""
    edition = shown(slug)
    session = queries.session_of(db.session(), edition, session_id)
    slot = ready_slot(edition, session)
    if slot.validate():
        try:
            with transaction() as tx:
                session = sessions.schedule(
                    tx,
                    session_id,
                    starts_at=slot.moment(edition),
                    room_id=slot.room_id.data,
                    now=clock.now(),
                )
                warn = rules.is_room_too_small(session)
            flash(
                _("The session has its hour.") if session.starts_at else _("The session has no hour any more."),
                "success",
            )
            if warn:
                flash(_("The room has fewer seats than the session offers."), "warning")
            return back_to(f"/organise/{edition.slug}/programme/{session_id}")
        except Refusal as refusal:
            if not slot.refused(refusal):
                raise
            session = queries.session_of(db.session(), edition, session_id)
    form = SessionForm(formdata=None, data=filled_session(session))
    prepare(form, edition, session)
    return one_session(edition, session, form, slot, status=422)


@blueprint.post("/organise/<slug>/programme/publish")
@open_to("organiser")
def publish_several(slug: str) -> BaseResponse:
    """Show the chosen sessions, or all, to the public."""
    edition, form = shown(slug), ChooseForm()
    if not form.validate():
        raise Malformed
    everything = request.form.get("what") == "all"
    ids = None if everything else list(form.ids.data or [])
    with transaction() as tx:
        count = sessions.publish(tx, edition.id, ids, now=clock.now())
    if count:
        flash(ngettext("%(num)s session is published.", "%(num)s sessions are published.", count), "success")
    else:
        flash(_("Nothing was left to publish."), "info")
    return back_to(f"/organise/{edition.slug}/programme")


@blueprint.post("/organise/<slug>/programme/<int:session_id>/<any(publish, hide):what>")
@open_to("organiser")
def publish_one(slug: str, session_id: int, what: str) -> BaseResponse:
    """Show one session to the public, or withdraw it from view."""
    edition = shown(slug)
    session = queries.session_of(db.session(), edition, session_id)
    with transaction() as tx:
        if what == "publish":
            sessions.publish(tx, edition.id, [session.id], now=clock.now())
        else:
            sessions.hide(tx, session.id, now=clock.now())
    flash(
        _("The public sees the session now.") if what == "publish" else _("The public does not see it any more."),
        "success",
    )
    return back_to(f"/organise/{edition.slug}/programme/{session_id}")


@blueprint.post("/organise/<slug>/programme/<int:session_id>/remove")
@open_to("organiser")
def remove(slug: str, session_id: int) -> BaseResponse:
    """Remove a session that nobody relies on."""
    edition = shown(slug)
    queries.session_of(db.session(), edition, session_id)
    with transaction() as tx:
        title = sessions.remove_session(tx, session_id, now=clock.now())
    flash(_("“%(title)s” is removed.", title=title), "success")
    return back_to(f"/organise/{edition.slug}/programme")


@blueprint.route("/organise/<slug>/tracks", methods=["GET", "POST"])
@open_to("organiser")
def track_list(slug: str) -> BaseResponse:
    """Show the themes, and take a new one."""
    edition = shown(slug)
    form = TrackForm()
    if request.method == "POST" and form.validate():
        try:
            with transaction() as tx:
                tracks.add_track(tx, edition.id, form.details())
            flash(_("The theme is there."), "success")
            return back_to(f"/organise/{edition.slug}/tracks")
        except rules.TrackExists as refusal:
            form.refused(refusal)
    return page(
        "programme/organise/tracks.html",
        edition=edition,
        tracks=queries.tracks_of(db.session(), edition),
        counts=queries.track_counts(db.session(), edition),
        form=form,
        status=422 if form.errors else 200,
    )


@blueprint.route("/organise/<slug>/tracks/<int:track_id>", methods=["GET", "POST"])
@open_to("organiser")
def track_page(slug: str, track_id: int) -> BaseResponse:
    """Show a theme to change, and take the change."""
    edition = shown(slug)
    track = queries.track_of(db.session(), edition, track_id)
    filled = {"name_fr": track.name.get("fr"), "name_en": track.name.get("en"), "position": track.position}
    form = TrackForm(data=filled)
    if request.method == "POST" and form.validate():
        with transaction() as tx:
            tracks.change_track(tx, track_id, form.details())
        flash(_("The theme is changed."), "success")
        return back_to(f"/organise/{edition.slug}/tracks")
    status = 422 if form.errors else 200
    return page("programme/organise/track.html", edition=edition, track=track, form=form, status=status)


@blueprint.post("/organise/<slug>/tracks/<int:track_id>/remove")
@open_to("organiser")
def track_remove(slug: str, track_id: int) -> BaseResponse:
    """Remove a theme; its sessions stay."""
    edition = shown(slug)
    queries.track_of(db.session(), edition, track_id)
    with transaction() as tx:
        tracks.remove_track(tx, track_id)
    flash(_("The theme is removed; its sessions stay."), "success")
    return back_to(f"/organise/{edition.slug}/tracks")
