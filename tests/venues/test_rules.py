"""How organisers write stands, and in which order they are shown."""

from __future__ import annotations

import pytest

from forum.venues import rules


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("B12", ["B12"]),
        ("B1–B4", ["B1", "B2", "B3", "B4"]),
        ("B1-4", ["B1", "B2", "B3", "B4"]),
        (" b 1 - b 2 ", ["b1", "b2"]),
        ("A08–A11", ["A08", "A09", "A10", "A11"]),
        ("1-3", ["1", "2", "3"]),
        ("B1, B2; C1-2", ["B1", "B2", "C1", "C2"]),
        ("B1, B1", ["B1"]),
        ("Accueil, Scène", ["Accueil", "Scène"]),
    ],
)
def test_stands_are_written_one_by_one_or_as_a_series(text: str, labels: list[str]) -> None:
    assert rules.labels_in(text) == labels


@pytest.mark.parametrize("text", ["", " , ;", "B4–B1", "A1–B4", "une très longue étiquette"])
def test_what_names_no_stand_is_refused(text: str) -> None:
    with pytest.raises(rules.SeriesNotReadable):
        rules.labels_in(text)


def test_a_mistyped_end_is_refused_with_its_number() -> None:
    with pytest.raises(rules.SeriesTooLong) as refused:
        rules.labels_in("B1–B1200")
    assert str(refused.value) == "“B1–B1200” would be 1200 stands, 200 at most at once. Check the last number."


def test_labels_differ_by_more_than_capitals() -> None:
    rules.check_labels_free(["B3"], taken=["B1", "B2"])
    with pytest.raises(rules.StandLabelTaken):
        rules.check_labels_free(["b2"], taken=["B1", "B2"])


def test_b2_comes_before_b12() -> None:
    labels = ["B12", "A1", "B2", "Accueil", "10", "9"]
    assert sorted(labels, key=rules.label_order) == ["9", "10", "A1", "Accueil", "B2", "B12"]
