"""What the programme allows."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask

from forum.core.refusals import Refusal
from forum.editions.models import Edition
from forum.programme import rules
from forum.programme.models import Proposal, Session
from tests import cast
from tests.conftest import Write
from tests.factories import a_proposal, a_room, a_session, a_speaker, an_edition

NINE = datetime(2027, 3, 18, 9, 0, tzinfo=UTC)


def plain(refusal: Refusal) -> str:
    """Return a refusal's sentence with plain spaces."""
    return " ".join(str(refusal).split())


def edition(**values: object) -> Edition:
    defaults = {
        "slug": "lens-2027",
        "state": "published",
        "first_day": date(2027, 3, 18),
        "last_day": date(2027, 3, 19),
        "timezone": "Europe/Paris",
        "contact_email": "contact@example.org",
    }
    return Edition(**(defaults | values))


def slot(begins: float, ends: float) -> rules.Slot:
    return rules.Slot(NINE + timedelta(hours=begins), NINE + timedelta(hours=ends))


def session(begins: float, ends: float) -> Session:
    return Session(starts_at=NINE + timedelta(hours=begins), ends_at=NINE + timedelta(hours=ends))


@pytest.mark.parametrize(
    ("asked", "present", "overlaps"),
    [
        ((0, 1), (0, 1), True),
        ((0, 1), (0.5, 2), True),
        ((0.5, 2), (0, 1), True),
        ((0, 3), (1, 2), True),
        ((1, 2), (0, 3), True),
        ((0, 1), (1, 2), False),
        ((1, 2), (0, 1), False),
        ((0, 1), (5, 6), False),
    ],
)
def test_slots_overlap_unless_one_ends_as_the_other_begins(
    asked: tuple[float, float], present: tuple[float, float], overlaps: bool
) -> None:
    assert slot(*asked).overlaps(session(*present)) is overlaps


def test_a_session_without_an_hour_is_in_nobodys_way() -> None:
    assert slot(0, 1).overlaps(Session(starts_at=None, ends_at=None)) is False


def test_a_taken_room_is_named_with_the_other_session_and_its_hours(write: Write) -> None:
    with write() as tx:
        room = a_room(tx, name="Auditorium")
        other = a_session(tx, room_id=room.id, starts_at=cast.OPENING, title="Ouverture")
        mine = a_session(tx)
        wanted = rules.Slot.lasting(cast.OPENING + timedelta(minutes=30), minutes=45, room=room)
        with pytest.raises(rules.RoomTaken) as refused:
            rules.may_be_scheduled(mine, wanted, edition=an_edition(tx), others=[other])
        assert plain(refused.value) == (
            "Auditorium : la salle est prise par « Ouverture » de 9 h 30 à 10 h 15. "
            "Choisissez une autre salle ou une autre heure."
        )


def test_a_speaker_who_is_elsewhere_is_named(write: Write) -> None:
    with write() as tx:
        ada = a_speaker(tx)
        other = a_session(tx, starts_at=cast.OPENING, speakers=(ada,), title="Ouverture")
        mine = a_session(tx, speakers=(ada,))
        with pytest.raises(rules.SpeakerTaken) as refused:
            rules.may_be_scheduled(
                mine, rules.Slot.lasting(cast.OPENING, minutes=10), edition=an_edition(tx), others=[other]
            )
        assert plain(refused.value).startswith("Ada Lovelace intervient dans « Ouverture » de 9 h 30 à 10 h 15.")


def test_a_session_is_not_in_its_own_way(write: Write) -> None:
    with write() as tx:
        ada, room = a_speaker(tx), a_room(tx)
        mine = a_session(tx, starts_at=cast.OPENING, speakers=(ada,), room_id=room.id)
        wanted = rules.Slot.lasting(cast.OPENING, minutes=60, room=room)
        rules.may_be_scheduled(mine, wanted, edition=an_edition(tx), others=[mine])


