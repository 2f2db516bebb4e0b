"""The home page, and the pages about the service itself."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, Response

from forum.core import clock
from forum.core.db import db
from forum.core.web import open_to, page
from forum.editions.models import Edition
from forum.editions.queries import public_editions
from forum.site.queries.public import home as home_of_editions

blueprint = Blueprint("site_home", __name__)


@blueprint.get("/")
@open_to("everyone")
def home() -> Response:
    """Show the forum and its editions."""
    shown = home_of_editions(db.session(), now=clock.now())
    return page("site/home.html", living=shown.living, archives=shown.archives, cities=shown.cities)


@blueprint.get("/accessibility")
@open_to("everyone")
def accessibility() -> Response:
    """Say how accessible the service is, and whom to tell when it is not."""
    return page("site/accessibility.html", contacts=contacts())


def contacts() -> Sequence[Edition]:
    """Return the editions whose addresses people may write to: those that are not over, else the last one."""
    now = clock.now()
    editions = public_editions(db.session())
    return [edition for edition in editions if not edition.is_over(now)] or editions[:1]
