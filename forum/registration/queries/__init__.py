"""Looking registrations up."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, bindparam, case, false, func, select
from sqlalchemy.orm import Session as Database
from sqlalchemy.orm import contains_eager, joinedload, lazyload

from forum.core.refusals import NotFound
from forum.editions.models import Edition
from forum.people.models import Person
from forum.programme.models import Session
from forum.registration.models import ENDED_STATES, STATES, Category, Group, Registration, Seat
from forum.registration.rules import CapacityUse, Waiting, who
from forum.venues.models import Venue

# Built once: everyone who registers asks these.
_ID_WITH_KEY = select(Registration.id).where(Registration.submission_key == bindparam("key"))
_CATEGORY_WITH_EDITION = (
    select(Category)
    .where(Category.id == bindparam("category_id"))
    .options(joinedload(Category.edition))
    .execution_options(populate_existing=True)
)


def registration_with_key(session: Database, submission_key: str) -> Registration | None:
    """Return the registration that a form made, if it was sent before."""
    registration_id = session.connection().execute(_ID_WITH_KEY, {"key": submission_key}).scalar()
    return None if registration_id is None else session.get(Registration, registration_id)


def registration_of_person(session: Database, edition_id: int, person_id: int) -> Registration | None:
    """Return the registration of one person's row in an edition."""
    statement = select(Registration).where(Registration.edition_id == edition_id, Registration.person_id == person_id)
    return session.scalar(statement.order_by(Registration.id).limit(1))


def registration_with_token(session: Database, token: str) -> Registration:
    """Return the registration of a private link, with its edition. Raises `NotFound`."""
    statement = select(Registration).where(Registration.token == token).options(joinedload(Registration.edition))
    registration = session.scalar(statement)
    if registration is None:
        raise NotFound
    return registration


def kept_of(session: Database, registration: Registration) -> Registration | None:
    """Return the registration that was kept when this one was merged into it."""
    return session.get(Registration, registration.merged_into_id) if registration.merged_into_id else None


def registration_in(session: Database, edition_id: int, registration_id: int) -> Registration:
    """Return one registration of an edition. Raises `NotFound`."""
    registration = session.get(Registration, registration_id)
    if registration is None or registration.edition_id != edition_id:
        raise NotFound
    return registration


def category_id_of(session: Database, registration_id: int) -> int:
    """Return the category that a registration is in. Raises `NotFound`."""
    category_id = session.scalar(select(Registration.category_id).where(Registration.id == registration_id))
    if category_id is None:
        raise NotFound
    return category_id


def edition_and_category(session: Database, edition_id: int, category_id: int) -> tuple[Edition, Category]:
    """Return what a registration is asked in, as it is now. Raises `NotFound`."""
    category = session.scalar(_CATEGORY_WITH_EDITION, {"category_id": category_id})
    if category is None:
        raise NotFound
    if category.edition_id != edition_id:
        return session.get_one(Edition, edition_id), category
    return category.edition, category


def sessions_with_ids(session: Database, ids: Iterable[int]) -> Sequence[Session]:
    """Return some sessions as they are now, in the order of their ids. Raises `NotFound` when one is missing."""
    wanted = set(ids)
    if not wanted:
        return ()
    statement = (
        select(Session)
        .where(Session.id.in_(wanted))
        .order_by(Session.id)
        .options(lazyload(Session.speakers), lazyload(Session.track))
        .execution_options(populate_existing=True)
    )
    found = session.scalars(statement).unique().all()
    if len(found) < len(wanted):
        raise NotFound
    return found


def session_with_key(session: Database, edition_id: int, key: str) -> Session:
    """Return a session of an edition by its public address. Raises `NotFound`."""
    found = session.scalar(select(Session).where(Session.edition_id == edition_id, Session.key == key))
    if found is None:
        raise NotFound
    return found


def queue_of(session: Database, category_id: int) -> list[Waiting]:
    """Return who waits for a place of a category, in their order."""
    statement = (
        select(Registration.id, Registration.group_id, func.coalesce(Group.waits_together, false()))
        .outerjoin(Group, Group.id == Registration.group_id)
        .where(Registration.category_id == category_id, Registration.state == "waiting")
        .order_by(Registration.queue_number)
    )
    return [Waiting(*line) for line in session.execute(statement)]


def place_in_queue(session: Database, registration: Registration) -> int:
    """Return the place of one who waits: 1 is next."""
    statement = select(func.count()).where(
        Registration.category_id == registration.category_id,
        Registration.state == "waiting",
        Registration.queue_number <= registration.queue_number,
    )
    return session.scalar(statement) or 1


