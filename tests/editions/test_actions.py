"""Cities and editions written, changed, refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select

from forum.core.db import LocalText, Transaction
from forum.core.refusals import NotFound
from forum.editions import actions, rules
from forum.editions.actions import CityDetails, EditionDetails
from forum.editions.models import Edition, HostCity
from forum.editions.rules import Window
from forum.venues.rules import CityHasVenues
from tests import cast
from tests.conftest import Read, Write
from tests.factories import a_city, a_venue, an_edition

LENS = CityDetails(slug="lens", name="Lens", latitude=50.43, longitude=2.83, description=LocalText(fr="Terrils."))


def details(tx: Transaction, **values: object) -> EditionDetails:
    plain = EditionDetails(
        name="Lens 2027",
        host_city_id=a_city(tx).id,
        first_day=date(2027, 3, 18),
        last_day=date(2027, 3, 19),
        contact_email="contact@example.org",
    )
    return replace(plain, **values)  # type: ignore[arg-type]


def test_a_short_name_belongs_to_one_city(write: Write) -> None:
    with write() as tx:
        city = actions.add_city(tx, LENS)
        with pytest.raises(rules.CitySlugTaken):
            actions.add_city(tx, LENS)
        assert actions.change_city(tx, city.id, replace(LENS, name="Lens-Liévin")).name == "Lens-Liévin"


def test_a_city_with_editions_or_venues_stays(write: Write, read: Read) -> None:
    with write() as tx:
        edition = an_edition(tx)
        with pytest.raises(rules.CityHasEditions):
            actions.remove_city(tx, edition.host_city_id)
    with write() as tx:
        amiens = a_city(tx, "amiens")
        a_venue(tx, edition=edition, host_city_id=amiens.id)
        with pytest.raises(CityHasVenues):
            actions.remove_city(tx, amiens.id)
    with write() as tx:
        actions.remove_city(tx, a_city(tx, "roubaix").id)
    with read() as session:
        assert session.scalars(select(HostCity.slug).order_by(HostCity.slug)).all() == ["amiens", "lens"]


def test_a_new_edition_is_a_draft_at_an_address_of_its_own(write: Write) -> None:
    with write() as tx:
        edition = actions.add_edition(tx, "lens-2027", details(tx))
        assert (edition.slug, edition.state, edition.is_public()) == ("lens-2027", "draft", False)
        with pytest.raises(rules.SlugTaken):
            actions.add_edition(tx, "lens-2027", details(tx))


def test_a_change_that_is_refused_leaves_everything_as_it_was(write: Write, read: Read) -> None:
    with write() as tx:
        edition = an_edition(tx, name="Avant")
    with pytest.raises(rules.WindowOutOfOrder), write() as tx:
        bad = Window(opens_at=cast.NOW, closes_at=cast.NOW)
        actions.change_edition(tx, edition.id, details(tx, name="Après", applications=bad))
    with read() as session:
        assert session.get_one(Edition, edition.id).name == "Avant"


def test_an_edition_of_a_city_that_is_not_there_is_refused(write: Write) -> None:
    with write() as tx, pytest.raises(NotFound):
        actions.add_edition(tx, "lens-2027", details(tx, host_city_id=999))


def test_an_edition_is_published_archived_and_taken_back(write: Write) -> None:
    with write() as tx:
        edition = an_edition(tx, state="draft")
        states = [actions.change_state(tx, edition.id, state).state for state in ("published", "archived", "published")]
        assert states == ["published", "archived", "published"]
        with pytest.raises(rules.NotThatState):
            actions.change_state(tx, edition.id, "published")
