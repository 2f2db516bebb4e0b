"""An edition's own page."""

from __future__ import annotations

from flask import Blueprint, Response

from forum.core import clock
from forum.core.db import db
from forum.core.web import open_to, page, show_edition
from forum.editions.queries import edition_with_slug
from forum.site.queries.public import edition_page

blueprint = Blueprint("site_edition", __name__)


@blueprint.get("/editions/<slug>/")
@open_to("everyone")
def edition(slug: str) -> Response:
    """Show what it is, when, where, what is open, and what to look forward to."""
    now = clock.now()
    shown = show_edition(edition_with_slug(db.session(), slug))
    return page("site/edition.html", edition=shown, shown=edition_page(db.session(), shown, now=now), now_is=now)
