"""Work for several threads at once: who is alone begins at once, who waits is done together, nobody is left waiting."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from forum.core.together import Together

LONG = 20.0


class Works:
    """Doubles numbers, and notes which it was given together; the first time it stands still until told to go on."""

    def __init__(self, *, patience: float = LONG) -> None:
        """Stand still the first time."""
        self.groups: list[list[int]] = []
        self.begun, self.may_go_on = threading.Event(), threading.Event()
        self.trouble: dict[int, BaseException] = {}
        self.together: Together[int, int] = Together(self.carry_out, patience=patience)
        self.found: dict[int, object] = {}
        self.threads: list[threading.Thread] = []

    def carry_out(self, wishes: Callable[[], Sequence[int]]) -> list[int]:
        """Double them."""
        numbers = list(wishes())
        self.groups.append(numbers)
        if not self.begun.is_set():
            self.begun.set()
            self.may_go_on.wait(LONG)
        for number in numbers:
            if number in self.trouble:
                raise self.trouble[number]
        return [2 * number for number in numbers]

    def ask(self, number: int, about: str = "gate") -> None:
        """Ask in a thread of its own, and wait until it stands in line or is at work."""
        before = self.standing(about)

        def work() -> None:
            try:
                self.found[number] = self.together.ask(about, number)
            except BaseException as trouble:
                self.found[number] = trouble

        thread = threading.Thread(target=work)
        thread.start()
        self.threads.append(thread)
        while self.standing(about) == before and thread.is_alive():
            thread.join(0.001)

    def standing(self, about: str) -> int:
        """Return how many stand in a line, its leader counted."""
        line = self.together.lines.get(about)
        return 0 if line is None else 1 + len(line.waiting)

    def go_on(self) -> dict[int, object]:
        """Let the first go on; return what each was answered."""
        self.may_go_on.set()
        for thread in self.threads:
            thread.join(LONG)
        assert self.together.lines == {}
        return self.found


@pytest.fixture
def works() -> Works:
    """Return work at which the first stands still."""
    return Works()


def test_who_comes_alone_begins_at_once(works: Works) -> None:
    works.may_go_on.set()
    assert [works.together.ask("gate", number) for number in (1, 2)] == [2, 4]
    assert works.groups == [[1], [2]]


def test_who_comes_while_somebody_is_at_work_is_done_with_all_who_wait(works: Works) -> None:
    for number in (1, 2, 3, 4, 5):
        works.ask(number)
    assert works.go_on() == {1: 2, 2: 4, 3: 6, 4: 8, 5: 10}
    assert works.groups == [[1], [2, 3, 4, 5]]


def test_another_matter_does_not_wait(works: Works) -> None:
    works.ask(1)
    assert works.together.ask("another gate", 2) == 4
    assert works.go_on() == {1: 2}


def test_one_that_makes_trouble_harms_nobody_else(works: Works) -> None:
    works.trouble[3] = ValueError("three")
    for number in (1, 2, 3, 4):
        works.ask(number)
    found = works.go_on()
    assert isinstance(found.pop(3), ValueError)
    assert found == {1: 2, 2: 4, 4: 8}
    assert sorted(works.groups[2:]) == [[2], [3], [4]]


def test_a_leader_that_is_ended_leaves_nobody_waiting(works: Works) -> None:
    works.trouble[2] = SystemExit("told to stop")
    for number in (1, 2, 3, 4):
        works.ask(number)
    found = works.go_on()
    assert isinstance(found.pop(2), SystemExit)
    assert found == {1: 2, 3: 6, 4: 8}


@pytest.mark.parametrize("is_taken", [False, True])
def test_a_leader_that_never_comes_back_is_not_waited_for(is_taken: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    works = Works(patience=0.05)
    if is_taken:  # the followers' wishes are with the lost leader already
        real = works.carry_out

        def late(wishes: Any) -> list[int]:
            if not works.begun.is_set():
                works.begun.set()
                while len(wishes()) < 3:
                    pass
                works.may_go_on.wait(LONG)
            return real(wishes)

        monkeypatch.setattr(works.together, "carry_out", late)
    for number in (1, 2, 3):
        works.ask(number)
    for thread in works.threads[1:]:
        thread.join(LONG)
    assert works.found == {2: 4, 3: 6}
    assert works.go_on() == {1: 2, 2: 4, 3: 6}
