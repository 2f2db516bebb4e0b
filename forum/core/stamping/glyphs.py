"""Glyphs of a font as operators of a page: what HarfBuzz or Pango made of a text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

THOUSAND = 1000
"""PDF counts glyphs in thousandths of an em."""
EM = 64.0
"""The size, in CSS pixels, at which text is shaped: all sizes are alike from there."""


class Face:
    """A font file at one weight, as WeasyPrint embeds it, with HarfBuzz over the same bytes."""

    def __init__(self, key: int, font: Any) -> None:
        """Hold WeasyPrint's font under its key."""
        import uharfbuzz

        self.key = key
        self.font = font
        self.name = f"/{font.hash}"
        self.has_colours = bool(font.png or font.svg or font.colr)
        self.is_simple = "fvar" not in font.tables and not font.bitmap and not self.has_colours
        face = uharfbuzz.Face(font.file_content, font.index)
        self.harfbuzz = uharfbuzz.Font(face)
        self.scale = THOUSAND / face.upem
        self.ascent: float = font.ascent / THOUSAND
        self.descent: float = -font.descent / THOUSAND
        self.texts: dict[int, str] = {}
        """What each glyph stands for, for whoever searches or copies."""
        self.widths: dict[int, int] = {}
        self.missing: dict[int, int] = {}
        """Glyphs numbered beyond the font's own, for characters that no font has."""

    def width(self, glyph: int) -> int:
        """Return a glyph's width as the file states it."""
        known = self.widths.get(glyph)
        if known is None:
            known = self.widths[glyph] = round(self.harfbuzz.get_glyph_h_advance(glyph) * self.scale)
        return known

    def missing_glyph(self, codepoint: int, width: float) -> int:
        """Return a glyph that is drawn as an empty box, but is still read as the character."""
        glyph = self.missing.get(codepoint)
        if glyph is None:
            glyph = self.missing[codepoint] = min(self.font.glyph_count + len(self.missing), 0xFFFF)
            self.widths[glyph] = round(width)
            self.texts[glyph] = chr(codepoint)
        return glyph


@dataclass(frozen=True, eq=False)
class Run:
    """Glyphs of one face, as operators of a PDF page."""

    face: Face
    operators: bytes
    """`[<…>]TJ`, and what raises single glyphs."""
    glyphs: frozenset[int]


@dataclass(frozen=True, eq=False)
class Shaped:
    """A line of text, ready to be drawn at any size."""

    text: str
    runs: tuple[Run, ...]
    width: float
    """In em, without spacing between letters."""
    count: int
    """How many glyphs, for the spacing between them."""
    ascent: float
    descent: float
    missing: str = ""
    """The characters that no font has."""

    @property
    def faces(self) -> Iterator[Face]:
        """Return the faces that draw it."""
        return (run.face for run in self.runs)


def has_unknown(glyphs: Any) -> bool:
    """Tell whether Pango found no glyph for a character."""
    from weasyprint.text.ffi import pango

    return any(
        each.glyph & pango.PANGO_GLYPH_UNKNOWN_FLAG and each.glyph != pango.PANGO_GLYPH_EMPTY
        for each in glyphs.glyphs[0 : glyphs.num_glyphs]
    )


def complex_run(item: Any, glyphs: Any, face: Face, utf8: bytes) -> tuple[Run, float, int]:
    """Return a run of Pango's as PDF operators, written as WeasyPrint writes them."""
    from weasyprint.text.ffi import FROM_UNITS, ffi, pango

    count = glyphs.num_glyphs
    clusters = ffi.unpack(glyphs.log_clusters, count)
    unit = THOUSAND * FROM_UNITS / EM
    written, used, total, drawn = [], set(), 0.0, 0
    for number, each in enumerate(glyphs.glyphs[0:count]):
        glyph, place = each.glyph, each.geometry
        if glyph == pango.PANGO_GLYPH_EMPTY:
            continue
        advance, across, rise = place.width * unit, place.x_offset * unit, -place.y_offset * unit
        if glyph & pango.PANGO_GLYPH_UNKNOWN_FLAG:
            glyph = face.missing_glyph(glyph - pango.PANGO_GLYPH_UNKNOWN_FLAG, advance)
        total, drawn = total + advance, drawn + 1
        face.texts.setdefault(glyph, meaning(item, clusters, number, utf8))
        used.add(glyph)
        before, behind = round(-across), int(face.width(glyph) - advance + across)
        token = (f">{before}<" if before else "") + f"{glyph:04x}" + (f">{behind}<" if behind else "")
        written.append((round(rise), token))
    return Run(face, raised(written), frozenset(used)), total / THOUSAND, drawn


def meaning(item: Any, clusters: list[int], number: int, utf8: bytes) -> str:
    """Return the characters that a glyph of Pango's stands for."""
    start = clusters[number]
    if item.analysis.level % 2:
        earlier = [each for each in clusters[:number] if each > start]
        end = min(earlier, default=item.length)
    else:
        end = min((each for each in clusters[number + 1 :] if each > start), default=item.length)
    return utf8[item.offset + start : item.offset + end].decode()


def raised(written: list[tuple[int, str]]) -> bytes:
    """Return glyphs as operators, raised or lowered where they must be; `%s` is filled with the size later."""
    parts, level, pending = [], 0, ""
    for rise, token in [*written, (0, "")]:
        if rise != level:
            parts.append(shown(pending))
            parts.append(b"\x00%d\x00" % rise)
            level, pending = rise, ""
        pending += token
    parts.append(shown(pending))
    return b"".join(parts)


RISE = re.compile(rb"\x00(-?\d+)\x00")
"""Where a run is raised: thousandths of an em, which become points when its size is known."""


def at_size(operators: bytes, size: float) -> bytes:
    """Return the operators of a run for letters of a size."""
    if b"\x00" not in operators:
        return operators
    return RISE.sub(lambda found: b"\n%.2f Ts " % (int(found[1]) * size / THOUSAND), operators)


def shown(tokens: str) -> bytes:
    """Return glyphs as the operator that shows them."""
    return f"[<{tokens}>]TJ".replace("<>", " ").encode() if tokens else b""
