"""The kiosk: a screen on which people print their own badge, and nothing else."""

from __future__ import annotations

from flask import Blueprint, request
from werkzeug.wrappers import Response as BaseResponse

from forum.badges.documents.files import printed_file
from forum.badges.models import PrintJob
from forum.core import clock
from forum.core.db import db, transaction
from forum.core.limits import knock
from forum.core.refusals import Gone, Refusal
from forum.core.security import policy
from forum.core.web import back_to, download, open_to, page, required, static_url
from forum.core.words import gettext as _
from forum.core.words import lazy_gettext
from forum.desk import queries, rules
from forum.desk.actions import badges
from forum.desk.forms import PinForm
from forum.desk.models import Desk
from forum.desk.views import counter as work
from forum.desk.views.volunteers import ask_pin, knows_pin, open_desk, refuse_without_pin

blueprint = Blueprint("desk_kiosk", __name__)

CAMERA_HERE = "camera=(self), microphone=(), geolocation=()"


class BadgeShown(Gone):
    """The page of a print is for the minute in which it comes out."""

    code = "badge-shown"
    sentence = lazy_gettext("This badge was printed a while ago. Begin again.")


@blueprint.get("/kiosk/<token>")
@open_to("gate")
def start(token: str) -> BaseResponse:
    """Ask for a code; before that the PIN, where there is one, of whoever sets the kiosk up."""
    kiosk = open_desk(token, kind="kiosk")
    return show(kiosk, "start") if knows_pin(kiosk) else ask_pin(kiosk, PinForm(formdata=None))


@blueprint.post("/kiosk/<token>")
@open_to("gate")
@knock("20 per minute")
def read(token: str) -> BaseResponse:
    """Print the badge of a code or a reference that is exactly right; never say more than that of anybody."""
    kiosk = unlocked(token)
    typed = request.form.get("code", "").strip()[:60]
    if not typed:
        return show(kiosk, "start")
    found = queries.registration_for_kiosk(db.session(), kiosk.edition_id, typed)
    if found is None:
        return show(kiosk, "unknown", trouble=str(rules.KioskDoesNotKnow()), status=404)
    registration, badge = found
    if badge is None:
        return show(kiosk, "desk", trouble=str(rules.KioskSendsToDesk()), status=409)
    way = queries.way_of(db.session(), kiosk.edition_id, kiosk.printer)
    place = _("Kiosk %(number)s", number=kiosk.number)
    try:
        with transaction() as tx:
            job = badges.ask_at_kiosk(tx, registration.id, way, place=place, now=clock.now())
    except Refusal as refusal:
        return show(kiosk, "desk", trouble=str(refusal), status=refusal.status)
    work.drawn(job, name="badge.pdf")
    return back_to(f"/kiosk/{token}/{job.key}")


@blueprint.get("/kiosk/<token>/<key>")
@open_to("gate")
def printing(token: str, key: str) -> BaseResponse:
    """Say that the badge comes out; the page hands it to the printer by itself."""
    kiosk = unlocked(token)
    job = fresh_print(kiosk, key)
    person = queries.person_of_print(db.session(), job.id)
    return show(kiosk, "printing", name=rules.short_name(person), file=f"/kiosk/{token}/{key}.pdf")


@blueprint.get("/kiosk/<token>/<key>.pdf")
@open_to("gate")
@knock("30 per minute", methods=("GET",))
def file(token: str, key: str) -> BaseResponse:
    """Give the badge to the page that prints it."""
    job = fresh_print(unlocked(token), key)
    path = printed_file(job.key)
    if not path.exists():
        raise BadgeShown
    return download(path.read_bytes(), name="badge.pdf", inline=True)


def unlocked(token: str) -> Desk:
    """Return a kiosk that was told its PIN, where it has one. Raises `PinMissing` and what `open_desk` raises."""
    kiosk = open_desk(token, kind="kiosk")
    refuse_without_pin(kiosk)
    return kiosk


def fresh_print(kiosk: Desk, key: str) -> PrintJob:
    """Return a print of a minute ago at most, so that an address that stayed in a history shows nothing."""
    job = required(queries.print_with_key(db.session(), kiosk.edition_id, key))
    if job.account_id is not None or clock.now() - job.asked_at > rules.KIOSK_SHOWS:
        raise BadgeShown
    return job


def show(kiosk: Desk, state: str, *, status: int = 200, **more: object) -> BaseResponse:
    """Return the kiosk's screen; this page alone may ask for the camera."""
    response = page(
        "desk/kiosk.html",
        status=status,
        kiosk=kiosk,
        edition=kiosk.edition,
        state=state,
        here=f"/kiosk/{kiosk.token}",
        seconds=rules.KIOSK_TIMES_OUT,
        worker=worker_address(),
        **{"trouble": "", "name": "", "file": "", **more},
    )
    response.headers["Permissions-Policy"] = CAMERA_HERE
    response.headers["Content-Security-Policy"] = policy(**work.FRAMES)
    return response


def worker_address() -> str:
    """Return the address of the camera's worker (the scanner's own), which changes with the files it imports."""
    return f"/scan/worker.js?{static_url('').strip('/').rpartition('/')[2]}"