def lapsed_offers(session: Database, now: datetime, *, most: int) -> Sequence[int]:
    """Return registrations whose offer's hour has passed, the oldest first."""
    statement = select(Registration.id).where(Registration.state == "offered", Registration.offered_until <= now)
    return session.scalars(statement.order_by(Registration.offered_until, Registration.id).limit(most)).all()


def categories_to_serve(session: Database) -> Sequence[int]:
    """Return the categories in which a place is free while somebody waits."""
    is_free = Category.places.is_(None) | (Category.taken < Category.places)
    return session.scalars(select(Category.id).where(Category.waiting > 0, is_free).order_by(Category.id)).all()


def capacity_use(session: Database, edition_id: int) -> CapacityUse:
    """Return how many people the venues of an edition may hold, and how many of its places are given."""
    statement = select(func.sum(Venue.safe_capacity)).where(Venue.editions.any(Edition.id == edition_id))
    taken = session.scalar(select(func.sum(Category.taken)).where(Category.edition_id == edition_id))
    return CapacityUse(capacity=session.scalar(statement), taken=taken or 0)


def member_ids(session: Database, group_id: int) -> Sequence[int]:
    """Return the registrations of a group, in the order in which they are locked."""
    statement = select(Registration.id).where(Registration.group_id == group_id)
    return session.scalars(statement.order_by(Registration.id)).all()


def group_with_key(session: Database, submission_key: str) -> Group | None:
    """Return the group that a form made, if it was sent before."""
    return session.scalar(select(Group).where(Group.submission_key == submission_key))


def group_with_token(session: Database, token: str) -> Group:
    """Return the group of a private link. Raises `NotFound`."""
    group = session.scalar(select(Group).where(Group.token == token).options(joinedload(Group.edition)))
    if group is None:
        raise NotFound
    return group


def group_in(session: Database, edition_id: int, group_id: int) -> Group:
    """Return one group of an edition. Raises `NotFound`."""
    group = session.get(Group, group_id)
    if group is None or group.edition_id != edition_id:
        raise NotFound
    return group


def members_with_places(session: Database, group_id: int) -> Sequence[Registration]:
    """Return everyone of a group, without those who gave their place to somebody else, in the order they came."""
    statement = select(Registration).where(Registration.group_id == group_id, Registration.handed_to_id.is_(None))
    return session.scalars(statement.order_by(Registration.id)).all()


def active_members(session: Database, group_id: int) -> Sequence[Registration]:
    """Return the members of a group that have not ended."""
    statement = select(Registration).where(Registration.group_id == group_id, Registration.state.not_in(ENDED_STATES))
    return session.scalars(statement.order_by(Registration.id)).all()


def states_of(session: Database, group_id: int) -> dict[str, int]:
    """Return how many members of a group are in each state."""
    statement = select(Registration.state, func.count()).where(Registration.group_id == group_id)
    return dict(session.execute(statement.group_by(Registration.state)).all())


def member_of(session: Database, group: Group, reference: str) -> Registration:
    """Return one member of a group by their reference. Raises `NotFound`."""
    statement = select(Registration).where(Registration.group_id == group.id, Registration.reference == reference)
    registration = session.scalar(statement)
    if registration is None:
        raise NotFound
    return registration


def groups_with_email(session: Database, edition_id: int, email: str) -> Sequence[Group]:
    """Return the groups of an edition whose leader has an address."""
    statement = (
        select(Group)
        .join(Group.leader)
        .where(Group.edition_id == edition_id, Person.email.in_({email, email.lower()}))
        .order_by(Group.id)
        .limit(20)
    )
    return session.scalars(statement).unique().all()


@dataclass(frozen=True)
class GroupLine:
    """A group in the organisers' list."""

    group: Group
    expected: int
    waiting: int
    nameless: int
    total: int


def groups_of(session: Database, edition_id: int) -> list[GroupLine]:
    """Return the groups of an edition with how they stand, the newest first; one statement."""

    def number(condition: ColumnElement[bool]) -> ColumnElement[int]:
        return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)

    lives = Registration.state.not_in(ENDED_STATES)
    figures = (
        select(
            Registration.group_id,
            number(Registration.state == "confirmed").label("expected"),
            number(Registration.state.in_(("waiting", "offered"))).label("waiting"),
            number(Registration.is_nameless & lives).label("nameless"),
            number(lives).label("total"),
        )
        .where(Registration.edition_id == edition_id, Registration.group_id.is_not(None))
        .group_by(Registration.group_id)
        .subquery()
    )
    statement = (
        select(Group, figures.c.expected, figures.c.waiting, figures.c.nameless, figures.c.total)
        .join(figures, figures.c.group_id == Group.id)
        .where(Group.edition_id == edition_id)
        .order_by(Group.id.desc())
    )
    return [GroupLine(*line) for line in session.execute(statement).unique()]


