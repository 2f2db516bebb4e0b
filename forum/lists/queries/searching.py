"""Lists of registrations: found by what is typed, filtered, counted, put in order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, func, literal_column, or_, select
from sqlalchemy.orm import Session as Database

from forum.badges.models import Badge
from forum.checkin.models import Presence
from forum.core.codes import ALPHABET
from forum.editions.models import Edition
from forum.lists.rules import ListFilter
from forum.people.models import Person
from forum.people.queries import persons_resembling, persons_with, stand_in
from forum.people.rules import resembles, search_words
from forum.registration.models import Category, Registration, Seat

MOST_CANDIDATES = 2_000
"""How many people are compared letter by letter when nobody is written as typed."""

MOST_ALIKE = 200

MOST_COUNTED = 1_000
"""Of a search that finds more, the first are shown and the rest is not counted: a word more is quicker than pages."""

SHORTEST_REFERENCE, SHORTEST_CODE = 3, 6

Conditions = tuple[ColumnElement[bool], ...]


@dataclass(frozen=True)
class Matching:
    """What is true of the registrations of a list."""

    conditions: Conditions
    is_close: bool = False
    """Nobody is written as typed: these are written nearly so."""


@dataclass(frozen=True)
class Written:
    """Where words stand as they were typed: in what is known of people, or as a reference or a badge's code."""

    words: Sequence[str]
    persons: Select[Any]
    with_code: Sequence[int]

    def of(self) -> ColumnElement[bool]:
        """Return what is true of their registrations, asked of the index."""
        if not self.with_code:
            return Registration.person_id.in_(self.persons)
        named = select(Registration.id).where(Registration.person_id.in_(self.persons))
        coded = select(Registration.id).where(Registration.id.in_(self.with_code))
        return Registration.id.in_(named.union(coded))

    def one_by_one(self, session: Database) -> ColumnElement[bool]:
        """Return the same, looked up person by person: fewer steps where one in a hundred fits and fifty are wanted."""
        named = select(stand_in(session, self.words)).where(Person.id == Registration.person_id).scalar_subquery()
        return or_(named, Registration.id.in_(self.with_code)) if self.with_code else named


@dataclass(frozen=True)
class Found:
    """A page of a list, and how many registrations it has in all."""

    items: Sequence[Registration]
    total: int
    is_close: bool
    is_more: bool = False
    """There are more than `total`, which nobody counted."""


def found(session: Database, edition: Edition, wanted: ListFilter, *, number: int, size: int) -> Found:
    """Return a page of a list; as many statements however long it is."""
    if search_words(wanted.words):
        return searched(session, edition, wanted, number=number, size=size)
    answer = exactly(session, edition, wanted)
    ids, total = slice_of(session, answer, wanted.sort, number=number, size=size)
    return Found(in_order(session, ids), total, is_close=False)


def searched(session: Database, edition: Edition, wanted: ListFilter, *, number: int, size: int) -> Found:
    """Return a page of what a search finds: of more than a thousand the first, without counting and sorting all."""
    written = where_written(session, edition, wanted)
    ids = first_ids(session, edition, wanted, written)
    is_close = not ids
    if is_close:
        ids = ids_nearly(session, edition, wanted)
    is_more = len(ids) > MOST_COUNTED
    of_these: Conditions = (Registration.id.in_(ids),)
    if is_more and wanted.sort.endswith("registered"):
        of_these = (Registration.edition_id == edition.id, *filters(edition, wanted), written.one_by_one(session))
    elif is_more:
        of_these = (in_edition(session, edition.id), *filters(edition, wanted), written.of())
    total = min(len(ids), MOST_COUNTED)
    shown = page_of(session, of_these, wanted.sort, total=total, number=number, size=size) if total else []
    return Found(in_order(session, shown), total, is_close, is_more)


