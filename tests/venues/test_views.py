"""Organisers' pages of venues, rooms and stands."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from forum.venues.models import Room, Stand, Venue
from tests.conftest import Read, Write
from tests.factories import a_room, a_session, a_stand, a_venue, an_edition
from tests.inspection import InspectingClient, soup, words
from tests.statements import statements_of

ClientFor = Callable[[str], InspectingClient]
VENUES = "/organise/lens-2027/venues"


@pytest.fixture
def venue_id(write: Write) -> int:
    """Return the id of a venue of lens-2027 with a room and a stand."""
    with write() as tx:
        venue = a_venue(tx, name="Louvre-Lens Vallée")
        a_room(tx, venue, name="Amphi")
        a_stand(tx, venue_id=venue.id, label="B2")
        return venue.id


def test_venues_are_for_organisers_of_that_edition(
    client: InspectingClient, client_for: ClientFor, venue_id: int
) -> None:
    addresses = [VENUES, f"{VENUES}/new", f"{VENUES}/{venue_id}", f"{VENUES}/{venue_id}/rooms/new"]
    for address in addresses:
        answers = [each.get(address).status_code for each in (client, client_for("stranger"), client_for("organiser"))]
        assert answers == [302, 403, 200], address


def test_venues_and_rooms_of_another_city_do_not_exist_here(client_for: ClientFor, write: Write, venue_id: int) -> None:
    with write() as tx:
        venue = a_venue(tx, an_edition(tx, "amiens-2028"))
        room = a_room(tx, venue)
        stand = a_stand(tx, an_edition(tx, "amiens-2028"), venue_id=venue.id)
    client = client_for("organiser")
    token = client.page(VENUES).select_one("input[name=csrf_token]")["value"]
    data = {"csrf_token": token, "stand": str(stand.id), "venue": str(venue.id)}
    answers = [
        client.get(f"{VENUES}/{venue.id}").status_code,
        client.get(f"/organise/lens-2027/rooms/{room.id}").status_code,
        client.post(f"{VENUES}/{venue.id}/remove", data=data).status_code,
        client.post(f"/organise/lens-2027/rooms/{room.id}/remove", data=data).status_code,
        client.post("/organise/lens-2027/stands/remove", data=data).status_code,
    ]
    assert answers == [404] * 5
    client.post(VENUES, data=data)
    assert "n’est pas à Lens" in words(client.page(VENUES).main)


def test_an_edition_without_venues_says_to_add_one(client_for: ClientFor, write: Write) -> None:
    with write() as tx:
        an_edition(tx)
    empty = client_for("organiser").page(VENUES).select_one(".empty")
    assert "Pas encore de lieu à Lens" in words(empty)
    assert empty.select_one("a")["href"] == f"{VENUES}/new"


def test_a_venue_and_its_rooms_are_added(client_for: ClientFor, write: Write, read: Read) -> None:
    with write() as tx:
        an_edition(tx)
    client = client_for("organiser")
    long_name = "Halle aux sucres et Communauté d’agglomération de Lens-Liévin عمر 🏛"
    answer = client.submit(
        f"{VENUES}/new",
        {"name": long_name, "address": "1 rue", "safe_capacity": "500", "latitude": "50,4", "access_fr": "Plain-pied"},
    )
    client.submit(
        f"{answer.location}/rooms/new", {"name": "Mezzanine", "seats": "40", "floor": "2e", "is_step_free": None}
    )
    with read() as session:
        venue = session.scalars(select(Venue)).one()
        assert (venue.name, venue.latitude, venue.longitude, [edition.slug for edition in venue.editions]) == (
            long_name,
            50.4,
            None,
            ["lens-2027"],
        )
        room = session.scalars(select(Room)).one()
        assert (room.name, room.seats, room.floor, room.position, room.is_step_free) == (
            "Mezzanine",
            40,
            "2e",
            1,
            False,
        )


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"safe_capacity": "0"}, "safe_capacity"),
        ({"safe_capacity": "beaucoup"}, "safe_capacity"),
        ({"name": "   "}, "name"),
        ({"address": "x" * 10_000}, "address"),
        ({"latitude": "500"}, "latitude"),
    ],
)
def test_what_is_wrong_with_a_venue_is_said_at_its_field(
    client_for: ClientFor, venue_id: int, read: Read, values: dict[str, str], field: str
) -> None:
    answer = client_for("organiser").submit(f"{VENUES}/{venue_id}", {"access_fr": "Nouveau"} | values, form="#venue")
    page = soup(answer)
    assert (answer.status_code, page.select_one("#access_fr").text.strip()) == (422, "Nouveau")
    assert page.select_one(f"#{field}-error") is not None
    with read() as session:
        assert session.get_one(Venue, venue_id).access["fr"] == "De plain-pied."


def test_a_room_that_cannot_go_says_why(client_for: ClientFor, write: Write, venue_id: int, read: Read) -> None:
    with read() as session:
        room_id = session.scalars(select(Room.id)).one()
    with write() as tx:
        a_session(tx, room_id=room_id, title="Ouverture")
    client = client_for("organiser")
    client.submit(f"/organise/lens-2027/rooms/{room_id}", {}, form="form[action$='/remove']")
    assert "Amphi ne peut pas être retirée" in words(client.page(VENUES).select_one(".notice--error"))


def test_a_room_of_the_same_name_is_refused_at_its_field(client_for: ClientFor, venue_id: int) -> None:
    answer = client_for("organiser").submit(f"{VENUES}/{venue_id}/rooms/new", {"name": "amphi", "seats": "10"})
    assert (answer.status_code, words(soup(answer).select_one("#name-error"))) == (
        409,
        "Louvre-Lens Vallée a déjà une salle qui s’appelle amphi.",
    )


def test_stands_are_added_as_a_series_and_removed(client_for: ClientFor, venue_id: int, read: Read) -> None:
    client = client_for("organiser")
    refused = client.submit(VENUES, {"labels": "B1–B3", "venue_id": str(venue_id)}, form="#new-stands")
    assert (refused.status_code, words(soup(refused).select_one("#labels-error"))) == (
        409,
        "Ces stands existent déjà : B2.",
    )
    client.submit(VENUES, {"labels": "B3–B12", "venue_id": str(venue_id), "area": "Halle"}, form="#new-stands")
    labels = [words(stand) for stand in client.page(VENUES).select(".stand")]
    assert labels == ["B2", *(f"B{number}" for number in range(3, 13))]
    with read() as session:
        ids = [str(each) for each in session.scalars(select(Stand.id).where(Stand.label.in_(["B3", "B12"])))]
    client.submit(VENUES, {"stand": ids}, form="#stand-list")
    assert len(client.page(VENUES).select(".stand")) == 9


def test_the_choice_of_venues_is_saved_and_refused_in_words(
    client_for: ClientFor, write: Write, venue_id: int, read: Read
) -> None:
    with write() as tx:
        other = a_venue(tx, an_edition(tx, "lens-2028"))
    client = client_for("organiser")
    client.submit(VENUES, {"venue": [str(venue_id), str(other.id)]}, form="#choice")
    assert len(client.page(VENUES).select("#choice input[checked]")) == 2
    client.submit(VENUES, {"venue": [str(other.id), "x", "9" * 30]}, form="#choice")
    page = client.page(VENUES)
    assert "a des stands de cette édition" in words(page.select_one(".notice--error"))
    assert len(page.select("#choice input[checked]")) == 2


def test_the_list_costs_the_same_for_one_and_for_thirty(app: Flask, client_for: ClientFor, write: Write) -> None:
    client = client_for("organiser")
    counts = []
    for number in (1, 30):
        with write() as tx:
            edition = an_edition(tx)
            for _each in range(number):
                venue = a_venue(tx, edition)
                a_room(tx, venue)
                a_stand(tx, edition, venue_id=venue.id)
        with statements_of(app) as sent:
            client.page(VENUES)
        counts.append(len(sent))
    assert counts[0] == counts[1]
