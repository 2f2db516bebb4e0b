"""Writing letters: a row in the transaction of what it tells; and what becomes of the row.

A letter is claimed (a lease on a waiting row) while its files are made, then marked `sending` right before it is handed
to the mail server. So a worker that died tells where: a claimed row is simply claimed again, since nothing left; a row
that stayed in `sending` may have left, and is never sent again but by a person who decides so.
See docs/decisions/0010-a-letter-leaves-at-most-once.md.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flask import current_app
from flask_babel import force_locale
from markupsafe import escape
from sqlalchemy import CursorResult, Update, delete, update
from sqlalchemy.dialects import postgresql, sqlite

from forum.core.db import Transaction
from forum.core.email import one_line
from forum.messages import queries, rules
from forum.messages.models import BouncedAddress, Letter

PARTS = ("subject.txt", "body.txt", "body.html")


@dataclass(frozen=True)
class LetterDraft:
    """A letter described as data by a feature's `emails.py`."""

    template: str
    """Folder below `templates/`, e.g. `registration/emails/confirmed`, with subject.txt, body.txt and body.html."""

    once_key: str
    """What makes it one letter, e.g. `registration-confirmed:812`; a second one with the same key is not written."""

    to_email: str
    to_name: str
    language: str
    edition_slug: str | None = None
    context: Mapping[str, Any] = field(default_factory=dict)
    attachments: Sequence[tuple[str, int]] = ()
    """Names of `core.documents.attaches` and the row each is made from, e.g. `("badge", registration_id)`."""

    @property
    def kind(self) -> str:
        """Return what kind of letter it is, for lists: `registration-confirmed`."""
        feature, _, letter = self.template.partition("/emails/")
        return f"{feature}-{letter}"


@dataclass(frozen=True)
class WordedLetter:
    """A letter whose words stand already: made before a transaction, only its row is written inside."""

    draft: LetterDraft
    subject: str
    text: str
    html: str


def worded(draft: LetterDraft) -> WordedLetter:
    """Put a letter into words, in the person's language; nothing is written."""
    with force_locale(draft.language):
        subject, text, html = (render(f"{draft.template}/{part}", draft) for part in PARTS)
    return WordedLetter(draft, subject=one_line(subject), text=one_blank_line(text), html=html)


def filled_in(letter: WordedLetter, draft: LetterDraft, own: Mapping[str, str]) -> WordedLetter:
    """Give a letter that was worded with marks (`rules.mark`) for many to one reader, whose words are `own`."""
    escaped = {name: escape(value) for name, value in own.items()}
    text, html = rules.filled(letter.text, own), rules.filled(letter.html, escaped)
    return WordedLetter(draft, subject=letter.subject, text=text, html=html)


def write_letter(tx: Transaction, draft: LetterDraft, *, now: datetime) -> int | None:
    """Write a letter in the person's language, to leave soon; None when it was written before."""
    return write_worded(tx, worded(draft), now=now)


def write_worded(tx: Transaction, letter: WordedLetter, *, now: datetime) -> int | None:
    """Write a letter that is in words already, to leave soon; None when it was written before.

    None too for who gave no address (registered at the desk): there is nobody to write to.
    """
    draft = letter.draft
    if not draft.to_email:
        return None
    return tx.write_once(
        Letter,
        once="once_key",
        edition_slug=draft.edition_slug,
        kind=draft.kind,
        once_key=draft.once_key,
        to_email=draft.to_email,
        to_name=draft.to_name,
        language=draft.language,
        subject=letter.subject,
        text=letter.text,
        html=letter.html,
        attachments=[list(attachment) for attachment in draft.attachments],
        state="waiting",
        tries=0,
        next_try_at=now,
        written_at=now,
    )


def asked_by_templates(name: str, *about: Any) -> Any:
    """Ask what templates ask by its name: features above lend them words for letters of those below."""
    asked: Callable[..., Any] = current_app.jinja_env.globals[name]  # type: ignore[assignment]
    return asked(*about)


def render(template: str, draft: LetterDraft) -> str:
    """Fill one part of a letter in: what a page knows of its reader (who is signed in …) is not the letter's."""
    context = {"language": draft.language, **draft.context}
    return current_app.jinja_env.get_template(template).render(letter=draft, **context)


def one_blank_line(text: str) -> str:
    """Return plain text with no more than one empty line in a row: blocks that stayed empty leave none behind."""
    return re.sub(r"\n(?:[ \t]*\n){2,}", "\n\n", text.strip()) + "\n"


