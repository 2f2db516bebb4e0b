"""Draws `badges.png` beside it: badges of four cities as the engine stamps them, laid on a table.

From the project's folder: `python -m docs.pictures.badges`.
"""

from __future__ import annotations

from pathlib import Path

from PIL import Image, ImageFilter
from pypdfium2 import PdfDocument

from forum import create_app
from forum.badges.documents import badges_pdf
from forum.layouts.documents import page_of
from forum.layouts.rules.gallery import gallery_design
from tests.badges.faces import a_face

TABLE = "#e9e4d8"
APART, EDGE = 36, 48
DOTS_PER_INCH = 84
BADGES = (
    ("banner", "roubaix", "attendee", "Grand public", "Zoé", "Lefèvre-Delacroix", "Plaine Images"),
    ("poster", "lens", "speaker", "Intervenants", "Thị Hồng Ánh", "Nguyễn", "Métropole du Nord"),
    ("horizon", "amiens", "exhibitor", "Exposants", "Anne", "de La Tour d’Auvergne", "Atelier du Canal"),
    ("mosaic", "nord", "staff", "Équipe", "عمر", "الفاروق", "Grand Nord Digital Forum"),
)


def badge(slug: str, city: str, kind: str, category: str, given: str, family: str, organisation: str) -> Image.Image:
    """Return a badge as it comes out of the printer."""
    place = {"nord": "Lille"}.get(city, city.capitalize())
    look = {"kind": kind, "category": category, "accent": city, "organisation": organisation, "place": place}
    face = a_face(given, family, edition=f"{place} 2027", code="0000000000000000000000000X", **look)
    front = page_of(gallery_design(slug, "a6"), name=slug, accent=city)
    page = PdfDocument(badges_pdf([face], layout="a6", front=front))[0]
    drawn: Image.Image = page.render(scale=DOTS_PER_INCH / 72).to_pil().convert("RGB")
    return drawn


def on_table(badges: list[Image.Image]) -> Image.Image:
    """Return badges side by side, each with a little shadow."""
    width, height = badges[0].size
    table = Image.new("RGB", (len(badges) * (width + APART) - APART + 2 * EDGE, height + 2 * EDGE), TABLE)
    shade = Image.new("L", table.size, 0)
    places = [(EDGE + number * (width + APART), EDGE) for number in range(len(badges))]
    for x, y in places:
        shade.paste(70, (x + 1, y + 5, x + width + 1, y + height + 5))
    table.paste("#14202b", (0, 0), shade.filter(ImageFilter.GaussianBlur(7)))
    for picture, place in zip(badges, places, strict=True):
        table.paste(picture, place)
    return table


def draw() -> None:
    """Write the picture."""
    app = create_app()
    with app.test_request_context(headers={"Accept-Language": "fr"}):
        picture = on_table([badge(*each) for each in BADGES])
    picture.quantize(96).save(Path(__file__).with_suffix(".png"), optimize=True)


if __name__ == "__main__":
    draw()
