"""A holder's badge, and the organisers' page where badges are printed."""

from __future__ import annotations

from flask import Blueprint, flash, request
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from forum.badges import actions, queries, rules
from forum.badges.documents import badges_pdf, face_of
from forum.badges.documents.files import printed_file
from forum.badges.documents.letters import file_name
from forum.badges.forms import LAYOUT_NAMES, PrintForm
from forum.badges.models import Badge, PrintJob
from forum.badges.rules import Selection
from forum.core import clock
from forum.core.db import db, transaction
from forum.core.limits import knock
from forum.core.refusals import Gone
from forum.core.web import back_to, download, open_to, page, required, show_edition, show_in_language
from forum.core.words import gettext as _
from forum.core.words import lazy_gettext
from forum.editions.models import Edition
from forum.editions.queries import edition_with_slug
from forum.registration.queries import group_with_token

blueprint = Blueprint("badges", __name__)

MOST_CHOSEN = 5000


class FileGone(Gone):
    """The file of a print job was deleted, or never came."""

    code = "file-gone"
    sentence = lazy_gettext("This file is not there (any more): printed files are kept for a day. Print them again.")


@blueprint.get("/r/<token>/badge.pdf")
@open_to("holder")
@knock("60 per minute", methods=("GET",))
def own_badge(token: str) -> BaseResponse:
    """Show a holder's badge; who cancelled reads that there is none."""
    registration = required(queries.registration_with_token(db.session(), token.lower()))
    show_in_language(registration.person.language)
    rules.may_have_badge(registration)
    badge = required(queries.valid_badge_of(db.session(), registration.id))
    return download(badges_pdf([face_of(badge)], layout="a6"), name=file_name(badge), inline=True)


@blueprint.get("/g/<token>/badges.pdf")
@open_to("holder")
@knock("30 per minute", methods=("GET",))
def group_badges(token: str) -> BaseResponse:
    """Give a group's leader the badges of everyone in it who is expected, as one file."""
    group = group_with_token(db.session(), token)
    show_in_language(group.leader.language)
    badges = queries.badges_of_group(db.session(), group.id)
    if not badges:
        raise rules.NotComing
    return download(badges_pdf([face_of(badge) for badge in badges], layout="a6"), name=f"badges-{group.id}.pdf")


@blueprint.get("/organise/<slug>/badges")
@open_to("organiser")
def overview(slug: str) -> BaseResponse:
    """Show how many badges there are and were printed, and the form to print them."""
    edition = show_edition(edition_with_slug(db.session(), slug))
    form = PrintForm(formdata=None)
    return show_overview(edition, form, named(request.args.getlist("registration")))


def show_overview(edition: Edition, form: PrintForm, registration_ids: list[int], status: int = 200) -> BaseResponse:
    """Show the page of badges."""
    session = db.session()
    counts = queries.counts_by_category(session, edition.id)
    form.offer_categories([count.category for count in counts if count.total])
    return page(
        "badges/overview.html",
        edition=edition,
        form=form,
        counts=counts,
        total=sum(count.total for count in counts),
        printed=sum(count.printed for count in counts),
        changed=sum(count.changed for count in counts),
        chosen=queries.registrations_with_ids(session, edition.id, registration_ids),
        print_jobs=queries.recent_print_jobs(session, edition.id),
        layout_names=LAYOUT_NAMES,
        status=status,
    )


@blueprint.post("/organise/<slug>/badges/print")
@open_to("organiser")
def print_badges(slug: str) -> BaseResponse:
    """Give a few badges at once; have many made in the background."""
    edition = show_edition(edition_with_slug(db.session(), slug))
    form = PrintForm()
    form.offer_categories(queries.categories_of(db.session(), edition.id))
    # The page itself asks for everybody in so many words; a list of people sends those who are ticked, perhaps nobody.
    registration_ids = None if "everybody" in request.form else named(request.form.getlist("registration"))
    if not form.layout.raw_data:
        form.layout.data, form.sort.data = "a6", "name"
    elif not form.validate():
        return show_overview(edition, form, registration_ids or [], status=422)
    selection = form.selection(registration_ids)
    left_out = queries.cancelled_of(db.session(), edition.id, registration_ids)
    try:
        if queries.count_of(db.session(), edition.id, selection) <= rules.AT_ONCE and not left_out:
            return print_at_once(edition, selection)
        with transaction() as tx:
            job = actions.ask_for_print(
                tx, edition_id=edition.id, account_id=current_user.id, selection=selection, now=clock.now()
            )
    except rules.NothingToPrint as refusal:
        flash(str(refusal), "warning")
        return back_to(f"/organise/{slug}/badges")
    return back_to(f"/organise/{slug}/badges/prints/{job.key}")


