"""Writing to many: mailings made, changed, planned, prepared; and who wants none any more."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlalchemy.dialects import postgresql, sqlite

from forum.core import codes
from forum.core.db import LocalText, Transaction
from forum.core.email import one_line
from forum.core.web import public_address
from forum.desk.queries import open_desks
from forum.editions.models import Edition
from forum.forecast.actions import note_asked
from forum.mailings import emails, queries, rules
from forum.mailings.models import Mailing, Subscriber
from forum.mailings.queries import AnyRow
from forum.messages.actions import write_letters
from forum.people.models import Person
from forum.registration.models import Registration
from forum.venues.queries import venues_of_edition

BATCH = 500
"""Letters in one short transaction: what waits behind it waits for less than half a second."""


@dataclass(frozen=True)
class MailingDetails:
    """What an organiser says of a letter to many."""

    subject: LocalText
    body: LocalText
    segment: rules.Segment
    asks_attendance: bool = False


@dataclass(frozen=True)
class Plan:
    """When a mailing leaves: at a moment, or days before or after the edition at an hour; neither: now."""

    leaves_at: datetime | None = None
    days: int | None = None
    hour: str | None = None


def write_mailing(
    tx: Transaction, edition_id: int, details: MailingDetails, *, now: datetime, usual: Plan | None = None
) -> Mailing:
    """Write a letter to many down as a draft, with when such letters usually leave. Raises `UnknownPlace` …"""
    mailing = Mailing(edition_id=edition_id, created_at=now, changed_at=now)
    if usual is not None:
        mailing.days, mailing.hour = usual.days, usual.hour
    write_details(mailing, details)
    return tx.add(mailing)


def change_mailing(tx: Transaction, mailing_id: int, details: MailingDetails, *, now: datetime) -> Mailing:
    """Change the words or the readers of a letter that has not left. Raises `AlreadyLeft`, `UnknownPlace` …"""
    mailing = tx.lock(Mailing, mailing_id)
    rules.can_be_rewritten(mailing)
    write_details(mailing, details)
    mailing.changed_at = now
    return mailing


def write_details(mailing: Mailing, details: MailingDetails) -> None:
    """Put what an organiser said on the row."""
    check_words(details)
    if details.asks_attendance:
        rules.can_be_asked(details.segment)
    mailing.subject, mailing.body = details.subject, details.body
    mailing.segment = details.segment.as_row()
    mailing.asks_attendance = details.asks_attendance


def check_words(details: MailingDetails) -> None:
    """Refuse words with places that nothing fills; the refusal names the field. Raises `UnknownPlace` …"""
    for words, name, check in (
        (details.subject, "subject", rules.check_subject),
        (details.body, "body", rules.check_body),
    ):
        for language, text in words.items():
            try:
                check(text, for_past=details.segment.is_of_past)
            except rules.UNREADABLE as refusal:
                refusal.field = f"{name}_{language}"
                raise


def copy_mailing(tx: Transaction, edition_id: int, original: Mailing, *, now: datetime) -> Mailing:
    """Write a draft that begins as another letter; what names another edition's rows is left out."""
    segment = rules.Segment.from_row(original.segment)
    if original.edition_id != edition_id:
        segment = rules.Segment(audience=segment.audience, city_id=segment.city_id)  # cities are everybody's
    details = MailingDetails(original.subject, original.body, segment, asks_attendance=original.asks_attendance)
    usual = Plan(days=original.days, hour=original.hour)
    return write_mailing(tx, edition_id, details, now=now, usual=usual)


def plan(
    tx: Transaction, mailing_id: int, wish: Plan, *, now: datetime, written: str = "", field: str | None = None
) -> Mailing:
    """Say when a mailing leaves. Raises `AlreadyLeft`, `MomentPast` (`written` is that moment in words)."""
    mailing = tx.lock(Mailing, mailing_id)
    rules.can_be_changed(mailing)
    mailing.days, mailing.hour = wish.days, wish.hour
    mailing.leaves_at = None if wish.days is not None else wish.leaves_at or now
    moment = rules.moment_of(mailing, mailing.edition)
    if moment is None:
        raise rules.MomentMissing
    if wish != Plan():
        rules.can_leave_at(moment, now, written=written, field=field)
    mailing.state, mailing.changed_at = "scheduled", now
    return mailing


