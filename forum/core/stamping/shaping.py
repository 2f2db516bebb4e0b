"""Text becomes glyphs: with HarfBuzz where a script is simple, with Pango (as WeasyPrint does) where it is not.

Pango chooses the font for each character, once; HarfBuzz then shapes over the same bytes, ten times as fast. What joins
its letters, runs from right to left or stacks its marks is left to Pango altogether.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from forum.core.stamping.fields import Look
from forum.core.stamping.glyphs import EM, THOUSAND, Face, Run, Shaped, complex_run, has_unknown, shown

# Latin and its punctuation: one character, one glyph, left to right. Greek and Cyrillic would be as simple, but which
# form a letter of theirs has depends on a language that Pango chooses; so they are Pango's, too.
SIMPLE = re.compile("[\u0020-\u007e\u00a0-\u00ac\u00ae-\u02ff\u1e00-\u1eff\u2010-\u2027\u2030-\u205e\u20a0-\u20bf]")
MOST_KEPT = 1_000
NEVER_DRAWN = ("Cf", "Cc", "Mn", "Zs", "Zl", "Zp")


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

    def laid(self, text: str, *, from_right: bool = False) -> Any:
        """Return Pango's layout of a text on one line; it must be held as long as what is asked of it."""
        from weasyprint.text.ffi import pango
        from weasyprint.text.line_break import Layout as PangoLayout

        layout = PangoLayout(self.style.turned() if from_right else self.style)
        layout.set_text(text, justify=True)
        pango.pango_layout_set_single_paragraph_mode(layout.layout, True)
        return layout

    def ink(self, text: str) -> tuple[float, float]:
        """Return how far a line of text is black above and below its baseline, in em, what no font has left out."""
        from weasyprint.text.ffi import FROM_UNITS, ffi, pango

        layout = self.laid("".join(letter for letter in text if letter not in self.absent))
        found = ffi.new("PangoRectangle *")
        pango.pango_layout_line_get_extents(layout.get_first_line()[0], found, ffi.NULL)
        unit = FROM_UNITS / EM
        return float(-found.y * unit), float((found.y + found.height) * unit)

    def items(self, text: str, *, from_right: bool = False) -> Iterator[tuple[Any, Any, Face]]:
        """Yield Pango's runs of a line: its item, its glyphs, and their face."""
        from weasyprint.text.ffi import ffi

        layout = self.laid(text, from_right=from_right)
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
        faces = cast("list[Face]", [self.known[letter] for letter in text])  # a simple text has no None
        if faces.count(faces[0]) == len(faces):
            yield faces[0], text
            return
        start = 0
        for end in range(1, len(text) + 1):
            if end == len(text) or (faces[end] is not faces[start] and text[end] != " "):
                yield faces[start], text[start:end]
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


def is_right_to_left(text: str) -> bool:
    """Tell whether the first letter that has a direction is written from right to left."""
    for letter in text:
        direction = unicodedata.bidirectional(letter)
        if direction in ("L", "R", "AL"):
            return direction != "L"
    return False
