"""In which order badges come, where a separator stands between them, and which desk gives which letters out."""

from __future__ import annotations

import re
import string
import unicodedata
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from typing import Any, TypeVar

from forum.people.models import Person
from forum.people.rules import search_text

SORTS = ("name", "organisation", "category")
SEPARATORS = ("none", "letter", "category", "desk")
OTHER = "…"
"""Stands for the names of other scripts, which follow Z."""
LETTERS = (*string.ascii_uppercase, OTHER)

# French lists pass over « de » and « d’ » in lower case (« de La Motte » stands at L); « du », « Le », « De » as the
# first word of a Flemish name, and « van » count, as the directories of the region have it.
_PARTICLE = re.compile(r"^(?:de\s+|d['’]\s*)", re.UNICODE)
_NUMBER = re.compile(r"\d+")

Item = TypeVar("Item")


@dataclass(frozen=True)
class Entry:
    """What one badge is sorted by."""

    given_name: str
    family_name: str
    organisation: str
    category: tuple[int, int]
    """Where its category stands among the others: its position, then its id."""
    number: int
    """Settles what is alike in everything else."""

    @classmethod
    def of(cls, person: Person, *, category: tuple[int, int], number: int) -> Entry:
        """Return what a person's badge is sorted by."""
        return cls(person.given_name, person.family_name, person.organisation_name or "", category, number)

    @property
    def letter(self) -> str:
        """Return the letter at which the name stands."""
        first = french_key(without_particle(self.family_name))[0][:1] or french_key(self.given_name)[0][:1]
        return first.upper() if first in string.ascii_lowercase and first else OTHER


def sorting_key(sort: str, *, group: str = "none", desks: Sequence[Desk] = ()) -> Callable[[Entry], tuple[Any, ...]]:
    """Return the key of an order; what separators stand between comes first, so that each group stays together."""
    keys: dict[str, Callable[[Entry], tuple[Any, ...]]] = {
        "name": name_key,
        "organisation": organisation_key,
        "category": lambda entry: (*entry.category, *name_key(entry)),
    }
    groups: dict[str, Callable[[Entry], tuple[Any, ...]]] = {
        "category": lambda entry: entry.category,
        "letter": lambda entry: (LETTERS.index(entry.letter),),
        "desk": lambda entry: (desk_of(entry.letter, desks).number,),
    }
    grouping, order = groups.get(group, ungrouped), keys[sort]
    return lambda entry: (*grouping(entry), *order(entry))


def ungrouped(_entry: Entry) -> tuple[Any, ...]:
    """Return the key of what stands in no group."""
    return ()


def organisation_key(entry: Entry) -> tuple[Any, ...]:
    """Return what a person is sorted by in a list of organisations; people without one come last."""
    return (not entry.organisation, french_key(entry.organisation), *name_key(entry))


def name_key(entry: Entry) -> tuple[Any, ...]:
    """Return what a person is sorted by in a list of names."""
    return (french_key(without_particle(entry.family_name)), french_key(entry.given_name), entry.number)


def without_particle(family_name: str) -> str:
    """Return a family name from the word at which French lists place it."""
    return _PARTICLE.sub("", family_name)


def french_key(text: str) -> tuple[str, str]:
    """Return the key of French alphabetical order: letters first, accents only between words alike without them.

    Letters of other scripts follow the Latin ones; numbers follow each other as they are counted (Place 2, Place 10).
    """
    words = re.sub(r"[\W_]+", " ", search_text(text)).strip()
    return (_NUMBER.sub(lambda found: found[0].zfill(6), words), unicodedata.normalize("NFC", text).lower())


@dataclass(frozen=True)
class Desk:
    """A desk of the reception: the letters it gives out, and how many badges lie there."""

    number: int
    first: str
    last: str
    count: int
    staff: int

    @property
    def letters(self) -> str:
        """Return « A–D », or « M » for one letter."""
        return self.first if self.first == self.last else f"{self.first}–{self.last}"

    def holds(self, letter: str) -> bool:
        """Tell whether a letter is given out here."""
        return LETTERS.index(self.first) <= LETTERS.index(letter) <= LETTERS.index(self.last)


def desks_for(letters: Sequence[str], staff: Sequence[int]) -> list[Desk]:
    """Share the alphabet out among desks, as evenly as whole letters allow for the people at each.

    `letters` holds one letter a badge, `staff` how many people stand at each desk. Every letter of the alphabet has
    its desk, also one that nobody has yet: who registers tomorrow finds it on the wall. More desks than letters, or
    desks without anybody, stay closed.
    """
    open_desks = [people for people in staff if people > 0][: len(LETTERS)]
    counts = Counter(letters)
    loads = [counts[letter] for letter in LETTERS]
    borders = fairest(tuple(loads), tuple(open_desks)) if open_desks else ()
    starts = (0, *borders)
    ends = (*borders, len(LETTERS))
    return [
        Desk(number, LETTERS[start], LETTERS[end - 1], sum(loads[start:end]), people)
        for number, (start, end, people) in enumerate(zip(starts, ends, open_desks, strict=False), start=1)
    ]


def fairest(loads: tuple[int, ...], staff: tuple[int, ...]) -> tuple[int, ...]:
    """Return where to cut a row of loads so that the busiest person has as little as possible.

    Of equally good ways the most even one; every part gets at least one letter.
    """

    @cache
    def best(start: int, desk: int) -> tuple[float, float, tuple[int, ...]]:
        if desk == len(staff) - 1:
            share = sum(loads[start:]) / staff[desk]
            return share, share * share * staff[desk], ()
        found = []
        for end in range(start + 1, len(loads) - (len(staff) - desk - 1) + 1):
            share = sum(loads[start:end]) / staff[desk]
            busiest, uneven, borders = best(end, desk + 1)
            found.append((max(share, busiest), share * share * staff[desk] + uneven, (end, *borders)))
        return min(found)

    return best(0, 0)[2]


@dataclass(frozen=True)
class Separator:
    """A card between two groups: what follows, and how many badges."""

    kind: str
    value: Any
    """The letter, the place of the category among the others, or the desk."""
    count: int


def with_separators(items: Sequence[Item], group_of: Callable[[Item], Any] | None, kind: str) -> list[Item | Separator]:
    """Put a separator before each group of items that stand together."""
    if group_of is None:
        return list(items)
    mixed: list[Item | Separator] = []
    for value, group in groupby(items, key=group_of):
        members = list(group)
        mixed += [Separator(kind, value, len(members)), *members]
    return mixed


def desk_of(letter: str, desks: Sequence[Desk]) -> Desk:
    """Return the desk that gives a letter out."""
    return next(desk for desk in desks if desk.holds(letter))