def stop(tx: Transaction, mailing_id: int, *, now: datetime) -> Mailing:
    """Hold a mailing back; letters that are written already stay written."""
    mailing = tx.lock(Mailing, mailing_id)
    if mailing.state == "preparing":
        mailing.state, mailing.ended_at = "stopped", now
    elif mailing.state == "scheduled":
        mailing.state, mailing.leaves_at = "draft", None
    mailing.changed_at = now
    return mailing


def remove(tx: Transaction, mailing_id: int) -> None:
    """Throw a letter away that nobody got. Raises `AlreadyLeft`."""
    mailing = tx.lock(Mailing, mailing_id)
    rules.can_be_rewritten(mailing)
    tx.session.delete(mailing)


# --- the letters of a mailing, by the worker


def begin(tx: Transaction, mailing_id: int, *, now: datetime) -> bool:
    """Begin a mailing whose moment has come; tell whether its letters are to be written.

    One whose moment is more than a day past is not sent by itself: the worker stood still, or the edition was moved.
    """
    mailing = tx.lock(Mailing, mailing_id)
    if mailing.state == "preparing":
        return True
    moment = rules.moment_of(mailing, mailing.edition)
    if mailing.state != "scheduled" or moment is None or moment > now:
        return False
    if now - moment > rules.LATE:
        mailing.state, mailing.ended_at = "missed", now
        return False
    mailing.state, mailing.started_at = "preparing", now
    return True


def prepare_batch(
    tx: Transaction, mailing_id: int, letters: Mapping[str, emails.Compiled], *, now: datetime, size: int = BATCH
) -> bool:
    """Write the next letters of a mailing and how far it is, all in this one transaction; False when it is done.

    A crash undoes the batch and the next worker begins there again; two workers wait for each other at the row.
    """
    mailing = tx.lock(Mailing, mailing_id)
    if mailing.state != "preparing":
        return False
    edition = mailing.edition
    rows = queries.next_recipients(tx.session, edition, mailing, today=edition.local(now).date(), size=size)
    readers = willing(tx, mailing, rows)
    write_letters(tx, letters_for(tx, mailing, readers, letters, now=now))
    if mailing.asks_attendance:
        note_asked(tx, [row.id for row in readers], now=now)
    mailing.written += len(readers)
    if rows:
        mailing.reached = rows[-1].id
    if len(rows) < size:
        mailing.state, mailing.ended_at = "finished", now
    return mailing.state == "preparing"


def willing(tx: Transaction, mailing: Mailing, rows: Sequence[AnyRow]) -> list[AnyRow]:
    """Return the readers who did not say that they want no more; everybody is asked whether they come."""
    if mailing.asks_attendance:
        return list(rows)
    refused = queries.unsubscribed(tx.session)
    return [row for row in rows if rules.fingerprint(row.email) not in refused]


def letters_for(
    tx: Transaction,
    mailing: Mailing,
    readers: Sequence[AnyRow],
    letters: Mapping[str, emails.Compiled],
    *,
    now: datetime,
) -> list[dict[str, Any]]:
    """Return the rows of readers' letters."""
    links = {} if mailing.asks_attendance else unsubscribe_links(tx, (row.email for row in readers))
    categories = queries.category_names(tx.session, mailing.edition_id)
    seats = (
        queries.seats_of(tx.session, (row.id for row in readers))
        if any(letter.uses_sessions for letter in letters.values())
        else {}
    )
    rows = []
    for row in readers:
        letter = letters.get(row.language) or letters["fr"]
        link = links.get(rules.fingerprint(row.email))
        values = emails.values_for(
            row,
            letter=letter,
            categories=categories,
            sessions=emails.session_lines(seats.get(row.id, ()), letter),
            unsubscribe=link or "",
        )
        to = Addressee(row.email, f"{row.given_name} {row.family_name}".strip())
        key = queries.key_of(row, asks_attendance=mailing.asks_attendance)
        rows.append(
            letter_row(to, mailing, emails.filled(letter, values), once_key=f"mailing:{mailing.id}:{key}", now=now)
            | {"unsubscribe_address": link, "language": letter.language}
        )
    return rows


