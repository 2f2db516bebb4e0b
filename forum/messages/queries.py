"""Looking letters up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session, defer

from forum.core.refusals import NotFound
from forum.messages.models import STATES, BouncedAddress, Letter


def next_waiting(session: Session, now: datetime) -> Letter | None:
    """Return a letter that is due and held by no living worker; other workers skip it until the transaction ends."""
    statement = (
        select(Letter)
        .where(
            Letter.state == "waiting",
            Letter.next_try_at <= now,
            or_(Letter.leased_until.is_(None), Letter.leased_until <= now),
        )
        .order_by(Letter.is_mailing, Letter.next_try_at, Letter.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    return session.scalar(statement)


def letter_of_edition(session: Session, slug: str, letter_id: int) -> Letter:
    """Return one letter of an edition. Raises `NotFound`."""
    letter = session.get(Letter, letter_id)
    if letter is None or letter.edition_slug != slug:
        raise NotFound
    return letter


def letters_of_edition(slug: str, *, state: str = "", words: str = "", subject: str = "") -> Select[Letter]:
    """Return the statement of an edition's letters, the newest first, without their texts.

    `subject` is how their keys begin: `mailing:12` for the letters of one mailing.
    """
    statement = select(Letter).where(Letter.edition_slug == slug).options(defer(Letter.html), defer(Letter.text))
    if state in STATES:
        statement = statement.where(Letter.state == state)
    if subject:
        statement = statement.where(Letter.once_key.between(f"{subject}:", f"{subject};"))
    if words:
        statement = statement.where(
            or_(
                *(
                    column.icontains(words, autoescape=True)
                    for column in (Letter.to_email, Letter.to_name, Letter.subject)
                )
            )
        )
    return statement.order_by(Letter.written_at.desc(), Letter.id.desc())


def counts_by_state(session: Session, slug: str, *, subject: str = "") -> Mapping[str, int]:
    """Return how many letters of an edition (whose keys begin with a subject) are in each state."""
    statement = select(Letter.state, func.count()).where(Letter.edition_slug == slug)
    if subject:
        statement = statement.where(Letter.once_key.between(f"{subject}:", f"{subject};"))
    found: dict[str, int] = dict(session.execute(statement.group_by(Letter.state)).all())
    return {state: found.get(state, 0) for state in STATES}


def bounced_address(session: Session, email: str) -> BouncedAddress | None:
    """Return what is known of an address at which there is nobody; None when letters arrive there."""
    return session.scalar(select(BouncedAddress).where(BouncedAddress.email == email.lower()))


def letters_about(session: Session, subjects: Iterable[str]) -> Sequence[Letter]:
    """Return the letters whose key begins with one of some subjects (`registration-changed:12`), the newest first."""
    # A range of the unique index for each: `:` is followed by `;`.
    keys = [or_(Letter.once_key == each, Letter.once_key.between(f"{each}:", f"{each};")) for each in subjects]
    statement = select(Letter).where(or_(*keys)).options(defer(Letter.html), defer(Letter.text))
    return session.scalars(statement.order_by(Letter.written_at.desc(), Letter.id.desc())).all()
