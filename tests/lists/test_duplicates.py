"""People who stand in a list twice."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from forum.badges.models import Badge
from forum.lists.rules import Listed, pairs_alike
from forum.programme.models import Session
from forum.registration.models import Category, Registration
from tests import cast
from tests.conftest import Read, Write
from tests.factories import a_badge, a_category, a_registration, a_seat, a_session, an_edition
from tests.inspection import InspectingClient, soup, words
from tests.lists.conftest import LIST, registered
from tests.statements import statements_of

ADA = ("Ada", "Lovelace", "ada@example.org", "")


def reason(first: tuple[str, ...], second: tuple[str, ...]) -> str | None:
    """Return why two people may be one, if they may."""
    found = pairs_alike([Listed(1, *first), Listed(2, *second)])
    return found[0].reason if found else None


@pytest.mark.parametrize(
    ("other", "why"),
    [
        (("ADA", "Lovelâce", "Ada@Example.org", ""), "same-email"),
        (("Lovelace", "Ada", "l@other.org", ""), "same-name"),
        (("Ada", "Lovelase", "ada@example.org", ""), "similar-name-email"),
        (("Ada", "Byron", "ada@example.org", ""), "similar-name-email"),
        (("Ada", "Lovlace", "ada@other.org", ""), "similar-name"),
        (("Ada", "Lovlace", "al@other.org", ""), None),
        (("Charles", "Babbage", "ada@example.org", ""), None),
        (("Grace", "Hopper", "grace@example.org", ""), None),
    ],
)
def test_one_person_is_recognised_and_two_are_left_alone(other: tuple[str, ...], why: str | None) -> None:
    assert reason(ADA, other) == why


def test_similar_names_of_one_organisation_are_asked_about() -> None:
    nguyen = ("Thị", "Nguyễn", "a@example.org", "Ville de Lens")
    assert reason(nguyen, ("Thi", "Nguyem", "b@example.org", "VILLE DE LENS")) == "similar-name-organisation"


def test_a_class_with_one_address_is_no_crowd_of_duplicates() -> None:
    pupils = [Listed(n, chr(97 + n) * 5, "Dupont", "ecole@example.org", "") for n in range(26)]
    assert pairs_alike(pupils) == []


def test_a_couple_with_one_address_are_two() -> None:
    assert reason(("Marie", "Dupont", "dupont@example.org", ""), ("Jean", "Dupont", "dupont@example.org", "")) is None


def merged(client: InspectingClient, first: int, second: int, **values: Any) -> str:
    answer = client.submit(f"{LIST}/merge?first={first}&second={second}", values)
    return words(soup(answer).main) if answer.status_code != 303 else answer.location


def test_two_become_one_with_the_best_of_both(
    organiser: InspectingClient, write: Write, read: Read, client: InspectingClient
) -> None:
    with write() as tx:
        kept, lost = registered(tx), registered(tx, ("Ada", "Lovelase", "ada@work.org"), organisation="Atelier")
        both = [a_badge(tx, each).id for each in (kept, lost)]
        clash = a_session(tx, starts_at=cast.OPENING, seats=9)
        other = a_session(tx, starts_at=cast.OPENING, seats=9)
        free = a_session(tx, starts_at=None, seats=9)
        a_seat(tx, kept, clash), a_seat(tx, lost, other), a_seat(tx, lost, free)
    organiser.page(f"{LIST}/duplicates")
    where = merged(organiser, lost.id, kept.id, kept=str(kept.id), organisation_name=str(lost.id), email=str(lost.id))
    assert where == f"{LIST}/{kept.id}"
    with read() as session:
        one, two = session.get_one(Registration, kept.id), session.get_one(Registration, lost.id)
        person = one.person
        assert (person.name, person.email, person.organisation_name) == ("Ada Lovelace", "ada@work.org", "Atelier")
        assert (one.state, two.state, two.merged_into_id) == ("confirmed", "cancelled", one.id)
        assert sorted(seat.session_id for seat in one.seats) == sorted((clash.id, free.id))
        assert session.get_one(Session, other.id).seats_taken == 0
        assert session.scalars(select(Category.taken)).all() == [1]
        badges = {each.id: each.void_reason for each in session.scalars(select(Badge))}
        assert badges == {both[0]: None, both[1]: "merged"}
    answer = client.get(f"/r/{lost.token}/change?x=1")
    assert (answer.status_code, answer.location) == (303, f"/r/{kept.token}/change?x=1")
    assert "Personne n’est ici deux fois" in words(organiser.page(f"{LIST}/duplicates").main)


def test_who_is_expected_is_kept(organiser: InspectingClient, write: Write, read: Read) -> None:
    with write() as tx:
        waiting, coming = registered(tx, state="waiting"), registered(tx)
    assert "gardez celle qui est attendue" in merged(organiser, waiting.id, coming.id, kept=str(waiting.id))
    assert merged(organiser, waiting.id, coming.id) == f"{LIST}/{coming.id}"
    assert "aucune n’a déjà été fusionnée" in merged(organiser, waiting.id, coming.id, kept=str(waiting.id))
    assert organiser.get(f"{LIST}/merge?first={coming.id}&second={coming.id}").status_code == 404


def test_two_different_people_are_not_shown_again(organiser: InspectingClient, write: Write) -> None:
    with write() as tx:
        registered(tx), registered(tx)
        other = [registered(tx, category=a_category(tx, an_edition(tx, "amiens-2028"))).id for _ in range(2)]
    assert len(organiser.page(f"{LIST}/duplicates").select(".pair")) == 1
    organiser.submit(f"{LIST}/duplicates", {}, form="form[action$=apart]")
    assert organiser.page(f"{LIST}/duplicates").select(".pair") == []
    assert organiser.get(f"{LIST}/merge?first={other[0]}&second={other[1]}").status_code == 404


def test_the_nameless_places_of_a_class_are_nobody_twice(organiser: InspectingClient, write: Write) -> None:
    with write() as tx:
        for number in range(1, 4):
            a_registration(tx, (f"Place {number}", "", "classe@example.org")).is_nameless = True
    assert organiser.page(f"{LIST}/duplicates").select(".pair") == []


def test_the_page_takes_as_many_statements_for_ten_pairs_as_for_one(
    app: Flask, organiser: InspectingClient, write: Write
) -> None:
    with write() as tx:
        a_registration(tx), a_registration(tx)
    with statements_of(app) as few:
        organiser.page(f"{LIST}/duplicates")
    with write() as tx:
        for number in range(10):
            for _twice in range(2):
                a_registration(tx, (f"P{number}", f"Nom{number * 111}", "x@example.org"))
    with statements_of(app) as many:
        organiser.page(f"{LIST}/duplicates")
    assert len(many) == len(few)
