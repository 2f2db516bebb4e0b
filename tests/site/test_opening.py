"""An edition opened from another: what is taken over, what is not, and what is shown before."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from forum.checkin.models import Gate
from forum.core.db import LocalText, Transaction
from forum.editions.models import Edition
from forum.editions.rules import SlugTaken
from forum.programme.models import Session, Track
from forum.registration.models import Category, Registration
from forum.site.actions import open_edition_from
from forum.site.queries.copies import EditionPlan, edition_copy
from forum.venues.models import Stand
from tests import cast
from tests.conftest import Read, Write
from tests.factories import (
    a_category,
    a_city,
    a_gate,
    a_registration,
    a_session,
    a_stand,
    a_track,
    a_venue,
    an_edition,
    an_exhibitor,
)
from tests.inspection import InspectingClient, soup, words

ClientFor = Callable[[str], InspectingClient]
PLAN = EditionPlan(slug="lens-2028", from_slug="lens-2027", first_day=date(2028, 4, 6))
OPENING = "/organise/editions/open"


def a_full_edition(tx: Transaction) -> Edition:
    """Return an edition with something of everything."""
    edition = an_edition(
        tx,
        name="Forum Lens 2027",
        wifi="terril",
        emergency="18",
        registration_opens_at=datetime(2027, 1, 15, 8, 0, tzinfo=UTC),
        registration_closes_at=datetime(2027, 3, 17, 11, 0, tzinfo=UTC),
        proposals_open_at=None,
        known_attendance=900,
    )
    venue = a_venue(tx, edition, name="Louvre-Lens Vallée")
    a_stand(tx, edition, venue_id=venue.id, label="B2", area="Halle basse")
    category = a_category(tx, edition, places=300)
    a_category(tx, edition, "staff", kind="staff", places=None, is_public=False, position=3)
    a_track(tx, edition, position=2)
    session = a_session(tx, edition=edition)
    a_gate(tx, edition, venue_id=venue.id, token="the-old-token", rule="once")
    a_gate(tx, edition, session_id=session.id)
    a_gate(tx, edition, revoked_at=cast.NOW)
    an_exhibitor(tx, edition)
    a_registration(tx, category=category)
    category.taken = 1
    tx.session.flush()
    return edition


def test_an_edition_is_opened_with_what_the_other_has_and_nobody_in_it(write: Write, read: Read) -> None:
    with write() as tx:
        a_full_edition(tx)
    with write() as tx:
        opened = open_edition_from(tx, PLAN, now=cast.NOW)
    with read() as session:
        edition = session.get_one(Edition, opened.id)
        assert (edition.name, edition.state, edition.first_day, edition.last_day, edition.known_attendance) == (
            "Forum Lens 2028",
            "draft",
            date(2028, 4, 6),
            date(2028, 4, 7),
            None,
        )
        assert (edition.wifi, edition.emergency, edition.practical["fr"]) == (
            "terril",
            "18",
            "À dix minutes de la gare.",
        )
        # 385 days later at the same hour of the clock: summer time has begun by then.
        assert (edition.registration_opens_at, edition.registration_closes_at, edition.proposals_open_at) == (
            datetime(2028, 2, 4, 8, 0, tzinfo=UTC),
            datetime(2028, 4, 5, 10, 0, tzinfo=UTC),
            None,
        )
        assert [venue.name for venue in edition.venues] == ["Louvre-Lens Vallée"]

        def mine(model: type) -> list:
            return list(session.scalars(select(model).where(model.edition_id == edition.id).order_by(model.id)))

        assert [
            (each.slug, each.kind, each.places, each.taken, each.is_public, each.position) for each in mine(Category)
        ] == [
            ("public", "attendee", 300, 0, True, 0),
            ("staff", "staff", None, 0, False, 3),
        ]
        assert [(each.slug, each.name, each.position) for each in mine(Track)] == [
            ("smart-city", {"fr": "Ville intelligente", "en": "Smart city"}, 2)
        ]
        assert [(each.label, each.area) for each in mine(Stand)] == [("B2", "Halle basse")]
        gates = mine(Gate)
        assert [(each.rule, each.session_id, each.venue_id) for each in gates] == [("once", None, edition.venues[0].id)]
        assert gates[0].token != "the-old-token"
        assert (mine(Session), mine(Registration)) == ([], [])


def test_another_city_takes_over_no_venue_no_stand_no_gate(write: Write) -> None:
    with write() as tx:
        a_full_edition(tx)
        a_city(tx, "saint-omer", name="Saint-Omer")
        plan = EditionPlan(slug="saint-omer-2028", from_slug="lens-2027", first_day=date(2028, 4, 6))
        copy = edition_copy(tx.session, plan)
        assert (copy.name, copy.host_city.name, copy.moves_away) == ("Forum Saint-Omer 2028", "Saint-Omer", True)
        assert (copy.venues, copy.stands, copy.gates, len(copy.categories)) == ((), (), (), 2)
        edition = open_edition_from(tx, plan, now=cast.NOW)
        assert (edition.wifi, edition.practical, edition.venues) == (None, LocalText(), [])


def test_an_address_that_is_taken_opens_nothing(write: Write, read: Read) -> None:
    with write() as tx:
        a_full_edition(tx)
        an_edition(tx, "lens-2028")
    with pytest.raises(SlugTaken), write() as tx:
        open_edition_from(tx, PLAN, now=cast.NOW)
    with read() as session:
        assert len(session.scalars(select(Category)).all()) == 2


def test_what_is_shown_before_is_what_is_done(client_for: ClientFor, write: Write, read: Read) -> None:
    with write() as tx:
        a_full_edition(tx)
    client = client_for("owner")
    values = {"from_slug": "lens-2027", "slug": "lens-2028", "first_day": "2028-04-06", "step": "look"}
    preview = soup(client.submit(OPENING, values))
    shown = words(preview.select_one("#preview"))
    for part in (
        "Forum Lens 2028",
        "vendredi 7 avril 2028",
        "2 catégories",
        "Grand public, 300 places",
        "1 lieu",
        "B2",
    ):
        assert part in shown, part
    with read() as session:
        assert session.scalars(select(Edition.slug)).all() == ["lens-2027"]
    assert client.submit(OPENING, values | {"step": "open"}).location == "/organise/lens-2028/settings"
    with read() as session:
        assert len(session.scalars(select(Edition.slug)).all()) == 2
    # The button pressed twice, or the back button: the second edition is refused, the form is as it was.
    again = client.submit(OPENING, values | {"step": "open"})
    assert (again.status_code, soup(again).select_one("#slug")["value"]) == (409, "lens-2028")


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"slug": "Lens 2028"}, "slug"),
        ({"first_day": ""}, "first_day"),
        ({"from_slug": "nowhere"}, "from_slug"),
        ({"host_city_id": "999"}, "host_city_id"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(
    client_for: ClientFor, write: Write, values: dict[str, str], field: str
) -> None:
    with write() as tx:
        an_edition(tx)
    plain = {"from_slug": "lens-2027", "slug": "lens-2028", "first_day": "2028-04-06", "step": "open"}
    answer = client_for("owner").submit(OPENING, plain | values)
    assert answer.status_code == 422
    assert soup(answer).select_one(f"#{field}-error") is not None


def test_without_an_edition_there_is_nothing_to_take_over(client_for: ClientFor) -> None:
    assert "Aucune édition à reprendre" in words(client_for("owner").page(OPENING).select_one(".empty"))
