"""The code on a badge and the random names."""

from __future__ import annotations

import itertools
import random

import pytest

from forum.core import codes


@pytest.fixture
def code() -> str:
    """Return a code that is the same in every run."""
    return codes.new_code(random.Random(7).choice)


def test_a_code_has_26_characters_and_reads_back(code: str) -> None:
    assert (len(code), codes.read_code(code)) == (26, code)


def test_typed_in_groups_in_lower_case_with_look_alikes_it_reads_the_same(code: str) -> None:
    typed = codes.grouped(code).lower().replace("0", "o").replace("1", "l")
    assert codes.read_code(f" {typed} ") == code


def test_every_single_wrong_character_is_caught(code: str) -> None:
    wrong = [code[:at] + other + code[at + 1 :] for at in range(26) for other in codes.ALPHABET if other != code[at]]
    assert [text for text in wrong if codes.read_code(text)] == []


def test_every_swap_of_two_different_neighbours_is_caught(code: str) -> None:
    swapped = [
        code[:at] + second + first + code[at + 2 :]
        for at, (first, second) in enumerate(itertools.pairwise(code))
        if first != second
    ]
    assert [text for text in swapped if codes.read_code(text)] == []


@pytest.mark.parametrize("text", ["", "7K3M", "U" * 26, "🎟" * 26, "A" * 10_000])
def test_what_is_no_code_is_none(text: str) -> None:
    assert codes.read_code(text) is None


def test_tokens_hold_at_least_128_bits() -> None:
    assert codes.TOKEN_LENGTH * 5 >= 128
