"""Work on many people: asked, agreed to, done in parts that are each one short transaction, stopped, forgotten."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from flask_babel import force_locale
from sqlalchemy import delete, insert, update
from sqlalchemy.orm import Session as Database

from forum.core import codes
from forum.core.db import Transaction
from forum.core.refusals import NotFound, Refusal
from forum.core.sheets import read_rows
from forum.lists import queries, rules
from forum.lists.models import LeftOut, ListTask
from forum.registration import actions as registrations
from forum.registration.models import Registration
from forum.registration.queries import categories_of, who_is_registered
from forum.registration.rules import GoodRow, WrongRow

Step = Callable[[Transaction, datetime], None]
"""A part of a task, for one transaction of its own."""


def ask_change(
    tx: Transaction,
    *,
    edition_id: int,
    account_id: int | None,
    what: str,
    ids: Sequence[int],
    language: str,
    now: datetime,
) -> ListTask:
    """Write down what is to be done to whom; nothing is done before somebody agrees.

    Raises `NoSuchChange`, `NothingChosen`.
    """
    rules.may_be_asked(what)
    rules.somebody_is_chosen(ids)
    return add_task(
        tx,
        kind="change",
        edition_id=edition_id,
        account_id=account_id,
        wish={"what": what, "ids": list(ids)},
        total=len(ids),
        language=language,
        now=now,
    )


def add_task(
    tx: Transaction,
    *,
    kind: str,
    edition_id: int,
    account_id: int | None,
    wish: Mapping[str, Any],
    language: str,
    now: datetime,
    total: int = 0,
    state: str = "asked",
    content: bytes | None = None,
) -> ListTask:
    """Write a task down under a name that nobody guesses."""
    return tx.add(
        ListTask(
            edition_id=edition_id,
            account_id=account_id,
            key=codes.new_token(),
            kind=kind,
            wish=dict(wish),
            content=content,
            language=language,
            state=state,
            total=total,
            asked_at=now,
        )
    )


def agree(tx: Transaction, task_id: int, more: Mapping[str, Any] | None = None) -> bool:
    """Let a task begin, with what was chosen when agreeing; False when it began before (another window, a reload)."""
    task = tx.lock(ListTask, task_id)
    if task.state != "asked":
        return False
    task.wish = {**task.wish, **(more or {})}
    task.state, task.done = "waiting", 0
    return True


def stop(tx: Transaction, task_id: int, *, now: datetime) -> bool:
    """Stop a task that goes on; what was done stays. False when it had ended."""
    task = tx.lock(ListTask, task_id)
    if not task.is_at_work and task.state != "asked":
        return False
    end(task, "stopped", now=now)
    return True


def end(task: ListTask, state: str, *, now: datetime, error: str | None = None) -> None:
    """Let a task end; the lines it was given are forgotten."""
    task.state, task.finished_at, task.error, task.leased_until, task.content = state, now, error, None, None


def claim(tx: Transaction, *, now: datetime, task_id: int | None = None) -> ListTask | None:
    """Take a task that waits or whose worker went silent: this one, or the oldest."""
    task = queries.next_task(tx.session, now, task_id)
    if task is None:
        return None
    if task.tries >= rules.MOST_TRIES:
        end(task, "failed", now=now, error="stopped")
        return None
    if task.state == "waiting":
        task.state = "running"
    task.tries += 1
    task.leased_until = now + rules.LEASE
    tx.session.flush()
    return task


def fail(tx: Transaction, task_id: int, attempt: int, *, now: datetime, error: str) -> None:
    """Say that a task cannot go on, unless another worker has it by now."""
    task = tx.lock(ListTask, task_id)
    if task.tries == attempt and task.is_at_work:
        end(task, "failed", now=now, error=error)


def steps(session: Database, task: ListTask) -> Iterator[Step]:
    """Return what is left of a claimed task, part by part; between the parts no transaction is open.

    The edge gives each a transaction of its own: `for step in steps(…): with transaction() as tx: step(tx, now)`.
    A step raises `TaskTaken` or `TaskStopped` when the task is no longer this worker's.
    """
    if task.state == "reading":
        yield from reading_steps(session, task)
        return
    if task.kind == "change":
        yield from change_steps(task)
    if task.kind == "import":
        yield from import_steps(session, task)
    yield lambda tx, now: finish(tx, task.id, task.tries, now=now)


def change_steps(task: ListTask) -> Iterator[Step]:
    """Return one part for each person: locks are held for one alone, so that nobody waits in a circle."""
    attempt, wish = task.tries, task.wish
    for registration_id in task.wish["ids"][task.done :]:
        yield lambda tx, now, each=registration_id: change_one(tx, task.id, attempt, wish, each, now=now)  # type: ignore[misc]


def change_one(
    tx: Transaction, task_id: int, attempt: int, wish: Mapping[str, Any], registration_id: int, *, now: datetime
) -> None:
    """Do what was asked to one registration, or write down why not; either way it is counted."""
    task = held(tx, task_id, attempt, now=now)
    try:
        with tx.session.begin_nested():
            apply_change(tx, task.edition_id, registration_id, wish, now=now)
    except Refusal as refusal:
        leave_out(tx, task_id, registration_id, name_of(tx, registration_id), str(refusal))
    else:
        task.changed += 1
    task.done += 1


def apply_change(
    tx: Transaction, edition_id: int, registration_id: int, wish: Mapping[str, Any], *, now: datetime
) -> None:
    """Do to one registration what was asked for all. Raises the refusals of each action."""
    registration = tx.lock(Registration, registration_id)
    if registration.edition_id != edition_id:
        raise NotFound
    what = wish["what"]
    if what == "cancel":
        rules.is_still_coming(registration)
        registrations.cancel(tx, registration_id, now=now, at_desk=True)
    elif what == "move":
        wanted = registrations.RegistrationChange(category_id=int(wish["category_id"]))
        registrations.change(tx, registration_id, wanted, now=now, at_desk=True)
    elif what == "letter":
        rules.can_be_written_to(registration)
        registrations.resend(tx, registration, now=now)
    elif what == "approve":
        registrations.approve(tx, registration_id, now=now)
    elif what == "decline":
        registrations.decline(tx, registration_id, now=now, words=wish.get("words", ""))
    else:
        raise rules.NoSuchChange


def name_of(tx: Transaction, registration_id: int) -> str:
    """Return whose registration could not be changed."""
    registration = tx.session.get(Registration, registration_id)
    return registration.person.name if registration is not None else "–"


def held(tx: Transaction, task_id: int, attempt: int, *, now: datetime) -> ListTask:
    """Return a task that is still this worker's, its lease made longer. Raises `TaskTaken`, `TaskStopped`."""
    task = tx.lock(ListTask, task_id)
    if task.state == "stopped":
        raise rules.TaskStopped
    if task.tries != attempt or not task.is_at_work:
        raise rules.TaskTaken
    task.leased_until = now + rules.LEASE
    return task


