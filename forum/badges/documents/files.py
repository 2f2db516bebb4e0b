"""Where printed files are kept."""

from __future__ import annotations

from pathlib import Path

from flask import current_app

from forum.core.settings import Settings


def printed_file(key: str) -> Path:
    """Return the path of a print job's file; keys are our own random ones, never what somebody typed."""
    settings: Settings = current_app.extensions["forum.settings"]
    return settings.instance / "printed" / f"{key}.pdf"
