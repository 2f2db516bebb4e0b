"""Looking badges up, and choosing those to print."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import Session, contains_eager, joinedload, lazyload

from forum.badges.models import Badge, BlankBadge, PrintedBadge, Printer, PrintJob
from forum.badges.rules import Selection, Way, words_on
from forum.badges.rules.calibration import PLAIN, Calibration
from forum.badges.rules.formats import FORMATS
from forum.badges.rules.order import Entry
from forum.core import codes
from forum.people.models import Person
from forum.people.rules import search_text
from forum.programme.models import Session as ProgrammeSession
from forum.programme.models import SessionSpeaker, Speaker
from forum.registration.models import Category, Registration, Seat


@dataclass(frozen=True)
class CategoryCount:
    """How the badges of one category stand."""

    category: Category
    total: int
    printed: int
    changed: int
    """Printed, then changed: a name corrected, another category."""

    @property
    def new(self) -> int:
        """Return how many are not on paper as they are now."""
        return self.total - self.printed + self.changed


def valid_badge_of(session: Session, registration_id: int) -> Badge | None:
    """Return the badge of a registration that was not made void; the registration itself may be cancelled."""
    return session.scalar(select(Badge).where(Badge.registration_id == registration_id, Badge.voided_at.is_(None)))


def valid_badge_in(session: Session, edition_id: int, registration_id: int) -> Badge | None:
    """Return the valid badge of a registration, if both are of this edition."""
    badge = valid_badge_of(session, registration_id)
    return badge if badge is not None and badge.edition_id == edition_id else None


def badge_with_code(session: Session, code: str) -> Badge | None:
    """Return the badge of a code, void or not; the code as `core.codes.read_code` gives it."""
    return session.scalar(select(Badge).where(Badge.code == code))


def badge_of_token(session: Session, token: str) -> Badge | None:
    """Return the valid badge of the holder of a private link `/r/<token>`."""
    statement = select(Badge).join(Badge.registration).where(Registration.token == token, Badge.voided_at.is_(None))
    return session.scalar(statement)


def registration_with_token(session: Session, token: str) -> Registration | None:
    """Return the registration of a private link `/r/<token>`, or the one it was merged into."""
    registration = session.scalar(select(Registration).where(Registration.token == token))
    if registration is not None and registration.merged_into_id:
        return session.get(Registration, registration.merged_into_id)
    return registration


@dataclass(frozen=True)
class Standing:
    """How one valid badge of somebody who comes stands."""

    badge_id: int
    registration_id: int
    category_id: int
    entry: Entry
    is_printed: bool
    is_changed: bool
    """On paper, but with other words than now."""

    @property
    def is_new(self) -> bool:
        """Tell whether it is not on paper as it is now."""
        return not self.is_printed or self.is_changed


def standing_of(session: Session, edition_id: int, selection: Selection) -> list[Standing]:
    """Return how the chosen badges stand, new or not; two statements however many."""
    categories = {category.id: category for category in categories_of(session, edition_id)}
    statement = (
        select(
            Badge.id,
            Registration.id,
            Registration.category_id,
            Badge.printed_at,
            Badge.printed_words,
            Person.given_name,
            Person.family_name,
            Person.organisation_name,
            Person.language,
        )
        .join(Registration, Registration.id == Badge.registration_id)
        .join(Person, Person.id == Registration.person_id)
        .where(Badge.edition_id == edition_id, Badge.voided_at.is_(None), Registration.state == "confirmed")
        .order_by(Badge.id)
    )
    if selection.category_ids:
        statement = statement.where(Registration.category_id.in_(selection.category_ids))
    if selection.registration_ids is not None:
        statement = statement.where(Registration.id.in_(selection.registration_ids))
    return [
        Standing(
            badge_id=badge_id,
            registration_id=registration_id,
            category_id=category_id,
            entry=Entry(given, family, organisation or "", (category.position, category_id), registration_id),
            is_printed=printed is not None,
            is_changed=words is not None
            and words != words_on(given, family, organisation, category.name.in_language(language)),
        )
        for badge_id, registration_id, category_id, printed, words, given, family, organisation, language in (
            session.execute(statement)
        )
        for category in (categories[category_id],)
    ]


OPEN = or_(
    PrintJob.state.in_(("waiting", "running")),
    and_(PrintJob.state == "ready", PrintJob.deleted_at.is_(None), PrintJob.handed_out_at.is_(None)),
)
"""The prints whose badges are about to come out (`PrintJob.is_open`)."""


def badges_in_hand(session: Session, edition_id: int) -> dict[int, int]:
    """Return the badges that are about to come out of a printer, and the print they are in."""
    statement = (
        select(PrintedBadge.badge_id, PrintedBadge.print_job_id)
        .join(PrintedBadge.print_job)
        .where(PrintJob.edition_id == edition_id, OPEN)
        .order_by(PrintedBadge.print_job_id)
    )
    return {row[0]: row[1] for row in session.execute(statement)}


def badges_of_print(session: Session, job_id: int) -> Sequence[Badge]:
    """Return the badges of a print that can be printed now: valid, and of people who come."""
    return session.scalars(
        select(Badge)
        .join(PrintedBadge, PrintedBadge.badge_id == Badge.id)
        .join(Badge.registration)
        .where(PrintedBadge.print_job_id == job_id, Badge.voided_at.is_(None), Registration.state == "confirmed")
        .options(contains_eager(Badge.registration), joinedload(Badge.edition))
    ).all()


def left_out_of(session: Session, job: PrintJob) -> Sequence[Registration]:
    """Return who was chosen but is not printed, since they do not come any more."""
    chosen = Selection.from_json(job.selection).registration_ids or ()
    gone = (
        select(Badge.registration_id)
        .join(PrintedBadge, PrintedBadge.badge_id == Badge.id)
        .where(PrintedBadge.print_job_id == job.id, PrintedBadge.words.is_(None))
    )
    by_name = Registration.id.in_(chosen) & (Registration.state != "confirmed")
    missing = by_name | Registration.id.in_(gone) if job.state == "ready" else by_name
    return session.scalars(
        select(Registration).where(Registration.edition_id == job.edition_id, missing).order_by(Registration.id)
    ).all()


def counts_by_category(session: Session, edition_id: int) -> list[CategoryCount]:
    """Return how the badges of each category stand, in the order of the categories."""
    standing: dict[int, list[Standing]] = {}
    for each in standing_of(session, edition_id, Selection()):
        standing.setdefault(each.category_id, []).append(each)
    return [
        CategoryCount(
            category=category,
            total=len(badges),
            printed=sum(each.is_printed for each in badges),
            changed=sum(each.is_changed for each in badges),
        )
        for category in categories_of(session, edition_id)
        for badges in (standing.get(category.id, []),)
    ]


def print_job_with_key(session: Session, edition_id: int, key: str) -> PrintJob | None:
    """Return a print job of an edition by the key of its address."""
    return session.scalar(select(PrintJob).where(PrintJob.edition_id == edition_id, PrintJob.key == key))


def print_job(session: Session, job_id: int) -> PrintJob:
    """Return a print job."""
    return session.get_one(PrintJob, job_id)


def recent_print_jobs(session: Session, edition_id: int, *, limit: int = 5) -> Sequence[PrintJob]:
    """Return the newest print jobs of an edition."""
    return session.scalars(log_of(edition_id).limit(limit)).all()


def own_programmes(
    session: Session, edition_id: int, registration_ids: Collection[int]
) -> dict[int, list[ProgrammeSession]]:
    """Return what is in the programme of each of some people: their seats, their own talks, what is for everybody.

    Three statements however many; a session without an hour is not told.
    """
    wanted = set(registration_ids)
    scheduled = ProgrammeSession.starts_at.is_not(None) & (ProgrammeSession.edition_id == edition_id)
    lean = (lazyload(ProgrammeSession.speakers), lazyload(ProgrammeSession.track))
    seats = (
        select(Seat.registration_id, ProgrammeSession)
        .join(ProgrammeSession, ProgrammeSession.id == Seat.session_id)
        .where(scheduled)
        .options(*lean)
    )
    talks = (
        select(Registration.id, ProgrammeSession)
        .join(Speaker, (Speaker.person_id == Registration.person_id) & (Speaker.edition_id == Registration.edition_id))
        .join(SessionSpeaker, SessionSpeaker.speaker_id == Speaker.id)
        .join(ProgrammeSession, ProgrammeSession.id == SessionSpeaker.session_id)
        .where(scheduled, ProgrammeSession.is_published, Registration.edition_id == edition_id)
        .options(*lean)
    )
    for_all = session.scalars(
        select(ProgrammeSession)
        .where(scheduled, ProgrammeSession.is_published, ProgrammeSession.kind == "ceremony")
        .options(*lean)
    ).all()
    found: dict[int, dict[int, ProgrammeSession]] = {number: {each.id: each for each in for_all} for number in wanted}
    for statement in (seats, talks):
        for registration_id, each in session.execute(statement):
            if registration_id in wanted:
                found[registration_id][each.id] = each
    return {
        number: sorted(mine.values(), key=lambda each: (each.starts_at or each.changed_at, each.id))
        for number, mine in found.items()
    }


def log_of(edition_id: int, *, wanted: str = "") -> Select[PrintJob]:
    """Return the statement of an edition's prints, the newest first: all, or those of a code, a name or a reference."""
    statement = select(PrintJob).where(PrintJob.edition_id == edition_id).order_by(PrintJob.id.desc())
    if not wanted:
        return statement
    code, words = codes.read_code(wanted), search_text(wanted)
    with_it = (
        select(PrintedBadge.print_job_id)
        .join(PrintedBadge.badge)
        .join(Badge.registration)
        .join(Registration.person)
        .where(
            or_(
                Badge.code == (code or ""),
                Registration.reference == wanted.strip().upper(),
                Person.search_text.contains(words, autoescape=True),
            )
        )
    )
    return statement.where(PrintJob.id.in_(with_it))


