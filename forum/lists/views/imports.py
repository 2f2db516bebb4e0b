"""A list of people that comes in: the file, how it is understood, and the agreement."""

from __future__ import annotations

import io

from flask import Blueprint, Response, request
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from forum.core import clock
from forum.core.db import db, transaction
from forum.core.refusals import Refusal
from forum.core.sheets import read_rows
from forum.core.web import back_to, open_to, page
from forum.core.words import language
from forum.editions.models import Edition
from forum.lists import actions, queries, rules
from forum.lists.forms import ImportForm
from forum.lists.models import ListTask
from forum.lists.views.registrations import the_edition
from forum.lists.views.tasks import do_now
from forum.registration.queries import categories_of

blueprint = Blueprint("lists_imports", __name__)

READ_AT_ONCE = 300_000
"""How many bytes of a file are read while the browser waits; larger ones are read in the background."""
SHOWN = 50


@blueprint.route("/organise/<slug>/registrations/import", methods=["GET", "POST"])
@open_to("organiser")
def import_list(slug: str) -> BaseResponse:
    """Take a file; what is in it is shown before anything is done."""
    edition = the_edition(slug)
    form = ImportForm()
    if not form.validate_on_submit():
        return upload_page(edition, form, status=422 if form.errors else 200)
    content = form.file.data.stream.read()
    try:
        key = take_file(edition, content)
    except Refusal as refusal:
        form.file.errors = [str(refusal)]
        return upload_page(edition, form, status=refusal.status)
    return back_to(f"/organise/{slug}/lists/{key}/import")


def upload_page(edition: Edition, form: ImportForm, *, status: int) -> Response:
    """Show the form of a file."""
    categories = categories_of(db.session(), edition.id)
    return page("lists/import.html", status=status, edition=edition, form=form, categories=categories)


def take_file(edition: Edition, content: bytes) -> str:
    """Keep a file as a task, looked through at once when it is small. Raises what `read_rows` raises."""
    headings = None
    if len(content) <= READ_AT_ONCE:
        sheet = read_rows(io.BytesIO(content))
        headings, content = sheet.headings, rules.packed(sheet.headings, rules.lines_of(sheet))
    with transaction() as tx:
        task = actions.ask_import(
            tx,
            edition_id=edition.id,
            account_id=current_user.id,
            content=content,
            headings=headings,
            language=language(),
            now=clock.now(),
        )
    if headings is not None:
        do_now(task.id)
    return task.key


@blueprint.get("/organise/<slug>/lists/<key>/import")
@open_to("organiser")
def preview(slug: str, key: str) -> BaseResponse:
    """Show how a file is understood: columns, first lines, what cannot be taken, who is registered already."""
    edition = the_edition(slug)
    task = queries.task_with_key(db.session(), edition.id, key)
    if task.state not in ("reading", "asked"):
        return back_to(f"/organise/{slug}/lists/{key}")
    return preview_page(edition, task)


def preview_page(edition: Edition, task: ListTask, *, status: int = 200, refusal: Refusal | None = None) -> Response:
    """Show the page on which one agrees to a list."""
    columns = task.wish.get("columns", {})
    return page(
        "lists/preview.html",
        status=status,
        edition=edition,
        task=task,
        columns=columns,
        column_names=rules.COLUMN_NAMES,
        needed=rules.NEEDED_COLUMNS,
        is_complete=all(key in columns for key in rules.NEEDED_COLUMNS),
        left_out=queries.left_out_of(db.session(), task.id, limit=SHOWN),
        left_out_count=queries.count_left_out(db.session(), task.id),
        refusal=refusal,
    )


@blueprint.post("/organise/<slug>/lists/<key>/import")
@open_to("organiser")
def agree_to_list(slug: str, key: str) -> BaseResponse:
    """Look at a file again with other columns, or take it as it was shown."""
    edition = the_edition(slug)
    task = queries.task_with_key(db.session(), edition.id, key)
    if task.state != "asked":
        return back_to(f"/organise/{slug}/lists/{key}")
    columns = rules.read_columns(request.form, task.wish["headings"])
    try:
        rules.columns_are_known(columns)
    except rules.ColumnsMissing as refusal:
        return preview_page(edition, task, status=refusal.status, refusal=refusal)
    if columns != task.wish["columns"] or request.form.get("do") == "look":
        with transaction() as tx:
            actions.go_on_reading(tx, task.id, {**task.wish, "columns": columns})
        if task.total <= rules.PART:
            do_now(task.id)
        return back_to(f"/organise/{slug}/lists/{key}/import")
    more = {
        "duplicates": rules.one_of(request.form.get("duplicates"), rules.DUPLICATES) or "skip",
        "letters": request.form.get("letters") == "yes",
    }
    with transaction() as tx:
        actions.agree(tx, task.id, more)
    if task.total <= rules.AT_ONCE:
        do_now(task.id)
    return back_to(f"/organise/{slug}/lists/{key}")
