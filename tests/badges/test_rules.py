"""The order of a French list."""

from __future__ import annotations

import pytest

from forum.badges.rules import french_key, name_key, organisation_key
from forum.people.models import Person


def person(given_name: str, family_name: str, organisation: str | None = None) -> Person:
    return Person(id=1, given_name=given_name, family_name=family_name, organisation_name=organisation)


def test_names_stand_as_in_a_french_directory() -> None:
    names = [
        ("Émile", "Abel"),
        ("Zoé", "de La Motte"),
        ("Anne", "La Motte"),
        ("Luc", "d’Artagnan"),
        ("Léa", "Du Bois"),
        ("Jan", "De Smet"),
        ("Eva", "Éloy"),
        ("Ève", "Eloy"),
        ("Łukasz", "Żółkiewski"),
        ("Ελένη", "Παπαδοπούλου"),
        ("Marc", "Van den Broucke"),
        ("Ana", "Vandamme"),
    ]
    persons = sorted((person(*name) for name in names), key=name_key)
    assert [each.family_name for each in persons] == [
        "Abel",
        "d’Artagnan",
        "De Smet",
        "Du Bois",
        "Eloy",
        "Éloy",
        "La Motte",
        "de La Motte",
        "Van den Broucke",
        "Vandamme",
        "Żółkiewski",
        "Παπαδοπούλου",
    ]


@pytest.mark.parametrize(("first", "second"), [("cote", "côté"), ("péché", "pêcheur"), ("Œuvre", "Officine")])
def test_accents_count_only_between_words_alike(first: str, second: str) -> None:
    assert french_key(first) < french_key(second)


def test_people_without_an_organisation_come_last() -> None:
    persons = [person("Ada", "Z"), person("Bob", "A", "École"), person("Cid", "A", "Atelier"), person("Dan", "A", "")]
    assert [each.given_name for each in sorted(persons, key=organisation_key)] == ["Cid", "Bob", "Dan", "Ada"]
