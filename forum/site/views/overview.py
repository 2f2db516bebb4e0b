"""An edition at a glance, for its organisers."""

from __future__ import annotations

from flask import Blueprint, Response

from forum.core import clock
from forum.core.db import db
from forum.core.web import open_to, page, show_edition
from forum.editions.queries import edition_with_slug
from forum.editions.rules import NEXT_STEPS, next_step, phase
from forum.site.queries.overview import overview
from forum.site.rules import curve_bars

blueprint = Blueprint("site_overview", __name__)


@blueprint.get("/organise/<slug>/")
@open_to("organiser", viewers=True)
def edition_overview(slug: str) -> Response:
    """Show the figures of an edition, each with its list."""
    edition = show_edition(edition_with_slug(db.session(), slug))
    now = clock.now()
    figures = overview(db.session(), edition, now=now)
    return page(
        "site/overview.html",
        edition=edition,
        figures=figures,
        bars=curve_bars([point.count for point in figures.curve]),
        phase=phase(edition, now),
        step=next_step(edition, now),
        step_words=NEXT_STEPS,
    )
