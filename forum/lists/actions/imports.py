"""Lists that come in: a file looked through, its lines taken part by part, letters written."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from flask_babel import force_locale
from sqlalchemy.orm import Session as Database

from forum.core.db import Transaction
from forum.core.refusals import Refusal
from forum.core.sheets import read_rows
from forum.lists import queries, rules
from forum.lists.actions.tasks import Step, add_task, forget_left_out, held, leave_all_out
from forum.lists.models import ListTask
from forum.registration import actions as registrations
from forum.registration.queries import categories_of, who_is_registered
from forum.registration.rules import GoodRow, WrongRow


def ask_import(
    tx: Transaction,
    *,
    edition_id: int,
    account_id: int | None,
    content: bytes,
    headings: Sequence[str] | None,
    language: str,
    now: datetime,
) -> ListTask:
    """Keep a file that is to be looked through; with headings it was read already, else `content` is the file."""
    wish = {} if headings is None else {"headings": list(headings), "columns": rules.guessed_columns(headings)}
    return add_task(
        tx,
        kind="import",
        edition_id=edition_id,
        account_id=account_id,
        wish=wish,
        content=content,
        state="reading",
        language=language,
        now=now,
    )


def reading_steps(session: Database, task: ListTask) -> Iterator[Step]:
    """Look a whole file through, and leave it to be agreed to: how many lines can be taken, which cannot and why."""
    wish, content = dict(task.wish), task.content or b""
    if "headings" not in wish:
        sheet = read_rows(io.BytesIO(content))
        wish |= {"headings": list(sheet.headings), "columns": rules.guessed_columns(sheet.headings)}
        content = rules.packed(sheet.headings, rules.lines_of(sheet))
    _headings, lines = rules.unpacked(content)
    left_out: list[tuple[int, str, str]] = []
    good = known = 0
    if all(key in wish["columns"] for key in rules.NEEDED_COLUMNS):
        with force_locale(task.language):
            checker = checker_of(session, task.edition_id, wish["columns"], "update")
            for line, cells in lines:
                answer = checker.check(line, cells)
                good += isinstance(answer, GoodRow)
                known += isinstance(answer, rules.KnownRow)
                if isinstance(answer, WrongRow):
                    left_out.append((line, checker.name_of(cells), answer.reason))
    wish |= {"good": good, "known": known, "sample": [list(cells) for _line, cells in lines[: rules.SHOWN_LINES]]}
    yield lambda tx, now: was_read(tx, task.id, task.tries, wish, content, len(lines), left_out, now=now)


def was_read(
    tx: Transaction,
    task_id: int,
    attempt: int,
    wish: Mapping[str, Any],
    content: bytes,
    total: int,
    left_out: Sequence[tuple[int, str, str]],
    *,
    now: datetime,
) -> None:
    """Write down what looking a file through brought to light; nothing happens before somebody agrees."""
    task = held(tx, task_id, attempt, now=now)
    task.wish, task.content, task.total = dict(wish), content, total
    task.state, task.tries, task.leased_until = "asked", 0, None
    forget_left_out(tx, task_id)
    leave_all_out(tx, task_id, left_out)


def checker_of(session: Database, edition_id: int, columns: Mapping[str, int], duplicates: str) -> rules.Checker:
    """Return what tells good lines from wrong ones, with who is registered now."""
    categories = list(categories_of(session, edition_id))
    present = who_is_registered(session, edition_id)
    session.rollback()
    return rules.Checker(columns, categories, present, duplicates)


def import_steps(session: Database, task: ListTask) -> Iterator[Step]:
    """Register the lines part by part, then write the letters."""
    attempt, wish = task.tries, task.wish
    _headings, lines = rules.unpacked(task.content or b"")
    free = {each.id for each in categories_of(session, task.edition_id) if not each.price}
    checker = checker_of(session, task.edition_id, wish["columns"], wish.get("duplicates", "skip"))
    if task.done == 0:
        yield lambda tx, _now: forget_left_out(tx, task.id)
    for part in parts_of(lines[task.done :], checker, task.language):
        yield lambda tx, now, part=part: take_part(tx, task.id, attempt, part, free, now=now)  # type: ignore[misc]
    if wish.get("letters"):
        ids = queries.ids_of_list(session, task.key)
        written, total = max(0, task.done - len(lines)), len(lines) + len(ids)
        session.rollback()
        for start in range(written, len(ids), LETTERS_AT_ONCE):
            some = ids[start : start + LETTERS_AT_ONCE]
            yield lambda tx, now, some=some: write_part(tx, task.id, attempt, some, total, now=now)  # type: ignore[misc]


LETTERS_AT_ONCE = 25

Part = Sequence[tuple[rules.Checked, str]]
"""Lines as they were understood, each with whom it is about."""


def parts_of(lines: Sequence[tuple[int, rules.Cells]], checker: rules.Checker, language: str) -> Iterator[Part]:
    """Cut a file into parts: many new people together, each one who is corrected alone, as their locks want it."""
    part: list[tuple[rules.Checked, str]] = []
    with force_locale(language):
        for line, cells in lines:
            checked = checker.check(line, cells)
            name = checker.name_of(cells)
            if part and (isinstance(checked, rules.KnownRow) or len(part) == rules.PART):
                yield part
                part = []
            part.append((checked, name))
            if isinstance(checked, rules.KnownRow):
                yield part
                part = []
    if part:
        yield part


def take_part(tx: Transaction, task_id: int, attempt: int, part: Part, free: set[int], *, now: datetime) -> None:
    """Register the new people of a part, or correct the one it is about; write down who was left out, and why."""
    task = held(tx, task_id, attempt, now=now)
    names = {checked.line: name for checked, name in part if not isinstance(checked, rules.KnownRow)}
    new = [checked for checked, _name in part if isinstance(checked, GoodRow)]
    wrong = [checked for checked, _name in part if isinstance(checked, WrongRow)]
    taken, refused = registrations.take_together(
        tx, task.edition_id, [row for row in new if is_simple(row, free)], key=task.key, now=now
    )
    one_by_one = [row for row in new if not is_simple(row, free)]
    letters = bool(task.wish.get("letters"))
    stopped = registrations.take_list(tx, task.edition_id, one_by_one, now=now, letters=letters)
    left_out = [(row.line, names[row.line], row.reason) for row in (*wrong, *refused, *stopped)]
    for checked, name in part:
        if isinstance(checked, rules.KnownRow):
            left_out += corrected(tx, task, checked, name, now=now)
    leave_all_out(tx, task_id, left_out)
    task.changed += taken + len(one_by_one) - len(stopped)
    task.done += len(part)


def is_simple(row: GoodRow, free: set[int]) -> bool:
    """Tell whether a line is one of many that are written together: nothing to pay, no parent to ask."""
    return row.category_id in free and not row.parent_email


def corrected(
    tx: Transaction, task: ListTask, known: rules.KnownRow, name: str, *, now: datetime
) -> list[tuple[int, str, str]]:
    """Correct somebody who is registered; return why not, if it could not be."""
    try:
        with tx.session.begin_nested():
            registrations.correct(tx, known.registration_id, known.row, now=now)
    except Refusal as refusal:
        return [(known.row.line, name, str(refusal))]
    task.updated += 1
    return []


def write_part(tx: Transaction, task_id: int, attempt: int, ids: Sequence[int], total: int, *, now: datetime) -> None:
    """Write letters to some of a list's people."""
    task = held(tx, task_id, attempt, now=now)
    registrations.write_badge_letters(tx, ids, now=now)
    task.total = total
    task.done += len(ids)
