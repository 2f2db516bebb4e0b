"""The small files that browsers and programs ask for at fixed addresses."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, Response, current_app, jsonify, make_response
from werkzeug.wrappers import Response as BaseResponse

from forum.core import clock
from forum.core.assembly import STATIC
from forum.core.db import db
from forum.core.settings import Settings
from forum.core.web import open_to, page, public_address, static_url
from forum.core.words import gettext as _
from forum.editions.queries import public_editions

blueprint = Blueprint("site_files", __name__)

PRIVATE_PATHS = ("/organise/", "/sign-in", "/sign-out", "/r/", "/p/", "/x/", "/scan/", "/api/", "/metrics")
ONE_DAY = "public, max-age=86400"


@blueprint.get("/favicon.ico")
@open_to("everyone")
def favicon() -> Response:
    """Answer with the mark, for browsers that ask without having read a page."""
    response = make_response((STATIC / "site" / "favicon.svg").read_bytes())
    response.mimetype = "image/svg+xml"
    response.headers["Cache-Control"] = ONE_DAY
    return response


@blueprint.get("/robots.txt")
@open_to("everyone")
def robots() -> Response:
    """Keep search engines out of private pages."""
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in PRIVATE_PATHS)]
    return plain([*lines, f"Sitemap: {public_address('/sitemap.xml')}"])


@blueprint.get("/sitemap.xml")
@open_to("everyone")
def sitemap() -> Response:
    """List the public pages for search engines."""
    paths = ["/", "/privacy", "/accessibility"]
    for edition in public_editions(db.session()):
        base = f"/editions/{edition.slug}"
        paths += [f"{base}/", f"{base}/programme", f"{base}/speakers/", f"{base}/exhibitors/"]
    response = page("site/sitemap.xml", addresses=[public_address(path) for path in paths])
    response.mimetype = "application/xml"
    response.headers["Cache-Control"] = ONE_DAY
    return response


@blueprint.get("/site.webmanifest")
@open_to("everyone")
def manifest() -> BaseResponse:
    """Name the site for phones that put it on their home screen."""
    response = jsonify(
        name=_("Grand Nord Digital Forum"),
        short_name=_("Grand Nord"),
        start_url="/",
        display="browser",
        background_color="#faf7f0",
        theme_color="#faf7f0",
        icons=[{"src": static_url("site/favicon.svg"), "sizes": "any", "type": "image/svg+xml"}],
    )
    response.mimetype = "application/manifest+json"
    return response


@blueprint.get("/.well-known/security.txt")
@open_to("everyone")
def security() -> Response:
    """Say whom to tell of a weakness (RFC 9116); the address is that of the next edition."""
    now = clock.now()
    settings: Settings = current_app.extensions["forum.settings"]
    contact = next((edition.contact_email for edition in public_editions(db.session())), settings.mail_from)
    expires = (now + timedelta(days=180)).strftime("%Y-%m-%dT00:00:00Z")
    return plain(
        [
            f"Contact: mailto:{contact}",
            f"Expires: {expires}",
            "Preferred-Languages: fr, en",
            f"Canonical: {public_address('/.well-known/security.txt')}",
        ]
    )


def plain(lines: list[str]) -> Response:
    """Answer with lines of plain text."""
    response = make_response("\n".join(lines) + "\n")
    response.mimetype = "text/plain"
    response.headers["Cache-Control"] = ONE_DAY
    return response