def where_written(session: Database, edition: Edition, wanted: ListFilter) -> Written:
    """Return where the words of a search stand."""
    words = search_words(wanted.words)
    with_code = ids_with_code(session, edition.id, words[0]) if len(words) == 1 else []
    return Written(words, persons_with(session, words), with_code)


def first_ids(session: Database, edition: Edition, wanted: ListFilter, written: Written) -> list[int]:
    """Return who is written as typed, as the index gives them; no more than need be known to be too many."""
    conditions = (in_edition(session, edition.id), *filters(edition, wanted))
    persons = written.persons.subquery()
    # A join, and no IN: SQLite would write the whole answer of the index down first.
    named = select(Registration.id).join_from(persons, Registration, Registration.person_id == persons.c[0])
    ids = list(session.scalars(named.where(*conditions).limit(MOST_COUNTED + 1)))
    if written.with_code:
        coded = select(Registration.id).where(Registration.id.in_(written.with_code), *conditions)
        ids = sorted({*ids, *session.scalars(coded)})
    return ids


def matching(session: Database, edition: Edition, wanted: ListFilter) -> Matching:
    """Return what is true of the registrations of a list; slips are forgiven when nobody is written so."""
    answer = exactly(session, edition, wanted)
    if not wanted.words or session.scalar(select(Registration.id).where(*answer.conditions).limit(1)):
        return answer
    return Matching((Registration.id.in_(ids_nearly(session, edition, wanted)),), is_close=True)


def exactly(session: Database, edition: Edition, wanted: ListFilter) -> Matching:
    """Return what is true of the registrations that are written as typed."""
    if not search_words(wanted.words):
        nobody = (Registration.id < 0,) if wanted.words else ()
        return Matching((Registration.edition_id == edition.id, *nobody, *filters(edition, wanted)))
    written = where_written(session, edition, wanted).of()
    return Matching((in_edition(session, edition.id), *filters(edition, wanted), written))


def ids_nearly(session: Database, edition: Edition, wanted: ListFilter) -> list[int]:
    """Return the registrations of people who were probably meant, compared letter by letter."""
    words = search_words(wanted.words)
    if not any(len(word) > 1 for word in words):
        return []
    persons = persons_resembling(session, words).subquery()
    candidates = (
        select(Registration.id, Person.search_text)
        .join_from(persons, Registration, Registration.person_id == persons.c[0])
        .join(Registration.person)
        .where(in_edition(session, edition.id), *filters(edition, wanted))
        .limit(MOST_CANDIDATES)
    )
    alike = [each for each, text in session.execute(candidates) if resembles(words, text)]
    return alike[:MOST_ALIKE]


def slice_of(session: Database, found: Matching, sort: str, *, number: int, size: int) -> tuple[list[int], int]:
    """Return the ids on a page of a list, in their order, and how many there are in all."""
    total = count(session, found)
    shown = page_of(session, found.conditions, sort, total=total, number=number, size=size) if total else []
    return shown, total


