"""The log of prints, and each print: how far it is, its file, what was in it."""

from __future__ import annotations

from flask import Blueprint, flash, request
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from forum.badges import queries, rules
from forum.badges.actions import printing
from forum.badges.actions.printing import PrintRequest
from forum.badges.documents.files import printed_file
from forum.badges.forms import REASON_NAMES
from forum.badges.models import PrintJob
from forum.badges.rules import Selection, Way
from forum.badges.rules.formats import FORMATS
from forum.core import clock
from forum.core.codes import grouped
from forum.core.db import db, transaction
from forum.core.refusals import Gone
from forum.core.web import back_to, download, open_to, page, paginate, required, show_edition
from forum.core.words import gettext as _
from forum.core.words import lazy_gettext
from forum.editions.queries import edition_with_slug

blueprint = Blueprint("badges_prints", __name__)


class FileGone(Gone):
    """The file of a print job was deleted, or never came."""

    code = "file-gone"
    sentence = lazy_gettext("This file is not there (any more): printed files are kept for a day. Print them again.")


@blueprint.get("/organise/<slug>/badges/prints")
@open_to("organiser")
def log(slug: str) -> BaseResponse:
    """Show who printed what, when, how; found again by a name, a reference or a code."""
    edition = show_edition(edition_with_slug(db.session(), slug))
    wanted = request.args.get("q", "").strip()[:200]
    prints = paginate(db.session(), queries.log_of(edition.id, wanted=wanted))
    return page("badges/log.html", edition=edition, prints=prints, wanted=wanted, formats=FORMATS, way_of=way_of)


def way_of(job: PrintJob) -> Way:
    """Return how a print was made."""
    return Way.from_json(job.way)


@blueprint.get("/organise/<slug>/badges/prints/<key>")
@open_to("organiser")
def print_job(slug: str, key: str) -> BaseResponse:
    """Show how far a print is, its file when it is there, and what was in it; the page refreshes itself."""
    edition = show_edition(edition_with_slug(db.session(), slug))
    job = required(queries.print_job_with_key(db.session(), edition.id, key))
    badges = paginate(db.session(), queries.badges_in_log(job.id)) if job.state == "ready" else None
    return page(
        "badges/print_job.html",
        edition=edition,
        job=job,
        way=way_of(job),
        selection=Selection.from_json(job.selection),
        badges=badges,
        left_out=queries.left_out_of(db.session(), job),
        words=words_of(job),
        grouped=grouped,
        reason_names=REASON_NAMES,
        is_late=job.state == "waiting" and clock.now() - job.asked_at > rules.LEASE,
    )


def words_of(job: PrintJob) -> str:
    """Return why a print job failed, and what to do."""
    return {
        "nothing": _("No badge was left to print when its turn came: they were printed or cancelled meanwhile."),
        "disk": str(rules.NoRoomOnDisk()),
        "stopped": _("The machine stopped three times while making these badges. Print fewer at a time."),
    }.get(job.error or "", _("Something broke while making these badges; it was written down. Try again."))


@blueprint.post("/organise/<slug>/badges/prints/<key>/again")
@open_to("organiser")
def print_again(slug: str, key: str) -> BaseResponse:
    """Ask for the same badges again."""
    edition = show_edition(edition_with_slug(db.session(), slug))
    job = required(queries.print_job_with_key(db.session(), edition.id, key))
    asked = PrintRequest(Selection.from_json(job.selection), way_of(job), is_knowing=True)
    try:
        with transaction() as tx:
            again = printing.ask_for_print(
                tx, edition_id=edition.id, account_id=current_user.id, request=asked, now=clock.now()
            )
    except (rules.NothingToPrint, rules.EverythingIsPrinted) as refusal:
        flash(str(refusal), "warning")
        return back_to(f"/organise/{slug}/badges")
    return back_to(f"/organise/{slug}/badges/prints/{again.key}")


@blueprint.post("/organise/<slug>/badges/prints/<key>/stop")
@open_to("organiser")
def stop(slug: str, key: str) -> BaseResponse:
    """Stop a print that waits or is being made."""
    edition = show_edition(edition_with_slug(db.session(), slug))
    job = required(queries.print_job_with_key(db.session(), edition.id, key))
    try:
        with transaction() as tx:
            printing.cancel_print_job(tx, job.id, now=clock.now())
        flash(_("Stopped: nothing of it counts as printed."), "success")
    except rules.NotUnderWay as refusal:
        flash(str(refusal), "warning")
    return back_to(f"/organise/{slug}/badges/prints/{key}")


@blueprint.post("/organise/<slug>/badges/prints/<key>/nothing-came-out")
@open_to("organiser")
def nothing_came_out(slug: str, key: str) -> BaseResponse:
    """Note that a print never became paper: its badges are new again."""
    edition = show_edition(edition_with_slug(db.session(), slug))
    job = required(queries.print_job_with_key(db.session(), edition.id, key))
    with transaction() as tx:
        printing.take_back(tx, job.id, now=clock.now())
    flash(_("These badges no longer count as printed: they come again with what is new."), "success")
    return back_to(f"/organise/{slug}/badges/prints/{key}")


@blueprint.get("/organise/<slug>/badges/prints/<key>.pdf")
@open_to("organiser")
def print_file(slug: str, key: str) -> BaseResponse:
    """Hand out the file of a print; from then on its badges count as printed."""
    edition = show_edition(edition_with_slug(db.session(), slug))
    job = required(queries.print_job_with_key(db.session(), edition.id, key))
    path = printed_file(job.key)
    if not job.has_file or not path.exists():
        raise FileGone
    content, total = path.read_bytes(), job.total
    if job.handed_out_at is None:
        with transaction() as tx:
            printing.hand_out(tx, job.id, now=clock.now())
    return download(content, name=f"badges-{edition.slug}-{total}.pdf")