@blueprint.post("/organise/<slug>/badges/reissue")
@open_to("organiser")
def reissue_badge(slug: str) -> BaseResponse:
    """Make a lost or copied badge void and give its holder a new code."""
    edition = show_edition(edition_with_slug(db.session(), slug))
    chosen = named(request.form.getlist("registration"))
    badge = required(queries.valid_badge_in(db.session(), edition.id, chosen[0] if chosen else 0))
    reason = "copied" if request.form.get("reason") == "copied" else "lost"
    registration_id = badge.registration_id
    with transaction() as tx:
        actions.void_and_reissue(tx, badge.id, reason, clock.now())
    flash(_("The former badge lets nobody in any more. Print the new one, or send it again."), "success")
    return back_to(f"/organise/{slug}/registrations/{registration_id}")


def print_at_once(edition: Edition, selection: Selection) -> BaseResponse:
    """Answer with the badges; they are noted as printed once the file is made. Raises `NothingToPrint`."""
    now = clock.now()
    badges = queries.badges_of(db.session(), edition.id, selection)
    if not badges:
        raise rules.NothingToPrint
    content = badges_pdf([face_of(badge) for badge in badges], layout=selection.layout)
    with transaction() as tx:
        actions.mark_printed(tx, [badge.id for badge in badges], read_at=now)
    return download(content, name=name_of_file(edition, badges), inline=True)


def name_of_file(edition: Edition, badges: list[Badge]) -> str:
    """Return the name of a file of badges: one person's reference, else how many there are."""
    return file_name(badges[0]) if len(badges) == 1 else f"badges-{edition.slug}-{len(badges)}.pdf"


@blueprint.get("/organise/<slug>/badges/prints/<key>")
@open_to("organiser")
def print_job(slug: str, key: str) -> BaseResponse:
    """Show how far a print job is, and its file when it is there; the page refreshes itself."""
    edition = show_edition(edition_with_slug(db.session(), slug))
    job = required(queries.print_job_with_key(db.session(), edition.id, key))
    selection = Selection.from_json(job.selection)
    return page(
        "badges/print_job.html",
        edition=edition,
        job=job,
        selection=selection,
        layout_name=LAYOUT_NAMES[selection.layout],
        left_out=queries.cancelled_of(db.session(), edition.id, selection.registration_ids),
        words=words_of(job),
        is_late=job.state == "waiting" and clock.now() - job.asked_at > rules.LEASE,
    )


def words_of(job: PrintJob) -> str:
    """Return why a print job failed, and what to do."""
    return {
        "nothing": _("No badge was left to print when its turn came: they were printed or cancelled meanwhile."),
        "stopped": _("The machine stopped three times while making these badges. Print fewer at a time."),
    }.get(job.error or "", _("Something broke while making these badges; it was written down. Try again."))


@blueprint.post("/organise/<slug>/badges/prints/<key>/again")
@open_to("organiser")
def print_again(slug: str, key: str) -> BaseResponse:
    """Ask for the same badges again."""
    edition = show_edition(edition_with_slug(db.session(), slug))
    job = required(queries.print_job_with_key(db.session(), edition.id, key))
    selection = Selection.from_json(job.selection)
    try:
        with transaction() as tx:
            again = actions.ask_for_print(
                tx, edition_id=edition.id, account_id=current_user.id, selection=selection, now=clock.now()
            )
    except rules.NothingToPrint as refusal:
        flash(str(refusal), "warning")
        return back_to(f"/organise/{slug}/badges")
    return back_to(f"/organise/{slug}/badges/prints/{again.key}")


@blueprint.get("/organise/<slug>/badges/prints/<key>.pdf")
@open_to("organiser")
def print_file(slug: str, key: str) -> BaseResponse:
    """Download the file of a print job."""
    edition = show_edition(edition_with_slug(db.session(), slug))
    job = required(queries.print_job_with_key(db.session(), edition.id, key))
    path = printed_file(job.key)
    if job.state != "ready" or not path.exists():
        raise FileGone
    return download(path.read_bytes(), name=f"badges-{edition.slug}-{job.total}.pdf")


def named(ids: list[str]) -> list[int]:
    """Return the ids that a list of people sent, without what is no id."""
    return [int(each) for each in dict.fromkeys(ids) if each.isascii() and each.isdigit() and len(each) < 10][
        :MOST_CHOSEN
    ]
