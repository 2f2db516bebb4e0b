"""How persons are searched for."""

from __future__ import annotations

import unicodedata

# Letters that Unicode does not take apart into a plain one and a mark.
_PLAIN = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "ß": "ss", "æ": "ae", "œ": "oe", "ı": "i", "’": "'"}
)


def search_text(*parts: str | None) -> str:
    """Return words as search compares them: lower case, no accents, single spaces."""
    text = " ".join(part for part in parts if part).lower().translate(_PLAIN)
    plain = "".join(
        character for character in unicodedata.normalize("NFKD", text) if not unicodedata.combining(character)
    )
    return " ".join(plain.split())