def badges_in_log(job_id: int) -> Select[PrintedBadge]:
    """Return the statement of what a print put on paper, by name."""
    return (
        select(PrintedBadge)
        .join(PrintedBadge.badge)
        .join(Badge.registration)
        .join(Registration.person)
        .where(PrintedBadge.print_job_id == job_id)
        .options(
            contains_eager(PrintedBadge.badge).contains_eager(Badge.registration).contains_eager(Registration.person)
        )
        .order_by(Person.family_name, Person.given_name, PrintedBadge.badge_id)
    )


def prints_of(session: Session, registration_id: int) -> Sequence[PrintedBadge]:
    """Return every time that a badge of somebody was printed, the newest first."""
    return session.scalars(
        select(PrintedBadge)
        .join(PrintedBadge.badge)
        .join(PrintedBadge.print_job)
        .where(Badge.registration_id == registration_id, PrintJob.handed_out_at.is_not(None))
        .options(contains_eager(PrintedBadge.badge), contains_eager(PrintedBadge.print_job))
        .order_by(PrintedBadge.print_job_id.desc())
    ).all()


def next_print_job(session: Session, now: datetime, *, job_id: int | None = None) -> PrintJob | None:
    """Return the oldest print job that nobody works on, locked; one that another worker is taking is passed over."""
    is_free = (PrintJob.state == "waiting") | ((PrintJob.state == "running") & (PrintJob.leased_until < now))
    statement = select(PrintJob).where(is_free).order_by(PrintJob.id).limit(1)
    if job_id is not None:
        statement = statement.where(PrintJob.id == job_id)
    return session.scalar(statement.with_for_update(skip_locked=True, of=PrintJob))


