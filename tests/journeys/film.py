"""What the camera of a phone at a door sees: printed badges in hands, tilted, a little blurred, one after the other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from random import Random

from PIL import Image, ImageFilter

from tests.journeys.browser import Shown

PAPER = (255, 255, 255)


def held(picture: Image.Image, *, chance: Random) -> Image.Image:
    """Return a badge as a hand holds it: turned by up to 25°, leaning back, not quite sharp, in uneven light."""
    leaning = leaned(picture, by=chance.uniform(0.0, 0.12))
    turned = leaning.rotate(chance.uniform(-25, 25), expand=True, fillcolor=PAPER, resample=Image.Resampling.BICUBIC)
    blurred = turned.filter(ImageFilter.GaussianBlur(chance.uniform(0.4, 1.4)))
    light = chance.uniform(0.6, 1.0)
    return blurred.point([int(value * light) for value in range(256)] * 3)


def leaned(picture: Image.Image, *, by: float) -> Image.Image:
    """Return a picture that leans back: its upper edge is farther away."""
    width, height = picture.size
    inwards = width * by
    corners = (-inwards, 0, 0, height, width, height, width + inwards, 0)
    return picture.transform(
        picture.size, Image.Transform.QUAD, corners, resample=Image.Resampling.BICUBIC, fillcolor=PAPER
    )


def scenes(pictures: Iterable[Image.Image], *, frames: int, gap: int) -> Iterator[Shown]:
    """Show each picture for some frames, and the wall between two."""
    for picture in pictures:
        yield Shown(picture, frames)
        yield Shown(None, gap)
