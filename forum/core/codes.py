"""Random names that leave the house: private links, public keys of pages, and the code on a badge."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable

# Crockford's base32: no I, L, O, U, so that nothing is misread.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
VALUES = {character: value for value, character in enumerate(ALPHABET)}
LOOK_ALIKES = str.maketrans({"O": "0", "I": "1", "L": "1"})

CODE_LENGTH = 26
TOKEN_LENGTH = 26  # 130 bits
KEY_LENGTH = 8  # 40 bits: names a public page, protects nothing
REFERENCE_LENGTH = 8

_SEPARATORS = re.compile(r"[\s\-–—_.]+")

Choose = Callable[[str], str]


def random_text(length: int, choose: Choose | None = None) -> str:
    """Return random characters of the alphabet; `choose` takes the place of the system's chance in a demonstration."""
    if choose is not None:
        return "".join(choose(ALPHABET) for _ in range(length))
    # Five bits of each random byte: the alphabet has 32 characters, so each is as likely as any other.
    return "".join(ALPHABET[byte & 31] for byte in secrets.token_bytes(length))


def new_token() -> str:
    """Return an unguessable token for a private address, in lower case."""
    return random_text(TOKEN_LENGTH).lower()


def new_key() -> str:
    """Return a short name for a public page, in lower case, which tells nothing about how many there are."""
    return random_text(KEY_LENGTH).lower()


def new_reference() -> str:
    """Return what a person reads out on the telephone, e.g. `7K3M9QXA`."""
    return random_text(REFERENCE_LENGTH)


def new_code(choose: Choose | None = None) -> str:
    """Return a badge's code: 25 random characters and a check character."""
    body = random_text(CODE_LENGTH - 1, choose)
    return body + check_character(body)


def check_character(body: str) -> str:
    """Return the check character of a code's body: the sum of position weight × value in GF(32).

    Weights are the powers of a primitive element (x⁵ + x² + 1), so every single wrong character and every swap of
    two different neighbours changes the sum.
    """
    total = 0
    for character in body:
        total = double(total ^ VALUES[character])
    return ALPHABET[total]


def double(value: int) -> int:
    """Multiply by x in GF(32) modulo x⁵ + x² + 1."""
    value <<= 1
    return value ^ 0b100101 if value & 0b100000 else value


def read_code(text: str) -> str | None:
    """Return the code that a person typed or a scanner read, or None if it is not one.

    Groups, lower case and look-alikes (O → 0, I and L → 1) are accepted.
    """
    code = _SEPARATORS.sub("", text).upper().translate(LOOK_ALIKES)
    if len(code) != CODE_LENGTH or any(character not in VALUES for character in code):
        return None
    return code if check_character(code[:-1]) == code[-1] else None


def grouped(code: str, size: int = 4) -> str:
    """Return a code in groups that a person can read out: `7K3M-9Q…`."""
    return "-".join(code[start : start + size] for start in range(0, len(code), size))
