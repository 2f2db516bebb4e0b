"""The organisers' page where badges are printed: what is new in one click, anything else below."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from urllib.parse import urlencode

from flask import Blueprint, flash, request
from flask_login import current_user
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as BaseResponse

from forum.badges import queries, rules
from forum.badges.actions import issuing, printing
from forum.badges.actions.printing import PrintRequest
from forum.badges.documents.files import printed_file
from forum.badges.documents.letters import file_name
from forum.badges.documents.making import draw, read_first_sheet, read_print
from forum.badges.documents.pictures import first_card, first_sheet, report_of
from forum.badges.forms import PrintForm
from forum.badges.models import Badge, PrintJob
from forum.badges.rules import Selection, Way
from forum.core import clock
from forum.core.db import db, transaction
from forum.core.refusals import Refusal
from forum.core.web import back_to, download, open_to, page, required, show_edition
from forum.core.words import gettext as _
from forum.editions.models import Edition
from forum.editions.queries import edition_with_slug
from forum.layouts.queries import layouts_of

blueprint = Blueprint("badges", __name__)

MOST_CHOSEN = 5000
MOST_RISKS = 60


@blueprint.get("/organise/<slug>/badges")
@open_to("organiser")
def overview(slug: str) -> BaseResponse:
    """Show how many badges there are and were printed, and the form to print them."""
    edition = show_edition(edition_with_slug(db.session(), slug))
    form = PrintForm(formdata=None)
    offer(form, edition)
    chosen = named(request.args.getlist("registration"))
    form.show(queries.usual_way(db.session(), edition.id, single=len(chosen) == 1))
    return show_overview(edition, form, chosen)


def offer(form: PrintForm, edition: Edition) -> None:
    """Offer what the edition has: categories, printers, layouts."""
    session = db.session()
    form.offer(
        categories=queries.categories_of(session, edition.id),
        printers=queries.printers_of(session, edition.id),
        layouts=[own.layout for own in layouts_of(session, edition.id) if own.layout.published is not None],
    )


def show_overview(edition: Edition, form: PrintForm, registration_ids: list[int], status: int = 200) -> BaseResponse:
    """Show the page of badges."""
    session = db.session()
    counts = queries.counts_by_category(session, edition.id)
    chosen = queries.registrations_with_ids(session, edition.id, registration_ids)
    standing = queries.standing_of(session, edition.id, Selection(registration_ids=tuple(registration_ids)))
    return page(
        "badges/overview.html",
        edition=edition,
        form=form,
        counts=counts,
        total=sum(count.total for count in counts),
        printed=sum(count.printed for count in counts),
        changed=sum(count.changed for count in counts),
        new=sum(count.new for count in counts),
        chosen=chosen,
        printed_before=sum(each.is_printed for each in standing) if chosen else 0,
        in_hand=len(queries.badges_in_hand(session, edition.id)),
        print_jobs=queries.recent_print_jobs(session, edition.id),
        preview_query=urlencode([*(("registration", number) for number in registration_ids), *query_of(form)]),
        status=status,
    )


def query_of(form: PrintForm) -> list[tuple[str, object]]:
    """Return how badges are printed, as an address says it."""
    names = ("which", "format", "layout", "printer", "sort", "separators", "staff", "flip", "start")
    values = [(name, form[name].data) for name in names if form[name].data not in (None, "")]
    return [*values, *([("is_stacked", "y")] if form.is_stacked.data else [])]


@blueprint.post("/organise/<slug>/badges/print")
@open_to("organiser")
def print_badges(slug: str) -> BaseResponse:
    """Give a few badges at once; have many made in the background."""
    edition = show_edition(edition_with_slug(db.session(), slug))
    form = PrintForm()
    offer(form, edition)
    # The page itself asks for everybody in so many words; a list of people sends those who are ticked, perhaps nobody.
    registration_ids = None if "everybody" in request.form else named(request.form.getlist("registration"))
    if not form.format.raw_data:  # a list of people: printed in the usual way
        form.show(queries.usual_way(db.session(), edition.id, single=len(registration_ids or ()) == 1))
    elif not form.validate():
        return show_overview(edition, form, registration_ids or [], status=422)
    asked = PrintRequest(
        selection=form.selection(registration_ids),
        way=form.way(),
        reason=form.reason.data or None,
        is_knowing=request.form.get("others") == "print",
        without_others=request.form.get("others") == "leave",
    )
    return answer(edition, form, asked)


def answer(edition: Edition, form: PrintForm, asked: PrintRequest) -> BaseResponse:
    """Print what was asked for, or say why not."""
    base = f"/organise/{edition.slug}/badges"
    gone = queries.gone_of(db.session(), edition.id, asked.selection)
    try:
        with transaction() as tx:
            now = clock.now()
            job = printing.ask_for_print(tx, edition_id=edition.id, account_id=current_user.id, request=asked, now=now)
            is_at_once = job.total <= rules.AT_ONCE and not gone
            if is_at_once:
                printing.claim_print_job(tx, now=now, job_id=job.id)
    except rules.InAnotherPrint as refusal:
        return show_other_print(edition, refusal)
    except (rules.NothingToPrint, rules.EverythingIsPrinted) as refusal:
        flash(str(refusal), "warning")
        return back_to(base)
    except Refusal as refusal:
        if not form.refused(refusal):
            raise
        return show_overview(edition, form, list(asked.selection.registration_ids or ()), status=refusal.status)
    return print_at_once(edition, job) if is_at_once else back_to(f"{base}/prints/{job.key}")


def show_other_print(edition: Edition, refusal: rules.InAnotherPrint) -> BaseResponse:
    """Tell who prints the same badges at this moment, and ask what to do."""
    job = required(queries.print_job_with_key(db.session(), edition.id, refusal.key))
    fields = [(name, value) for name, value in request.form.items(multi=True) if name not in ("csrf_token", "others")]
    return page(
        "badges/in_another_print.html",
        edition=edition,
        job=job,
        refusal=refusal,
        fields=fields,
        is_own=job.account_id == current_user.id,
        status=refusal.status,
    )


def print_at_once(edition: Edition, job: PrintJob) -> BaseResponse:
    """Answer with the badges; they count as printed once the file is made and on its way."""
    session = db.session()
    try:
        way = Way.from_json(job.way)
        badges = queries.badges_of_print(session, job.id)
        prepared = read_print(session, badges, way, queries.printer_of(session, way))
        path = printed_file(job.key)
        draw(prepared, path)
    except Exception as error:
        with transaction() as tx:
            printing.fail_print_job(tx, job.id, attempt=job.tries, error=rules.error_of(error), now=clock.now())
        raise
    content = path.read_bytes()
    made = printing.Made(prepared.words, prepared.layout_name, prepared.layout_version)
    with transaction() as tx:
        printing.finish_print_job(tx, job.id, attempt=job.tries, made=made, now=clock.now())
        printing.hand_out(tx, job.id, now=clock.now())
    return download(content, name=name_of_file(edition, badges), inline=True)


def name_of_file(edition: Edition, badges: Sequence[Badge]) -> str:
    """Return the name of a file of badges: one person's reference, else how many there are."""
    return file_name(badges[0]) if len(badges) == 1 else f"badges-{edition.slug}-{len(badges)}.pdf"


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
        issuing.void_and_reissue(tx, badge.id, reason, clock.now())
    flash(_("The former badge lets nobody in any more. Print the new one, or send it again."), "success")
    return back_to(f"/organise/{slug}/registrations/{registration_id}")