def old_files(session: Session, before: datetime) -> Sequence[PrintJob]:
    """Return the print jobs that ended before a moment and whose files were not deleted yet."""
    statement = select(PrintJob).where(PrintJob.finished_at < before, PrintJob.deleted_at.is_(None))
    return session.scalars(statement.order_by(PrintJob.id)).all()


def usual_way(session: Session, edition_id: int, *, single: bool = False) -> Way:
    """Return how badges of an edition were printed last, many or (at the desk) single ones; else the plainest way."""
    number = PrintJob.total == 1 if single else PrintJob.total > 1
    last = session.scalar(
        select(PrintJob.way)
        .where(PrintJob.edition_id == edition_id, number, PrintJob.state != "cancelled")
        .order_by(PrintJob.id.desc())
        .limit(1)
    )
    way = Way.from_json(last) if last else Way()
    return replace(way, start=1) if way.format in FORMATS else Way()


def to_look_at(session: Session, edition_id: int, selection: Selection) -> list[Standing]:
    """Return how the chosen badges stand, to be looked at: all of them where nothing is new."""
    standing = standing_of(session, edition_id, selection)
    return [each for each in standing if each.is_new or not selection.only_new] or standing


def chosen_badges(session: Session, edition_id: int, selection: Selection) -> Sequence[Badge]:
    """Return the badges of a choice, in no order."""
    standing = standing_of(session, edition_id, selection)
    return badges_with_ids(session, [each.badge_id for each in standing if each.is_new or not selection.only_new])


