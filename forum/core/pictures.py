"""Pictures: pages of a PDF as somebody sees them, and pictures from outside drawn again. Pillow and PDFium live here.

PDFium is not made for several threads: one at a time.
"""

from __future__ import annotations

import io
import threading
from dataclasses import dataclass

from forum.core.refusals import Malformed
from forum.core.words import lazy_gettext as _

MOST_BYTES = 5_000_000
MOST_PIXELS = 40_000_000
LONGEST_SIDE = 1600
"""Pixels: 300 dots per inch on an A6 card."""
FORMATS = ("PNG", "JPEG", "WEBP", "GIF")

_pdfium = threading.Lock()


class PictureTooLarge(Malformed):
    """A file that no badge needs."""

    code = "picture-too-large"
    field = "picture"
    sentence = _("This picture is too large: %(most)s MB and %(megapixels)s million pixels at most. Make it smaller.")


class NotAPicture(Malformed):
    """A file that is no picture, or one that can hold a program."""

    code = "not-a-picture"
    field = "picture"
    sentence = _("This is not a picture that can be used. Choose a PNG, JPEG or WebP file; export an SVG as PNG first.")


@dataclass(frozen=True)
class Picture:
    """A picture as PNG."""

    content: bytes
    width: int
    height: int


def picture_of_page(pdf: bytes, *, dots_per_inch: int | None = None, width: int | None = None, page: int = 0) -> bytes:
    """Return a page of a PDF as PNG, at a resolution, or of a width in pixels."""
    import pypdfium2  # slow to import: only who looks pays

    buffer = io.BytesIO()
    with _pdfium, pypdfium2.PdfDocument(pdf) as document:
        shown = document[page]
        scale = width / shown.get_width() if width else (dots_per_inch or 72) / 72
        shown.render(scale=scale).to_pil().save(buffer, "PNG", compress_level=1)
    return buffer.getvalue()


def too_large() -> PictureTooLarge:
    """Return what is said of a picture that is larger than paper needs."""
    return PictureTooLarge(most=MOST_BYTES // 1_000_000, megapixels=MOST_PIXELS // 1_000_000)


def redrawn(content: bytes) -> Picture:
    """Return a picture from outside, drawn again, no larger than paper needs. Raises `PictureTooLarge`, `NotAPicture`.

    Nothing of the file itself is kept: no place where it was taken, no hidden program.
    """
    from PIL import Image, ImageOps, UnidentifiedImageError

    refusal = too_large()
    if len(content) > MOST_BYTES:
        raise refusal
    try:
        with Image.open(io.BytesIO(content), formats=FORMATS) as opened:
            if opened.width * opened.height > MOST_PIXELS:
                raise refusal
            upright = ImageOps.exif_transpose(opened).convert("RGBA")
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise NotAPicture from error
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    buffer = io.BytesIO()
    upright.save(buffer, "PNG", optimize=True)
    return Picture(content=buffer.getvalue(), width=upright.width, height=upright.height)
