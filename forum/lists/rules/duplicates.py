"""People who stand in a list twice."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from forum.people.rules import SHORTEST_WITH_SLIPS, search_text, slips


@dataclass(frozen=True)
class Listed:
    """What of a registration is compared."""

    id: int
    given_name: str
    family_name: str
    email: str
    organisation: str


@dataclass(frozen=True)
class Pair:
    """Two registrations that may be one person's, and why; the surest reason comes first."""

    first_id: int
    second_id: int
    reason: str


REASONS = ("same-email", "same-name", "similar-name-email", "similar-name-organisation", "similar-name")

MOST_OF_ONE = 12
"""A name or an address that more people share says little: a school's address, the most common names."""


def pairs_alike(people: Sequence[Listed]) -> list[Pair]:
    """Return who may be the same person: same address, same name but for accents, or similar names; the surest first.

    Nobody is compared with everybody: only those who share an address, a name, or one of the two names and all but
    one letter of the other.
    """
    people = [plain(person) for person in people]
    found: dict[tuple[int, int], str] = {}
    for group in (*grouped_by(people, keys_of_email), *grouped_by(people, keys_of_name)):
        for first, second in itertools.combinations(sorted(group, key=lambda person: person.id), 2):
            reason = alike(first, second)
            if reason:
                found.setdefault((first.id, second.id), reason)
    pairs = [Pair(first, second, reason) for (first, second), reason in found.items()]
    return sorted(pairs, key=lambda pair: (REASONS.index(pair.reason), pair.first_id, pair.second_id))


def plain(person: Listed) -> Listed:
    """Return a person as they are compared: no accents, no capitals, no hyphens."""
    given, family = (search_text(name).replace("-", " ") for name in (person.given_name, person.family_name))
    return Listed(person.id, given, family, person.email.lower(), search_text(person.organisation))


def grouped_by(people: Sequence[Listed], keys: Callable[[Listed], Iterable[object]]) -> list[list[Listed]]:
    """Return those who share a key, in groups that are not too large."""
    alone: dict[int, Listed] = {}  # most keys are one person's: a list for each would fill the memory
    groups: dict[int, list[Listed]] = {}
    for person in people:
        for key in {hash(key) for key in keys(person)}:
            other = alone.setdefault(key, person)
            if other is not person:
                groups.setdefault(key, [other]).append(person)
    return [group for group in groups.values() if len(group) <= MOST_OF_ONE]


def keys_of_email(person: Listed) -> Iterable[object]:
    """Return the address."""
    return (person.email,) if person.email else ()


def keys_of_name(person: Listed) -> Iterator[object]:
    """Return the name in any order, and each name with the other short of one letter."""
    given, family = person.given_name, person.family_name
    yield tuple(sorted((given, family)))
    for kept, other in ((given, family), (family, given)):
        if len(other) >= SHORTEST_WITH_SLIPS:
            yield (kept, other)
            yield from ((kept, other[:at] + other[at + 1 :]) for at in range(len(other)))


def alike(first: Listed, second: Listed) -> str:
    """Return why two may be one person, or nothing."""
    names = {first.given_name, first.family_name}, {second.given_name, second.family_name}
    same_name = names[0] == names[1]
    same_email = bool(first.email) and first.email == second.email
    if same_name:
        return "same-email" if same_email else "same-name"
    if same_email and (first.given_name == second.given_name or are_near(first, second)):
        return "similar-name-email"  # a couple or a family with one address have their own given names
    if not are_near(first, second):
        return ""
    if first.organisation and first.organisation == second.organisation:
        return "similar-name-organisation"
    return "similar-name" if first.email.partition("@")[0] == second.email.partition("@")[0] else ""


def are_near(first: Listed, second: Listed) -> bool:
    """Tell whether one slip parts two names, in the given or the family name."""
    one, other = f"{first.given_name} {first.family_name}", f"{second.given_name} {second.family_name}"
    return abs(len(one) - len(other)) <= 1 and slips(one, other, most=1) <= 1 and slips(other, one, most=1) <= 1
