"""What is kept for a second, and not longer."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from flask import Flask

from forum.core.kept import MOST, Kept


@pytest.fixture
def moments(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[float]]:
    """Let the test say how late it is, and keep things for a second as in earnest."""
    clock = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: clock[0])
    monkeypatch.setitem(app.extensions, "forum.kept_seconds", 1.0)
    with app.app_context():
        yield clock


def test_what_is_kept_is_made_anew_after_a_second(moments: list[float]) -> None:
    kept: Kept[str] = Kept()
    assert kept.get_or_make("gate", lambda: "first") == "first"
    moments[0] += 0.9
    assert kept.get_or_make("gate", lambda: "second") == "first"
    moments[0] += 0.2
    assert kept.get_or_make("gate", lambda: "third") == "third"


def test_it_does_not_grow_without_end(moments: list[float]) -> None:
    kept: Kept[int] = Kept()
    for number in range(3 * MOST):
        kept.keep(number, number)
    assert len(kept.values) <= MOST


def test_a_test_keeps_nothing_unless_it_says_so(app: Flask) -> None:
    kept: Kept[str] = Kept()
    with app.app_context():
        assert [kept.get_or_make("gate", lambda word=word: word) for word in ("first", "second")] == ["first", "second"]
