"""Where printed files are kept."""

from __future__ import annotations

from pathlib import Path

from forum.core.documents import shelf


def printed_file(key: str) -> Path:
    """Return the path of a print job's file; keys are our own random ones, never what somebody typed."""
    return shelf("printed") / f"{key}.pdf"
