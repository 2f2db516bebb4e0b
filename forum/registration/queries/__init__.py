"""Looking registrations up."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session as Database
from sqlalchemy.orm import contains_eager, joinedload, lazyload

from forum.core.refusals import NotFound
from forum.people.models import Person
from forum.people.rules import search_text
from forum.programme.models import Session
from forum.registration.models import STATES, Category, Registration, Seat
from forum.registration.rules import who


def registration_with_key(session: Database, submission_key: str) -> Registration | None:
    """Return the registration that a form made, if it was sent before."""
    return session.scalar(select(Registration).where(Registration.submission_key == submission_key))


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


def registrations_with_email(session: Database, edition_id: int, email: str) -> Sequence[Registration]:
    """Return who registered in an edition with an address, however its letters are written."""

    statement = (
        select(Registration)
        .join(Registration.person)
        .where(Registration.edition_id == edition_id, Person.email.in_({email, email.lower()}))
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

SORTS = ("name", "-name", "registered", "-registered", "organisation", "-organisation", "category", "-category")


@dataclass(frozen=True)
class RegistrationFilter:
    """Which registrations a list shows, and in which order."""

    words: str = ""
    category_id: int | None = None
    state: str = ""
    needs_adjustment: bool = False
    session_id: int | None = None
    sort: str = "-registered"


def filtered(edition_id: int, wanted: RegistrationFilter) -> Select[Registration]:
    """Return the statement of an edition's registrations: filtered, sorted, with person and category."""
    statement = (
        select(Registration)
        .join(Registration.person)
        .join(Registration.category)
        .options(contains_eager(Registration.person), contains_eager(Registration.category))
        .where(Registration.edition_id == edition_id)
    )
    for word in search_text(wanted.words).split()[:8]:
        found = Person.search_text.contains(word, autoescape=True)
        statement = statement.where(or_(found, Registration.reference.startswith(word.upper(), autoescape=True)))
    if wanted.category_id is not None:
        statement = statement.where(Registration.category_id == wanted.category_id)
    if wanted.state in STATES:
        statement = statement.where(Registration.state == wanted.state)
    if wanted.needs_adjustment:
        statement = statement.where(Registration.adjustment != "")
    if wanted.session_id is not None:
        seats = select(Seat.registration_id).where(Seat.session_id == wanted.session_id)
        statement = statement.where(Registration.id.in_(seats))
    return statement.order_by(*order(wanted.sort))


def order(sort: str) -> list[ColumnElement[Any]]:
    """Return the order of a list; the same rows come in the same order every time."""
    columns: dict[str, list[Any]] = {
        "name": [func.lower(Person.family_name), func.lower(Person.given_name)],
        "registered": [Registration.registered_at],
        "organisation": [func.lower(Person.organisation_name)],
        "category": [Category.position, Category.id],
    }
    chosen = columns.get(sort.removeprefix("-"), columns["registered"])
    descending = sort.startswith("-") or sort not in SORTS
    return [*(column.desc() if descending else column for column in chosen), Registration.id]


def listed(session: Database, statement: Select[Registration]) -> Sequence[Registration]:
    """Return the whole of a list, for an export."""
    return session.scalars(statement).all()


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


def registrations_in(session: Database, edition_id: int, ids: Iterable[int]) -> Sequence[Registration]:
    """Return some registrations of an edition; ids that are not its own are left out."""
    statement = select(Registration).where(Registration.edition_id == edition_id, Registration.id.in_(set(ids)))
    return session.scalars(statement.order_by(Registration.id)).all()


def category_in(session: Database, edition_id: int, category_id: int) -> Category:
    """Return one category of an edition. Raises `NotFound`."""
    category = session.get(Category, category_id)
    if category is None or category.edition_id != edition_id:
        raise NotFound
    return category


def who_is_registered(session: Database, edition_id: int) -> set[str]:
    """Return everyone who is registered in an edition, as `rules.who` names them."""
    statement = (
        select(Person.given_name, Person.family_name, Person.email)
        .join(Registration, Registration.person_id == Person.id)
        .where(Registration.edition_id == edition_id, Registration.state == "confirmed")
    )
    return {who(*names) for names in session.execute(statement)}
