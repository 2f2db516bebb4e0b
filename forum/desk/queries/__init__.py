"""What a desk asks the database: people by what is typed, how each stands, desks, kits, blank badges."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from forum.badges.models import Badge, PrintedBadge, Printer, PrintJob
from forum.badges.queries import badge_with_code, printers_of, usual_way, valid_badge_of
from forum.badges.rules import Way
from forum.badges.rules.order import LETTERS
from forum.checkin.models import Gate, Presence, Scan
from forum.checkin.rules import INSIDE_VERDICTS
from forum.core import codes
from forum.core.kept import Kept
from forum.core.refusals import NotFound
from forum.desk.models import Desk
from forum.desk.rules import MOST_FOUND, NoSuchDesk, desk_of, letter_of
from forum.editions.models import Edition
from forum.lists.queries import found
from forum.lists.rules import ListFilter
from forum.people.models import Person
from forum.registration.models import Category, Registration

# --- desks


def desks_of(session: Session, edition_id: int, *, kind: str | None = None) -> Sequence[Desk]:
    """Return the desks of an edition, desks before kiosks, by their numbers."""
    statement = select(Desk).where(Desk.edition_id == edition_id).order_by(Desk.kind, Desk.number)
    return session.scalars(statement if kind is None else statement.where(Desk.kind == kind)).all()


def open_desks(session: Session, edition_id: int) -> Sequence[Desk]:
    """Return the desks, without kiosks, whose links are open."""
    return [desk for desk in desks_of(session, edition_id, kind="desk") if desk.revoked_at is None]


def desk_with_token(session: Session, token: str, *, kind: str) -> Desk:
    """Return the desk of a private link. Raises `NoSuchDesk`."""
    desk = session.scalar(select(Desk).where(Desk.token == token, Desk.kind == kind).options(joinedload(Desk.gate)))
    if desk is None:
        raise NoSuchDesk
    return desk


def desk_in(session: Session, edition_id: int, desk_id: int) -> Desk:
    """Return a desk of an edition. Raises `NotFound`."""
    desk = session.scalar(
        select(Desk).where(Desk.edition_id == edition_id, Desk.id == desk_id).options(joinedload(Desk.gate))
    )
    if desk is None:
        raise NotFound
    return desk


def highest_number(session: Session, edition_id: int, kind: str) -> int:
    """Return the number of the newest desk of a kind, 0 before the first."""
    chosen = (Desk.edition_id == edition_id, Desk.kind == kind)
    return session.scalar(select(func.max(Desk.number)).where(*chosen)) or 0


def entrances_of(session: Session, edition_id: int) -> Sequence[Gate]:
    """Return the gates at which a desk may let people in: open ones that lead inside, no session's door."""
    return session.scalars(
        select(Gate)
        .where(Gate.edition_id == edition_id, Gate.revoked_at.is_(None), Gate.direction != "out")
        .where(Gate.session_id.is_(None), Gate.zone_id.is_(None))
        .order_by(Gate.id)
    ).all()


def printers_in(session: Session, edition_id: int) -> Sequence[Printer]:
    """Return the printers of an edition."""
    return printers_of(session, edition_id)


def way_of(session: Session, edition_id: int, printer: Printer | None) -> Way:
    """Return how a desk prints one badge: on what lies in its printer, else as single ones were printed last."""
    if printer is None:
        return Way(format=usual_way(session, edition_id, single=True).format)
    return Way(format=printer.format, flip=printer.flip, printer_id=printer.id)


def confirmed_letters(session: Session, edition_id: int) -> list[str]:
    """Return one letter for each person who is expected."""
    people = session.execute(
        select(Person.given_name, Person.family_name)
        .join(Registration, Registration.person_id == Person.id)
        .where(Registration.edition_id == edition_id, Registration.state == "confirmed")
    )
    return [letter_of(given, family) for given, family in people]