def badges_with_ids(session: Session, badge_ids: Sequence[int]) -> Sequence[Badge]:
    """Return badges with all that is printed on them, in no order."""
    found: list[Badge] = []
    for start in range(0, len(badge_ids), 5000):
        found += session.scalars(
            select(Badge)
            .join(Badge.registration)
            .where(Badge.id.in_(badge_ids[start : start + 5000]))
            .options(contains_eager(Badge.registration), joinedload(Badge.edition))
        ).all()
    return found


def badge_in(session: Session, edition_id: int, badge_id: int) -> Badge | None:
    """Return a badge, if it is of this edition."""
    return session.scalar(select(Badge).where(Badge.edition_id == edition_id, Badge.id == badge_id))


def gone_of(session: Session, edition_id: int, selection: Selection) -> int:
    """Return how many of the people who were chosen by name do not come: they are left out."""
    if not selection.registration_ids:
        return 0
    chosen = (Registration.edition_id == edition_id, Registration.id.in_(selection.registration_ids))
    statement = select(func.count(Registration.id)).where(*chosen, Registration.state != "confirmed")
    return session.scalar(statement) or 0


def registration_with_reference(session: Session, edition_id: int, reference: str) -> Registration | None:
    """Return the registration of an edition that is read out as `7K3M9QXA`."""
    tidy = "".join(reference.split()).upper()
    return session.scalar(
        select(Registration).where(Registration.edition_id == edition_id, Registration.reference == tidy)
    )


def printers_of(session: Session, edition_id: int) -> Sequence[Printer]:
    """Return the printers of an edition by name."""
    return session.scalars(select(Printer).where(Printer.edition_id == edition_id).order_by(Printer.name)).all()


def printer_with_name(session: Session, edition_id: int, name: str) -> Printer | None:
    """Return the printer of a name."""
    return session.scalar(select(Printer).where(Printer.edition_id == edition_id, Printer.name == name))


def printer_in(session: Session, edition_id: int, printer_id: int) -> Printer | None:
    """Return a printer, if it is of this edition."""
    return session.scalar(select(Printer).where(Printer.edition_id == edition_id, Printer.id == printer_id))


def printer_of(session: Session, way: Way) -> Printer | None:
    """Return the printer of a print, if one was named and is still there."""
    return session.get(Printer, way.printer_id) if way.printer_id is not None else None