def write_letters(tx: Transaction, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write many letters at once, each a row's values; those whose `once_key` is taken were written before."""
    if rows:
        insert: Any = {"sqlite": sqlite, "postgresql": postgresql}[tx.session.get_bind().dialect.name].insert
        tx.session.execute(insert(Letter.__table__).on_conflict_do_nothing(index_elements=["once_key"]), list(rows))


def claim(tx: Transaction, *, now: datetime) -> Letter | None:
    """Take a waiting letter for some minutes, so that no other worker takes it; None when none is due."""
    letter = queries.next_waiting(tx.session, now)
    if letter is not None:
        letter.leased_until = now + rules.LEASE
        tx.session.flush()
    return letter


def begin_sending(tx: Transaction, letter_id: int, *, lease: datetime, now: datetime) -> bool:
    """Say that a letter is handed to the mail server now; False when the lease was lost to another worker."""
    letter = tx.lock(Letter, letter_id)
    if letter.state != "waiting" or letter.leased_until != lease:
        return False
    letter.state = "sending"
    letter.tries += 1
    letter.leased_until = now + rules.LEASE
    return True


def mark_sent(tx: Transaction, letter_id: int, *, now: datetime) -> None:
    """Say that the mail server took a letter."""
    letter = tx.lock(Letter, letter_id)
    if letter.state == "bounced":
        return  # its answer was quicker than we are
    letter.state, letter.sent_at, letter.leased_until, letter.last_error = "sent", now, None, None


def mark_failed(tx: Transaction, letter_id: int, reason: str) -> None:
    """Say that a letter did not leave and is not tried again by itself."""
    letter = tx.lock(Letter, letter_id)
    letter.state, letter.leased_until, letter.last_error = "failed", None, reason[:1000]


def try_later(tx: Transaction, letter_id: int, reason: str, *, now: datetime) -> None:
    """Let a letter wait for another try, each time longer; in the end it has failed."""
    letter = tx.lock(Letter, letter_id)
    if letter.state == "waiting":
        letter.tries += 1  # its files could not be made; a letter in `sending` was counted already
    pause = rules.pause_after(letter.tries)
    letter.state, letter.leased_until, letter.last_error = "waiting" if pause else "failed", None, reason[:1000]
    if pause:
        letter.next_try_at = now + pause


def give_up_interrupted(tx: Transaction, *, now: datetime) -> int:
    """Mark letters whose worker died while it spoke to the mail server; return how many."""
    statement = (
        update(Letter)
        .where(Letter.state == "sending", Letter.leased_until <= now)
        .values(state="failed", last_error=rules.INTERRUPTED, leased_until=None)
    )
    return changed_rows(tx, statement)


def note_bounce(tx: Transaction, letter_id: int, bounce: rules.Bounce, *, now: datetime) -> bool:
    """Mark a letter that came back, and its address when nobody is there; False when it is not known (any more)."""
    letter = tx.session.get(Letter, letter_id, with_for_update={"of": Letter}, populate_existing=True)
    if letter is None or not letter.to_email:
        return False
    letter.state, letter.bounced_at, letter.leased_until, letter.last_error = "bounced", now, None, bounce.reason
    if bounce.nobody_there:
        email = letter.to_email.lower()
        tx.add_once(BouncedAddress, once="email", email=email, reason=bounce.reason, bounced_at=now)
    return True


def trust_address(tx: Transaction, email: str) -> None:
    """Write to an address again, because a person knows that somebody is there after all."""
    tx.session.execute(delete(BouncedAddress).where(BouncedAddress.email == email.lower()))


def keep_waiting(tx: Transaction, *, now: datetime) -> int:
    """Keep all letters that are due, where no mail server is set; return how many."""
    statement = update(Letter).where(Letter.state == "waiting", Letter.next_try_at <= now).values(state="kept")
    return changed_rows(tx, statement)


def send_again(tx: Transaction, letter_id: int, *, now: datetime) -> Letter:
    """Let one letter leave once more, because a person said so. Raises `OnItsWay`."""
    letter = tx.lock(Letter, letter_id)
    rules.can_be_sent_again(letter)
    letter.state, letter.tries, letter.next_try_at, letter.leased_until = "waiting", 0, now, None
    return letter


def send_all_again(tx: Transaction, edition_slug: str, state: str, *, now: datetime) -> int:
    """Let all failed, or all kept, letters of an edition leave; return how many."""
    if state not in ("failed", "kept"):
        raise rules.OnItsWay
    statement = (
        update(Letter)
        .where(Letter.edition_slug == edition_slug, Letter.state == state)
        .values(state="waiting", tries=0, next_try_at=now, leased_until=None)
    )
    return changed_rows(tx, statement)


def changed_rows(tx: Transaction, statement: Update) -> int:
    """Change many rows at once; return how many."""
    result = tx.session.execute(statement)
    return result.rowcount if isinstance(result, CursorResult) else 0
