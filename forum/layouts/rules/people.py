"""Whose badges are shown while a layout is drawn: those that are hard to print."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

MOST = 8


@dataclass(frozen=True)
class Try:
    """Somebody on whose badge a layout is tried."""

    registration_id: int
    name: str
    kind: str


def tries_of(people: Sequence[Try]) -> list[Try]:
    """Return a few: the longest name, one of each other script, the shortest, one of each kind of category."""
    if not people:
        return []
    by_length = sorted(people, key=lambda person: (len(person.name), person.registration_id))
    chosen: dict[int, Try] = {by_length[-1].registration_id: by_length[-1]}
    scripts: dict[str, Try] = {}
    kinds: dict[str, Try] = {}
    for person in people:
        scripts.setdefault(script_of(person.name), person)
        kinds.setdefault(person.kind, person)
    hard = [person for script, person in scripts.items() if script != "LATIN"]
    for person in (*hard, by_length[0], *kinds.values()):
        chosen.setdefault(person.registration_id, person)
    return list(chosen.values())[:MOST]


def script_of(name: str) -> str:
    """Return the script of a name's first letter that is not Latin, else `LATIN`."""
    for letter in name:
        if letter.isalpha() and ord(letter) > 0x24F and not 0x1E00 <= ord(letter) <= 0x1EFF:
            return unicodedata.name(letter, "LATIN").split()[0]
    return "LATIN"
