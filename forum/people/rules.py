"""Who may sign in, with which password, and how persons are searched for."""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from forum.core.refusals import Conflict, Gone, Malformed, Refusal
from forum.core.words import lazy_gettext as _
from forum.people.models import Account, SignInLink

# Argon2id with 19 MiB, two passes, one lane: OWASP's choice for a server that others use at the same time.
# Raise these three as machines grow; passwords are hashed anew when their owners sign in.
PASSWORD_MEMORY_KIB = 19 * 1024
PASSWORD_PASSES = 2
PASSWORD_LANES = 1
PASSWORD_LENGTH = 12
LONGEST_PASSWORD = 200
LINK_LIFE = timedelta(days=3)

_hasher = PasswordHasher(memory_cost=PASSWORD_MEMORY_KIB, time_cost=PASSWORD_PASSES, parallelism=PASSWORD_LANES)
# What is verified when there is no such account, so that the answer takes the same time.
_NOBODYS_HASH = _hasher.hash("a password that nobody has")

# Letters that Unicode does not take apart into a plain one and a mark.
_PLAIN = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "ß": "ss", "æ": "ae", "œ": "oe", "ı": "i", "’": "'"}
)


class WrongSignIn(Refusal):
    """The address or the password is wrong; nobody learns which."""

    code = "wrong-sign-in"
    status = 422
    field = "password"
    sentence = _("This address and this password do not go together. Check both, then try again.")


class LinkGone(Gone):
    """The sign-in link is unknown, used or too old; nobody learns which."""

    code = "link-gone"
    sentence = _("This sign-in link was used already, or is too old. Ask an owner of the forum for a new one.")


class PasswordTooShort(Malformed):
    """The password is short."""

    code = "password-too-short"
    field = "password"
    sentence = _("This password is too short: take at least %(least)s characters, for example four words.")


class PasswordTooEasy(Malformed):
    """The password is easy to guess."""

    code = "password-too-easy"
    field = "password"
    sentence = _("This password is easy to guess. Take several words that have nothing to do with you or the forum.")


class AddressTaken(Conflict):
    """There is an account with this address."""

    code = "address-taken"
    field = "email"
    sentence = _("%(email)s has an account already. Open it in the list to change what it may do.")


class LastOwner(Conflict):
    """Without this account nobody could manage the forum."""

    code = "last-owner"
    sentence = _("%(name)s is the last owner of the forum. Make someone else an owner first.")


class NotYourself(Conflict):
    """People do not disable their own account."""

    code = "not-yourself"
    sentence = _("You cannot disable your own account. Ask another owner to do it.")


class AccountDisabled(Conflict):
    """A disabled account gets no link."""

    code = "account-disabled"
    sentence = _("The account of %(name)s is disabled. Enable it first.")


def kept_email(email: str) -> str:
    """Return an address as accounts keep it: no spaces around, lower case."""
    return email.strip().lower()


def hashed(password: str) -> str:
    """Return what is kept of a password. It takes a while by design: never inside a transaction."""
    return _hasher.hash(password)


def is_right_password(account: Account | None, password: str) -> bool:
    """Tell whether a password opens an account; as slow for an account that does not exist."""
    usable = account is not None and account.is_active and account.password_hash is not None
    kept = account.password_hash if usable and account else None
    try:
        _hasher.verify(kept or _NOBODYS_HASH, password)
    except (VerificationError, InvalidHashError):
        return False
    return usable


def needs_new_hash(account: Account) -> bool:
    """Tell whether a password was kept at a lower cost than today's."""
    return account.password_hash is not None and _hasher.check_needs_rehash(account.password_hash)


def check_password(password: str, *, account: Account) -> None:
    """Refuse a new password that is short, or that a stranger would try first."""
    if len(password) < PASSWORD_LENGTH:
        raise PasswordTooShort(least=PASSWORD_LENGTH)
    plain = search_text(password).replace(" ", "")
    known = {search_text(part) for part in (account.email, account.email.partition("@")[0], account.name)}
    too_plain = len(set(plain)) < 5 or plain in {word.replace(" ", "") for word in known}
    if too_plain or plain in _sequences():
        raise PasswordTooEasy


