"""The programme for calendars and conference apps."""

from __future__ import annotations

from flask import Blueprint, Response, request
from werkzeug.wrappers import Response as BaseResponse

from forum.core.db import db
from forum.core.web import download, open_to, show_edition
from forum.editions.models import Edition
from forum.editions.queries import edition_with_slug
from forum.programme import queries
from forum.programme.documents import calendars, exchange

blueprint = Blueprint("programme_feeds", __name__)

FRESH_SECONDS = 300


@blueprint.get("/editions/<slug>/programme.ics")
@open_to("everyone")
def programme_calendar(slug: str) -> BaseResponse:
    """Give the whole programme as a calendar to subscribe to."""
    edition = show_edition(edition_with_slug(db.session(), slug))
    sessions = queries.published_sessions(db.session(), edition)
    content = calendars.calendar_of(edition, sessions, name=edition.name)
    return kept(download(content, name=f"{edition.slug}.ics", inline=True), edition)


@blueprint.get("/editions/<slug>/sessions/<key>.ics")
@blueprint.get("/editions/<slug>/sessions/<key>/session.ics")
@open_to("everyone")
def session_calendar(slug: str, key: str) -> BaseResponse:
    """Give one session for a calendar."""
    edition = show_edition(edition_with_slug(db.session(), slug))
    session = queries.session_with_key(db.session(), edition, key)
    queries.shown(session)
    content = calendars.calendar_of(edition, [session], name=session.title)
    return kept(download(content, name=f"{edition.slug}-{key}.ics"), edition)


@blueprint.get("/editions/<slug>/schedule.xml")
@open_to("everyone")
def schedule_xml(slug: str) -> BaseResponse:
    """Give the programme in frab's XML."""
    edition = show_edition(edition_with_slug(db.session(), slug))
    content = exchange.schedule_xml(edition, queries.published_sessions(db.session(), edition))
    return kept(Response(content, mimetype="application/xml"), edition)


@blueprint.get("/editions/<slug>/schedule.json")
@open_to("everyone")
def schedule_json(slug: str) -> BaseResponse:
    """Give the programme in frab's JSON."""
    edition = show_edition(edition_with_slug(db.session(), slug))
    content = exchange.schedule_json(edition, queries.published_sessions(db.session(), edition))
    return kept(Response(content, mimetype="application/json"), edition)


def kept(response: Response, edition: Edition) -> BaseResponse:
    """Let everybody keep a file for a while, and ask again whether it changed; a draft is nobody's to keep."""
    if edition.is_public():
        response.headers["Cache-Control"] = f"public, max-age={FRESH_SECONDS}"
        response.headers["Access-Control-Allow-Origin"] = "*"
        response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        response.vary.update(("Accept-Language", "Cookie"))
    response.add_etag()
    return response.make_conditional(request)
