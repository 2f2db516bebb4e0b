"""What a part of the bench gives back: figures, and words about what could not be measured."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from forum.bench.clients import NotMeasured

Figures = dict[str, float | None]


@dataclass
class Notes:
    """Words that go with the figures, to stderr; never into the JSON."""

    lines: list[str] = field(default_factory=list)

    def say(self, words: str) -> None:
        """Say something now."""
        self.lines.append(words)
        sys.stderr.write(f"{words}\n")
        sys.stderr.flush()


Part = Callable[[Notes], Figures]


@contextmanager
def attempt(notes: Notes) -> Iterator[None]:
    """Go on with the other figures when one cannot be measured, and say why not."""
    try:
        yield
    except NotMeasured as error:
        notes.say(f"not measured: {error}")
