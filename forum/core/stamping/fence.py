"""Layouts that somebody typed are tried in a process of their own: no network, little memory, little time.

The other process reads one pickled request from its standard input and answers with one line of JSON, behind which
the PDF follows. It is never believed more than that: what it answers is a name of a refusal and words for its sentence.
"""

from __future__ import annotations

import io
import json
import os
import pickle
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from forum.core.stamping import refusals
from forum.core.stamping.layouts import Card, Layout
from forum.core.stamping.refusals import LayoutBroken, LayoutRefused, LayoutTooSlow
from forum.core.stamping.sheets import Sheet

SECONDS = 12
"""How long a layout may keep a processor busy, its process's start included; a usual one takes less than two."""
PATIENCE = 2.5
"""How much longer it may take by the clock: others are at work, too."""
MEMORY = 1_500_000_000
FILES = 100_000_000
"""Bytes that the process may write to a file: fonts are unpacked."""
ROOT = Path(__file__).parents[3]


@dataclass(frozen=True)
class CheckRequest:
    """A layout to be checked."""

    layout: Layout
    cards: tuple[Card, ...]
    needs: tuple[str, ...]


@dataclass(frozen=True)
class StampRequest:
    """Sheets to be stamped."""

    name: str
    sheets: tuple[Sheet, ...]
    title: str
    language: str
    needs: tuple[str, ...] = ()


Request = CheckRequest | StampRequest


def fenced_check(layout: Layout, cards: Sequence[Card] = (), *, needs: Sequence[str] = ("name", "code")) -> None:
    """Do what `check` does, within limits. Raises `LayoutRefused`, also for a layout that takes too long."""
    from forum.core.stamping.checks import refuse_large_pictures

    refuse_large_pictures(layout)
    asked(CheckRequest(layout, tuple(cards), tuple(needs)), layout.name)


def fenced_stamp(sheets: Sequence[Sheet], *, title: str, language: str = "fr", needs: Sequence[str] = ()) -> bytes:
    """Return the PDF of a few sheets, made within limits: for a page that is shown while its layout is written.

    Raises `LayoutRefused`, also for what `check` would refuse before such a layout is used.
    """
    from forum.core.stamping.checks import refuse_large_pictures

    for layout in layouts_of(sheets):
        refuse_large_pictures(layout)
    name = sheets[0].imposition.slots[0].layout.name
    return asked(StampRequest(name, tuple(sheets), title, language, tuple(needs)), name)


def layouts_of(sheets: Sequence[Sheet]) -> set[Layout]:
    """Return the layouts of some sheets."""
    return {slot.layout for sheet in sheets for slot in sheet.imposition.slots}


def asked(request: Request, layout: str) -> bytes:
    """Let a process of its own answer a request. Raises `LayoutRefused`."""
    process = subprocess.Popen(
        [sys.executable, "-m", "forum.core.stamping.fence"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=ROOT,
        env={
            name: os.environ[name]
            for name in ("PATH", "HOME", "LANG", "TMPDIR", "FONTCONFIG_FILE")
            if name in os.environ
        },
    )
    try:
        answer, _errors = process.communicate(
            pickle.dumps(request, pickle.HIGHEST_PROTOCOL), timeout=PATIENCE * SECONDS
        )
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        raise LayoutTooSlow(layout=layout, seconds=SECONDS) from None
    if process.returncode:
        raise LayoutTooSlow(layout=layout, seconds=SECONDS)
    return read(answer, layout)


def read(answer: bytes, layout: str) -> bytes:
    """Return the PDF of an answer. Raises the refusal that it names."""
    head, _line, content = answer.partition(b"\n")
    said: dict[str, Any] = json.loads(head)
    name = said.get("refused")
    if name is None:
        return content
    kind = getattr(refusals, str(name), None)
    if not (isinstance(kind, type) and issubclass(kind, LayoutRefused)):
        raise LayoutBroken(layout=layout)
    values: dict[str, Any] = {
        str(key): value if isinstance(value, float) else str(value) for key, value in said["values"].items()
    }
    raise kind(**values)


def limit() -> None:
    """Take from this process what no layout needs."""
    import resource

    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (FILES, FILES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def answer(request: Request, target: BinaryIO) -> None:
    """Do what is asked, and write the answer."""
    from forum.core.stamping.checks import check
    from forum.core.stamping.document import stamp

    content = io.BytesIO()
    said: dict[str, Any] = {}
    try:
        if isinstance(request, CheckRequest):
            check(request.layout, request.cards, needs=request.needs)
        else:
            # What would stop it from being published is said while it is drawn.
            for layout in layouts_of(request.sheets):
                check(layout, [card for sheet in request.sheets for card in sheet.cards if card], needs=request.needs)
            stamp(request.sheets, content, title=request.title, language=request.language)
    except LayoutRefused as refusal:
        said = {"refused": type(refusal).__name__, "values": refusal.values}
    except MemoryError:
        said = {"refused": "LayoutTooSlow", "values": {"layout": name_of(request), "seconds": SECONDS}}
    target.write(json.dumps(said, default=str).encode() + b"\n" + content.getvalue())


def name_of(request: Request) -> str:
    """Return the name of the layout that a request is about."""
    return request.layout.name if isinstance(request, CheckRequest) else request.name


if __name__ == "__main__":
    limit()
    # Our own process wrote it, and the classes are those that it imported.
    from forum.core.stamping import fence

    fence.answer(pickle.load(sys.stdin.buffer), sys.stdout.buffer)  # noqa: S301
