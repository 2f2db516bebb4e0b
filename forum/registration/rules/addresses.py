"""Names and addresses: how long they may be, which address was probably meant, who is the same person."""

from __future__ import annotations

from forum.people.rules import search_text

LONGEST_NAME = 100
LONGEST_ORGANISATION = 120
LONGEST_ADJUSTMENT = 500
LONGEST_DOOR_WORD = 120

# Where people of the region have their letter boxes; an address one slip away from these is asked about, not refused.
COMMON_DOMAINS = (
    "gmail.com",
    "hotmail.com",
    "hotmail.fr",
    "outlook.com",
    "outlook.fr",
    "yahoo.com",
    "yahoo.fr",
    "orange.fr",
    "wanadoo.fr",
    "free.fr",
    "sfr.fr",
    "laposte.net",
    "live.fr",
    "icloud.com",
    "proton.me",
    "protonmail.com",
    "univ-lille.fr",
    "hautsdefrance.fr",
)


def suggested_email(email: str) -> str | None:
    """Return the address that somebody probably meant: `ada@gmial.com` → `ada@gmail.com`; None when it looks right."""
    local, _at, domain = email.rpartition("@")
    if not local or domain in COMMON_DOMAINS:
        return None
    near = next((known for known in COMMON_DOMAINS if is_one_slip_away(domain, known)), None)
    return f"{local}@{near}" if near else None


def is_one_slip_away(typed: str, meant: str) -> bool:
    """Tell whether one letter too many, too few or wrong, or two neighbours swapped, parts two words."""
    if typed == meant or abs(len(typed) - len(meant)) > 1 or len(meant) < 7:
        return False
    start = next((at for at, (one, other) in enumerate(zip(typed, meant, strict=False)) if one != other), None)
    if start is None:
        return True  # one letter more or less at the end
    rest, wanted = typed[start:], meant[start:]
    swapped = rest[1:2] + rest[:1] + rest[2:]
    return rest[1:] == wanted[1:] or rest[1:] == wanted or rest == wanted[1:] or swapped == wanted


def who(given_name: str, family_name: str, email: str) -> str:
    """Return what makes two lines one person, whatever the accents and capitals."""
    return search_text(given_name, family_name, email)
