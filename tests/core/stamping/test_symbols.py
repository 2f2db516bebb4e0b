"""Codes by the thousand are those that the `qrcode` package makes one by one."""

from __future__ import annotations

import random

import pytest
import qrcode

from forum.core import codes, qr
from forum.core.stamping.symbols import MASK, kind_of, path_of, symbols_of


def packed(content: str, level: qr.Level) -> int:
    """Return the symbol that the package makes, module after module."""
    kind = kind_of(content, level)
    symbol = qrcode.QRCode(version=kind.version, error_correction=qr.LEVELS[level], border=0, mask_pattern=MASK)
    symbol.add_data(kind.data(content.encode()))
    symbol.make(fit=False)
    return int("".join("1" if module else "0" for row in symbol.get_matrix() for module in row), 2)


@pytest.mark.parametrize("level", ["L", "M", "Q", "H"])
def test_symbols_are_bit_identical(level: qr.Level) -> None:
    contents = [
        *(codes.new_code() for _ in range(8)),
        "A",
        "HTTPS://X.EXAMPLE/%",
        "https://exemple.fr/é?a=1",
        "é" * 60,
    ]
    for content in contents:
        kind = kind_of(content, level)
        made = symbols_of(kind).symbols.symbol(content if kind.is_alphanumeric else content.encode())
        assert made == packed(content, level), content


def test_a_path_has_every_dark_module_once() -> None:
    content = "".join(random.Random(5).choices(codes.ALPHABET, k=26))
    path, side = path_of(content, "Q")
    dark = set()
    for line in path.decode().split("\n")[:-1]:
        x, y, width, height, operator = line.split()
        assert (height, operator) == ("1", "re")
        run = {(int(x) + step, int(y)) for step in range(int(width))}
        assert dark.isdisjoint(run)
        assert int(x) + int(width) <= side
        dark |= run
    expected = packed(content, "Q")
    modules = {(bit % side, bit // side) for bit in range(side * side) if expected >> (side * side - 1 - bit) & 1}
    assert dark == modules
