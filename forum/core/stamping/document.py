"""The file: stamped pages written behind what WeasyPrint painted."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import BinaryIO

from forum.core.stamping.sheets import Sheet

Progress = Callable[[int], None]
"""Told how many sheets are stamped so far."""


def stamp(
    sheets: Iterable[Sheet],
    target: BinaryIO,
    *,
    title: str,
    language: str = "fr",
    variant: str | None = None,
    processes: int = 1,
    on_progress: Progress | None = None,
) -> int:
    """Write the sheets as one PDF, in their order; return how many pages it has.

    `variant` is `pdf/ua-1` (tagged, for screen readers), `pdf/a-3u` (for archives) or None. `processes` is how many may
    work on it where that is worth it. Nothing is written to `target` before everything is ready. Raises
    `NothingToStamp` when there is no sheet, and `LayoutRefused` for a layout that cannot be printed.
    """
    raise NotImplementedError
