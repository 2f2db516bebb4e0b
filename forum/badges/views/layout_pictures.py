"""Pictures of layouts with people's badges on them: what the editor shows while a layout is drawn.

They stand here and not in `layouts`, since they show badges.
"""

from __future__ import annotations

import base64
import functools
import io
from dataclasses import replace

from flask import Blueprint, Response, jsonify, request
from werkzeug.wrappers import Response as BaseResponse

from forum.badges import queries
from forum.badges.documents.faces import BadgeFace, card_of, days_of, face_of
from forum.core.db import db
from forum.core.pictures import picture_of_page
from forum.core.refusals import Refusal
from forum.core.stamping import Layout, Sheet, fenced_stamp, risks, single, stamp
from forum.core.web import open_to, required, show_edition
from forum.core.words import language
from forum.editions.models import Edition
from forum.editions.queries import edition_with_slug
from forum.layouts import queries as layouts
from forum.layouts.documents import page_of
from forum.layouts.documents.contrast import faint_words
from forum.layouts.documents.trial import CODE, in_words_of_the_editor, needs_of
from forum.layouts.rules import checks
from forum.layouts.rules.design import SHAPES, Design, design_from_json
from forum.layouts.rules.gallery import GALLERY
from forum.layouts.rules.reading import read_design

blueprint = Blueprint("layout_pictures", __name__)

WIDTHS = {"small": 420, "large": 900}
"""Pixels."""


@blueprint.get("/organise/<slug>/badges/layouts/gallery/<name>/<shape>.png")
@open_to("organiser")
def gallery_picture(slug: str, name: str, shape: str) -> BaseResponse:
    """Return a picture of a layout of the gallery with somebody's badge."""
    edition = show_edition(edition_with_slug(db.session(), slug))
    layout = required(GALLERY.get(name))
    required(SHAPES.get(shape))
    return png(edition, layout.design(shape), name)


@blueprint.get("/organise/<slug>/badges/layouts/<key>/picture.png")
@open_to("organiser")
def layout_picture(slug: str, key: str) -> BaseResponse:
    """Return a picture of a version of a layout, of the newest unless another is named."""
    edition = show_edition(edition_with_slug(db.session(), slug))
    layout = required(layouts.layout_with_key(db.session(), edition.id, key))
    version = required(layouts.version_of(db.session(), layout.id, number_in("version")))
    return png(edition, design_from_json(version.design), layout.name)


def number_in(name: str) -> int | None:
    """Return a number of the address."""
    text = request.args.get(name, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None


def png(edition: Edition, design: Design, name: str) -> BaseResponse:
    """Answer with a picture of a design. Raises `LayoutRefused`: the page shows the words that stand for it."""
    face = face_to_try(edition, number_in("person"), request.args.get("kind"))
    content = picture_in(edition, design, name, face, WIDTHS.get(request.args.get("size", ""), WIDTHS["small"]))
    response = Response(content, mimetype="image/png")
    response.headers["Cache-Control"] = "private, max-age=60"
    return response


@blueprint.post("/organise/<slug>/badges/layouts/<key>/preview")
@open_to("organiser")
def preview(slug: str, key: str) -> BaseResponse:
    """Return a picture of the design that is in the editor's form, and what is wrong with it in sentences."""
    edition = show_edition(edition_with_slug(db.session(), slug))
    layout = required(layouts.layout_with_key(db.session(), edition.id, key))
    try:
        design = read_design(layout.shape, request.form.getlist("element"), request.form, request.form.get("css", ""))
        faults: list[Refusal] = list(checks.faults_of(design))
        stops = [fault for fault in faults if isinstance(fault, (checks.OwnCssRefused, checks.CssTooLong))]
        if stops:
            raise stops[0]
        person = request.form.get("person", "")
        face = face_to_try(edition, int(person) if person.isdecimal() and len(person) < 10 else None)
        content = picture_in(edition, design, layout.name, face, WIDTHS["large"])
    except Refusal as refusal:
        return jsonify(picture=None, faults=[said(refusal)], hints=[])
    picture = f"data:image/png;base64,{base64.b64encode(content).decode()}"
    return jsonify(
        picture=picture,
        faults=[said(fault) for fault in faults],
        hints=[*map(said, hints_of(edition, design)), *risks_on(edition, design, layout.name, face)],
    )


def hints_of(edition: Edition, design: Design) -> list[Refusal]:
    """Return what may be meant but often is not: words over words, words that can hardly be read."""
    return [*checks.hints_of(design), *faint_words(design, edition.host_city.accent)]


def risks_on(edition: Edition, design: Design, name: str, face: BadgeFace) -> list[dict[str, str]]:
    """Return what the engine finds doubtful on somebody's badge: a letter that no font has, a name cut short."""
    if design.css.strip():
        return []
    shown = layouts.pictures_in(db.session(), edition.id, [design])
    page = page_of(design, name=name, accent=edition.host_city.accent, pictures=shown)
    ids = {each.field: each.id for each in design.elements if each.kind == "field"}
    return [{"sentence": risk.sentence, "element": ids.get(risk.field, "")} for risk in risks([card_of(face)], page)]


def said(refusal: Refusal) -> dict[str, str]:
    """Return a refusal as the editor shows it: the sentence, and the element that it is about."""
    return {"sentence": str(refusal), "element": refusal.field or ""}


def picture_in(edition: Edition, design: Design, name: str, face: BadgeFace, width: int) -> bytes:
    """Return a badge in a design as PNG. Raises `LayoutRefused`."""
    shown = layouts.pictures_in(db.session(), edition.id, [design])
    layout = page_of(design, name=name, accent=edition.host_city.accent, pictures=shown)
    # Only an own style sheet can take an element off the card that the design has.
    needs = needs_of(design) if design.css.strip() and not checks.faults_of(design) else ()
    spoken = card_of(face).variant.language
    with in_words_of_the_editor():
        return drawn(layout, spoken, face, width, is_fenced=bool(design.css.strip()), needs=needs)


@functools.lru_cache(maxsize=64)
def drawn(
    layout: Layout, spoken: str, face: BadgeFace, width: int, *, is_fenced: bool, needs: tuple[str, ...]
) -> bytes:
    """Return a picture of a card; the last ones are kept, since a gallery is looked at again and again."""
    sheets = [Sheet(single(layout), (card_of(face),))]
    if is_fenced:
        return picture_of_page(fenced_stamp(sheets, title=layout.name, language=spoken, needs=needs), width=width)
    target = io.BytesIO()
    stamp(sheets, target, title=layout.name, language=spoken)
    return picture_of_page(target.getvalue(), width=width)


def face_to_try(edition: Edition, registration_id: int | None, kind: str | None = None) -> BadgeFace:
    """Return somebody's face with a code that opens no door, of somebody invented where nobody is named."""
    badge = registration_id and queries.valid_badge_in(db.session(), edition.id, registration_id)
    face = face_of(badge) if badge else invented(edition)
    return replace(face, code=CODE, kind=kind or face.kind)


def invented(edition: Edition) -> BadgeFace:
    """Return somebody who does not exist, for an edition where nobody is registered yet."""
    return BadgeFace(
        given_name="Marie-Hélène",
        family_name="Delacroix",
        organisation="Atelier des données",
        category="Grand public" if language() == "fr" else "General public",
        kind="attendee",
        edition=edition.name,
        days=days_of(edition, language()),
        place=edition.host_city.name,
        accent=edition.host_city.accent,
        code=CODE,
        language=language(),
    )
