"""Where the words of cards stand on a page: read from what WeasyPrint laid out, then taken out of it.

Lengths are points; x runs to the right and y upwards from the page's lower left corner, as in PDF.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Literal

from forum.core.stamping.layouts import MM
from forum.core.stamping.refusals import FieldInText, FieldStyleRefused
from forum.core.stamping.template import LaidOut, is_symbol

POINT = 0.75
"""Points in a CSS pixel."""
NAME = "name"
SMALLEST_NAME = 18.0
"""Nobody reads a name in smaller letters across a table."""
SMALLEST = 6.0

Matrix = tuple[float, float, float, float, float, float]
Share = float
"""How much of the free room stands before the words: 0 none, ½ half, 1 all of it."""


@dataclass(frozen=True)
class Frame:
    """A rectangle on the page, and how it is turned."""

    x: float
    top: float
    width: float
    height: float
    matrix: Matrix | None = None
    """The CSS transform, as a PDF matrix; None: straight."""

    def below(self, distance: float) -> Frame:
        """Return the same frame further down."""
        return replace(self, top=self.top - distance)


@dataclass(frozen=True)
class Look:
    """How words look: what Pango needs to know, and what the page draws."""

    style: Any
    """WeasyPrint's computed style."""
    size: float
    """The size of the letters that the CSS asks for: the largest."""
    leading: float
    """The height of a line, in em."""
    spacing: float
    """Between letters, in em."""
    colour: bytes
    """PDF operators."""


@dataclass(frozen=True, eq=False)
class TextField:
    """Room for words on a page."""

    name: str
    frame: Frame
    look: Look
    across: Share
    down: Share
    lines: int
    """How many lines look well."""
    smallest: float
    follows: str | None
    tag: str
    """What a screen reader calls it: H1, P."""
    is_turned_by_words: bool = False
    """Whether words that run from right to left stand at the right: where the CSS says no more than `start`."""


@dataclass(frozen=True, eq=False)
class SymbolField:
    """Room for a code on a page, white edge included."""

    name: str
    frame: Frame
    colour: bytes
    lightness: float
    """0 black, 1 white."""
    level: Literal["L", "M", "Q", "H"]
    label: str


Field = TextField | SymbolField


def take_fields(laid_out: LaidOut) -> tuple[Field, ...]:
    """Return the fields of a page in reading order and empty them, so that WeasyPrint paints the art alone."""
    height = laid_out.page.height
    found: list[tuple[Any, Field]] = []
    for box, matrix in placed(laid_out.page._page_box):
        if is_field_box(box) and not any(box.element is each.element for each, _field in found):
            field = read(box, flipped(matrix, height), height, laid_out)
            if field is not None:
                found.append((box, field))
    for box, _field in found:
        box.children = []
    return tuple(field for _box, field in found)


def words_of_art(laid_out: LaidOut) -> list[str]:
    """Return the words that are left on a page, in its order."""
    from weasyprint.formatting_structure import boxes

    return [box.text for box, _matrix in placed(laid_out.page._page_box) if isinstance(box, boxes.TextBox)]


def placed(box: Any, outer: Any = None) -> Iterator[tuple[Any, Any]]:
    """Yield every box of a tree with the CSS transform it stands in."""
    box = getattr(box, "_box", box)  # WeasyPrint leaves a placeholder for what is positioned
    matrix = outer
    if box.transformation_matrix:
        matrix = box.transformation_matrix @ outer if outer else box.transformation_matrix
    yield box, matrix
    for child in getattr(box, "children", ()):
        yield from placed(child, matrix)


def is_field_box(box: Any) -> bool:
    """Tell whether a box is that of an element that takes words, and not one of its lines."""
    element = box.element
    return element is not None and element.get("data-field") is not None and box.element_tag == element.tag


def read(box: Any, matrix: Matrix | None, page_height: float, laid_out: LaidOut) -> Field | None:
    """Return the field of a box; None where words of the variant are simply part of the art."""
    from weasyprint.formatting_structure import boxes

    element, name = box.element, box.element.get("data-field")
    has_words = bool(laid_out.variant.words.get(name))
    if has_words and element.get("data-lines") is None and not is_symbol(element):
        return None
    if not isinstance(box, boxes.BlockLevelBox) or isinstance(box, boxes.ReplacedBox):
        raise FieldInText(layout=laid_out.layout.name, wanted=name)
    refuse_styles(box, laid_out)
    frame = Frame(
        x=box.content_box_x() * POINT,
        top=(page_height - box.content_box_y()) * POINT,
        width=box.width * POINT,
        height=box.height * POINT,
        matrix=matrix,
    )
    if is_symbol(element):
        return symbol_field(name, box, frame, laid_out)
    return text_field(name, box, frame)


def symbol_field(name: str, box: Any, frame: Frame, laid_out: LaidOut) -> SymbolField:
    """Return room for a code."""
    level = box.element.get("data-level", "Q")
    red, green, blue = rgb(box.style["color"])
    return SymbolField(
        name=name,
        frame=frame,
        colour=f"{red:.4g} {green:.4g} {blue:.4g} rg".encode(),
        lightness=lightness(red, green, blue),
        level=level if level in ("L", "M", "Q", "H") else "Q",
        label=box.element.get("aria-label") or laid_out.variant.words.get(f"{name}-label", name),
    )