@dataclass(frozen=True)
class Addressee:
    """To whom a letter goes."""

    email: str
    name: str


def letter_row(
    to: Addressee, mailing: Mailing, letter: emails.Filled, *, once_key: str, now: datetime
) -> dict[str, Any]:
    """Return the values of one letter's row."""
    return {
        "edition_slug": mailing.edition.slug,
        "kind": emails.KIND,
        "once_key": once_key,
        "to_email": to.email,
        "to_name": to.name,
        "subject": one_line(letter.subject),
        "text": letter.text,
        "html": letter.html,
        "attachments": [],
        "state": "waiting",
        "tries": 0,
        "next_try_at": now,
        "written_at": now,
        "is_mailing": True,
    }


def compiled_letters(tx: Transaction, mailing_id: int) -> dict[str, emails.Compiled]:
    """Return a mailing in each language, compiled."""
    mailing = tx.session.get_one(Mailing, mailing_id)
    venues = venues_of_edition(tx.session, mailing.edition)
    desks = open_desks(tx.session, mailing.edition_id)
    return {
        language: emails.compiled(mailing, mailing.edition, venues, language, desks=desks) for language in ("fr", "en")
    }


@dataclass(frozen=True)
class TrialReader:
    """The organiser who wants to see a letter in their own mail program."""

    email: str
    name: str
    language: str


def send_trial(tx: Transaction, mailing: Mailing, letter: emails.Filled, *, to: TrialReader, now: datetime) -> None:
    """Send an organiser a letter as a reader would get it; nobody else gets anything."""
    key = f"mailing-trial:{mailing.id}:{to.email}:{now.isoformat()}"
    row = letter_row(Addressee(to.email, to.name), mailing, letter, once_key=key, now=now)
    write_letters(tx, [row | {"kind": "mailing-trial", "is_mailing": False, "language": to.language}])


# --- who wants none


def unsubscribe_links(tx: Transaction, addresses: Iterable[str]) -> dict[str, str]:
    """Return each address's private link to have no more mailings, by fingerprint; made when there is none yet."""
    wanted = {rules.fingerprint(email) for email in addresses}
    if not wanted:
        return {}
    known = queries.tokens_of(tx.session, wanted)
    missing = sorted(wanted - known.keys())
    if missing:
        insert: Any = {"sqlite": sqlite, "postgresql": postgresql}[tx.session.get_bind().dialect.name].insert
        statement = insert(Subscriber.__table__).on_conflict_do_nothing(index_elements=["fingerprint"])
        tx.session.execute(statement, [{"fingerprint": each, "token": codes.new_token()} for each in missing])
        known |= queries.tokens_of(tx.session, missing)
    return {fingerprint: public_address(f"/unsubscribe/{token}") for fingerprint, token in known.items()}


def unsubscribe(tx: Transaction, token: str, *, now: datetime) -> Subscriber:
    """Send no more mailings to an address; letters about one's own registration still come. Raises `NotFound`."""
    subscriber = tx.lock(Subscriber, queries.subscriber_with_token(tx.session, token).id)
    if subscriber.unsubscribed_at is None:
        subscriber.unsubscribed_at = now
    return subscriber


def subscribe_again(tx: Transaction, token: str) -> Subscriber:
    """Send mailings to an address again. Raises `NotFound`."""
    subscriber = tx.lock(Subscriber, queries.subscriber_with_token(tx.session, token).id)
    subscriber.unsubscribed_at = None
    return subscriber


def agree_to_news(tx: Transaction, registration_id: int, *, agrees: bool, now: datetime) -> None:
    """Note that a person agrees to hear of the next editions, or no longer; agreeing ends an unsubscription."""
    registration = tx.lock(Registration, registration_id)
    person = tx.lock(Person, registration.person_id)
    person.news_consent_at = (person.news_consent_at or now) if agrees else None
    if agrees:
        mark = rules.fingerprint(person.email)
        tx.session.execute(update(Subscriber).where(Subscriber.fingerprint == mark).values(unsubscribed_at=None))


def write_confirmation_words(tx: Transaction, edition_id: int, words: LocalText) -> None:
    """Write the organisers' own paragraph of the letter that confirms a registration."""
    tx.lock(Edition, edition_id).confirmation_words = words
