"""The home page, and the pages about the service itself."""

from __future__ import annotations

from flask import Blueprint, Response

from forum.core import clock
from forum.core.db import db
from forum.core.web import open_to, page
from forum.site.queries.public import home as home_of_editions
from forum.site.rules import map_points

blueprint = Blueprint("site_home", __name__)


@blueprint.get("/")
@open_to("everyone")
def home() -> Response:
    """Show the forum and its editions."""
    shown = home_of_editions(db.session(), now=clock.now())
    return page(
        "site/home.html",
        living=shown.living,
        archives=shown.archives,
        cities=shown.cities,
        points=map_points(shown.cities),
    )


@blueprint.get("/privacy")
@open_to("everyone")
def privacy() -> Response:
    """Say what is asked of people, what for, and until when."""
    return page("site/privacy.html")


@blueprint.get("/accessibility")
@open_to("everyone")
def accessibility() -> Response:
    """Say how accessible the service is, and whom to tell when it is not."""
    return page("site/accessibility.html")
