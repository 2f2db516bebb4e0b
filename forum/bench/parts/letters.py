"""A letter to many."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import select

from forum.bench.clients import NotMeasured
from forum.bench.notes import Figures, Notes, attempt
from forum.bench.parts.measuring import timed
from forum.bench.place import Place, more_badges, place
from forum.core.db import db, transaction
from forum.editions.models import Edition
from forum.mailings import actions as mailings
from forum.mailings.models import Mailing
from forum.mailings.rules import Segment
from forum.mailings.rules.ready import READY


def letters(notes: Notes) -> Figures:
    """Measure a letter to ten thousand people: compiled, filled for each, written in batches with durable commits."""
    figures: Figures = {}
    for database in ("sqlite", "postgresql"):
        name = "letters_10000_s" if database == "sqlite" else "letters_10000_postgresql_s"
        figures[name] = None
        with attempt(notes), place(database) as here:
            more_badges(here, 10_000)
            now = datetime.now(UTC)
            mailing_id = letter_to_all(here, now=now)
            with here.app.app_context():
                figures[name] = timed(lambda now=now, number=mailing_id: write_all(number, now=now))  # type: ignore[misc]
                written = db.session.get_one(Mailing, mailing_id).written
            notes.say(f"letters on {database}: {written} written in {figures[name]:.1f} s")
            if written < 10_000:
                raise NotMeasured(f"letters on {database}: only {written} were written")
    return figures


def letter_to_all(here: Place, *, now: datetime) -> int:
    """Plan a letter of ours, with places and an unsubscribe link for each reader, to everyone of today's edition."""
    ready = next(each for each in READY if each.key == "practical")
    with here.app.app_context(), transaction() as tx:
        edition_id = tx.session.scalars(select(Edition.id).where(Edition.slug == here.today)).one()
        made = mailings.write_mailing(
            tx, edition_id, mailings.MailingDetails(ready.subject, ready.body, Segment()), now=now
        )
        return mailings.plan(tx, made.id, mailings.Plan(), now=now).id


def write_all(mailing_id: int, *, now: datetime) -> None:
    """Write the letters of a mailing as the worker does."""
    with transaction() as tx:
        mailings.begin(tx, mailing_id, now=now)
        compiled = mailings.compiled_letters(tx, mailing_id)
    is_left = True
    while is_left:
        with transaction() as tx:
            is_left = mailings.prepare_batch(tx, mailing_id, compiled, now=now)
