"""Venues chosen and left, rooms and stands added and removed, things in use kept."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select

from forum.core.db import Transaction
from forum.core.refusals import NotFound, Refusal
from forum.site.rules import RoomHasSessions, StandGiven, VenueHasGates, VenueHasSessions
from forum.venues import actions, rules
from forum.venues.actions import RoomDetails, StandSeries
from forum.venues.models import Room, Stand, Venue
from tests.conftest import Read, Write
from tests.factories import (
    a_city,
    a_gate,
    a_room,
    a_session,
    a_stand,
    a_venue,
    an_edition,
    an_exhibitor,
    an_organisation,
)


def test_an_edition_uses_venues_of_its_own_city_only(write: Write) -> None:
    with write() as tx:
        edition = an_edition(tx)
        first, second = a_venue(tx, edition), a_venue(tx, an_edition(tx, "lens-2028"))
        actions.choose_venues(tx, edition, [second.id])
        assert [venue.id for venue in edition.venues] == [second.id]
        actions.choose_venues(tx, edition, [first.id, second.id])
        elsewhere = a_venue(tx, an_edition(tx, "amiens-2028"))
        with pytest.raises(rules.VenueElsewhere):
            actions.choose_venues(tx, edition, [elsewhere.id])
        with pytest.raises(NotFound):
            actions.choose_venues(tx, edition, [999_999])


def a_venue_with_a_stand(tx: Transaction) -> Venue:
    venue = a_venue(tx)
    a_stand(tx, venue_id=venue.id)
    return venue


def a_venue_with_a_session(tx: Transaction) -> Venue:
    venue = a_venue(tx)
    a_session(tx, room_id=a_room(tx, venue).id, title="Ouverture")
    return venue


def a_venue_with_a_gate(tx: Transaction) -> Venue:
    venue = a_venue(tx)
    a_gate(tx, venue_id=venue.id)
    return venue


@pytest.mark.parametrize(
    ("made", "refusal"),
    [
        (a_venue_with_a_stand, rules.VenueHasStands),
        (a_venue_with_a_session, VenueHasSessions),
        (a_venue_with_a_gate, VenueHasGates),
    ],
)
def test_a_venue_that_the_edition_needs_is_neither_left_nor_removed(
    write: Write, read: Read, made: Callable[[Transaction], Venue], refusal: type[Refusal]
) -> None:
    with write() as tx:
        venue_id = made(tx).id
    for change in (
        lambda tx: actions.choose_venues(tx, an_edition(tx), []),
        lambda tx: actions.remove_venue(tx, an_edition(tx), venue_id),
    ):
        with pytest.raises(refusal), write() as tx:
            change(tx)
    with read() as session:
        assert [edition.slug for edition in session.get_one(Venue, venue_id).editions] == ["lens-2027"]


def test_a_venue_that_another_edition_uses_is_left_but_not_removed(write: Write) -> None:
    with write() as tx:
        edition, other = an_edition(tx), an_edition(tx, "lens-2028")
        venue = a_venue(tx, edition)
        venue.editions.append(other)
        tx.session.flush()
        with pytest.raises(rules.VenueInUse) as refused:
            actions.remove_venue(tx, edition, venue.id)
        assert str(refused.value).startswith(f"{venue.name} sert à Forum Lens")
        actions.choose_venues(tx, edition, [])
        assert [each.slug for each in venue.editions] == ["lens-2028"]


def test_a_venue_goes_with_its_rooms(write: Write, read: Read) -> None:
    with write() as tx:
        venue = a_venue(tx)
        a_room(tx, venue)
        a_room(tx, venue)
        actions.remove_venue(tx, an_edition(tx), venue.id)
    with read() as session:
        assert (session.scalars(select(Venue)).all(), session.scalars(select(Room)).all()) == ([], [])


def test_rooms_of_one_venue_have_different_names(write: Write) -> None:
    with write() as tx:
        venue, other = a_venue(tx), a_venue(tx)
        room = actions.add_room(tx, venue.id, RoomDetails(name="Amphi", seats=300))
        actions.add_room(tx, other.id, RoomDetails(name="Amphi", seats=30))
        with pytest.raises(rules.RoomNameTaken):
            actions.add_room(tx, venue.id, RoomDetails(name="AMPHI", seats=20))
        assert actions.change_room(tx, room.id, RoomDetails(name="Amphi", seats=280)).seats == 280


def test_a_room_that_has_sessions_stays(write: Write, read: Read) -> None:
    with write() as tx:
        used, free = a_room(tx, name="Amphi"), a_room(tx)
        a_session(tx, room_id=used.id, title="Ouverture")
        actions.remove_room(tx, free.id)
        with pytest.raises(RoomHasSessions) as refused:
            actions.remove_room(tx, used.id)
        assert str(refused.value) == (
            "Amphi ne peut pas être retirée\u00a0: des sessions y ont lieu, dont «\u00a0Ouverture\u00a0». "
            "Déplacez-les d’abord."
        )
    with read() as session:
        assert session.scalars(select(Room.name)).all() == ["Amphi"]


def test_a_series_of_stands_is_put_up_whole_or_not_at_all(write: Write, read: Read) -> None:
    with write() as tx:
        edition = an_edition(tx)
        venue_id = a_venue(tx, edition).id
        actions.add_stands(tx, edition, StandSeries(venue_id=venue_id, labels="B1–B12", area="Halle basse"))
    with pytest.raises(rules.StandLabelTaken), write() as tx:
        actions.add_stands(tx, an_edition(tx), StandSeries(venue_id=venue_id, labels="B11–B14"))
    with read() as session:
        labels = session.scalars(select(Stand.label).order_by(Stand.id)).all()
        assert labels == [f"B{number}" for number in range(1, 13)]


def test_stands_are_put_up_where_the_edition_takes_place(write: Write) -> None:
    with write() as tx:
        edition = an_edition(tx)
        unused = a_venue(tx, an_edition(tx, "lens-2028"))
        with pytest.raises(rules.VenueNotChosen):
            actions.add_stands(tx, edition, StandSeries(venue_id=unused.id, labels="B1"))
        elsewhere = a_venue(tx, an_edition(tx, "amiens-2028"), host_city_id=a_city(tx, "amiens").id)
        with pytest.raises(NotFound):
            actions.add_stands(tx, edition, StandSeries(venue_id=elsewhere.id, labels="B1"))


def test_a_stand_that_an_exhibitor_has_stays(write: Write, read: Read) -> None:
    with write() as tx:
        given, free = a_stand(tx, label="B1"), a_stand(tx, label="B2")
        an_exhibitor(tx, stand_id=given.id, organisation_id=an_organisation(tx, name="Terril numérique").id)
        actions.remove_stand(tx, free.id)
        with pytest.raises(StandGiven) as refused:
            actions.remove_stand(tx, given.id)
        assert "il est à Terril numérique" in str(refused.value)
    with read() as session:
        assert session.scalars(select(Stand.label)).all() == ["B1"]
