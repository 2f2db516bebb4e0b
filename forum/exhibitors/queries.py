"""Looking exhibitors up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session, contains_eager, joinedload, selectinload

from forum.exhibitors.models import STATES, Exhibitor, ExhibitorStaff
from forum.people.models import ORGANISATION_KINDS, Organisation, Person
from forum.people.rules import search_text
from forum.venues.models import Stand
from forum.venues.rules import label_order

SORTS = ("name", "-name", "stand", "-stand", "state", "-state", "submitted", "-submitted")


@dataclass(frozen=True)
class Wanted:
    """Which exhibitors a list shows, and in which order."""

    words: str = ""
    kind: str = ""
    state: str = ""
    sort: str = "name"

    @classmethod
    def of(cls, *, words: str = "", kind: str = "", state: str = "", sort: str = "name") -> Wanted:
        """Read what an address asks for; what does not exist is nothing."""
        return cls(
            words=words.strip()[:200],
            kind=kind if kind in ORGANISATION_KINDS else "",
            state=state if state in STATES else "",
            sort=sort if sort in SORTS else "name",
        )


@dataclass(frozen=True)
class Listed:
    """What a list is searched and sorted by."""

    id: int
    state: str
    kind: str
    sorted_name: str
    stand: str
    submitted: float
    words: str

    def fits(self, wanted: Wanted) -> bool:
        """Tell whether a list shows this exhibitor: every word is somewhere."""
        if wanted.kind and self.kind != wanted.kind:
            return False
        if wanted.state and self.state != wanted.state:
            return False
        return all(word in self.words for word in search_text(wanted.words).split())

    def place(self, sort: str) -> tuple[object, ...]:
        """Return where a list puts it; who has no stand comes after all that have one."""
        first: object = {
            "name": self.sorted_name,
            "stand": (not self.stand, label_order(self.stand)),
            "state": STATES.index(self.state),
            "submitted": self.submitted,
        }[sort.lstrip("-")]
        return (first, self.sorted_name, self.id)


def exhibitor_with_token(session: Session, token: str) -> Exhibitor | None:
    """Return the exhibitor of a private link `/x/<token>`, with edition and staff."""
    statement = select(Exhibitor).where(Exhibitor.token == token)
    return session.scalar(statement.options(joinedload(Exhibitor.edition), selectinload(Exhibitor.staff)))


def exhibitor_with_key(session: Session, edition_id: int, key: str) -> Exhibitor | None:
    """Return an exhibitor of an edition by the key of its public address, with its staff."""
    statement = select(Exhibitor).where(Exhibitor.edition_id == edition_id, Exhibitor.key == key)
    return session.scalar(statement.options(selectinload(Exhibitor.staff)))


def exhibitor_with_submission_key(session: Session, submission_key: str) -> Exhibitor | None:
    """Return what a form that was sent before became."""
    return session.scalar(select(Exhibitor).where(Exhibitor.submission_key == submission_key))


def exhibitor_at(session: Session, stand_id: int) -> Exhibitor | None:
    """Return who has a stand."""
    return session.scalar(select(Exhibitor).where(Exhibitor.stand_id == stand_id))


def listed(session: Session, edition_id: int, *, public: bool = False) -> list[Listed]:
    """Return what the lists of an edition are searched and sorted by; one statement.

    Organisations carry no text for search, and there are some hundreds at most: Python folds accents and sorts.
    """
    statement = (
        select(Exhibitor, Organisation, Person.search_text, Person.email, Stand.label)
        .join(Exhibitor.organisation)
        .join(Exhibitor.contact)
        .outerjoin(Exhibitor.stand)
        .where(Exhibitor.edition_id == edition_id)
        .options(contains_eager(Exhibitor.organisation))
    )
    if public:
        statement = statement.where(Exhibitor.state == "accepted")
    return [
        Listed(
            id=exhibitor.id,
            state=exhibitor.state,
            kind=organisation.kind,
            sorted_name=search_text(organisation.name),
            stand=label or "",
            submitted=exhibitor.submitted_at.timestamp(),
            words=search_text(
                organisation.name,
                organisation.town,
                label,
                exhibitor.pitch,
                exhibitor.description if public else None,
                None if public else person_text,
                None if public else email,
                None if public else organisation.siret,
            ),
        )
        for exhibitor, organisation, person_text, email, label in session.execute(statement)
    ]


def chosen_ids(rows: Sequence[Listed], wanted: Wanted) -> list[int]:
    """Return the ids of the exhibitors that a list shows, in its order."""
    shown = [row for row in rows if row.fits(wanted)]
    shown.sort(key=lambda row: row.place(wanted.sort), reverse=wanted.sort.startswith("-"))
    return [row.id for row in shown]


def exhibitors_with_ids(session: Session, ids: Sequence[int]) -> list[Exhibitor]:
    """Return exhibitors in the order of their ids as given, with what lists show of them."""
    found = session.scalars(select(Exhibitor).where(Exhibitor.id.in_(ids)).options(selectinload(Exhibitor.staff)))
    by_id = {exhibitor.id: exhibitor for exhibitor in found.unique()}
    return [by_id[each] for each in ids if each in by_id]


def counts_by_state(rows: Sequence[Listed]) -> dict[str, int]:
    """Return how many exhibitors are in each state."""
    return {state: sum(row.state == state for row in rows) for state in STATES}


def taken_stands(session: Session, edition_id: int) -> dict[int, str]:
    """Return the stands that are given, and to which organisation."""
    statement = (
        select(Exhibitor.stand_id, Organisation.name)
        .join(Exhibitor.organisation)
        .where(Exhibitor.edition_id == edition_id, Exhibitor.stand_id.is_not(None))
    )
    return {stand_id: name for stand_id, name in session.execute(statement) if stand_id is not None}


def staff_of(session: Session, exhibitor_id: int) -> Sequence[ExhibitorStaff]:
    """Return who holds a stand, in the order in which they were named."""
    statement = select(ExhibitorStaff).where(ExhibitorStaff.exhibitor_id == exhibitor_id).order_by(ExhibitorStaff.id)
    return session.scalars(statement.execution_options(populate_existing=True)).all()


def count_exhibitors(session: Session, edition_id: int, state: str) -> int:
    """Return how many exhibitors of an edition are in a state."""
    statement = select(func.count()).select_from(Exhibitor)
    return session.scalar(statement.where(Exhibitor.edition_id == edition_id, Exhibitor.state == state)) or 0
