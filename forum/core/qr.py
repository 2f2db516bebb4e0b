"""A code as a QR symbol; the `qrcode` package lives here and nowhere else."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Literal

import qrcode
from markupsafe import Markup
from qrcode import util
from qrcode.constants import ERROR_CORRECT_H, ERROR_CORRECT_L, ERROR_CORRECT_M, ERROR_CORRECT_Q

QUIET_ZONE = 4
"""Modules of white around a symbol (ISO/IEC 18004)."""

Matrix = list[list[bool]]
Level = Literal["L", "M", "Q", "H"]
LEVELS = {"L": ERROR_CORRECT_L, "M": ERROR_CORRECT_M, "Q": ERROR_CORRECT_Q, "H": ERROR_CORRECT_H}
ALPHANUMERIC = util.ALPHA_NUM.decode()
"""The characters of the alphanumeric mode, in the order of their values."""


def code_matrix(code: str) -> Matrix:
    """Return the symbol of a badge's code: alphanumeric, version 2, level Q, without its quiet zone."""
    return matrix(code, version=2, level=ERROR_CORRECT_Q)


def address_matrix(address: str) -> Matrix:
    """Return the symbol of an address (a gate's link on a poster), as small as it goes."""
    return matrix(address, version=None, level=ERROR_CORRECT_M)


def matrix(content: str, *, version: int | None, level: int) -> Matrix:
    """Return the modules of a symbol, rows of booleans, dark is True."""
    symbol = qrcode.QRCode(version=version, error_correction=level, border=0)
    symbol.add_data(content)
    symbol.make(fit=version is None)
    return [[bool(module) for module in row] for row in symbol.get_matrix()]


def svg_path(modules: Matrix) -> str:
    """Return the dark modules as one SVG path of horizontal runs, one unit a module."""
    parts = []
    for y, row in enumerate(modules):
        x = 0
        while x < len(row):
            if not row[x]:
                x += 1
                continue
            start = x
            while x < len(row) and row[x]:
                x += 1
            parts.append(f"M{start} {y}h{x - start}v1h-{x - start}z")
    return "".join(parts)


SVG = Markup(
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="-{zone} -{zone} {side} {side}" role="img" '
    'shape-rendering="crispEdges"><title>{title}</title>'
    '<path fill="#fff" d="M-{zone}-{zone}h{side}v{side}h-{side}z"/><path fill="#000" d="{path}"/></svg>'
)


def svg(modules: Matrix, *, title: str) -> Markup:
    """Return a symbol as an SVG picture with its quiet zone, black on white whatever the page's colours."""
    side = len(modules) + 2 * QUIET_ZONE
    return SVG.format(zone=QUIET_ZONE, side=side, title=title, path=svg_path(modules))


def address_picture(content: str, *, title: str) -> Markup:
    """Return the symbol of an address (or of other words that a telephone reads) as an SVG picture."""
    return svg(address_matrix(content), title=title)


@dataclass(frozen=True)
class SymbolKind:
    """What symbols have in common whose contents are equally long: enough to make them by the thousand (`stamping`)."""

    length: int
    """How many characters of the alphabet, or bytes."""
    is_alphanumeric: bool
    level: Level

    @functools.cached_property
    def version(self) -> int:
        """Return the smallest version that holds such a content."""
        symbol = qrcode.QRCode(error_correction=LEVELS[self.level], border=0)
        symbol.add_data(self.data(b"0" * self.length))
        return int(symbol.best_fit())

    @property
    def side(self) -> int:
        """Return how many modules a symbol is wide and high."""
        return self.version * 4 + 17

    def data(self, content: bytes) -> util.QRData:
        """Return a content in the mode of this kind."""
        mode = util.MODE_ALPHA_NUM if self.is_alphanumeric else util.MODE_8BIT_BYTE
        return util.QRData(content, mode=mode, check_data=False)

    def codewords(self, content: bytes) -> list[int]:
        """Return a content with its error correction."""
        return list(util.create_data(self.version, LEVELS[self.level], [self.data(content)]))

    def modules(self, codewords: list[int], *, mask: int) -> Matrix:
        """Return where the codewords come to stand, under one of the eight masks."""
        symbol = qrcode.QRCode(version=self.version, error_correction=LEVELS[self.level], border=0)
        symbol.data_cache = codewords
        symbol.makeImpl(False, mask)
        return [[bool(module) for module in row] for row in symbol.modules]
