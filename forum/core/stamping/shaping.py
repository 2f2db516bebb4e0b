"""Text becomes glyphs: with HarfBuzz where a script is simple, with Pango (as WeasyPrint does) where it is not.

Pango chooses the font for each character, once; HarfBuzz then shapes over the same bytes, ten times as fast. What joins
its letters, runs from right to left or stacks its marks is left to Pango altogether.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from forum.core.stamping.fields import Look

# Latin and its punctuation: one character, one glyph, left to right. Greek and Cyrillic would be as simple, but which
# form a letter of theirs has depends on a language that Pango chooses; so they are Pango's, too.
SIMPLE = re.compile("[\u0020-\u007e\u00a0-\u00ac\u00ae-\u02ff\u1e00-\u1eff\u2010-\u2027\u2030-\u205e\u20a0-\u20bf]")
MOST_KEPT = 1_000
THOUSAND = 1000
"""PDF counts glyphs in thousandths of an em."""
NEVER_DRAWN = ("Cf", "Cc", "Mn", "Zs", "Zl", "Zp")


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
        self.ascent, self.descent = font.ascent / THOUSAND, -font.descent / THOUSAND
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


@dataclass
class FontRoom:
    """The fonts of one configuration of WeasyPrint, and the shapers that use them."""

    configuration: Any
    faces: dict[int, Face] = field(default_factory=dict)
    shapers: dict[tuple[Any, ...], Shaper] = field(default_factory=dict)

    def face(self, pango_font: Any) -> Face:
        """Return the face that Pango chose."""
        from weasyprint.pdf.fonts import Font
        from weasyprint.text.fonts import get_pango_font_key

        key, description, size = get_pango_font_key(pango_font)
        face = self.faces.get(key)
        if face is None:
            face = self.faces[key] = Face(key, Font(pango_font, description, size))
        return face

    def shapers_for(self, look: Look) -> tuple[Shaper, ...]:
        """Return a shaper for each family of a look, the first one first: each falls back on those behind it."""
        families = tuple(look.style["font_family"])
        return tuple(self.shaper(look, families[start:]) for start in range(max(1, len(families))))

    def shaper(self, look: Look, families: tuple[str, ...]) -> Shaper:
        """Return the shaper of a look with certain families; it is kept."""
        style = look.style
        key = (
            families,
            *(repr(style[name]) for name in FONT_PROPERTIES),
            style["lang"],
        )
        shaper = self.shapers.get(key)
        if shaper is None:
            shaper = self.shapers[key] = Shaper(self, FamilyStyle(style, families))
        return shaper


FONT_PROPERTIES = (
    "font_weight",
    "font_style",
    "font_stretch",
    "font_kerning",
    "font_feature_settings",
    "font_variant_ligatures",
    "font_variant_caps",
    "font_variant_numeric",
    "font_variant_position",
    "font_variant_alternates",
    "font_variant_east_asian",
    "font_variation_settings",
    "font_language_override",
    "word_spacing",
)
PLAIN_PROPERTIES = {
    "font_kerning": ("auto", "normal"),
    "font_feature_settings": ("normal",),
    "font_variant_ligatures": ("normal",),
    "font_variant_caps": ("normal",),
    "font_variant_numeric": ("normal",),
    "font_variant_position": ("normal",),
    "font_variant_alternates": ("normal",),
    "font_variant_east_asian": ("normal",),
    "font_variation_settings": ("normal",),
    "word_spacing": (0,),
}
EM = 64.0
"""The size, in CSS pixels, at which text is shaped: all sizes are alike from there."""


class FamilyStyle(dict[str, Any]):
    """A computed style with other families, at the size of shaping; spacing between letters is added by the page."""

    def __init__(self, style: Any, families: tuple[str, ...], direction: str = "ltr") -> None:
        """Take over everything but the families and the size."""
        super().__init__(font_family=list(families), font_size=EM, letter_spacing="normal", direction=direction)
        self.style = style
        self.families = families
        self.font_config = style.font_config

    def __missing__(self, key: str) -> Any:
        """Return what the style itself says."""
        return self.style[key]

    def turned(self) -> FamilyStyle:
        """Return the same style from right to left."""
        return FamilyStyle(self.style, self.families, direction="rtl")


class Shaper:
    """Shapes text in one font, and what it falls back on."""

    def __init__(self, room: FontRoom, style: FamilyStyle) -> None:
        """Prepare for a style."""
        import uharfbuzz

        self.room = room
        self.style = style
        self.language = style["lang"] or "und"
        self.is_plain = all(style[name] in plain for name, plain in PLAIN_PROPERTIES.items())
        self.known: dict[str, Face | None] = {}
        """The face of each character that is simple; None for one that Pango must draw."""
        self.lacking: set[str] = set()
        """Characters that the first font does not have."""
        self.absent: set[str] = set()
        """Characters that no font has, or only one of coloured pictures."""
        self.kept: dict[str, Shaped] = {}
        self.buffer, self.shape = uharfbuzz.Buffer(), uharfbuzz.shape
        self.tokens: dict[tuple[int, int, int], str] = {}
        self.first = self.learn_first()

    def learn_first(self) -> Face:
        """Return the face of the first family, whose height every line has."""
        _item, _glyphs, face = next(iter(self.items(" ")))
        return face

    def has(self, text: str) -> bool:
        """Tell whether the first font draws a whole text."""
        self.learn(text)
        return self.lacking.isdisjoint(text)

    def learn(self, text: str) -> None:
        """Ask Pango which font it would use for characters that are new."""
        known = self.known
        new = [letter for letter in text if letter not in known]
        if not new:
            return
        # Each new character on its own: what surrounds it must not choose its font.
        for letter in dict.fromkeys(new):
            self.learn_letter(letter)

    def learn_letter(self, letter: str) -> None:
        """Ask Pango which font it would use for a character."""
        faces, is_missing = set(), False
        for _item, glyphs, each in self.items(letter):
            faces.add(each)
            is_missing = is_missing or has_unknown(glyphs) or each.has_colours
        face = faces.pop() if len(faces) == 1 else None
        if unicodedata.category(letter) not in NEVER_DRAWN:
            if is_missing:
                self.absent.add(letter)
            if is_missing or face is not self.first:
                self.lacking.add(letter)
        self.known[letter] = face if face and not is_missing and self.is_simple_in(letter, face) else None

    def is_simple_in(self, letter: str, face: Face) -> bool:
        """Tell whether HarfBuzz alone draws a character right; one put together of base and mark is left to Pango."""
        if not (face.is_simple and self.is_plain and SIMPLE.match(letter)):
            return False
        return len(self.glyphs(face, letter)[0]) == 1

    def items(self, text: str, *, from_right: bool = False) -> Iterator[tuple[Any, Any, Face]]:
        """Yield Pango's runs of a line: its item, its glyphs, and their face."""
        from weasyprint.text.ffi import ffi, pango
        from weasyprint.text.line_break import Layout as PangoLayout

        layout = PangoLayout(self.style.turned() if from_right else self.style)
        layout.set_text(text, justify=True)
        pango.pango_layout_set_single_paragraph_mode(layout.layout, True)
        run = layout.get_first_line()[0].runs[0]
        while run != ffi.NULL:
            yield run.data.item, run.data.glyphs, self.room.face(run.data.item.analysis.font)
            run = run.next

    def is_simple(self, text: str) -> bool:
        """Tell whether HarfBuzz alone draws a text right."""
        try:
            return None not in [self.known[letter] for letter in text]
        except KeyError:
            self.learn(text)
            return None not in [self.known[letter] for letter in text]

    def shaped(self, text: str) -> Shaped:
        """Return a line of text as glyphs; what was shaped lately is kept, as words come again and again."""
        shaped = self.kept.get(text)
        if shaped is None:
            if len(self.kept) >= MOST_KEPT:
                self.kept.clear()
            shaped = self.kept[text] = self.newly_shaped(text)
        return shaped

    def newly_shaped(self, text: str) -> Shaped:
        """Shape a line of text."""
        if not self.is_simple(text):
            return self.complex(text)
        return self.joined(text, [self.simple_run(face, part) for face, part in self.parts(text)])

    def parts(self, text: str) -> Iterator[tuple[Face, str]]:
        """Yield a simple text in parts of one face each; a space goes with what stands before it."""
        faces = [self.known[letter] for letter in text]
        if faces.count(faces[0]) == len(faces):
            yield faces[0], text  # type: ignore[misc]  # a simple text has no None
            return
        start = 0
        for end in range(1, len(text) + 1):
            if end == len(text) or (faces[end] is not faces[start] and text[end] != " "):
                yield faces[start], text[start:end]  # type: ignore[misc]
                start = end

    def glyphs(self, face: Face, text: str) -> tuple[list[Any], list[Any]]:
        """Return HarfBuzz's glyphs and positions of a text."""
        buffer = self.buffer
        buffer.reset()
        buffer.add_str(text)
        buffer.guess_segment_properties()
        buffer.language = self.language
        self.shape(face.harfbuzz, buffer)
        return buffer.glyph_infos, buffer.glyph_positions

    def simple_run(self, face: Face, text: str) -> tuple[Run, float, int]:
        """Shape a text with HarfBuzz; return its run, its width in em and how many glyphs it has."""
        infos, positions = self.glyphs(face, text)
        names = [info.codepoint for info in infos]
        widths = [position.x_advance for position in positions]
        key, tokens = face.key, self.tokens
        try:
            written = [tokens[key, glyph, width] for glyph, width in zip(names, widths, strict=True)]
        except KeyError:
            self.learn_tokens(face, text, infos, positions)
            written = [tokens[key, glyph, width] for glyph, width in zip(names, widths, strict=True)]
        run = Run(face, shown("".join(written)), frozenset(names))
        return run, sum(widths) * face.scale / THOUSAND, len(names)

    def learn_tokens(self, face: Face, text: str, infos: list[Any], positions: list[Any]) -> None:
        """Keep how glyphs are written with their kerning, and what they stand for."""
        clusters = [info.cluster for info in infos]
        for number, (info, position) in enumerate(zip(infos, positions, strict=True)):
            glyph = info.codepoint
            kerning = int(face.width(glyph) - position.x_advance * face.scale)
            self.tokens[face.key, glyph, position.x_advance] = f"{glyph:04x}" + (f">{kerning}<" if kerning else "")
            end = next((cluster for cluster in clusters[number + 1 :] if cluster > clusters[number]), len(text))
            face.texts.setdefault(glyph, text[clusters[number] : end])

    def joined(self, text: str, found: Sequence[tuple[Run, float, int]]) -> Shaped:
        """Put the runs of a line together."""
        if len(found) == 1:
            (run, width, count) = found[0]
            return Shaped(text, (run,), width, count, run.face.ascent, run.face.descent, self.absent_in(text))
        faces = [run.face for run, _width, _count in found]
        return Shaped(
            text=text,
            runs=tuple(run for run, _width, _count in found),
            width=sum(width for _run, width, _count in found),
            count=sum(count for _run, _width, count in found),
            ascent=max((face.ascent for face in faces), default=0.0),
            descent=max((face.descent for face in faces), default=0.0),
            missing=self.absent_in(text),
        )

    def absent_in(self, text: str) -> str:
        """Return the characters of a text that no font has."""
        return "".join(sorted(self.absent.intersection(text))) if self.absent else ""

    def complex(self, text: str) -> Shaped:
        """Shape a line of any script with Pango, runs in the order in which they are drawn."""
        from_right = is_right_to_left(text)
        utf8 = text.encode()
        runs = [complex_run(item, glyphs, face, utf8) for item, glyphs, face in self.items(text, from_right=from_right)]
        return self.joined(text, runs)


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


def is_right_to_left(text: str) -> bool:
    """Tell whether the first letter that has a direction is written from right to left."""
    for letter in text:
        direction = unicodedata.bidirectional(letter)
        if direction in ("L", "R", "AL"):
            return direction != "L"
    return False


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
        font.missing = dict(face.missing)
        if face.missing:
            font.widths[0] = font.widths.get(0, next(iter(face.widths[glyph] for glyph in face.missing.values())))


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


def imported(others: Exported, usage: Usage, room: FontRoom) -> bool:
    """Add the glyphs of a helper to those used here; tell whether they mean the same here."""
    for key, used in others.items():
        face = room.faces.get(key)
        if face is None or any(face.missing.get(point) != glyph for point, glyph in used.missing.items()):
            return False
    for key, used in others.items():
        face = room.faces[key]
        usage.setdefault(face, set()).update(used.glyphs)
        face.texts = {**used.texts, **face.texts}
        face.widths.update(used.widths)
    return True
