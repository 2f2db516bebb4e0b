"""The order of badges, the separators between them, and the letters of each desk."""

from __future__ import annotations

import itertools

import pytest

from forum.badges.rules.order import (
    LETTERS,
    OTHER,
    Entry,
    Separator,
    desk_of,
    desks_for,
    french_key,
    sorting_key,
    with_separators,
)


def entry(family: str, given: str = "A", organisation: str = "", category: int = 0, number: int = 1) -> Entry:
    return Entry(given, family, organisation, (category, category), number)


def test_accents_settle_only_what_the_letters_leave_open() -> None:
    words = ["côté", "cote", "zèbre", "coté", "Élan", "eland", "œuf", "odeur", "côte", "of"]
    assert sorted(words, key=french_key) == [
        "cote", "coté", "côte", "côté", "Élan", "eland", "odeur", "œuf", "of", "zèbre",
    ]  # fmt: skip


def test_the_nameless_places_of_a_group_are_counted() -> None:
    places = [entry("Lycée Baggio", f"Place {number}") for number in (10, 2, 1, 11)]
    assert [each.given_name for each in sorted(places, key=sorting_key("name"))] == [
        "Place 1", "Place 2", "Place 10", "Place 11",
    ]  # fmt: skip


def test_names_stand_where_a_directory_of_the_region_has_them() -> None:
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
    entries = sorted((entry(family, given) for given, family in names), key=sorting_key("name"))
    assert [each.family_name for each in entries] == [
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


@pytest.mark.parametrize(
    ("family", "letter"),
    [("de La Motte", "L"), ("Żółkiewski", "Z"), ("Éluard", "E"), ("Œdipe", "O"), ("الفاروق", OTHER), ("王", OTHER)],
)
def test_a_badge_lies_at_the_letter_of_its_name(family: str, letter: str) -> None:
    assert entry(family).letter == letter


def test_a_name_without_a_family_name_lies_at_its_given_name() -> None:
    assert entry("", given="Ève").letter == "E"
    assert entry("–", given="!").letter == OTHER


def test_organisations_come_in_order_and_nobodys_last() -> None:
    people = [
        entry("A"),
        entry("B", organisation="Zinc"),
        entry("C", organisation="École"),
        entry("D", organisation=""),
    ]
    assert [each.family_name for each in sorted(people, key=sorting_key("organisation"))] == ["C", "B", "A", "D"]


def test_what_a_separator_stands_for_stays_together_in_any_order() -> None:
    people = [
        entry("Abel", organisation="Zinc", category=1),
        entry("Zola", organisation="Airbus", category=0),
        entry("Aron", organisation="Airbus", category=1),
    ]
    by_category = sorted(people, key=sorting_key("organisation", group="category"))
    assert [each.family_name for each in by_category] == ["Zola", "Aron", "Abel"]
    mixed = with_separators(by_category, lambda each: each.category[0], "category")
    assert [each if isinstance(each, Separator) else each.family_name for each in mixed] == [
        Separator("category", 0, 1), "Zola", Separator("category", 1, 2), "Aron", "Abel",
    ]  # fmt: skip
    by_letter = sorted(people, key=sorting_key("organisation", group="letter"))
    assert [each.family_name for each in by_letter] == ["Aron", "Abel", "Zola"]


def test_without_separators_nothing_is_put_between() -> None:
    assert with_separators([1, 2], None, "none") == [1, 2]


def letters(**counts: int) -> list[str]:
    return [letter for letter, count in counts.items() for _ in range(count)]


def test_the_alphabet_is_shared_out_evenly() -> None:
    desks = desks_for(letters(A=10, B=10, D=10, M=20, P=10, Z=20), staff=[1, 1])
    assert [(desk.number, desk.first, desk.last, desk.count) for desk in desks] == [
        (1, "A", "D", 30),
        (2, "E", OTHER, 50),
    ]


def test_a_desk_with_two_people_gets_twice_as_many() -> None:
    desks = desks_for([letter for letter in LETTERS for _ in range(10)], staff=[2, 1])
    assert [desk.count for desk in desks] == [180, 90]


def test_no_other_way_to_cut_is_fairer() -> None:
    crowd = letters(A=7, B=31, C=12, D=40, L=55, M=23, R=18, S=9, V=44, W=2)
    staff = [2, 1, 3]
    desks = desks_for(crowd, staff=staff)
    loads = [crowd.count(letter) for letter in LETTERS]
    ways = itertools.combinations(range(1, len(LETTERS)), 2)
    fairest = min(max(sum(loads[:one]) / 2, sum(loads[one:two]) / 1, sum(loads[two:]) / 3) for one, two in ways)
    assert max(desk.count / desk.staff for desk in desks) == fairest


def test_every_letter_has_its_desk_also_one_that_nobody_has_yet() -> None:
    for staff in ([1], [1, 1, 1], [3, 0, 2], [1] * 40):
        desks = desks_for(letters(M=5), staff=staff)
        assert len(desks) == min(len([people for people in staff if people]), len(LETTERS))
        assert [desk_of(letter, desks).number for letter in LETTERS] == sorted(
            desk_of(letter, desks).number for letter in LETTERS
        )
    assert desks_for(letters(M=5), staff=[]) == []


def test_a_desk_is_named_by_its_letters() -> None:
    (desk,) = desks_for([], staff=[4])
    assert desk.letters == f"A–{OTHER}"
