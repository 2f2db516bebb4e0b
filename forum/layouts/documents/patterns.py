"""Patterns drawn to measure: no picture is stretched, and black-and-white printers tell them apart."""

from __future__ import annotations

from collections.abc import Callable, Iterator

Drawer = Callable[[float, float, str, str], str]
"""Draw on so many millimetres across and down, in a colour and a second, softer one."""


STRIP = 14.0
"""Millimetres: what is broader than a strip is drawn in larger pieces, which are seen from afar."""


def svg(width: float, height: float, inside: str) -> str:
    """Return a drawing of a size in millimetres, cut at its edges."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:g}mm" height="{height:g}mm" '
        f'viewBox="0 0 {width:g} {height:g}" aria-hidden="true">{inside}</svg>'
    )


def path(colour: str, data: str) -> str:
    """Return one filled path."""
    return f'<path fill="{colour}" d="{data}"/>'


def grid(width: float, height: float, across: float, down: float) -> Iterator[tuple[int, int, float, float]]:
    """Go through the cells of a grid that fills an area exactly, as near to a size of cells as it goes.

    Yields row, column, and the upper left corner; nothing is cut at the edges.
    """
    columns, rows = counts(width, height, across, down)
    for row in range(rows):
        for column in range(columns):
            yield row, column, column * width / columns, row * height / rows


def counts(width: float, height: float, across: float, down: float) -> tuple[int, int]:
    """Return how many columns and rows of about a size fill an area; a broad area has larger ones than a strip."""
    larger = enlargement(width, height)
    return max(1, round(width / across / larger)), max(1, round(height / down / larger))


def enlargement(width: float, height: float) -> float:
    """Return how many times larger than in a strip the pieces of an area are."""
    return max(1.0, min(width, height) / STRIP)


def polygon(points: list[tuple[float, float]]) -> str:
    """Return a closed outline."""
    return "M" + "L".join(f"{x:.2f} {y:.2f}" for x, y in points) + "z"


def star(x: float, y: float, radius: float) -> str:
    """Return the north star of the mark around a point."""
    waist = radius * 0.177
    turns = [(0, -radius), (waist, -waist), (radius, 0), (waist, waist), (0, radius), (-waist, waist)]
    turns += [(-radius, 0), (-waist, -waist)]
    return polygon([(x + across, y + down) for across, down in turns])


def stars(width: float, height: float, colour: str, _soft: str) -> str:
    """Draw stars, large and small by turns."""
    cell = min(height, 6.5) if height < 10 else 6.5
    columns, rows = counts(width, height, cell, cell)
    radius = min(width / columns, height / rows) / 2
    shapes = [
        star(x + width / columns / 2, y + height / rows / 2, radius * (0.94 if (row + column) % 2 == 0 else 0.42))
        for row, column, x, y in grid(width, height, cell, cell)
    ]
    return path(colour, "".join(shapes))


def bricks(width: float, height: float, colour: str, _soft: str) -> str:
    """Draw a wall in running bond; it begins and ends with whole courses, and with half bricks in every other one.

    A course is one broken line: thousands of outlines would weigh more than all the rest of a badge.
    """
    joint = 0.7
    columns, rows = counts(width + joint, height + joint, 6.4, 2.4)
    across, down = (width + joint) / columns, (height + joint) / rows
    tall = down - joint
    return "".join(
        f'<path fill="none" stroke="{colour}" stroke-width="{tall:.2f}" stroke-dashoffset="{begin:.3f}" '
        f'stroke-dasharray="{across - joint:.3f} {joint}" d="{courses(range(first, rows, 2), down, tall, width)}"/>'
        for first, begin in ((0, 0.0), (1, across / 2))
        if first < rows
    )


def courses(rows: range, down: float, tall: float, width: float) -> str:
    """Return the middle lines of some courses of bricks."""
    return "".join(f"M0 {row * down + tall / 2:.2f}h{width:.2f}" for row in rows)


def stripes(width: float, height: float, colour: str, _soft: str) -> str:
    """Draw slanting stripes."""
    larger = enlargement(width, height)
    step, thick, lean = 4.6 * larger, 1.9 * larger, height * 0.6
    count = int((width + lean) / step) + 2
    shapes = [
        polygon([(x, height), (x + lean, 0), (x + lean + thick, 0), (x + thick, height)])
        for x in (number * step - lean for number in range(count))
    ]
    return path(colour, "".join(shapes))


def heaps(width: float, height: float, colour: str, _soft: str) -> str:
    """Draw rows of slag heaps, every other one in the gaps of the row above."""
    columns, rows = counts(width, height, 8.0, 4.8)
    wide, step = width / columns, height / rows
    shapes = []
    for row, _column, x, y in grid(width, height, 8.0, 4.8):
        left, foot = x + (wide / 2 if row % 2 and columns > 1 else 0), y + step
        if left + wide <= width + 0.01:
            tip = (left + wide * 0.44, foot - step * 0.84)
            shapes.append(polygon([(left + wide * 0.03, foot), tip, (left + wide * 0.97, foot)]))
    return path(colour, "".join(shapes))


def lozenges(width: float, height: float, colour: str, _soft: str) -> str:
    """Draw the glazed lozenges of brick gables."""
    columns, rows = counts(width, height, 4.4, 3.0)
    wide, step = width / columns, height / rows
    shapes = []
    for row, _column, x, y in grid(width, height, 4.4, 3.0):
        centre, middle = x + wide / 2 + (wide / 2 if row % 2 and columns > 1 else 0), y + step / 2
        if centre + wide / 2 <= width + 0.01:
            shapes.append(
                polygon(
                    [
                        (centre - wide * 0.31, middle),
                        (centre, middle - step * 0.42),
                        (centre + wide * 0.31, middle),
                        (centre, middle + step * 0.42),
                    ]
                )
            )
    return path(colour, "".join(shapes))


def lines(width: float, height: float, colour: str, _soft: str) -> str:
    """Draw level lines, as of a field or a page."""
    step, thick = 2.1, 0.35
    shapes = [f"M0 {number * step:.2f}h{width:.2f}v{thick}h-{width:.2f}z" for number in range(int(height / step) + 1)]
    return path(colour, "".join(shapes))


# The horizon of the coalfield, in units of which the tallest thing has 60: twin heaps, a pit-head, a belfry, a row of
# miners' houses, a chimney, a spire. It is 300 units long and begins and ends on level ground.
_FAR = "M-40 60L24 22L92 60zM52 60L122 12L206 60zM196 60L252 26L318 60z"
_NEAR = (
    # miners' houses
    "M0 60V52h4v-6l5-4 5 4h8l5-4 5 4h8l5-4 5 4v6h3V60z"
    # the belfry
    "M64 60V26h-1.5v-2.5H64V17l5.5-10 .6-5h.8l.6 5L77 17v6.5h1.5V26H77V60z"
    # a factory with saw-tooth roofs and its chimney
    "M84 60V46l9-6v6l9-6v6l9-6V60zM116 60l1.6-38h3.8l1.6 38z"
    # houses again
    "M228 60V50l6-5 6 5h9l6-5 6 5v10zM300 60v-6h-22v-4l-4-4-4 4v10z"
    # the spire
    "M212 60V36l3-2 1.6-24 .4-4 .4 4L219 34l3 2V60z"
)
_TOWER = "M146 60L159 13h12l3.2 8M171 13v47M159 13v47M152 38h19M155.500 25h15.500M159 25l12 13M171 25L159 38M152 38l7 22M159 38l12 22M171 38L152 60M174 21L196 60M171 30h8"
_WHEELS = ((161.5, 10.0), (170.5, 10.0))


def skyline(width: float, height: float, colour: str, soft: str) -> str:
    """Draw the horizon of the coalfield, as high as there is room, in the middle; the ground goes on at both sides."""
    scale = height / 60
    count = max(1, round(width / (300 * scale)))
    shift = (width - 300 * scale * count) / 2
    copies = range(-1, count + 1) if shift > 0 else range(count)
    drawn = []
    for number in copies:
        place = f"translate({shift + number * 300 * scale:.3f} 0) scale({scale:.4f})"
        wheels = "".join(
            f'<circle cx="{x}" cy="{y}" r="5" fill="none" stroke="{colour}" stroke-width="1.5"/>' for x, y in _WHEELS
        )
        drawn.append(
            f'<g transform="{place}">{path(soft, _FAR)}{path(colour, _NEAR)}'
            f'<path fill="none" stroke="{colour}" stroke-width="1.5" d="{_TOWER}"/>{wheels}</g>'
        )
    return "".join(drawn) + path(colour, f"M0 {height - 0.5:.2f}h{width:.2f}v0.5h-{width:.2f}z")


DRAWERS: dict[str, Drawer] = {
    "skyline": skyline,
    "stars": stars,
    "bricks": bricks,
    "stripes": stripes,
    "heaps": heaps,
    "lozenges": lozenges,
    "lines": lines,
}
