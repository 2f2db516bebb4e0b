"""Words in a box."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forum.badges.documents.house import house_layout
from forum.badges.documents.own_layouts import name_label
from forum.core.stamping import Variant
from forum.core.stamping.document import designs
from forum.core.stamping.fields import TextField
from forum.core.stamping.fitting import Fitted, fitted
from forum.core.stamping.pages import Design
from forum.core.stamping.shaping import is_right_to_left
from forum.core.stamping.texts import clusters, in_capitals, plain


@pytest.fixture(scope="module")
def a6() -> Design:
    return designs(house_layout("a6"), [Variant()])[Variant()]


@pytest.fixture(scope="module")
def small() -> Design:
    return designs(house_layout("small"), [Variant()])[Variant()]


def field(design: Design, name: str = "name") -> TextField:
    (found,) = (each for each in design.fields if each.name == name)
    assert isinstance(found, TextField)
    return found


def fit(design: Design, words: str, name: str = "name") -> Fitted:
    found = fitted(words, field(design, name), design.shapers[field(design, name)])
    assert found is not None
    return found


def test_a_short_name_stands_as_large_as_two_lines_allow(a6: Design) -> None:
    found = fit(a6, "Ada\nLovelace")
    assert found.texts == ("Ada", "Lovelace")
    assert found.size == pytest.approx(field(a6).frame.height / 2 / field(a6).look.leading, abs=0.1)


def test_nothing_is_fitted_where_nothing_is_said(a6: Design) -> None:
    assert [
        fitted(words, field(a6), design) for words in ("", " \n\t", "\u200f") for design in [a6.shapers[field(a6)]]
    ] == [None] * 3


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("Marie Bernadette\nde Saint-Hilaire", ("Marie Bernadette", "de Saint-Hilaire")),
        ("Anne\nVandenbroucke-Vandenbroucke", ("Anne", "Vandenbroucke-", "Vandenbroucke")),
        ("Ludwig\nvan der Straeten Ponthoz", ("Ludwig", "van der Straeten", "Ponthoz")),
        ("María del Carmen\nFernández y Gutiérrez", ("María del Carmen", "Fernández y Gutiérrez")),
    ],
)
def test_lines_end_where_a_person_would_end_them(small: Design, name: str, lines: tuple[str, ...]) -> None:
    assert fit(small, name).texts == lines


def test_no_particle_is_left_alone_at_the_end_of_a_line(small: Design) -> None:
    for name in (
        "Jean\nde La Rochefoucauld du Plessis",
        "Ana\ndos Santos da Silva e Costa",
        "Jan\nvan den Berghe ter Horst",
    ):
        ends = [line.split()[-1].lower() for line in fit(small, name).texts[:-1]]
        assert set(ends).isdisjoint({"de", "la", "du", "dos", "da", "e", "van", "den", "ter"}), fit(small, name).texts


def test_no_line_begins_with_what_closes_a_sentence(a6: Design) -> None:
    found = fit(
        a6, "Entrée de plain-pied, ascenseur pour la « verrière » ; l’atelier n’est accessible que par un escalier !"
    )
    assert not [line for line in found.texts if line[0] in ";!»" or line[-1] == "«"]
    assert len(found.texts) > 2


def test_lines_are_even(a6: Design) -> None:
    texts = fit(a6, "Direction régionale de la transition numérique et écologique", "organisation").texts
    assert len(texts) == 2
    assert min(map(len, texts)) > 20


def test_chinese_words_are_broken_between_any_two_signs(a6: Design) -> None:
    found = fit(a6, "里尔欧洲大都会数字与生态转型总局下属开放数据与公共服务创新发展中心办公室", "organisation")
    assert (len(found.texts), found.loss) == (2, None)


@pytest.mark.parametrize(
    "name", ["x" * 120, "Maximilienne-Hippolyte de La Rochefoucauld-Montmorency\nvan der Straeten-Ponthoz"]
)
def test_no_name_is_smaller_than_eighteen_points(a6: Design, small: Design, name: str) -> None:
    assert [fit(design, name).size >= 18 for design in (a6, small)] == [True, True]


def test_a_word_without_any_place_to_break_is_broken_within_and_told(a6: Design) -> None:
    found = fit(a6, "x" * 120)
    assert ("".join(found.texts).replace("-", ""), found.loss) == ("x" * 120, "broken-word")


@pytest.mark.parametrize(("word", "hyphen"), [("Преображенская" * 8, "-"), ("x" * 120, "-"), ("王" * 60, "王")])
def test_a_torn_word_says_with_a_hyphen_that_it_goes_on_where_its_script_has_one(
    a6: Design, word: str, hyphen: str
) -> None:
    *torn, last = fit(a6, word).texts
    assert torn
    assert {line[-1] for line in torn} == {hyphen}
    assert not last.endswith("-")


def test_where_eighteen_points_are_too_large_the_given_name_stays_and_the_rest_is_abbreviated(small: Design) -> None:
    found = fit(small, "Anne-Sophie Marie-Bernadette\nVandenbroucke-Dupont de Saint-Hilaire")
    assert (found.texts, found.loss) == (
        ("Anne-Sophie M.-B.", "Vandenbroucke-Dupont", "de Saint-Hilaire"),
        "abbreviated",
    )
    longer = fit(
        small, "Maximilienne Hippolyte\nde La Rochefoucauld-Montmorency van der Straeten-Ponthoz et d’Aire-Lys"
    )
    assert longer.texts[0].startswith("Maximilienne")
    assert "d’A.-L." in " ".join(longer.texts)


def test_a_name_becomes_initials_before_it_is_torn_apart_and_never_loses_its_family_name(small: Design) -> None:
    found = fit(small, "Anne-Sophie Marie-Bernadette Éléonore\n" + "Vandenbroucke-Dupont de Saint-Hilaire " * 3)
    assert (found.texts[0], found.loss) == ("Anne-Sophie", "abbreviated")
    assert "".join(found.texts[1:]) == "Vandenbroucke-Dupont"


@pytest.mark.parametrize(
    ("name", "printed", "left_out"),
    [
        ("Zoé 🎉\nMartin 👩🏽‍💻", ("Zoé", "Martin"), "🎉👩🏽‍💻"),
        ("🚀🚀\nAda 🇫🇷 Lovelace", ("Ada Lovelace",), "🚀🇫🇷"),
        ("🎉\n🎉", (), "🎉"),
        ("Ada \U00013000\nLovelace", ("Ada \U00013000", "Lovelace"), ""),
    ],
)
def test_a_picture_that_no_font_has_is_left_out_and_told_and_a_letter_never_is(
    a6: Design, name: str, printed: tuple[str, ...], left_out: str
) -> None:
    found = fit(a6, name)
    assert (found.texts, found.left_out.replace("\u200d", "")) == (printed, left_out.replace("\u200d", ""))


def test_a_picture_does_not_choose_the_font_of_a_name(a6: Design) -> None:
    assert fit(a6, "Zoé ☺\nMartin").shaper is fit(a6, "Zoé\nMartin").shaper


def test_ink_of_one_line_does_not_meet_that_of_the_next_nor_of_what_stands_below(a6: Design) -> None:
    for name in ("Élodiẹ\nÑaňęz", "NGUYỄN THỊ\nÁNH TUYẾT", "רחל\nכהן־לוין", "ليلى\nالمنصوري"):
        found = fit(a6, name)
        inks = [found.shaper.ink(text) for text in found.texts]
        (_top, low), (high, _bottom) = inks
        (_above, below), (above, under) = found.around
        assert low + high <= below + above + 0.1, name
        assert inks[-1][1] <= under + 0.06, name


def test_high_accents_cost_nobody_the_family_name() -> None:
    label = designs(name_label(), [Variant()])[Variant()]
    assert fit(label, "Zöé\nŠtěpánková Ẫo").texts == ("Zöé", "Štěpánková Ẫo")


def test_a_word_that_must_be_torn_ends_its_lines_at_hyphens_where_it_can(small: Design) -> None:
    found = fit(small, f"{'x' * 34}-Vandenbroucke")
    assert (found.texts[-1], found.loss) == ("Vandenbroucke", "broken-word")


def test_what_nobody_is_called_ends_in_an_ellipsis(a6: Design) -> None:
    found = fit(a6, "x" * 10_000)
    assert found.texts[-1].endswith("x…")
    assert found.loss == "shortened"
    assert found.height <= field(a6).frame.height + 0.1


def test_a_name_is_never_patched_together_of_two_fonts(a6: Design) -> None:
    for name in ("Thị Hồng Ánh\nNguyễn", "Łukasz\nŻółkiewski", "Ἀριστοτέλης\nΠαπαδόπουλος"):
        assert len({face.key for line in fit(a6, name).lines for face in line.faces}) == 1


def test_words_are_written_as_their_css_wants_them(a6: Design) -> None:
    name = field(a6)
    shouted = dataclasses.replace(
        name, look=dataclasses.replace(name.look, style={**name.look.style, "text_transform": "uppercase"})
    )
    found = fitted("Zoé\nßen", shouted, a6.shapers[name])
    assert found is not None
    assert found.texts == ("ZOÉ", "SSEN")


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
    directions = [is_right_to_left(name) for name in ("Ada", "عمر", "1 שלום", "2027", "")]
    assert directions == [False, True, True, False, False]


def test_marks_stay_with_their_letters() -> None:
    assert clusters("q\u0307\u0323a b") == ["q\u0307\u0323", "a ", "b"]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(max_size=140), min_size=1, max_size=2))
def test_whatever_someone_is_called_it_stays_in_the_box(a6: Design, parts: list[str]) -> None:
    for name in ("name", "organisation"):
        room = field(a6, name)
        found = fitted("\n".join(parts), room, a6.shapers[room])
        if found is None:
            continue
        assert all(line.width * found.size <= room.frame.width * 1.04 or len(line.text) == 1 for line in found.lines)
        assert len(found.lines) * found.size * room.look.leading <= room.frame.height * 1.01 or len(found.lines) == 1


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet="abcdefgé -'’", min_size=1, max_size=120))
def test_no_letter_of_a_name_is_lost(a6: Design, name: str) -> None:
    found = fitted(name, field(a6), a6.shapers[field(a6)])
    if found is not None:
        assert [*filter(str.isalpha, "".join(found.texts))] == [*filter(str.isalpha, plain(name))]


@pytest.mark.parametrize(
    ("name", "capitals"),
    [
        ("Ελένη Παπαδοπούλου", "ΕΛΕΝΗ ΠΑΠΑΔΟΠΟΥΛΟΥ"),
        ("Μαΐου", "ΜΑΪΟΥ"),
        ("Zoé Ångström", "ZOÉ ÅNGSTRÖM"),
        ("Ἀριστοτέλης", "ΑΡΙΣΤΟΤΕΛΗΣ"),
    ],
)
def test_greek_capitals_lose_their_accents_and_french_ones_keep_them(name: str, capitals: str) -> None:
    assert in_capitals(name) == capitals
