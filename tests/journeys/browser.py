"""A real Chromium, and badges held before its camera."""

from __future__ import annotations

import io
import os
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import BrowserContext, Page, sync_playwright

from forum.bootstrap.programs import driver_libraries, find_chromium
from forum.core import qr

ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
CAMERA = "--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream"
SIZE = (1280, 720)
LONGEST_WAIT = 30.0


@dataclass(frozen=True)
class Shown:
    """What the camera sees for a while: a picture, and for how many frames (about 30 a second)."""

    picture: Image.Image | None
    frames: int


def chromium_path() -> str:
    """Return where Chromium is; a test that needs it fails without, it is not skipped."""
    found = find_chromium()
    if found is None:
        pytest.fail("No Chromium was found. `python3 wsgi.py test` brings it: the journeys need a browser.")
    if libraries := driver_libraries():
        os.environ["LD_LIBRARY_PATH"] = libraries  # read by Playwright's driver when it starts
    return found


@contextmanager
def chromium(folder: Path, *, camera: Path | None = None, **options: Any) -> Iterator[BrowserContext]:
    """Open a phone's browser in French with a profile of its own; `camera` is the film its camera sees."""
    film = (*CAMERA, f"--use-file-for-fake-video-capture={camera}") if camera else ()
    phone: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "locale": "fr-FR"}
    program = chromium_path()
    with sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            folder, executable_path=program, headless=True, args=[*ARGUMENTS, *film], **(phone | options)
        )
        try:
            yield context
        finally:
            context.close()


def wait_for(page: Page, expression: str, wanted: Callable[[Any], bool], *, longest: float = LONGEST_WAIT) -> Any:
    """Ask a page until it answers as wanted. (A strict policy forbids Playwright's own `wait_for_function`.)"""
    ends = time.monotonic() + longest
    while True:
        value = page.evaluate(expression)
        if wanted(value):
            return value
        if time.monotonic() > ends:
            raise AssertionError(f"{expression} stayed {value!r} for {longest:.0f} s")
        page.wait_for_timeout(30)


def badge_picture(code: str, *, side: int = 300, tilt: float = 0.0) -> Image.Image:
    """Return a picture of a badge's code on white paper."""
    modules = qr.code_matrix(code)
    count = len(modules) + 2 * qr.QUIET_ZONE
    symbol = Image.new("1", (count, count), 1)
    for y, row in enumerate(modules):
        for x, dark in enumerate(row):
            if dark:
                symbol.putpixel((x + qr.QUIET_ZONE, y + qr.QUIET_ZONE), 0)
    scale = side // count
    drawn = symbol.resize((count * scale, count * scale), Image.Resampling.NEAREST).convert("RGB")
    return drawn.rotate(tilt, expand=True, fillcolor="white", resample=Image.Resampling.BICUBIC)


def film(path: Path, scenes: Iterable[Shown]) -> Path:
    """Write what a camera sees as motion JPEG: pictures one after the other."""
    with path.open("wb") as file:
        for scene in scenes:
            file.write(frame(scene.picture) * scene.frames)
    return path


def frame(picture: Image.Image | None) -> bytes:
    """Return one frame: a badge in somebody's hand before a grey wall, or the wall alone."""
    scene = Image.new("RGB", SIZE, (110, 105, 98))
    if picture is not None:
        paper = picture
        if paper.height > SIZE[1] - 40:  # a whole badge: as near as the hand holds it
            paper = paper.resize((paper.width * (SIZE[1] - 40) // paper.height, SIZE[1] - 40))
        left, top = (SIZE[0] - paper.width) // 2, (SIZE[1] - paper.height) // 2
        ImageDraw.Draw(scene).rectangle(
            (left - 15, top - 15, left + paper.width + 15, top + paper.height + 15), "white"
        )
        scene.paste(paper, (left, top))
    buffer = io.BytesIO()
    scene.save(buffer, "JPEG", quality=88)
    return buffer.getvalue()