def leave_out(tx: Transaction, task_id: int, place: int, name: str, reason: str) -> None:
    """Write down for whom nothing could be done, and why."""
    tx.session.add(LeftOut(task_id=task_id, place=place, name=name[:200], reason=reason))


def leave_all_out(tx: Transaction, task_id: int, left_out: Sequence[tuple[int, str, str]]) -> None:
    """Write down many lines for which nothing could be done."""
    if left_out:
        rows = [
            {"task_id": task_id, "place": place, "name": name[:200], "reason": why} for place, name, why in left_out
        ]
        tx.session.execute(insert(LeftOut), rows)


def finish(tx: Transaction, task_id: int, attempt: int, *, now: datetime) -> None:
    """Say that all of a task was gone through."""
    end(held(tx, task_id, attempt, now=now), "ready", now=now)


def forget_old_tasks(tx: Transaction, *, now: datetime) -> int:
    """Forget what ended a week ago, and what nobody agreed to within a day; return how many."""
    old = queries.old_task_ids(tx.session, now)
    tx.session.execute(delete(LeftOut).where(LeftOut.task_id.in_(old)))
    tx.session.execute(delete(ListTask).where(ListTask.id.in_(old)))
    return len(old)


def go_on_reading(tx: Transaction, task_id: int, wish: Mapping[str, Any]) -> bool:
    """Have a file looked through anew, with other columns; False when somebody agreed to it already."""
    changed = (
        update(ListTask)
        .where(ListTask.id == task_id, ListTask.state.in_(("asked", "reading")))
        .values(wish=dict(wish), state="reading", tries=0, done=0, leased_until=None)
    )
    return bool(tx.session.execute(changed).rowcount)  # type: ignore[attr-defined]


# --- lists that come in


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


def forget_left_out(tx: Transaction, task_id: int) -> None:
    """Forget what was said of lines: they are looked at anew."""
    tx.session.execute(delete(LeftOut).where(LeftOut.task_id == task_id))


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