def text_field(name: str, box: Any, frame: Frame) -> TextField:
    """Return room for words; their look is that of the sample's first line."""
    from weasyprint.formatting_structure import boxes

    element = box.element
    inside = [each for each, _matrix in placed(box)]
    lines = [each for each in inside if isinstance(each, boxes.LineBox)]
    text = next(each for each in inside if isinstance(each, boxes.TextBox))
    style = text.style
    size = style["font_size"]
    spacing = 0.0 if style["letter_spacing"] == "normal" else style["letter_spacing"] / size
    asked = element.get("data-lines", "")
    return TextField(
        name=name,
        frame=frame,
        look=Look(
            style=style,
            size=size * POINT,
            leading=lines[0].height / size,
            spacing=spacing,
            colour="{:.4g} {:.4g} {:.4g} rg".format(*rgb(style["color"])).encode(),
        ),
        across=across_of(box, style),
        down=down_of(box),
        lines=int(asked) if asked.isdecimal() and int(asked) else len(lines),
        smallest=smallest_of(element.get("data-smallest"), name),
        follows=element.get("data-follows"),
        tag=element.tag.upper() if element.tag in ("h1", "h2", "h3") else "P",
        is_turned_by_words=is_at_start(box, style),
    )


def smallest_of(asked: str | None, name: str) -> float:
    """Return the smallest letters of a field; a name's are never smaller than eighteen points."""
    least = SMALLEST_NAME if name == NAME else 1.0
    try:
        return max(least, float((asked or "").removesuffix("pt")))
    except ValueError:
        return max(least, SMALLEST)


SHARES: dict[str, Share] = {
    "center": 0.5,
    "space-around": 0.5,
    "space-evenly": 0.5,
    "end": 1,
    "flex-end": 1,
    "right": 1,
}


def across_of(box: Any, style: Any) -> Share:
    """Return how words stand between left and right."""
    from_right = box.style["direction"] == "rtl"
    alignment = style["text_align_all"]
    share = 1.0 if alignment == "right" else SHARES.get(alignment, 0)
    if alignment in ("start", "justify", "end"):
        share = float(from_right != (alignment == "end"))
    if is_flex(box):
        row = box.style["flex_direction"].startswith("row")
        given = keyword(box.style["justify_content"] if row else box.style["align_items"])
        # A text within a row is as wide as its words; within a column as wide as the column, unless it is aligned.
        if row or given in SHARES:
            share = SHARES.get(given, 0)
    return share


def is_at_start(box: Any, style: Any) -> bool:
    """Tell whether words stand where a line begins, wherever that is: a field that is aligned otherwise keeps it."""
    if style["text_align_all"] not in ("start", "justify"):
        return False
    return not is_flex(box) or (
        not box.style["flex_direction"].startswith("row") and keyword(box.style["align_items"]) not in SHARES
    )


def down_of(box: Any) -> Share:
    """Return how words stand between above and below."""
    if is_flex(box):
        row = box.style["flex_direction"].startswith("row")
        return SHARES.get(keyword(box.style["align_items"] if row else box.style["justify_content"]), 0)
    if is_grid(box):
        return SHARES.get(keyword(box.style["align_items"]), SHARES.get(keyword(box.style["align_content"]), 0))
    return 0


def keyword(value: Any) -> str:
    """Return the last word of an alignment, which WeasyPrint keeps as a tuple (`safe center`)."""
    return value if isinstance(value, str) else str(value[-1])


def is_flex(box: Any) -> bool:
    """Tell whether a box lays its children out as a flex container."""
    return "flex" in keyword(box.style["display"])


def is_grid(box: Any) -> bool:
    """Tell whether a box lays its children out as a grid."""
    return "grid" in keyword(box.style["display"])


PLAIN: dict[str, Callable[[Any], bool]] = {
    "opacity": lambda value: value == 1,
    "text_decoration_line": lambda value: value == "none",
    "visibility": lambda value: value == "visible",
}


def refuse_styles(box: Any, laid_out: LaidOut) -> None:
    """Refuse what cannot be done with words that vary. Raises `FieldStyleRefused`."""
    style = box.style
    odd = [name for name, is_plain in PLAIN.items() if not is_plain(style[name])]
    if style["color"].alpha != 1:
        odd.append("color")
    if odd:
        wanted, said = box.element.get("data-field"), odd[0].replace("_line", "").replace("_", "-")
        raise FieldStyleRefused(layout=laid_out.layout.name, wanted=wanted, style=said)


def rgb(colour: Any) -> tuple[float, float, float]:
    """Return a CSS colour as red, green and blue from 0 to 1."""
    red, green, blue = colour.to("srgb").coordinates
    return red, green, blue


def lightness(red: float, green: float, blue: float) -> float:
    """Return how light a colour looks, 0 black to 1 white, as photometers weigh it."""
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def flipped(matrix: Any, page_height: float) -> Matrix | None:
    """Return a CSS transform (pixels, y downwards) as one of PDF (points, y upwards)."""
    if matrix is None:
        return None
    a, b, c, d, e, f = matrix.values
    height = page_height * POINT
    return (a, -b, -c, d, c * height + e * POINT, height - d * height - f * POINT)


def millimetres(points: float) -> float:
    """Return a length in millimetres, for a sentence."""
    return points / MM
