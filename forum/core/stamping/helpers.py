"""Several processes at one file: the layout is done, each helper draws its share of the sheets and hands back bytes.

Helpers are forked, which only a process without other threads may do; any other draws alone. When a helper met what
this process does not know (a font, a letter that no font has), or died, its share is drawn again here.
"""

from __future__ import annotations

import gc
import os
import pickle
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Generic, TypeVar

Work = TypeVar("Work")
Result = TypeVar("Result")

WORTH_IT = 1_500
"""Cards from which a second process saves more than it costs."""


def helpers_for(cards: int, processes: int) -> int:
    """Return how many helpers are worth it, and possible."""
    if cards < WORTH_IT or not hasattr(os, "fork") or threading.active_count() > 1:
        return 0
    return min(processes, cards // (WORTH_IT // 2)) - 1


def shares(work: list[Work], count: int) -> list[list[Work]]:
    """Return so many parts of about the same size, in their order."""
    size = -(-len(work) // count)
    return [work[start : start + size] for start in range(0, len(work), size)]


@contextmanager
def uncollected() -> Iterator[None]:
    """Let Python look for no garbage meanwhile: cards are none, and it would walk through all of them again and again.

    It takes a sixth of the time of twenty thousand cards, and copies memory that a helper shares.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


@dataclass(frozen=True)
class Helper(Generic[Result]):
    """A forked process at work."""

    process: int
    pipe: int

    def result(self) -> Result | None:
        """Wait for what it made; None when it made nothing."""
        with os.fdopen(self.pipe, "rb") as pipe:
            content = pipe.read()
        _process, status = os.waitpid(self.process, 0)
        if status or not content:
            return None
        result: Result = pickle.loads(content)  # noqa: S301 (our own process wrote it)
        return result


def helper(task: Callable[[], Result]) -> Helper[Result]:
    """Let a forked process do a task, and hand back what it returns."""
    reading, writing = os.pipe()
    process = os.fork()
    if process:
        os.close(writing)
        return Helper(process, reading)
    code = 1
    try:
        os.close(reading)
        content = pickle.dumps(task(), pickle.HIGHEST_PROTOCOL)
        with os.fdopen(writing, "wb") as pipe:
            pipe.write(content)
        code = 0
    finally:
        os._exit(code)  # never back into the program that is going on in the other process