@pytest.mark.parametrize(
    ("starts_at", "minutes", "fits"),
    [
        (datetime(2027, 3, 17, 23, 0, tzinfo=UTC), 60, True),  # midnight in Lens, the first second
        (datetime(2027, 3, 17, 22, 59, tzinfo=UTC), 60, False),
        (datetime(2027, 3, 19, 22, 0, tzinfo=UTC), 60, True),  # until midnight of the last day
        (datetime(2027, 3, 19, 22, 0, tzinfo=UTC), 61, False),
        (datetime(2027, 3, 20, 9, 0, tzinfo=UTC), 60, False),
    ],
)
def test_a_slot_lies_in_the_days_of_the_host_city(starts_at: datetime, minutes: int, fits: bool) -> None:
    asked = rules.Slot.lasting(starts_at, minutes=minutes)
    if fits:
        rules.may_take_slot(asked, edition=edition(), speaker_ids=set(), others=[])
    else:
        with pytest.raises(rules.OutsideEdition):
            rules.may_take_slot(asked, edition=edition(), speaker_ids=set(), others=[])


def test_before_the_opening_one_is_told_when_to_come_back(app: Flask) -> None:
    with app.app_context():
        with pytest.raises(rules.ProposalsNotOpenYet) as refused:
            rules.may_propose(edition(proposals_open_at=cast.NOW + timedelta(days=1)), cast.NOW)
        assert plain(refused.value).startswith("Les propositions ouvrent le mardi 2 mars 2027 à 10 h.")


@pytest.mark.parametrize(
    "values",
    [
        {"proposals_open_at": cast.NOW - timedelta(days=9), "proposals_close_at": cast.NOW},
        {"proposals_open_at": None},
        {"proposals_open_at": cast.NOW - timedelta(days=9), "state": "archived"},
        {"proposals_open_at": cast.NOW - timedelta(days=9), "last_day": date(2027, 2, 1)},
    ],
)
def test_after_the_closing_proposals_are_refused(values: dict[str, object]) -> None:
    with pytest.raises(rules.ProposalsClosed):
        rules.may_propose(edition(**values), cast.NOW)


@pytest.mark.parametrize(
    ("state", "change", "accept", "decline"),
    [
        ("submitted", True, True, True),
        ("accepted", False, False, False),
        ("declined", False, True, False),
        ("withdrawn", False, False, False),
    ],
)
def test_each_state_of_a_proposal_allows_its_own(state: str, change: bool, accept: bool, decline: bool) -> None:
    proposal = Proposal(state=state, title="Titre")
    for rule, allowed in ((rules.may_change, change), (rules.may_accept, accept), (rules.may_decline, decline)):
        if allowed:
            rule(proposal)
        else:
            with pytest.raises(rules.ProposalDecided):
                rule(proposal)


@pytest.mark.parametrize(("seats", "refused"), [(None, False), (5, False), (6, False), (4, True), (0, True)])
def test_seats_do_not_go_under_those_taken(seats: int | None, refused: bool) -> None:
    taken = Session(seats_taken=5)
    if refused:
        with pytest.raises(rules.SeatsBelowTaken):
            rules.may_have_seats(taken, seats)
    else:
        rules.may_have_seats(taken, seats)


def test_a_room_with_fewer_chairs_than_seats_is_too_small(write: Write) -> None:
    with write() as tx:
        room = a_room(tx, seats=30)
        assert [rules.is_room_too_small(Session(room=room, seats=seats)) for seats in (None, 30, 31)] == [
            False,
            False,
            True,
        ]


@pytest.mark.parametrize(
    ("words", "slug"),
    [
        ("Ville intelligente", "ville-intelligente"),
        ("Œuvres & Été !", "oeuvres-ete"),
        ("Ελλάδα", ""),
        ("x" * 99, "x" * 60),
    ],
)
def test_words_become_a_part_of_an_address(words: str, slug: str) -> None:
    assert rules.slug_of(words) == slug


def test_a_proposal_can_be_read_back(write: Write) -> None:
    with write() as tx:
        assert a_proposal(tx, title="Été à l’Œuvre").search_text == "ete a l'oeuvre ce que nous avons appris."
