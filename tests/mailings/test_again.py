"""People of another edition: who agreed is counted, invited, and registers with one tap; nobody else hears of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from sqlalchemy import select

from forum.checkin.models import Scan
from forum.core.db import LocalText, Transaction
from forum.core.email import Email
from forum.registration.models import Category, Registration
from tests import cast
from tests.conftest import Read, Write
from tests.factories import a_badge, a_category, a_gate, a_person, a_registration, an_edition
from tests.inspection import InspectingClient, words

PAGE = "/organise/lens-2027/letters/again"


def who_came(tx: Transaction, *people: Registration) -> None:
    """Let people in, once each."""
    gate = a_gate(tx, people[0].edition)
    for number, each in enumerate(people):
        badge = a_badge(tx, each)
        tx.add(
            Scan(
                uuid=f"00000000-0000-4000-8000-00000000000{number}",
                edition_id=each.edition_id,
                gate_id=gate.id,
                badge_id=badge.id,
                verdict="admitted",
                direction="in",
                at=cast.NOW,
                received_at=cast.NOW,
            )
        )


def past_people(tx: Transaction) -> tuple[Category, dict[str, Registration]]:
    """Three people of an edition that is over; two agreed to hear of the next, one of these came."""
    over = an_edition(tx, "roubaix-2025", first_day=date(2025, 3, 20), last_day=date(2025, 3, 21), name="Roubaix 2025")
    then = a_category(tx, over, slug="pro", name=LocalText(fr="Professionnels", en="Professionals"))
    found = {}
    for who, agrees in ((cast.ZOE, True), (cast.ELENI, True), (cast.LUKASZ, False)):
        person = a_person(tx, who, news_consent_at=cast.NOW if agrees else None)
        found[who[0]] = a_registration(tx, category=then, person_id=person.id)
    who_came(tx, found["Zoé"])
    return a_category(tx), found


def test_who_agreed_is_invited_and_registers_with_what_they_said_then(
    client: InspectingClient,
    client_for: Callable[[str], InspectingClient],
    write: Write,
    read: Read,
    run_jobs: Callable[[], int],
    outbox: list[Email],
) -> None:
    with write() as tx:
        category, people = past_people(tx)
    organiser = client_for("organiser")
    figures = [words(each) for each in organiser.page(PAGE).select(".figure__number")]
    assert figures == ["3", "2", "2"]
    shown = f"{PAGE}?from={people['Zoé'].edition_id}&came=yes&into={category.id}"
    assert "Zoé de La Motte-Françoise" in words(organiser.page(shown).select_one("main"))
    made = organiser.submit(shown, {})
    assert "Roubaix 2025 · présents" in words(organiser.page(made.location).select_one("main")).replace("\xa0", " ")
    organiser.submit(f"{made.location}/edit", {"subject_fr": "Revenez"})  # changing the words keeps the choice
    organiser.submit(made.location, {"when": "now"}, form="form[action$='/plan']")
    run_jobs()
    (email,) = outbox
    assert (email.to, email.subject) == ("zoe@example.org", "Revenez")
    link = f"/r/{people['Zoé'].token}/again/lens-2027?category={category.id}"
    assert link in email.text
    with read() as session:
        assert len(session.scalars(select(Registration)).all()) == 3  # nobody is registered without their word
    sent = client.submit(link, {}, form="form[action$='/register']")
    assert sent.status_code == 303
    with read() as session:
        new = session.scalars(select(Registration).order_by(Registration.id.desc())).first()
        assert new is not None
        assert (new.person.name, new.category_id, new.state) == ("Zoé de La Motte-Françoise", category.id, "confirmed")
    assert [words(each) for each in organiser.page(PAGE).select(".figure__number")] == ["3", "2", "1"]


def test_without_an_earlier_edition_the_page_says_so(
    client_for: Callable[[str], InspectingClient], write: Write
) -> None:
    with write() as tx:
        a_category(tx)
    organiser = client_for("organiser")
    assert "Aucune édition précédente" in words(organiser.page(PAGE).select_one("main"))
    link = organiser.page("/organise/lens-2027/registrations/import").select_one(f'a[href="{PAGE}"]')
    assert link is not None