def _sequences() -> set[str]:
    """Return rows of keys, repeated words and the like that are long enough and still known to everyone."""
    rows = ("1234567890", "0123456789", "azertyuiop", "qwertyuiop", "abcdefghijklmnopqrstuvwxyz")
    words = ("password", "motdepasse", "forum", "grandnord", "administrateur", "organisateur")
    ends = ("", "1", "12", "123", "1234", "12345", "2024", "2025", "2026", "2027", "2028")
    sequences = {(row + row)[:length] for row in rows for length in range(PASSWORD_LENGTH, 2 * len(row) + 1)}
    return sequences | {word * times + end for word in words for times in (1, 2, 3) for end in ends}


def check_link(link: SignInLink | None, *, now: datetime) -> SignInLink:
    """Return a link that may be used now, or refuse."""
    if link is None or link.used_at is not None or link.expires_at <= now or not link.account.is_active:
        raise LinkGone
    return link


def check_disabling(account: Account, *, by: Account | None, owners: Iterable[Account]) -> None:
    """Refuse to lock oneself, or everyone, out."""
    if by is not None and by.id == account.id:
        raise NotYourself
    check_owner_leaves(account, owners=owners)


def check_owner_leaves(account: Account, *, owners: Iterable[Account]) -> None:
    """Refuse that the last owner stops being one."""
    if account.is_owner and not any(owner.id != account.id for owner in owners):
        raise LastOwner(name=account.name)


def search_text(*parts: str | None) -> str:
    """Return words as search compares them: lower case, no accents, single spaces."""
    text = " ".join(part for part in parts if part).lower().translate(_PLAIN)
    plain = "".join(
        character for character in unicodedata.normalize("NFKD", text) if not unicodedata.combining(character)
    )
    return " ".join(plain.split())


# --- finding people whatever is typed


MOST_WORDS = 8
SHORTEST_WITH_SLIPS = 4
"""Words of three letters and fewer are looked for as they are: with a slip they would be any other word."""


def search_words(text: str) -> list[str]:
    """Return the words of a search, as they are compared."""
    return search_text(text[:200]).split()[:MOST_WORDS]


def sought(words: Sequence[str]) -> list[str]:
    """Return what the index is asked for, at least three characters each: whole words, else their beginnings.

    A single letter says too little, unless it is all there is: then it is a word (some names are one letter long).
    """
    asked = [word if len(word) > 2 else f" {word}" for word in words if len(word) > 1]
    return asked or [f" {word} " for word in words]


def pieces(word: str) -> tuple[str, ...]:
    """Return the beginning and the end of a word (a space stands for its edge): a slip leaves one of them alone."""
    if len(word) < SHORTEST_WITH_SLIPS:
        return (word if len(word) > 2 else f" {word}",)
    edged = f" {word} "
    size = max(3, (len(edged) - 1) // 2)
    return (edged[:size], edged[-size:])


def resembles(words: Sequence[str], text: str) -> bool:
    """Tell whether every word of a search stands in a text, perhaps with a slip."""
    return all(word in text or any(is_near(word, other) for other in near_words(word).findall(text)) for word in words)


@functools.lru_cache(maxsize=1_000)
def near_words(word: str) -> re.Pattern[str]:
    """Return what finds the words that begin or end like another one."""
    half = max(2, len(word) // 2 - 1)
    return re.compile(rf"\b{re.escape(word[:half])}[^\W_]*|\b[^\W_]*{re.escape(word[-half:])}\b")


@functools.lru_cache(maxsize=100_000)
def is_near(typed: str, meant: str) -> bool:
    """Tell whether one slip parts two words (two in words of eight letters and more), or the first part of one."""
    allowed = 0 if len(typed) < SHORTEST_WITH_SLIPS else 1 if len(typed) < 8 else 2
    return typed == meant or slips(typed, meant[: len(typed) + allowed], most=allowed) <= allowed


def slips(first: str, second: str, *, most: int) -> int:
    """Count letters wrong, missing, too many or swapped with their neighbour, to begin `second` with `first`.

    Letters of `second` that follow are not counted: one is still typing. Counting ends above `most`.
    """
    far = most + 1
    before: list[int] = []
    row = list(range(len(second) + 1))
    for at, letter in enumerate(first, start=1):
        above, row = row, [far] * (len(second) + 1)
        row[0] = at
        for place in range(max(1, at - most), min(len(second), at + most) + 1):  # further away are too many slips
            other = second[place - 1]
            cost = min(above[place] + 1, row[place - 1] + 1, above[place - 1] + (letter != other))
            if at > 1 and place > 1 and letter == second[place - 2] and first[at - 2] == other:
                cost = min(cost, before[place - 2] + 1)
            row[place] = cost
        if min(row) > most:
            return far
        before = above
    return min(row)
