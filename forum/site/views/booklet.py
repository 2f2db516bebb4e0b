"""The printed programme, for everyone to take home."""

from __future__ import annotations

from flask import Blueprint, request
from werkzeug.wrappers import Response

from forum.core.db import db
from forum.core.limits import knock
from forum.core.refusals import NotFound
from forum.core.web import download, open_to, show_edition
from forum.editions.queries import edition_with_slug
from forum.site.documents import FORMATS, file_name, printed_programme
from forum.site.queries.booklet import booklet_content

blueprint = Blueprint("site_booklet", __name__)


@blueprint.get("/editions/<slug>/programme.pdf")
@open_to("everyone")
@knock("30 per minute", methods=("GET",))
def programme_pdf(slug: str) -> Response:
    """Give the printed programme; `?format=imposed` puts it on A4 sheets to fold."""
    kind = request.args.get("format", "booklet")
    if kind not in FORMATS:
        raise NotFound
    edition = show_edition(edition_with_slug(db.session(), slug))
    content = booklet_content(db.session(), edition)
    response = download(printed_programme(content, kind=kind), name=file_name(content, kind), inline=True)
    response.headers["Cache-Control"] = "public, max-age=300" if edition.is_public() else "private, no-cache"
    response.vary.update(("Accept-Language", "Cookie"))
    response.add_etag()
    return response.make_conditional(request)
