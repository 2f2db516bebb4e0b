"""Printed pages as pictures: cut, folded and looked at."""

from __future__ import annotations

from typing import Any

from PIL import Image
from pypdfium2 import PdfDocument


def pictures_of(pdf: bytes, *, dots_per_inch: int = 72) -> list[Image.Image]:
    """Return the pages of a PDF as somebody sees them."""
    document = PdfDocument(pdf)
    return [
        document[number].render(scale=dots_per_inch / 72).to_pil().convert("RGB") for number in range(len(document))
    ]


def read_codes(picture: Image.Image) -> list[tuple[str, float, float]]:
    """Return the codes in a picture and where their middles are, as parts of its width and height."""
    import zxingcpp

    found: list[Any] = zxingcpp.read_barcodes(picture)
    return [
        (
            code.text,
            (code.position.top_left.x + code.position.bottom_right.x) / 2 / picture.width,
            (code.position.top_left.y + code.position.bottom_right.y) / 2 / picture.height,
        )
        for code in found
    ]
