"""What happened at a gate that features above may want to know."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class BlankRead:
    """A gate read a blank badge that nobody was given yet."""

    code_hash: str
    gate_id: int
    scan_uuid: str
    at: datetime
