"""Which glyphs a document draws: they are embedded, and no others; a helper tells of those that it drew."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from forum.core.stamping.glyphs import Face, Shaped

Usage = dict[Face, set[int]]
"""The glyphs that one document draws, by face."""


def note(usage: Usage, shaped: Shaped) -> None:
    """Note the glyphs of a line as used."""
    for run in shaped.runs:
        glyphs = usage.get(run.face)
        if glyphs is None:
            usage[run.face] = set(run.glyphs)
        else:
            glyphs |= run.glyphs


def embed(usage: Mapping[Face, set[int]], document: Any) -> None:
    """Hand the glyphs of a document to WeasyPrint, which adds those of the art, and embeds each font once."""
    import copy

    for face, glyphs in usage.items():
        font = document.fonts[face.key] = copy.copy(face.font)
        font.to_unicode = {glyph: face.texts[glyph] for glyph in sorted(glyphs) if glyph in face.texts}
        font.widths = {glyph: face.width(glyph) for glyph in sorted(glyphs)}
        # Of this document only: with those of others, each later badge would carry a map of letters that it lacks not.
        font.missing = {point: glyph for point, glyph in face.missing.items() if glyph in glyphs}
        if font.missing:
            font.widths[0] = font.widths.get(0, face.widths[next(iter(font.missing.values()))])


@dataclass(frozen=True)
class UsedFace:
    """What a helper used of a face."""

    glyphs: frozenset[int]
    texts: Mapping[int, str]
    widths: Mapping[int, int]
    missing: Mapping[int, int]


Exported = Mapping[int, UsedFace]
"""The glyphs that a helper used, by the key of their face."""


def exported(usage: Usage) -> Exported:
    """Return the glyphs of a helper as it can hand them back."""
    return {
        face.key: UsedFace(
            glyphs=frozenset(glyphs),
            texts={glyph: face.texts[glyph] for glyph in glyphs if glyph in face.texts},
            widths={glyph: face.width(glyph) for glyph in glyphs},
            missing=face.missing,
        )
        for face, glyphs in usage.items()
    }


def imported(others: Exported, usage: Usage, faces: Mapping[int, Face]) -> bool:
    """Add the glyphs of a helper to those used here; tell whether they mean the same here."""
    for key, used in others.items():
        face = faces.get(key)
        if face is None or any(face.missing.get(point) != glyph for point, glyph in used.missing.items()):
            return False
    for key, used in others.items():
        face = faces[key]
        usage.setdefault(face, set()).update(used.glyphs)
        face.texts = {**used.texts, **face.texts}
        face.widths.update(used.widths)
    return True


# What draws glyphs by their number (ISO 32000-1, 9.9); names, maps of characters and the like are for who lays out.
DRAWING_TABLES = {"glyf", "loca", "head", "hhea", "hmtx", "maxp", "cvt ", "fpgm", "prep"}


def leave_out_what_draws_nothing(pdf: Any) -> None:
    """Take out of a file's fonts what no reader of the file needs: half a kilobyte each, a tenth of a single badge."""
    import pydyf

    for each in pdf.objects:
        if isinstance(each, pydyf.Stream) and "Length1" in each.extra:
            (content,) = each.stream
            each.stream = [lean(content)]
            each.extra["Length1"] = len(each.stream[0])


def lean(content: bytes) -> bytes:
    """Return a TrueType font with the tables that draw."""
    from fontTools.ttLib import TTFont

    font = TTFont(io.BytesIO(content), lazy=True, recalcBBoxes=False, recalcTimestamp=False)
    for table in set(font.keys()) - DRAWING_TABLES - {"GlyphOrder"}:
        del font[table]
    smaller = io.BytesIO()
    font.save(smaller, reorderTables=None)
    return smaller.getvalue()