def queue_lines(session: Database, edition_id: int) -> Sequence[Registration]:
    """Return who waits and who was offered a place in an edition, by category in the order of the queue."""
    statement = (
        select(Registration)
        .join(Registration.category)
        .where(Registration.edition_id == edition_id, Registration.state.in_(("waiting", "offered")))
        .options(contains_eager(Registration.category), joinedload(Registration.group))
        .order_by(Category.position, Category.id, Registration.state, Registration.queue_number, Registration.id)
        .limit(1000)
    )
    return session.scalars(statement).unique().all()


def registrations_with_email(session: Database, edition_id: int, email: str) -> Sequence[Registration]:
    """Return who registered in an edition with an address, however its letters are written."""

    statement = (
        select(Registration)
        .join(Registration.person)
        .where(
            Registration.edition_id == edition_id,
            Person.email.in_({email, email.lower()}),
            ~Registration.is_nameless,
            Registration.handed_to_id.is_(None),
        )
        .order_by(Registration.id)
        .limit(20)
    )
    return session.scalars(statement).unique().all()


def sessions_of(session: Database, registration_id: int) -> Sequence[Session]:
    """Return the sessions in which a registration has a seat, in the order of their hours."""
    statement = (
        select(Session)
        .join(Seat, Seat.session_id == Session.id)
        .where(Seat.registration_id == registration_id)
        .order_by(Session.starts_at, Session.id)
        .options(lazyload(Session.speakers), lazyload(Session.track))
    )
    return session.scalars(statement).unique().all()


def sessions_with_seats(session: Database, edition_id: int) -> Sequence[Session]:
    """Return the published sessions whose seats are chosen when registering, in the order of their hours."""
    statement = (
        select(Session)
        .where(Session.edition_id == edition_id, Session.seats.is_not(None), Session.is_published)
        .order_by(Session.starts_at, Session.title, Session.id)
        .options(lazyload(Session.speakers), lazyload(Session.track))
    )
    return session.scalars(statement).unique().all()


def categories_of(session: Database, edition_id: int, *, public_only: bool = False) -> Sequence[Category]:
    """Return the categories of an edition in the organisers' order."""
    statement = select(Category).where(Category.edition_id == edition_id)
    if public_only:
        statement = statement.where(Category.is_public)
    return session.scalars(statement.order_by(Category.position, Category.id)).all()


def category_of_kind(session: Database, edition_id: int, kind: str) -> Category | None:
    """Return the category into which people of a kind are admitted: the first that is not public, else the first."""
    statement = (
        select(Category)
        .where(Category.edition_id == edition_id, Category.kind == kind)
        .order_by(Category.is_public, Category.position, Category.id)
    )
    return session.scalar(statement.limit(1))


def session_ids_of(session: Database, registration_id: int) -> Sequence[int]:
    """Return the ids of the sessions in which a registration has a seat."""
    return session.scalars(select(Seat.session_id).where(Seat.registration_id == registration_id)).all()


def is_used(session: Database, category_id: int) -> bool:
    """Tell whether anybody is or was registered in a category."""
    return session.scalar(select(Registration.id).where(Registration.category_id == category_id).limit(1)) is not None


# --- the organisers' list


def titles_by_registration(session: Database, edition_id: int) -> dict[int, list[str]]:
    """Return the titles of the sessions in which each registration of an edition has a seat."""
    statement = (
        select(Seat.registration_id, Session.title)
        .join(Session, Seat.session_id == Session.id)
        .where(Session.edition_id == edition_id)
        .order_by(Session.starts_at, Session.id)
    )
    titles: dict[int, list[str]] = {}
    for registration_id, title in session.execute(statement):
        titles.setdefault(registration_id, []).append(title)
    return titles


def counts_by_state(session: Database, edition_id: int) -> dict[str, int]:
    """Return how many registrations of an edition are in each state."""
    statement = (
        select(Registration.state, func.count())
        .where(Registration.edition_id == edition_id)
        .group_by(Registration.state)
    )
    found = dict(session.execute(statement).all())
    return {state: found.get(state, 0) for state in STATES}


def category_in(session: Database, edition_id: int, category_id: int) -> Category:
    """Return one category of an edition. Raises `NotFound`."""
    category = session.get(Category, category_id)
    if category is None or category.edition_id != edition_id:
        raise NotFound
    return category


def who_is_registered(session: Database, edition_id: int) -> dict[str, int]:
    """Return everyone who is registered in an edition, as `rules.who` names them, each with a registration."""
    statement = (
        select(Person.given_name, Person.family_name, Person.email, Registration.id)
        .join(Registration, Registration.person_id == Person.id)
        .where(Registration.edition_id == edition_id, Registration.state.not_in(ENDED_STATES))
    )
    return {who(given, family, email): found for given, family, email, found in session.execute(statement)}
