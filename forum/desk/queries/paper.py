"""What paper asks the database: blank badges, lists, kits, what was brought back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from forum.badges.models import Badge, BlankBadge
from forum.badges.queries import blank_with_code
from forum.badges.rules.order import LETTERS
from forum.checkin.models import Gate, Presence, Scan
from forum.core import codes
from forum.desk.models import BlankReading, PaperKit
from forum.desk.rules import KEPT, letter_of
from forum.registration.models import Registration, Seat

# --- blank badges


def free_blank(session: Session, edition_id: int, code: str) -> BlankBadge | None:
    """Return a blank badge of an edition that nobody was given yet, by its code or by its number."""
    read = codes.read_code(code)
    if read is not None:
        blank = blank_with_code(session, read)
        return blank if blank is not None and blank.edition_id == edition_id and blank.badge_id is None else None
    digits = code.strip().removeprefix("n°").removeprefix("N°").strip()
    if not (digits.isascii() and digits.isdigit() and len(digits) < 9):
        return None
    return session.scalar(
        select(BlankBadge).where(
            BlankBadge.edition_id == edition_id, BlankBadge.number == int(digits), BlankBadge.badge_id.is_(None)
        )
    )


def blank_with_hash(session: Session, code_hash: str) -> BlankBadge | None:
    """Return the blank badge of a code's hash."""
    return session.scalar(select(BlankBadge).where(BlankBadge.code_hash == code_hash))


def readings_of(session: Session, blank_id: int) -> Sequence[BlankReading]:
    """Return where a blank badge was read before it had a name, the first first."""
    statement = select(BlankReading).where(BlankReading.blank_id == blank_id, BlankReading.counted_at.is_(None))
    return session.scalars(
        statement.options(joinedload(BlankReading.gate).joinedload(Gate.session)).order_by(BlankReading.at)
    ).all()


@dataclass(frozen=True)
class ReadBlank:
    """A blank badge that was read at gates and has no name yet."""

    blank: BlankBadge
    readings: int
    first_at: datetime
    last_at: datetime


def read_without_name(session: Session, edition_id: int) -> list[ReadBlank]:
    """Return the blank badges that gates read and that nobody was given, the newest reading first."""
    rows = session.execute(
        select(BlankBadge, func.count(BlankReading.id), func.min(BlankReading.at), func.max(BlankReading.at))
        .join(BlankReading, BlankReading.blank_id == BlankBadge.id)
        .where(BlankBadge.edition_id == edition_id, BlankBadge.badge_id.is_(None))
        .group_by(BlankBadge.id)
        .order_by(func.max(BlankReading.at).desc(), BlankBadge.id)
    )
    return [ReadBlank(*row) for row in rows]


def free_blanks(session: Session, edition_id: int) -> int:
    """Return how many blank badges nobody was given yet."""
    unnamed = (BlankBadge.edition_id == edition_id, BlankBadge.badge_id.is_(None))
    return session.scalar(select(func.count(BlankBadge.id)).where(*unnamed)) or 0


# --- paper


@dataclass(frozen=True)
class PaperLine:
    """A person on a paper list."""

    registration: Registration
    badge: Badge | None
    came: bool

    @property
    def letter(self) -> str:
        """Return the letter at which the person stands."""
        return letter_of(self.registration.person.given_name, self.registration.person.family_name)


def paper_lines(session: Session, edition_id: int, *, letters: tuple[str, str] | None = None) -> list[PaperLine]:
    """Return everybody who is expected with their valid badge and whether they came; one statement.

    `letters` keeps those of some letters only.
    """
    rows = session.execute(
        select(Registration, Badge, Presence.badge_id)
        .join(Registration.person)
        .join(Registration.category)
        .outerjoin(Badge, (Badge.registration_id == Registration.id) & Badge.voided_at.is_(None))
        .outerjoin(Presence, Presence.badge_id == Badge.id)
        .where(Registration.edition_id == edition_id, Registration.state == "confirmed")
        .options(contains_eager(Registration.person), contains_eager(Registration.category))
    ).all()
    lines = [PaperLine(registration, badge, inside is not None) for registration, badge, inside in rows]
    if letters is None:
        return lines
    first, last = LETTERS.index(letters[0]), LETTERS.index(letters[1])
    return [line for line in lines if first <= LETTERS.index(line.letter) <= last]


def seat_marks(session: Session, edition_id: int) -> Mapping[int, int]:
    """Return how many seats in sessions each person holds."""
    rows = session.execute(
        select(Seat.registration_id, func.count(Seat.id))
        .join(Seat.registration)
        .where(Registration.edition_id == edition_id)
        .group_by(Seat.registration_id)
    )
    return {row[0]: row[1] for row in rows}


def badges_with_ids(session: Session, edition_id: int, ids: Sequence[int]) -> Sequence[Badge]:
    """Return valid badges of an edition in the order of their ids; others' ids give nothing."""
    statement = select(Badge).where(Badge.edition_id == edition_id, Badge.id.in_(ids), Badge.voided_at.is_(None))
    return session.scalars(statement.order_by(Badge.id)).all() if ids else []


def expected(session: Session, edition_id: int) -> int:
    """Return how many people are expected."""
    chosen = (Registration.edition_id == edition_id, Registration.state == "confirmed")
    return session.scalar(select(func.count(Registration.id)).where(*chosen)) or 0


# --- kits


def kit_with_key(session: Session, edition_id: int, key: str) -> PaperKit | None:
    """Return a kit by the key of its address."""
    return session.scalar(select(PaperKit).where(PaperKit.edition_id == edition_id, PaperKit.key == key))


def recent_kits(session: Session, edition_id: int, *, limit: int = 5) -> Sequence[PaperKit]:
    """Return the newest kits of an edition."""
    statement = select(PaperKit).where(PaperKit.edition_id == edition_id).order_by(PaperKit.id.desc())
    return session.scalars(statement.limit(limit)).all()


def next_kit(session: Session, now: datetime, *, kit_id: int | None = None) -> PaperKit | None:
    """Return the oldest kit that nobody makes, locked; what another worker takes is passed over."""
    is_free = or_(PaperKit.state == "waiting", (PaperKit.state == "running") & (PaperKit.leased_until < now))
    statement = select(PaperKit).where(is_free).order_by(PaperKit.id).limit(1)
    if kit_id is not None:
        statement = statement.where(PaperKit.id == kit_id)
    return session.scalar(statement.with_for_update(skip_locked=True, of=PaperKit))


def old_kits(session: Session, now: datetime) -> Sequence[PaperKit]:
    """Return the kits whose files are due to go."""
    statement = select(PaperKit).where(PaperKit.finished_at < now - KEPT, PaperKit.deleted_at.is_(None))
    return session.scalars(statement.order_by(PaperKit.id)).all()


def known_scans(session: Session, uuids: Sequence[str]) -> set[str]:
    """Return which of some scans are written down."""
    return set(session.scalars(select(Scan.uuid).where(Scan.uuid.in_(uuids))))
