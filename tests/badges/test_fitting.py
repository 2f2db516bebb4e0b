"""Words in a box."""

from __future__ import annotations

import pytest
from forum.badges.documents.fitting import MM, Box, Widths, fitted, is_right_to_left, plain, widths_of
from hypothesis import given
from hypothesis import strategies as st

from forum.badges.documents.printing import A6, STRONG, TITLE

# Every letter is half an em wide.
EVEN = Widths(dict.fromkeys(range(32, 592), 0.5))
BOX = Box(width=90, height=40, largest=48, smallest=18, lines=3)


def lines(*parts: str, box: Box = BOX) -> list[str]:
    return [line for part in fitted(parts, box, EVEN).lines for line in part]


def test_a_short_name_stands_large_on_two_lines() -> None:
    fit = fitted(("Ada", "Lovelace"), BOX, EVEN)
    assert (fit.lines, fit.size) == ((("Ada",), ("Lovelace",)), 48)


def test_a_name_is_broken_at_spaces_before_hyphens() -> None:
    assert lines("Marie Bernadette", "de Saint-Hilaire") == ["Marie Bernadette", "de Saint-Hilaire"]
    assert lines("Anne", "Vandenbroucke-Vandenbroucke") == ["Anne", "Vandenbroucke-", "Vandenbroucke"]


def test_lines_are_even() -> None:
    box = Box(width=90, height=12, largest=14, smallest=8, lines=2)
    assert lines("Direction de la transition numérique et écologique", box=box)[1] != "écologique"


def test_a_word_without_any_place_to_break_is_broken_within() -> None:
    fit = fitted(("x" * 120,), BOX, EVEN)
    assert "".join(fit.lines[0]) == "x" * 120
    assert fit.size == 18


def test_what_nobody_is_called_ends_in_an_ellipsis() -> None:
    fit = fitted(("x" * 10_000,), BOX, EVEN)
    assert fit.lines[0][-1].endswith("…")
    assert fit.height <= BOX.height


@pytest.mark.parametrize(
    ("written", "printed"),
    [
        ("  Ada\n \t Lovelace ", "Ada Lovelace"),
        ("Ada\u202eecalevoL", "AdaecalevoL"),
        ("A\u0000d\u0007a", "Ada"),
        ("Zoe\u0301", "Zoé"),
    ],
)
def test_names_are_tidied(written: str, printed: str) -> None:
    assert plain(written) == printed


def test_direction_is_that_of_the_first_letter_that_has_one() -> None:
    assert [is_right_to_left(name) for name in ("Ada", "عمر", "1 שלום", "2027", "")] == [
        False,
        True,
        True,
        False,
        False,
    ]


def test_letters_that_the_fonts_lack_are_taken_for_wide() -> None:
    widths = widths_of(STRONG.path, STRONG.weight)
    assert widths.has("Nguyễn Ελένη Żółkiewski Дмитрий")
    assert not widths_of(TITLE.path, TITLE.weight).has("Nguyễn")
    assert widths.of("漢字") > 2
    assert widths.of("e\u0301") == pytest.approx(widths.of("e"))


@given(st.lists(st.text(max_size=140), min_size=1, max_size=2))
def test_whatever_someone_is_called_it_stays_in_the_box(parts: list[str]) -> None:
    widths = widths_of(TITLE.path, TITLE.weight)
    for box in (A6.name, A6.organisation, A6.category):
        fit = fitted(parts, box, widths)
        assert fit.height <= box.height + 0.01 or fit.count == 1
        for line in (line for part in fit.lines for line in part):
            assert widths.of(line) * fit.size / MM <= box.width + 0.01 or len(line) == 1


@given(st.text(alphabet="abcdefgé -'’", min_size=1, max_size=120))
def test_no_letter_of_a_name_is_lost(name: str) -> None:
    fit = fitted((name,), A6.name, widths_of(TITLE.path, TITLE.weight))
    assert "".join("".join(part) for part in fit.lines).replace(" ", "") == plain(name).replace(" ", "")
    assert fit.size >= 18
