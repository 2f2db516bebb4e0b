"""Threads that want the same kind of work at the same moment: one of them does it for all, in one transaction.

A commit costs the same for one scan as for ten. Who comes while nobody is at work begins at once, for itself alone; who
comes meanwhile waits in line. When the work is done, the first in line takes all of the line with its own, so nobody
ever waits for company, and the busier it is, the more are done together. Each process has its own lines; between
processes the database decides, as ever.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

PATIENCE = 5.0
"""Seconds after which nobody believes in an answer any more, and does the work itself."""

Wish = TypeVar("Wish")
Granted = TypeVar("Granted")

CarryOut = Callable[[Callable[[], Sequence[Wish]]], Sequence[Granted]]


@dataclass(eq=False)
class Waiting(Generic[Wish, Granted]):
    """One thread in line, with what it wants; `told` when it has an answer, or is to do something itself."""

    wish: Wish
    told: threading.Event = field(default_factory=threading.Event)
    answers: list[Granted] = field(default_factory=list)


@dataclass(eq=False)
class Line(Generic[Wish, Granted]):
    """Who is at work, and who waits meanwhile."""

    leader: Waiting[Wish, Granted]
    waiting: list[Waiting[Wish, Granted]] = field(default_factory=list)


class Together(Generic[Wish, Granted]):
    """Work that is done for several threads at once; doing a part of it twice must harm nobody."""

    def __init__(self, carry_out: CarryOut[Wish, Granted], *, patience: float = PATIENCE) -> None:
        """Take what does the work: for so many wishes as many answers, all of them or none.

        It is handed a function that tells the wishes, to be called as late as can be: once its turn to write has come,
        say. Until then others may still join.
        """
        self.carry_out = carry_out
        self.patience = patience
        self.guard = threading.Lock()
        self.lines: dict[Hashable, Line[Wish, Granted]] = {}

    def ask(self, about: Hashable, wish: Wish) -> Granted:
        """Return the answer to a wish, done together with those of others about the same thing."""
        mine: Waiting[Wish, Granted] = Waiting(wish)
        line = self.stand_in_line(about, mine)
        if line.leader is not mine:
            mine.told.wait(self.patience)
            self.lose_patience(line, mine)
        if mine.answers:
            return mine.answers[0]
        return self.lead(about, line, mine) if line.leader is mine else self.alone(wish)

    def stand_in_line(self, about: Hashable, mine: Waiting[Wish, Granted]) -> Line[Wish, Granted]:
        """Return the line about something, at its end; alone at its head where there was none."""
        with self.guard:
            line = self.lines.get(about)
            if line is None:
                line = self.lines[about] = Line(leader=mine)
            else:
                line.waiting.append(mine)
            return line

    def lose_patience(self, line: Line[Wish, Granted], mine: Waiting[Wish, Granted]) -> None:
        """Take the lead of a line whose leader is lost: it was not told anything, and still waits there."""
        with self.guard:
            if mine in line.waiting:
                line.waiting.remove(mine)
                line.leader = mine

    def lead(self, about: Hashable, line: Line[Wish, Granted], mine: Waiting[Wish, Granted]) -> Granted:
        """Do the work for all who wait, and give the lead on, however it ended."""
        group = [mine]

        def wishes() -> Sequence[Wish]:
            with self.guard:
                group.extend(line.waiting)
                line.waiting = []
            return [each.wish for each in group]

        answers: Sequence[Granted] = ()
        try:
            answers = self.carry_out(wishes)
        except Exception:
            if len(group) == 1:
                raise
        finally:  # also when this thread is ended: nobody is left waiting for it
            self.give_the_lead_on(about, line, mine)
            for each, answer in zip(group, answers, strict=False):
                each.answers.append(answer)
            for each in group:
                each.told.set()
        # One of us made trouble: each does its own, so that it harms nobody else.
        return mine.answers[0] if mine.answers else self.alone(mine.wish)

    def give_the_lead_on(self, about: Hashable, line: Line[Wish, Granted], mine: Waiting[Wish, Granted]) -> None:
        """Let the first in line lead it, unless somebody took the lead meanwhile; end a line where nobody waits."""
        with self.guard:
            if line.leader is not mine:
                return
            if line.waiting:
                line.leader = line.waiting.pop(0)
                line.leader.told.set()
            else:
                del self.lines[about]

    def alone(self, wish: Wish) -> Granted:
        """Do one's own work by oneself."""
        return self.carry_out(lambda: [wish])[0]
