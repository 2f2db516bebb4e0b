"""The project’s folder as set-up sees it, and how set-up ends when a machine lacks something."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


class SetUpStopped(Exception):  # noqa: N818 - it is an ending with advice, not a fault of the program
    """Something that a machine may lack; the message says what, and what to do about it."""


@dataclass(frozen=True)
class Place:
    """The project's folder, and where set-up keeps things in it."""

    root: Path

    @property
    def environment(self) -> Path:
        """The virtual environment."""
        return self.root / ".venv"

    @property
    def python(self) -> Path:
        """The environment's own Python."""
        return self.environment / "bin" / "python"

    @property
    def notes(self) -> Path:
        """The folder of stamps and of what a failed installer said."""
        return self.environment / "set-up"

    def private(self, purpose: str) -> Path:
        """The folder for system packages unpacked without privileges, one for each purpose."""
        return self.environment / "system" / purpose


HERE = Place(Path(__file__).resolve().parents[2])