@dataclass(frozen=True)
class DeskLoad:
    """A desk with the people who will come to it."""

    desk: Desk
    people: int

    @property
    def each(self) -> int:
        """Return how many people each one who works there serves."""
        return -(-self.people // self.desk.staff)


def loads_of(session: Session, edition_id: int, desks: Sequence[Desk]) -> list[DeskLoad]:
    """Return how many people come to each desk by their letters."""
    letters = confirmed_letters(session, edition_id) if any(desk.letters for desk in desks) else []
    counts: dict[int, int] = {}
    by_letter = {letter: desk_of(letter, desks) for letter in LETTERS}
    for letter in letters:
        if (desk := by_letter[letter]) is not None:
            counts[desk.id] = counts.get(desk.id, 0) + 1
    return [DeskLoad(desk, counts.get(desk.id, 0)) for desk in desks]


_letters: Kept[list[Desk]] = Kept()


def desk_for(session: Session, edition_id: int, *, given_name: str, family_name: str) -> Desk | None:
    """Return the desk that gives out a person's letter, with its number and letters; None before they were shared out.

    Asked for each letter that is written, so it may be a second old: who registers then reads what stood.
    """
    desks = _letters.get_or_make(edition_id, lambda: shared_letters(session, edition_id))
    return desk_of(letter_of(given_name, family_name), desks) if desks else None


def shared_letters(session: Session, edition_id: int) -> list[Desk]:
    """Return desks that belong to no session, so that they can be kept: their numbers and letters, and no more."""
    rows = session.execute(
        select(Desk.number, Desk.first_letter, Desk.last_letter)
        .where(Desk.edition_id == edition_id, Desk.kind == "desk", Desk.first_letter.is_not(None))
        .order_by(Desk.number)
    )
    return [Desk(number=row.number, first_letter=row.first_letter, last_letter=row.last_letter) for row in rows]


def categories_of(session: Session, edition_id: int) -> Sequence[Category]:
    """Return the categories of an edition, those of the public form first."""
    return session.scalars(
        select(Category)
        .where(Category.edition_id == edition_id)
        .order_by(Category.is_public.desc(), Category.position, Category.id)
    ).all()


# --- people


@dataclass(frozen=True)
class Standing:
    """How somebody stands who was found: what a line of the results tells."""

    registration: Registration
    badge: Badge | None
    came: bool


@dataclass(frozen=True)
class Found:
    """What was found for what was typed."""

    people: Sequence[Standing]
    total: int
    is_close: bool


def search(session: Session, edition: Edition, words: str) -> Found:
    """Return the people who are meant by what was typed; as many statements for one as for many."""
    answer = found(session, edition, ListFilter(words=words, sort="name"), number=1, size=MOST_FOUND)
    return Found(standings(session, answer.items), answer.total, answer.is_close)


def standings(session: Session, registrations: Sequence[Registration]) -> list[Standing]:
    """Return how some people stand, in one statement."""
    ids = [registration.id for registration in registrations]
    rows = (
        session.execute(
            select(Badge, Presence.badge_id)
            .outerjoin(Presence, Presence.badge_id == Badge.id)
            .where(Badge.registration_id.in_(ids))
            .order_by(Badge.voided_at.is_(None), Badge.id)
        ).all()
        if ids
        else []
    )
    badges = {badge.registration_id: badge for badge, _inside in rows if badge.voided_at is None}
    came = {badge.registration_id for badge, inside in rows if inside is not None}
    return [Standing(each, badges.get(each.id), each.id in came) for each in registrations]


@dataclass(frozen=True)
class PersonCard:
    """All that a desk shows of one person."""

    registration: Registration
    badge: Badge | None
    first: Scan | None
    """When they were let in first, at whatever badge of theirs."""
    former: Badge | None = None
    """The void badge whose code was read."""
    printed: int = 0
    desk: Desk | None = None

    @property
    def is_printed(self) -> bool:
        """Tell whether the valid badge is on paper."""
        return self.badge is not None and self.badge.printed_at is not None


def card_of(session: Session, edition: Edition, registration_id: int, *, code: str = "") -> PersonCard:
    """Return a person's card. Raises `NotFound`."""
    registration = session.scalar(
        select(Registration).where(Registration.edition_id == edition.id, Registration.id == registration_id)
    )
    if registration is None:
        raise NotFound
    badges = session.scalars(select(Badge).where(Badge.registration_id == registration.id).order_by(Badge.id)).all()
    valid = next((badge for badge in badges if badge.voided_at is None), None)
    first = session.scalar(
        select(Scan)
        .where(Scan.badge_id.in_([badge.id for badge in badges]), Scan.undone_at.is_(None))
        .where(Scan.verdict.in_(INSIDE_VERDICTS))
        .order_by(Scan.at, Scan.id)
        .limit(1)
        .options(joinedload(Scan.gate))
    )
    read = codes.read_code(code)
    return PersonCard(
        registration=registration,
        badge=valid,
        first=first,
        former=next((badge for badge in badges if badge.voided_at is not None and badge.code == read), None),
        printed=sum(badge.printed_at is not None for badge in badges),
        desk=desk_for(
            session, edition.id, given_name=registration.person.given_name, family_name=registration.person.family_name
        )
        if registration.is_confirmed
        else None,
    )


def registration_for_kiosk(session: Session, edition_id: int, typed: str) -> tuple[Registration, Badge | None] | None:
    """Return whose code or reference was read, exactly as it is, with the valid badge; None for anything else."""
    code = codes.read_code(typed)
    if code is not None:
        badge = badge_with_code(session, code)
        if badge is None or badge.edition_id != edition_id:
            return None
        return badge.registration, badge if badge.voided_at is None else None
    tidy = "".join(character for character in typed.upper() if character.isalnum()).translate(codes.LOOK_ALIKES)
    if len(tidy) != codes.REFERENCE_LENGTH:
        return None
    registration = session.scalar(
        select(Registration).where(Registration.edition_id == edition_id, Registration.reference == tidy)
    )
    return (registration, valid_badge_of(session, registration.id)) if registration is not None else None


def print_with_key(session: Session, edition_id: int, key: str) -> PrintJob | None:
    """Return a print by its key."""
    return session.scalar(select(PrintJob).where(PrintJob.edition_id == edition_id, PrintJob.key == key))


def person_of_print(session: Session, job_id: int) -> Person:
    """Return whose badge a print of one badge is."""
    statement = (
        select(Person)
        .join(Registration, Registration.person_id == Person.id)
        .join(Badge, Badge.registration_id == Registration.id)
        .join(PrintedBadge, PrintedBadge.badge_id == Badge.id)
        .where(PrintedBadge.print_job_id == job_id)
        .limit(1)
    )
    return session.scalars(statement).one()
