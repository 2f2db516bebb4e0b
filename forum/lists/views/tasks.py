"""What is done to many people at once: said before, followed while it is done, told after."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, request
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from forum.badges.actions.printing import PrintRequest, ask_for_print
from forum.badges.rules import Selection, Way
from forum.core import clock, sheets
from forum.core.db import db, transaction
from forum.core.refusals import Refusal
from forum.core.web import back_to, download, open_to, page, small_number
from forum.core.words import gettext as _
from forum.core.words import ngettext
from forum.editions.models import Edition
from forum.lists import actions, queries, rules
from forum.lists.models import ListTask
from forum.lists.views.registrations import the_edition
from forum.registration.documents import state_words
from forum.registration.queries import categories_of, category_in

blueprint = Blueprint("lists_tasks", __name__)

SHOWN = 200


@blueprint.get("/organise/<slug>/lists/<key>")
@open_to("organiser")
def task(slug: str, key: str) -> BaseResponse:
    """Say what will happen to how many, how far it is, or what came of it."""
    edition = the_edition(slug)
    shown = queries.task_with_key(db.session(), edition.id, key)
    if shown.kind == "import" and shown.state in ("reading", "asked"):
        return back_to(f"/organise/{slug}/lists/{key}/import")
    return task_page(edition, shown)


def task_page(edition: Edition, shown: ListTask, *, status: int = 200, **more: Any) -> Response:
    """Show a task."""
    return page(
        "lists/task.html",
        status=status,
        edition=edition,
        task=shown,
        title=title_of(shown),
        left_out=queries.left_out_of(db.session(), shown.id, limit=SHOWN),
        left_out_count=queries.count_left_out(db.session(), shown.id),
        **(question(edition, shown) if shown.state == "asked" else {}),
        **more,
    )


def question(edition: Edition, shown: ListTask) -> dict[str, Any]:
    """Return what is to be said before somebody agrees."""
    ids = shown.wish["ids"]
    return {
        "names": queries.names_of(db.session(), ids),
        "states": queries.states_of(db.session(), ids),
        "state_words": state_words(),
        "categories": categories_of(db.session(), edition.id) if shown.wish["what"] == "move" else [],
        "refused": "",
    }


def title_of(shown: ListTask) -> str:
    """Return what is done to how many, as a heading."""
    many = shown.total
    if shown.kind == "import":
        return _("Import a list")  # what is counted are lines and letters
    titles = {
        "approve": ngettext("Approve %(num)s registration", "Approve %(num)s registrations", many),
        "decline": ngettext("Decline %(num)s registration", "Decline %(num)s registrations", many),
        "move": ngettext(
            "Move %(num)s registration to another category", "Move %(num)s registrations to another category", many
        ),
        "letter": ngettext("Send %(num)s badge again", "Send %(num)s badges again", many),
        "badges": ngettext("Print %(num)s badge", "Print %(num)s badges", many),
        "cancel": ngettext("Cancel %(num)s registration", "Cancel %(num)s registrations", many),
    }
    return str(titles[shown.wish["what"]])


@blueprint.post("/organise/<slug>/lists/<key>/agree")
@open_to("organiser")
def agree(slug: str, key: str) -> BaseResponse:
    """Do what was asked: a few at once, many in the background."""
    edition = the_edition(slug)
    shown = queries.task_with_key(db.session(), edition.id, key)
    try:
        if shown.kind == "change" and shown.wish["what"] == "badges":
            return print_badges(edition, shown)
        more = chosen_with_it(edition, shown)
    except Refusal as refusal:
        return task_page(edition, shown, status=refusal.status, refusal=refusal)
    with transaction() as tx:
        actions.agree(tx, shown.id, more)
    if shown.total <= rules.AT_ONCE:
        do_now(shown.id)
    return back_to(f"/organise/{slug}/lists/{key}")


def chosen_with_it(edition: Edition, shown: ListTask) -> dict[str, Any]:
    """Return what is chosen on the page itself: the category people move to, words to who is declined."""
    if shown.kind != "change":
        return {}
    if shown.wish["what"] == "move":
        number = small_number(request.form.get("category")) or 0
        return {"category_id": category_in(db.session(), edition.id, number).id}
    if shown.wish["what"] == "decline":
        return {"words": request.form.get("words", "")[: rules.LONGEST_WORDS].strip()}
    return {}


def print_badges(edition: Edition, shown: ListTask) -> BaseResponse:
    """Have the badges of the chosen made. Raises what `ask_for_print` raises."""
    wanted = PrintRequest(selection=Selection(registration_ids=tuple(shown.wish["ids"])), way=Way())
    with transaction() as tx:
        job = ask_for_print(tx, edition_id=edition.id, account_id=current_user.id, request=wanted, now=clock.now())
    return back_to(f"/organise/{edition.slug}/badges/prints/{job.key}")


def do_now(task_id: int) -> None:
    """Go through a short task while the browser waits; whatever stops us, the background goes on from there."""
    with transaction() as tx:
        task = actions.claim(tx, now=clock.now(), task_id=task_id)
    if task is None:
        return
    try:
        for step in actions.steps(db.session(), task):
            with transaction() as tx:
                step(tx, clock.now())
    except (rules.TaskStopped, rules.TaskTaken):
        return


@blueprint.post("/organise/<slug>/lists/<key>/stop")
@open_to("organiser")
def stop(slug: str, key: str) -> BaseResponse:
    """Stop what goes on, or leave what was only asked."""
    edition = the_edition(slug)
    shown = queries.task_with_key(db.session(), edition.id, key)
    was_asked = shown.state in ("asked", "reading")
    with transaction() as tx:
        stopped = actions.stop(tx, shown.id, now=clock.now())
    if was_asked:
        return back_to(f"/organise/{slug}/registrations")
    if stopped:
        flash(_("It is stopped. What was done by then stays done."), "success")
    return back_to(f"/organise/{slug}/lists/{key}")


@blueprint.get("/organise/<slug>/lists/<key>/left-out.csv")
@open_to("organiser")
def left_out(slug: str, key: str) -> Response:
    """Give those for whom nothing could be done as a spreadsheet, each with the reason."""
    edition = the_edition(slug)
    shown = queries.task_with_key(db.session(), edition.id, key)
    rows = [(each.place, each.name, each.reason) for each in queries.left_out_of(db.session(), shown.id)]
    first = _("Line") if shown.kind == "import" else _("Number")
    content = sheets.csv_bytes([first, _("Name"), _("Why not")], rows)
    return download(content, name=f"{_('left-out')}-{edition.slug}.csv")