def calibration_of(printer: Printer | None) -> Calibration:
    """Return what is done to pages for a printer; without one, nothing."""
    return Calibration(printer.offset_right, printer.offset_down, printer.scale) if printer else PLAIN


def highest_blank(session: Session, edition_id: int) -> int:
    """Return the number of the newest blank badge, 0 before the first."""
    return session.scalar(select(func.max(BlankBadge.number)).where(BlankBadge.edition_id == edition_id)) or 0


def blank_with_code(session: Session, code: str) -> BlankBadge | None:
    """Return the blank badge of a code, given to somebody or not; the code as `core.codes.read_code` gives it."""
    return session.scalar(select(BlankBadge).where(BlankBadge.code == code))


def is_unnamed_blank(session: Session, code_hash: str, *, edition_id: int) -> bool:
    """Tell whether a code is one of a blank badge of an edition that was given to nobody yet."""
    statement = select(BlankBadge.id).where(
        BlankBadge.code_hash == code_hash, BlankBadge.edition_id == edition_id, BlankBadge.badge_id.is_(None)
    )
    return session.scalar(statement) is not None


def blanks_with_numbers(session: Session, edition_id: int, numbers: Sequence[int]) -> Sequence[BlankBadge]:
    """Return blank badges in the order of their numbers."""
    chosen = (BlankBadge.edition_id == edition_id, BlankBadge.number.in_(numbers))
    return session.scalars(
        select(BlankBadge).where(*chosen).options(joinedload(BlankBadge.edition)).order_by(BlankBadge.number)
    ).all()


def newest_blanks(session: Session, edition_id: int, *, limit: int = 20) -> Sequence[BlankBadge]:
    """Return the blank badges that were given to somebody last."""
    return session.scalars(
        select(BlankBadge)
        .join(BlankBadge.badge)
        .join(Badge.registration)
        .where(BlankBadge.edition_id == edition_id)
        .options(contains_eager(BlankBadge.badge).contains_eager(Badge.registration))
        .order_by(BlankBadge.named_at.desc(), BlankBadge.id.desc())
        .limit(limit)
    ).all()


@dataclass(frozen=True)
class BlankCount:
    """How many blank badges of a category there are, and how many were given to somebody."""

    category: Category
    made: int
    named: int


def blank_counts(session: Session, edition_id: int) -> list[BlankCount]:
    """Return how many blank badges there are by category."""
    rows = session.execute(
        select(Category, func.count(BlankBadge.id), func.count(BlankBadge.badge_id))
        .join(BlankBadge, BlankBadge.category_id == Category.id)
        .where(BlankBadge.edition_id == edition_id)
        .group_by(Category.id)
        .order_by(Category.position, Category.id)
    )
    return [BlankCount(*row) for row in rows]


def categories_of(session: Session, edition_id: int) -> Sequence[Category]:
    """Return the categories of an edition in their order."""
    return session.scalars(
        select(Category).where(Category.edition_id == edition_id).order_by(Category.position, Category.id)
    ).all()


def registrations_with_ids(session: Session, edition_id: int, ids: Sequence[int]) -> Sequence[Registration]:
    """Return the registrations of an edition that are named; others' ids give nothing."""
    if not ids:
        return []
    return session.scalars(
        select(Registration).where(Registration.edition_id == edition_id, Registration.id.in_(ids))
    ).all()


def badges_of_group(session: Session, group_id: int) -> Sequence[Badge]:
    """Return the valid badges of a group's members who come, in the order of their names."""
    statement = (
        select(Badge)
        .join(Badge.registration)
        .join(Registration.person)
        .where(Registration.group_id == group_id, Badge.voided_at.is_(None), Registration.state == "confirmed")
        .options(contains_eager(Badge.registration).contains_eager(Registration.person), joinedload(Badge.edition))
        .order_by(func.lower(Person.family_name), Badge.id)
    )
    return session.scalars(statement).unique().all()