def page_of(session: Database, conditions: Conditions, sort: str, *, total: int, number: int, size: int) -> list[int]:
    """Return the ids on a page, in their order; after the last page comes the last again."""
    last = max(1, -(-total // size))
    start = (min(max(number, 1), last) - 1) * size
    statement = ordered(select(Registration.id).where(*conditions), sort).limit(size).offset(start)
    return list(session.scalars(statement))


def in_order(session: Database, ids: Sequence[int]) -> Sequence[Registration]:
    """Return registrations with their persons and categories, in the order of their ids in a list."""
    rows = {each.id: each for each in session.scalars(select(Registration).where(Registration.id.in_(ids))).unique()}
    return [rows[each] for each in ids if each in rows]


def in_edition(session: Database, edition_id: int) -> ColumnElement[bool]:
    """Return what is true of an edition's registrations, said so that the words' index is asked first.

    SQLite keeps no figures about its columns, and would walk through the whole edition; a plus keeps it from doing so.
    """
    if session.get_bind().dialect.name == "sqlite":
        return literal_column("+registration.edition_id", Integer) == edition_id
    return Registration.edition_id == edition_id


def filters(edition: Edition, wanted: ListFilter) -> Iterator[ColumnElement[bool]]:
    """Return what a filter asks beside the words."""
    if wanted.category_id is not None:
        yield Registration.category_id == wanted.category_id
    if wanted.state:
        yield Registration.state == wanted.state
    if wanted.needs_adjustment:
        yield Registration.adjustment != ""
    if wanted.since is not None:
        yield Registration.registered_at >= datetime.combine(wanted.since, time(), edition.zone)
    if wanted.session_id is not None:
        yield Registration.id.in_(select(Seat.registration_id).where(Seat.session_id == wanted.session_id))
    if wanted.came:
        inside = select(Badge.registration_id).join(Presence, Presence.badge_id == Badge.id)
        came = Registration.id.in_(inside.where(Badge.edition_id == edition.id))
        yield came if wanted.came == "yes" else ~came & (Registration.state == "confirmed")
    if wanted.badge:
        printed = Badge.printed_at.is_not(None) & (Badge.printed_at >= Badge.changed_at)
        valid = select(Badge.registration_id).where(Badge.edition_id == edition.id, Badge.voided_at.is_(None), printed)
        has = Registration.id.in_(valid)
        yield has if wanted.badge == "printed" else ~has & (Registration.state == "confirmed")


def ids_with_code(session: Database, edition_id: int, word: str) -> list[int]:
    """Return the registrations whose reference, or whose badge's code, begins with a word."""
    code = "".join(character for character in word.upper() if character not in "-–_. ")
    if len(code) < SHORTEST_REFERENCE or any(character not in ALPHABET for character in code):
        return []
    of_edition = select(Registration.id).where(in_edition(session, edition_id))
    found = set(session.scalars(of_edition.where(begins(Registration.reference, code)).limit(MOST_ALIKE)))
    if len(code) >= SHORTEST_CODE:
        with_badge = of_edition.join(Badge, Badge.registration_id == Registration.id)
        found |= set(session.scalars(with_badge.where(begins(Badge.code, code)).limit(MOST_ALIKE)))
    return sorted(found)


def begins(column: Any, text: str) -> Any:
    """Return what is true where a column begins with a text; a range of its index, whatever the collation."""
    return column.between(text, f"{text}Z" + "Z" * 30)


def count(session: Database, found: Matching) -> int:
    """Return how many registrations a list has."""
    return session.scalar(select(func.count(Registration.id)).where(*found.conditions)) or 0


def ids_of(session: Database, found: Matching, sort: str = "registered") -> Sequence[int]:
    """Return everybody on a list, in its order."""
    return session.scalars(ordered(select(Registration.id).where(*found.conditions), sort)).all()


def in_parts(session: Database, ids: Sequence[int], *, size: int = 500) -> Iterator[Registration]:
    """Return registrations part by part, so that a long list does not stand in memory."""
    for start in range(0, len(ids), size):
        for registration in in_order(session, ids[start : start + size]):
            yield registration
            session.expunge(registration.person)
            session.expunge(registration)


def ordered(statement: Select[Any], sort: str) -> Select[Any]:
    """Put a list in order; what the order is made of is joined only where it is needed."""
    key = sort.removeprefix("-")
    if key in ("name", "organisation"):
        statement = statement.join(Registration.person)
    if key == "category":
        statement = statement.join(Registration.category)
    return statement.order_by(*order(sort))


def order(sort: str) -> list[ColumnElement[Any]]:
    """Return the order of a list; the same rows come in the same order every time."""
    columns: dict[str, list[Any]] = {
        "name": [func.lower(Person.family_name), func.lower(Person.given_name)],
        "registered": [Registration.registered_at],
        "organisation": [func.lower(Person.organisation_name)],
        "category": [Category.position, Category.id],
    }
    chosen = columns[sort.removeprefix("-")]
    return [*(column.desc() if sort.startswith("-") else column for column in chosen), Registration.id]
