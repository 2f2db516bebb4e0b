"""What the instance remembers of the demonstration: its sign-in and its editions, in `instance/demo.json`."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

from forum.core.settings import Settings, database_url

FILE = "demo.json"
WORDS = ("beffroi", "braderie", "terril", "estaminet", "hortillon", "canal", "dune", "houblon", "chicon", "gaufre")


@dataclass(frozen=True)
class Record:
    """The demonstration that was loaded into one database."""

    database: str
    password: str
    slugs: tuple[str, ...] = ()
    day: str | None = None
    """The day it was placed around; None: loading never ended."""

    def is_of(self, settings: Settings) -> bool:
        """Tell whether this is about the database of these settings."""
        return self.database == fingerprint(settings)

    def is_stale(self, today: date) -> bool:
        """Tell whether the edition of « today » is over by now."""
        return self.day is not None and (today - date.fromisoformat(self.day)).days > 1


def fingerprint(settings: Settings) -> str:
    """Name a database without keeping its password; the instance's own stays the same wherever the folder is moved."""
    if settings.database_url == database_url(None, settings.instance):
        return "instance"
    return hashlib.sha256(settings.database_url.encode()).hexdigest()[:16]


def path(settings: Settings) -> Path:
    """Return where the record is kept."""
    return settings.instance / FILE


def read(settings: Settings) -> Record | None:
    """Return what is remembered for this database; None when no demonstration was loaded into it."""
    try:
        kept = json.loads(path(settings).read_text("utf-8"))
    except (FileNotFoundError, ValueError):
        return None
    record = Record(**(kept | {"slugs": tuple(kept["slugs"])}))
    return record if record.is_of(settings) else None


def write(settings: Settings, record: Record) -> None:
    """Remember; only the owner of the file can read the password in it."""
    temporary = path(settings).with_suffix(".new")
    with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump(asdict(record), file, ensure_ascii=False, indent=2)
    temporary.replace(path(settings))


def new_password() -> str:
    """Make a password that one can type: three words of the region and eight random digits, 10¹¹ possibilities."""
    words = "-".join(secrets.choice(WORDS) for _ in range(3))
    return f"{words}-{secrets.randbelow(10**8):08d}"
