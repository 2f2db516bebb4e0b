"""Letters to many: one that left a week before each edition, with answers and some that came back; planned ones."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

from sqlalchemy import select, update

from forum.badges.models import Badge
from forum.checkin.models import Scan
from forum.core.db import Transaction
from forum.demo.actions.ground import Laid
from forum.demo.story import COMING, FINISHED, TODAY
from forum.forecast.models import AttendanceAnswer
from forum.mailings import actions
from forum.mailings.models import Mailing
from forum.mailings.rules import Segment
from forum.mailings.rules.ready import READY, Ready
from forum.messages.models import BouncedAddress, Letter
from forum.people.models import Person
from forum.registration.models import Registration

NOBODY = "550 5.1.1 The email account that you tried to reach does not exist"
BOUNCED = 3
NEWS = 0.2
"""Of those who come, so many in a hundred want to hear of the next edition."""


def fill(tx: Transaction, laid: dict[str, Laid], chance: random.Random, *, now: datetime) -> None:
    """Write the letters of the three living editions."""
    for city in (FINISHED, TODAY):
        week_before = write(tx, laid[city], "week-before", now=now)
        leave(tx, week_before, now=laid[city].days.at(1, "09:00") - timedelta(days=7))
        answer(tx, laid[city], chance)
    thanks = write(tx, laid[FINISHED], "thanks", now=now)
    leave(tx, thanks, now=min(now, laid[FINISHED].days.at(2, "10:00") + timedelta(days=1)))
    for city, keys in ((TODAY, ("thanks",)), (COMING, ("week-before", "two-days-before"))):
        for key in keys:
            write(tx, laid[city], key, now=now).state = "scheduled"
    write(tx, laid[COMING], "invitation", now=now)
    come_back(tx, laid[TODAY])
    agree_to_news(tx, laid[FINISHED], chance, now=now)
    tx.session.flush()


def write(tx: Transaction, laid: Laid, key: str, *, now: datetime) -> Mailing:
    """Write a letter of ours as an edition's draft."""
    ready: Ready = next(each for each in READY if each.key == key)
    details = actions.MailingDetails(
        ready.subject, ready.body, Segment(audience=ready.audience), asks_attendance=ready.asks_attendance
    )
    usual = actions.Plan(days=ready.days, hour=ready.hour)
    return actions.write_mailing(tx, laid.edition.id, details, now=now, usual=usual)


def leave(tx: Transaction, mailing: Mailing, *, now: datetime) -> None:
    """Let a letter have left."""
    mailing.state, mailing.started_at = "preparing", now
    tx.session.flush()
    letters = actions.compiled_letters(tx, mailing.id)
    while actions.prepare_batch(tx, mailing.id, letters, now=now):
        pass
    ours = Letter.once_key.between(f"mailing:{mailing.id}:", f"mailing:{mailing.id};")
    tx.session.execute(update(Letter).where(ours).values(state="sent", tries=1, sent_at=now + timedelta(minutes=4)))


def answer(tx: Transaction, laid: Laid, chance: random.Random) -> None:
    """Let people have answered: those who came mostly said so, few of the others did."""
    came = set(
        tx.session.scalars(
            select(Badge.registration_id)
            .join(Scan, Scan.badge_id == Badge.id)
            .where(Scan.edition_id == laid.edition.id, Scan.verdict == "admitted")
        )
    )
    asked = (
        select(AttendanceAnswer)
        .join(Registration, Registration.id == AttendanceAnswer.registration_id)
        .where(Registration.edition_id == laid.edition.id)
    )
    for kept in tx.session.scalars(asked.order_by(AttendanceAnswer.registration_id)):
        if chance.random() < (0.6 if kept.registration_id in came else 0.08) and kept.asked_at:
            kept.answer, kept.answered_at = "coming", kept.asked_at + timedelta(hours=chance.uniform(0.2, 60))


def come_back(tx: Transaction, laid: Laid) -> None:
    """Let some letters have come back: nobody is at these addresses."""
    statement = select(Letter).where(Letter.edition_slug == laid.edition.slug, Letter.is_mailing)
    for letter in tx.session.scalars(statement.order_by(Letter.id.desc()).limit(BOUNCED)):
        at = letter.written_at + timedelta(minutes=11)
        letter.state, letter.bounced_at, letter.last_error = "bounced", at, NOBODY
        tx.session.add(BouncedAddress(email=letter.to_email.lower(), reason=NOBODY, bounced_at=at))


def agree_to_news(tx: Transaction, laid: Laid, chance: random.Random, *, now: datetime) -> None:
    """Let some people of the finished edition want to hear of the next ones."""
    ids = [each.person_id for each in laid.registered if each.is_confirmed and chance.random() < NEWS]
    tx.session.execute(update(Person).where(Person.id.in_(ids)).values(news_consent_at=now - timedelta(days=6)))
