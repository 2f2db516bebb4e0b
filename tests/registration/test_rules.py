"""What is decided on values alone."""

from __future__ import annotations

import pytest

from forum.core.addresses import normal_email
from forum.registration.rules import suggested_email


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("ada@gmial.com", "ada@gmail.com"),
        ("ada@gmai.com", "ada@gmail.com"),
        ("ada@gmaill.com", "ada@gmail.com"),
        ("ada@gmail.con", "ada@gmail.com"),
        ("ada@hotmial.fr", "ada@hotmail.fr"),
        ("ada@orange.ft", "ada@orange.fr"),
        ("ada@wanado.fr", "ada@wanadoo.fr"),
        ("ada@gmail.com", None),
        ("ada@hotmail.fr", None),
        ("ada@univ-artois.fr", None),
        ("ada@example.org", None),
        ("ada", None),
        ("", None),
    ],
)
def test_slips_of_the_finger_are_recognised(typed: str, meant: str | None) -> None:
    assert suggested_email(typed) == meant


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Ada@Example.ORG", "ada@example.org"),
        ("ada+forum@example.org", "ada+forum@example.org"),
        ("ada@exämple.org", "ada@exämple.org"),
        ("ada@example", None),
        ("zoé@example.org", None),
        ("a b@example.org", None),
        ("ada@example.org\nBcc: x@example.org", None),
        ("x" * 300 + "@example.org", None),
        ("", None),
    ],
)
def test_addresses_have_one_spelling(typed: str, kept: str | None) -> None:
    assert normal_email(typed) == kept
