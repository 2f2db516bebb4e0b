"""People of another edition are invited if they agreed to it, and never registered."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import func, select

from forum.messages.models import Letter
from forum.people.models import Membership, Person
from forum.registration.models import Registration
from tests import cast
from tests.conftest import Read, Write
from tests.factories import a_category, an_edition
from tests.inspection import InspectingClient, words
from tests.lists.conftest import LIST, registered


def with_consent(tx: Any, who: tuple[str, str, str], slug: str, **values: Any) -> Registration:
    """Register somebody for an edition who agreed to hear of later ones."""
    made = registered(tx, who, category=a_category(tx, an_edition(tx, slug)), **values)
    made.person.news_consent_at = cast.NOW
    return made


def test_who_agreed_gets_one_letter_and_nobody_is_registered(
    organiser: InspectingClient, write: Write, read: Read, client: InspectingClient
) -> None:
    with write() as tx:
        an_edition(tx)
        account = cast.account(tx, "organiser")
        tx.add(Membership(account_id=account.id, edition_slug="amiens-2028", role="organiser"))
        agreed = with_consent(tx, cast.ADA, "amiens-2028")
        with_consent(tx, cast.ADA, "amiens-2028")  # twice the same address
        registered(tx, cast.ZOE, category=a_category(tx, an_edition(tx, "amiens-2028")))  # did not agree
        with_consent(tx, cast.OMAR, "amiens-2028")
        registered(tx, cast.OMAR)  # is registered for this edition already
        with_consent(tx, cast.ELENI, "roubaix-2026")  # an edition of others
    page = organiser.page(f"{LIST}/invite")
    assert [words(each) for each in page.select(".choice")] == ["Forum Amiens 1 personne peut être invitée"]
    asked = organiser.submit(f"{LIST}/invite", {})
    told = organiser.submit(asked.location, {})
    assert "Fait pour 1 personne." in words(organiser.page(told.location).main)
    with read() as session:
        letter = session.scalars(select(Letter)).one()
        assert (letter.to_email, letter.edition_slug) == ("ada@example.org", "lens-2027")
        assert f"/r/{agreed.token}/news" in letter.text
        assert session.scalar(select(func.count(Registration.id))) == 6
    assert "Personne à inviter" in words(organiser.page(f"{LIST}/invite").main)
    client.submit(f"/r/{agreed.token}/news", {})
    with read() as session:
        assert session.get_one(Person, agreed.person_id).news_consent_at is None


def test_nothing_is_ticked_and_a_tick_is_written_down(client: InspectingClient, write: Write, read: Read) -> None:
    with write() as tx:
        a_category(tx)
    address = "/editions/lens-2027/register"
    assert client.page(address).select("input[name=news][checked]") == []
    filled = {"given_name": "Ada", "family_name": "Lovelace", "email": "ada@example.org"}
    client.submit(address, filled)
    client.submit(address, filled | {"news": "y"})
    with read() as session:
        assert list(session.scalars(select(Person.news_consent_at).order_by(Person.id))) == [None, cast.NOW]


def test_who_took_it_back_meanwhile_is_left_out(
    organiser: InspectingClient, write: Write, read: Read, run_jobs: Callable[[], int]
) -> None:
    with write() as tx:
        an_edition(tx)
        account = cast.account(tx, "organiser")
        tx.add(Membership(account_id=account.id, edition_slug="amiens-2028", role="organiser"))
        made = with_consent(tx, cast.ADA, "amiens-2028")
    asked = organiser.submit(f"{LIST}/invite", {})
    with write() as tx:
        tx.session.get_one(Person, made.person_id).news_consent_at = None
    organiser.submit(asked.location, {})
    run_jobs()
    assert "n’accepte pas (ou plus)" in words(organiser.page(asked.location).main)
    with read() as session:
        assert session.scalar(select(func.count(Letter.id))) == 0
