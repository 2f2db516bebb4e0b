"""Codes by the thousand: each QR symbol put together from parts that the `qrcode` package made once.

For contents of one kind (mode, length, level) a symbol is an affine function of the bits of its content over GF(2):
error correction, interleaving and placement are linear, mask and format are constant. So a symbol is the symbol of a
content of noughts, exclusive-or what each pair of characters changes in it. Everything comes from `qrcode` itself
(`core/qr.py`); no rule of ISO/IEC 18004 is written here again. One mask serves all: scanners do not care which.

A symbol is a number whose bits are its modules, row after row, the first one highest.
"""

from __future__ import annotations

import functools
import re

from forum.core.qr import ALPHANUMERIC, Level, SymbolKind

MASK = 3
VALUES = {character: value for value, character in enumerate(ALPHANUMERIC)}
is_alphanumeric = re.compile(r"[0-9A-Z $%*+./:-]+").fullmatch
MOST_KEPT = 50_000
"""How many changes of pairs are kept, so that odd contents do not fill the memory."""


class Symbols:
    """The symbols of one kind."""

    def __init__(self, kind: SymbolKind) -> None:
        """Find out where the bits of codewords come to stand."""
        self.kind = kind
        self.side = kind.side
        self.count = kind.side**2
        self.noughts = kind.codewords(b"0" * kind.length)
        self.constant = self.packed(self.noughts)
        self.where = self.places()
        self.changes: dict[tuple[int, str | bytes], int] = {}
        self.bases: dict[int, list[int]] = {}
        self.step = 2 if kind.is_alphanumeric else 1

    def packed(self, codewords: list[int]) -> int:
        """Return the symbol of codewords as a number."""
        rows = self.kind.modules(codewords, mask=MASK)
        return int("".join("1" if module else "0" for row in rows for module in row), 2)

    def places(self) -> dict[int, int]:
        """Return the module, as a bit, of each bit of the codewords: found by numbering the bits in binary."""
        count = len(self.noughts)
        blank = self.packed([0] * count)
        all_bits = self.packed([255] * count) ^ blank
        numbers = dict.fromkeys((bit for bit in range(self.count) if all_bits >> bit & 1), 0)
        for digit in range((count * 8).bit_length()):
            marked = [sum(((word * 8 + bit) >> digit & 1) << (7 - bit) for bit in range(8)) for word in range(count)]
            seen = self.packed(marked) ^ blank
            for bit in numbers:
                numbers[bit] |= (seen >> bit & 1) << digit
        return {number: 1 << bit for bit, number in numbers.items()}

    def symbol(self, content: str | bytes) -> int:
        """Return the symbol of a content of this kind."""
        found, step, changes = self.constant, self.step, self.changes
        for start in range(0, self.kind.length, step):
            part = content[start : start + step]
            change = changes.get((start, part))
            found ^= self.change(start, part) if change is None else change
        return found

    def change(self, start: int, part: str | bytes) -> int:
        """Return what a part of the content changes in the symbol of noughts."""
        found, value = 0, value_of(part)
        for bit, change in enumerate(self.basis(start, len(part))):
            if value >> bit & 1:
                found ^= change
        if len(self.changes) < MOST_KEPT:
            self.changes[start, part] = found
        return found

    def basis(self, start: int, length: int) -> list[int]:
        """Return what each bit of a part changes; it is kept."""
        known = self.bases.get(start)
        if known is None:
            bits = range(BITS[self.kind.is_alphanumeric, length])
            known = self.bases[start] = [self.difference(start, part_with(bit, length, self.kind)) for bit in bits]
        return known

    def difference(self, start: int, part: bytes) -> int:
        """Return which modules differ from those of noughts when a part of the content is another."""
        content = bytearray(b"0" * self.kind.length)
        content[start : start + len(part)] = part
        found = 0
        for number, (word, nought) in enumerate(zip(self.kind.codewords(bytes(content)), self.noughts, strict=True)):
            for bit in range(8):
                if (word ^ nought) >> (7 - bit) & 1:
                    found ^= self.where[number * 8 + bit]
        return found


BITS = {(True, 2): 11, (True, 1): 6, (False, 1): 8}
"""How many bits a part takes: two characters of the alphabet, a last one alone, or a byte."""


def value_of(part: str | bytes) -> int:
    """Return a part as the number that the symbol holds, which is nought for noughts."""
    if isinstance(part, bytes):
        return part[0] ^ ord("0")
    return functools.reduce(lambda value, character: value * len(VALUES) + VALUES[character], part, 0)


def part_with(bit: int, length: int, kind: SymbolKind) -> bytes:
    """Return the part whose number has one bit."""
    value = 1 << bit
    if not kind.is_alphanumeric:
        return bytes((ord("0") ^ value,))
    high, low = divmod(value, len(VALUES))
    return "".join(ALPHANUMERIC[each] for each in (high, low)[-length:]).encode()


@functools.lru_cache(maxsize=32)
def symbols_of(kind: SymbolKind) -> SymbolPaths:
    """Return the symbols of a kind; they are kept."""
    return SymbolPaths(Symbols(kind))


class SymbolPaths:
    """Symbols as PDF operators: horizontal runs of modules, one unit each, y downwards."""

    def __init__(self, symbols: Symbols) -> None:
        """Prepare to look up eight modules at a time."""
        self.symbols = symbols
        self.side = symbols.side
        self.length = (symbols.count + 7) // 8
        self.padding = self.length * 8 - symbols.count
        self.kept: list[dict[int, bytes]] = [{} for _byte in range(self.length)]

    def operators(self, content: str | bytes) -> bytes:
        """Return the path of a content's symbol, not yet filled."""
        packed = (self.symbols.symbol(content) << self.padding).to_bytes(self.length, "big")
        try:
            return b"".join([kept[value] for kept, value in zip(self.kept, packed, strict=True)])
        except KeyError:
            for number, (kept, value) in enumerate(zip(self.kept, packed, strict=True)):
                if value not in kept:
                    kept[value] = self.runs(number, value)
            return b"".join([kept[value] for kept, value in zip(self.kept, packed, strict=True)])

    def runs(self, number: int, value: int) -> bytes:
        """Return the rectangles of the eight modules of one byte."""
        dark = [number * 8 + bit for bit in range(8) if value >> (7 - bit) & 1]
        runs: list[list[int]] = []
        for module in dark:
            if runs and runs[-1][-1] == module - 1 and module % self.side:
                runs[-1].append(module)
            else:
                runs.append([module])
        return b"".join(b"%d %d %d 1 re\n" % (run[0] % self.side, run[0] // self.side, len(run)) for run in runs)


def kind_of(content: str, level: Level) -> SymbolKind:
    """Return the kind of a content."""
    if is_alphanumeric(content):
        return SymbolKind(length=len(content), is_alphanumeric=True, level=level)
    return SymbolKind(length=len(content.encode()), is_alphanumeric=False, level=level)


def path_of(content: str, level: Level) -> tuple[bytes, int]:
    """Return the path of a content's symbol, one unit a module, and how many modules it is wide."""
    kind = kind_of(content, level)
    paths = symbols_of(kind)
    return paths.operators(content if kind.is_alphanumeric else content.encode()), paths.side
