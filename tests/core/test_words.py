"""French typography."""

from __future__ import annotations

import pytest

from forum.core.words import french_typography


@pytest.mark.parametrize(
    ("plain", "typeset"),
    [
        ("Attention !", "Attention\u202f!"),
        ("Lieu : Lens", "Lieu\u00a0: Lens"),
        ("« oui »", "«\u00a0oui\u00a0»"),
        ("à 14 h 30", "à 14\u00a0h\u00a030"),
        ("20 %", "20\u202f%"),
        ("du %(first)s au %(last)s", "du %(first)s au %(last)s"),
        ("http://example.org/?a=1", "http://example.org/?a=1"),
    ],
)
def test_plain_spaces_become_no_break_ones_where_french_wants_them(plain: str, typeset: str) -> None:
    assert french_typography(plain) == typeset
