"""Layouts that somebody typed are tried in a process of their own: no network, little memory, little time."""

from __future__ import annotations

from collections.abc import Sequence

from forum.core.stamping.layouts import Card, Layout
from forum.core.stamping.sheets import Sheet


def fenced_check(layout: Layout, cards: Sequence[Card], *, needs: Sequence[str] = ("name", "code")) -> None:
    """Do what `check` does, within limits. Raises `LayoutRefused`, also for a layout that takes too long."""
    raise NotImplementedError


def fenced_stamp(sheets: Sequence[Sheet], *, title: str, language: str = "fr") -> bytes:
    """Return the PDF of a few sheets, made within limits: for a page that is shown while its layout is written."""
    raise NotImplementedError
