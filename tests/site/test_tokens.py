"""Text stays readable: the pairs of colours that words are set in, in light and in dark, for each city."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

STYLES = Path(__file__).resolve().parents[2] / "static" / "site"
CITIES = ("", "nord", "roubaix", "amiens", "lens")
GROUNDS = ("paper", "paper-raised", "paper-sunk", "tint")
TEXT = [
    *((words, ground) for words in ("ink", "ink-soft", "accent") for ground in GROUNDS),
    ("on-fill", "fill"),
    *((kind, ground) for kind in ("success", "warning", "danger", "info") for ground in ("paper", f"{kind}-soft")),
    *(("ink", f"{kind}-soft") for kind in ("success", "warning", "danger", "info")),
    *(("ink-soft", f"{kind}-soft") for kind in ("success", "warning", "danger", "info")),
]
SHAPES = [
    *((shape, ground) for shape in ("rule-strong", "focus") for ground in ("paper", "paper-raised")),
    ("mark", "paper"),
]


def colours(style_sheet: str, *, dark: bool = False) -> dict[str, dict[str, str]]:
    """Return the colours of a style sheet by city ("" is the root), names without their dashes."""
    light, _, night = style_sheet.partition("@media screen and (prefers-color-scheme: dark)")
    found: dict[str, dict[str, str]] = {city: {} for city in CITIES}
    for part in (light, night) if dark else (light,):
        for city, body in re.findall(r'(?::root|\[data-city="(\w+)"\])\s*\{([^}]*)\}', part):
            found[city].update(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{3,6})\b", body))
    return {city: found[""] | own for city, own in found.items()}


def luminance(colour: str) -> float:
    """Return the relative luminance of WCAG 2."""
    digits = colour.removeprefix("#")
    digits = "".join(digit * 2 for digit in digits) if len(digits) == 3 else digits
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours, from 1 to 21."""
    dim, bright = sorted((luminance(one), luminance(other)))
    return (bright + 0.05) / (dim + 0.05)


def too_close(pairs: list[tuple[str, str]], palette: dict[str, str], least: float) -> list[str]:
    """Return the pairs that are closer than they may be, with their contrast."""
    measured = [(words, ground, contrast(palette[words], palette[ground])) for words, ground in pairs]
    return [f"{words} on {ground}: {figure:.2f}" for words, ground, figure in measured if figure < least]


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("city", CITIES)
def test_text_and_shapes_stand_out_from_their_ground(city: str, dark: bool) -> None:
    palette = colours((STYLES / "tokens.css").read_text(), dark=dark)[city]
    assert too_close(TEXT, palette, 4.5) == []
    assert too_close(SHAPES, palette, 3.0) == []


def test_body_text_reaches_the_stricter_level() -> None:
    sheet = (STYLES / "tokens.css").read_text()
    for dark in (False, True):
        palette = colours(sheet, dark=dark)[""]
        assert too_close([("ink", "paper"), ("ink", "paper-sunk")], palette, 7.0) == []


def test_paper_has_the_colours_of_the_screen() -> None:
    screen = colours((STYLES / "tokens.css").read_text())
    paper = colours((STYLES / "print.css").read_text())
    for city in CITIES:
        for name, colour in paper[city].items():
            if name not in ("paper", "rule"):  # white, and a rule that survives a laser printer
                assert (city, name, colour) == (city, name, screen[city][name])


def test_what_a_measure_of_contrast_says_is_what_the_norm_says() -> None:
    assert contrast("#000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#fff") == pytest.approx(4.54, abs=0.01)