@blueprint.get("/organise/<slug>/badges/preview.png")
@open_to("organiser")
def preview(slug: str) -> BaseResponse:
    """Show the first sheet of what the form asks for, small."""
    edition = show_edition(edition_with_slug(db.session(), slug))
    selection, way = asked_in_address(edition)
    prepared = read_first_sheet(db.session(), edition, selection, way)
    return download(first_sheet(prepared, is_back="back" in request.args), name="preview.png", inline=True)


def asked_in_address(edition: Edition) -> tuple[Selection, Way]:
    """Return what the address of a picture or of the risks asks for; what makes no sense is the usual."""
    form = PrintForm(formdata=MultiDict(request.args), meta={"csrf": False})
    offer(form, edition)
    ids = named(request.args.getlist("registration")) or None
    if not form.validate():
        form = PrintForm(formdata=None, meta={"csrf": False})
        offer(form, edition)
        form.show(queries.usual_way(db.session(), edition.id))
    way = form.way()
    return form.selection(ids), replace(way, start=min(way.start, way.paper.cards_on_sheet))


@blueprint.get("/organise/<slug>/badges/risks")
@open_to("organiser")
def risks(slug: str) -> BaseResponse:
    """Show the badges that somebody should look at before they are printed."""
    edition = show_edition(edition_with_slug(db.session(), slug))
    selection, way = asked_in_address(edition)
    report = report_of(db.session(), edition, selection, way)
    return page(
        "badges/risks.html",
        edition=edition,
        found=report.badges[:MOST_RISKS],
        total=len(report.badges),
        of_layout=report.of_layout,
        looked_at=report.looked_at,
        paper=way.paper,
        picture_query=urlencode([("format", way.format), ("layout", way.layout)]),
    )


@blueprint.get("/organise/<slug>/badges/pictures/<int:badge_id>.png")
@open_to("organiser")
def picture(slug: str, badge_id: int) -> BaseResponse:
    """Show one badge as it will come out of the printer."""
    edition = show_edition(edition_with_slug(db.session(), slug))
    badge = required(queries.badge_in(db.session(), edition.id, badge_id))
    _selection, way = asked_in_address(edition)
    prepared = read_print(db.session(), [badge], replace(way, start=1, separators="none"), None)
    return download(first_card(prepared), name="badge.png", inline=True)


def named(ids: list[str]) -> list[int]:
    """Return the ids that a list of people sent, without what is no id."""
    return [int(each) for each in dict.fromkeys(ids) if each.isascii() and each.isdigit() and len(each) < 10][
        :MOST_CHOSEN
    ]
