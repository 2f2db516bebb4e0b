"""What a category asks before it lets somebody in: hours, ages, proofs, parents, approvals; and registering twice."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from forum.badges.models import Badge
from forum.core.db import LocalText
from forum.messages.models import Letter
from forum.programme.models import Session
from forum.registration.models import Category, ParentConsent, Registration
from tests import cast
from tests.conftest import Read, Write, browser
from tests.factories import a_category, a_registration, a_session, an_edition
from tests.inspection import InspectingClient, soup, words

FORM = "/editions/lens-2027/register"
FILLED = {"given_name": "Ada", "family_name": "Lovelace", "email": "ada@example.org"}
CHILD = FILLED | {"is_under_15": "yes", "parent_name": "Anne Byron", "parent_email": "anne@example.org"}


@pytest.fixture
def organiser(client_for: Callable[[str], InspectingClient]) -> InspectingClient:
    return client_for("organiser")


def registrations(read: Read) -> list[Registration]:
    with read() as session:
        return list(session.scalars(select(Registration).order_by(Registration.id)).unique())


def letters(read: Read) -> list[tuple[str, str]]:
    """Return the kind and the addressee of each letter."""
    with read() as session:
        rows = session.execute(select(Letter.kind, Letter.to_email).order_by(Letter.id))
        return [(kind.removeprefix("registration-"), email) for kind, email in rows]


def taken(read: Read, category: Category) -> int:
    with read() as session:
        return session.get_one(Category, category.id).taken


def badges(read: Read) -> int:
    with read() as session:
        return len(session.scalars(select(Badge)).unique().all())


@pytest.mark.parametrize(
    ("asks", "sent", "status", "field"),
    [
        ({"opens_at": cast.NOW + timedelta(hours=1)}, {}, 410, "category_id"),
        ({"closes_at": cast.NOW}, {}, 410, "category_id"),
        ({"opens_at": cast.NOW, "closes_at": cast.NOW + timedelta(hours=1)}, {}, 303, ""),
        ({"minimum_age": 18, "maximum_age": 25}, {}, 422, "confirms_age"),
        ({"minimum_age": 18, "maximum_age": 25}, {"age": "yes"}, 303, ""),
        ({"minimum_age": 16}, {"age": "yes", **CHILD}, 409, "category_id"),
        ({"proof": LocalText(fr="Numéro de carte")}, {}, 422, "proof"),
        ({"proof": LocalText(fr="Numéro de carte")}, {"proof": "4711"}, 303, ""),
        ({}, {"is_under_15": "yes"}, 422, "parent_name"),
        ({}, CHILD | {"parent_email": "ada@example.org"}, 422, "parent_email"),
        ({"maximum_age": 14}, {"age": "yes"}, 422, "parent_name"),
        ({"is_public": False}, {}, 422, "category_id"),
    ],
)
def test_a_category_asks_and_says_what_is_missing_at_its_field(
    client: InspectingClient,
    write: Write,
    read: Read,
    asks: dict[str, Any],
    sent: dict[str, str],
    status: int,
    field: str,
) -> None:
    with write() as tx:
        a_category(tx, slug="other")
        category_id = a_category(tx, slug="asking", **asks).id
    values = {f"{name}-{category_id}" if name in ("age", "proof") else name: value for name, value in sent.items()}
    answer = client.submit(FORM, FILLED | {"category_id": category_id} | values)
    assert answer.status_code == status
    if status != 303:
        page = soup(answer)
        assert page.select_one(f"#{field}-error") is not None
        assert page.select_one(f'#errors a[href="#{field}"]') is not None
        assert page.select_one(f"#{field}") is not None
        assert registrations(read) == []


def test_what_a_category_asks_is_said_along_with_all_other_errors(client: InspectingClient, write: Write) -> None:
    with write() as tx:
        category_id = a_category(tx, proof=LocalText(fr="Numéro de carte")).id
    page = soup(client.submit(FORM, FILLED | {"category_id": category_id, "given_name": "", "email": "ada@"}))
    assert {str(link["href"]) for link in page.select("#errors a")} == {"#given_name", "#email", "#proof"}


def test_hours_of_a_category_are_said_on_the_form(client: InspectingClient, write: Write) -> None:
    with write() as tx:
        a_category(tx, price=None)
        later = a_category(tx, slug="later", opens_at=cast.NOW + timedelta(days=1))
        over = a_category(tx, slug="over", closes_at=cast.NOW)
    page = client.page(FORM)
    assert "ouvre mardi 2 mars 2027" in words(page.select_one(f"label[for=category-{later.id}]")).replace("\xa0", " ")
    assert "close" in words(page.select_one(f"label[for=category-{over.id}]"))
    assert page.one(f"#category-{over.id}").has_attr("disabled")


def test_a_request_waits_without_a_place_or_a_badge_until_it_is_approved(
    client: InspectingClient, organiser: InspectingClient, write: Write, read: Read
) -> None:
    with write() as tx:
        category = a_category(tx, slug="press", needs_approval=True)
        workshop = a_session(tx, starts_at=cast.OPENING, seats=1)
    sent = client.submit(FORM, FILLED | {"category_id": category.id, "session_ids": [workshop.id]})
    assert words(client.page(sent.location).h1) == "Nous avons votre demande"
    (made,) = registrations(read)
    assert (made.state, taken(read, category), badges(read)) == ("pending", 0, 0)
    address = f"/organise/lens-2027/registrations/{made.id}"
    organiser.submit(address, {}, form="form[action$=approve]")
    assert (registrations(read)[0].state, taken(read, category), badges(read)) == ("confirmed", 1, 1)
    assert letters(read) == [("pending", "ada@example.org"), ("confirmed", "ada@example.org")]
    token = organiser.page(address).one("input[name=csrf_token]")["value"]
    assert organiser.post(f"{address}/decline", data={"csrf_token": token}).status_code == 409


def test_a_declined_request_gives_its_seats_back_and_cannot_come_back_by_itself(
    client: InspectingClient, organiser: InspectingClient, write: Write, read: Read
) -> None:
    with write() as tx:
        category = a_category(tx, slug="press", needs_approval=True)
        workshop = a_session(tx, starts_at=cast.OPENING, seats=1)
    client.submit(FORM, FILLED | {"category_id": category.id, "session_ids": [workshop.id]})
    (made,) = registrations(read)
    answer = organiser.submit(
        f"/organise/lens-2027/registrations/{made.id}", {"words": "Sans carte"}, form="form[action$=decline]"
    )
    assert answer.status_code == 303
    page = client.page(f"/r/{made.token}")
    assert (words(page.h1), page.select_one("form[action$=come-back]")) == ("Demande refusée", None)
    token = client.page(FORM).one("input[name=csrf_token]")["value"]
    assert client.post(f"/r/{made.token}/come-back", data={"csrf_token": token}).status_code == 409
    with read() as session:
        assert session.get_one(Session, workshop.id).seats_taken == 0
        assert "Sans carte" in session.scalars(select(Letter.text).order_by(Letter.id.desc())).first()  # type: ignore[operator]


def test_who_takes_a_request_back_and_returns_is_asked_about_again(
    client: InspectingClient, write: Write, read: Read
) -> None:
    with write() as tx:
        category = a_category(tx, slug="press", needs_approval=True)
    client.submit(FORM, FILLED | {"category_id": category.id})
    (made,) = registrations(read)
    client.submit(f"/r/{made.token}/cancel", {})
    assert (registrations(read)[0].state, taken(read, category)) == ("cancelled", 0)
    client.submit(f"/r/{made.token}", {}, form="form[action$=come-back]")
    assert (registrations(read)[0].state, taken(read, category)) == ("pending", 0)


@pytest.mark.parametrize(("has_queue", "status", "state"), [(False, 409, "pending"), (True, 303, "waiting")])
def test_no_more_are_approved_than_there_are_places(
    organiser: InspectingClient, write: Write, read: Read, has_queue: bool, status: int, state: str
) -> None:
    with write() as tx:
        category = a_category(tx, slug="press", needs_approval=True, places=0, has_waiting_list=has_queue)
        made = a_registration(tx, category=category, state="pending")
    address = f"/organise/lens-2027/registrations/{made.id}"
    assert organiser.submit(address, {}, form="form[action$=approve]").status_code == status
    assert (registrations(read)[0].state, taken(read, category)) == (state, 0)


@pytest.mark.parametrize(("answer", "state", "places"), [("yes", "confirmed", 1), ("no", "declined", 0)])
def test_a_parent_answers_behind_a_private_link(
    client: InspectingClient, write: Write, read: Read, answer: str, state: str, places: int
) -> None:
    with write() as tx:
        category = a_category(tx)
    sent = client.submit(FORM, CHILD | {"category_id": category.id})
    assert "anne@example.org" in words(client.page(sent.location).main)
    assert (registrations(read)[0].state, taken(read, category)) == ("pending", 0)
    assert letters(read)[:2] == [("consent", "anne@example.org"), ("pending", "ada@example.org")]
    with read() as session:
        consent = session.scalars(select(ParentConsent)).one()
        letter = session.scalars(select(Letter).where(Letter.to_email == "anne@example.org")).one()
    address = f"/consent/{consent.token}"
    assert address in letter.text
    assert words(client.page(address).h1).replace("\u202f", " ") == "Êtes-vous d’accord pour que Ada vienne ?"
    assert registrations(read)[0].state == "pending", "opening the link answers nothing"
    client.submit(address, {"answer": answer})
    assert (registrations(read)[0].state, taken(read, category)) == (state, places)
    page = client.page(address)
    assert page.select("main form[method=post]") == []


def test_an_organiser_does_not_let_a_child_in_before_a_parent_agreed_but_may_note_paper(
    client: InspectingClient, organiser: InspectingClient, write: Write, read: Read
) -> None:
    with write() as tx:
        category = a_category(tx, slug="school", needs_approval=True)
    client.submit(FORM, CHILD | {"category_id": category.id})
    (made,) = registrations(read)
    address = f"/organise/lens-2027/registrations/{made.id}"
    token = organiser.page(address).one("input[name=csrf_token]")["value"]
    assert organiser.post(f"{address}/approve", data={"csrf_token": token}).status_code == 409
    organiser.submit(address, {}, form="form[action$=consent-on-paper]")
    assert registrations(read)[0].state == "pending"
    organiser.submit(address, {}, form="form[action$=approve]")
    assert registrations(read)[0].state == "confirmed"


def test_who_is_not_of_age_is_not_asked_for_a_birth_date(client: InspectingClient, write: Write) -> None:
    with write() as tx:
        a_category(tx, minimum_age=18)
    page = client.page(FORM)
    assert page.select("input[type=date]") == []
    assert page.select_one("#is_under_15") is None
    assert "Le jeudi 18 mars 2027, j’ai 18 ans ou plus." in words(page.main).replace("\xa0", " ")
    assert page.select("main input[checked]:not([type=radio])") == [], "nothing is ticked beforehand"


def test_a_paid_category_keeps_the_place_until_it_is_paid(client: InspectingClient, write: Write, read: Read) -> None:
    with write() as tx:
        category = a_category(tx, price=Decimal("25.00"))
    page = client.page(FORM)
    assert "25,00" in words(page.select_one(".choice__price"))
    assert "Gratuit" not in words(page.main)
    client.submit(FORM, FILLED | {"category_id": category.id})
    assert (registrations(read)[0].state, taken(read, category), badges(read)) == ("unpaid", 1, 0)


def test_the_same_person_twice_is_asked_by_letter_and_the_page_tells_strangers_nothing(
    client: InspectingClient, write: Write, read: Read
) -> None:
    with write() as tx:
        category = a_category(tx)
        first = a_registration(tx)
    sent = client.submit(FORM, FILLED | {"category_id": category.id, "given_name": "ADA", "submission_key": None})
    fresh = browser(client.application).submit(FORM, FILLED | {"category_id": category.id, "email": "new@example.org"})
    pages = [
        words(client.page(answer.location).main).replace("ADA", "Ada").replace("new@example.org", "ada@example.org")
        for answer in (sent, fresh)
    ]
    references = [each.reference for each in registrations(read)]
    tokens = [each.token for each in registrations(read)]
    for number, page in enumerate(pages):
        pages[number] = page.replace(references[number + 1], "").replace(tokens[number + 1], "")
    assert pages[0] == pages[1]
    new = registrations(read)[1]
    assert words(client.page(f"/r/{new.token}/twice").h1) == "Vous êtes inscrit une fois"
    assert [kind for kind, _email in letters(read)] == ["twice", "confirmed", "confirmed"]
    with read() as session:
        assert f"/r/{first.token}/twice" in session.scalars(select(Letter.text).order_by(Letter.id)).first()  # type: ignore[operator]


@pytest.mark.parametrize(
    ("keep", "states"),
    [
        ("new", ["cancelled", "confirmed"]),
        ("first", ["confirmed", "cancelled"]),
        ("both", ["confirmed", "confirmed"]),
    ],
)
def test_a_person_chooses_which_of_two_registrations_stays(
    client: InspectingClient, write: Write, read: Read, keep: str, states: list[str]
) -> None:
    with write() as tx:
        category = a_category(tx)
        first = a_registration(tx)
    client.submit(FORM, FILLED | {"category_id": category.id})
    client.submit(f"/r/{first.token}/twice", {"keep": keep})
    assert [each.state for each in registrations(read)] == states
    assert taken(read, category) == states.count("confirmed")


def test_a_slip_of_the_finger_is_mended_in_one_tap_and_the_letter_goes_out_again(
    client: InspectingClient, write: Write, read: Read
) -> None:
    with write() as tx:
        category_id = a_category(tx).id
    sent = client.submit(FORM, FILLED | {"category_id": category_id, "email": "ada@gmial.com"})
    client.submit(sent.location, {}, form="form[action$=suggested-email]")
    assert registrations(read)[0].person.email == "ada@gmail.com"
    assert letters(read) == [("confirmed", "ada@gmial.com"), ("confirmed", "ada@gmail.com")]


def test_an_organiser_says_all_that_a_category_asks(organiser: InspectingClient, write: Write, read: Read) -> None:
    with write() as tx:
        an_edition(tx)
    values = {
        "name_fr": "Étudiants",
        "places": "40",
        "is_public": "y",
        "needs_approval": "y",
        "opens_at": "2027-03-02T09:00",
        "closes_at": "2027-03-10T18:00",
        "minimum_age": "16",
        "maximum_age": "26",
        "proof_fr": "Numéro de carte",
        "price": "12,50 €",
        "vat_rate": "20.00",
    }
    assert organiser.submit("/organise/lens-2027/categories/new", values).status_code == 303
    with read() as session:
        made = session.scalars(select(Category)).one()
    assert (str(made.price), str(made.vat_rate), made.needs_approval) == ("12.50", "20.00", True)
    assert (made.minimum_age, made.maximum_age, made.proof) == (16, 26, LocalText(fr="Numéro de carte"))
    assert f"{made.opens_at:%d %H:%M}" == "02 08:00", "nine in Lens"
    page = organiser.page(f"/organise/lens-2027/categories/{made.id}")
    assert page.one("#price")["value"] == "12,50"
    assert organiser.submit(f"/organise/lens-2027/categories/{made.id}", {}).status_code == 303
    with read() as session:
        again = session.scalars(select(Category)).one()
    assert (again.opens_at, again.closes_at, again.price) == (made.opens_at, made.closes_at, made.price)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"minimum_age": "20", "maximum_age": "10"}, "maximum_age"),
        ({"opens_at": "2027-03-02T09:00", "closes_at": "2027-03-01T09:00"}, "closes_at"),
        ({"price": "12,505"}, "price"),
        ({"price": "-1"}, "price"),
        ({"price": "NaN"}, "price"),
    ],
)
def test_what_a_category_cannot_ask_is_said(
    organiser: InspectingClient, write: Write, values: dict[str, str], field: str
) -> None:
    with write() as tx:
        an_edition(tx)
    answer = organiser.submit("/organise/lens-2027/categories/new", {"name_fr": "Étudiants"} | values)
    assert answer.status_code == 422
    assert soup(answer).select_one(f"#{field}-error") is not None
