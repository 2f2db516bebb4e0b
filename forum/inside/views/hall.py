"""The screens of the hall: what is on and next in each room, readable from afar, for everyone."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Blueprint, Response, jsonify, request

from forum.checkin.queries import people_inside
from forum.core import clock, words
from forum.core.db import db
from forum.core.web import open_to, page, show_edition
from forum.editions.models import Edition
from forum.editions.queries import edition_with_slug
from forum.inside.queries import hall
from forum.inside.rules.hall import changes_to_tell, rooms_now

blueprint = Blueprint("inside_hall", __name__)


@blueprint.app_template_filter("typeset")
def typeset(text: str) -> str:
    """Return what somebody wrote with the no-break spaces of the reader's language: no line begins with a colon."""
    return words.typeset(text)


ROWS_WITHOUT_SCRIPT = 4
"""Where no script measures the screen, so many rooms are shown at a time, and the next ones by themselves after."""


@blueprint.get("/editions/<slug>/screen")
@open_to("everyone")
def screen(slug: str) -> Response:
    """Show a screen of the hall; `?theme=dark`, `?page=` (without JavaScript), `?part=1` for what changed."""
    edition = show_edition(edition_with_slug(db.session(), slug))
    now = clock.now()
    told = what_is_told(edition, now)
    asked = request.args.get("page", "")
    number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 4 else None
    pages = max(1, -(-len(told["rooms"]) // ROWS_WITHOUT_SCRIPT))
    if number is not None:
        number = (max(number, 1) - 1) % pages + 1
        told["rooms"] = told["rooms"][(number - 1) * ROWS_WITHOUT_SCRIPT : number * ROWS_WITHOUT_SCRIPT]
    theme = request.args.get("theme")
    response = page(
        "inside/_hall.html" if request.args.get("part") else "inside/hall.html",
        edition=edition,
        at=now,
        theme=theme if theme in ("light", "dark") else "dark",
        number=number,
        pages=pages,
        following=number % pages + 1 if number else 1,
        **told,
    )
    if request.args.get("part"):
        response = jsonify(html=response.get_data(as_text=True))
    response.headers["Cache-Control"] = "public, max-age=5"
    response.add_etag(weak=True)
    response.make_conditional(request)
    return response


def what_is_told(edition: Edition, now: datetime) -> dict[str, Any]:
    """Return what a screen tells at a moment."""
    session = db.session()
    if not edition.is_today(now):
        return {"rooms": [], "changes": [], "full_houses": [], "one_house": True, "goes_on": None}
    sessions = hall.sessions_today(session, edition, now=now)
    counts = people_inside(session, edition.id, now=now)
    full = {each.place_id for each in counts if each.kind == "session" and each.level == 100}
    houses = [each for each in counts if each.kind == "venue"]
    moved = hall.changes_lately(session, edition, now=now)
    current = hall.sessions_of_changes(session, moved)
    rooms = rooms_now(sessions, now=now, full=full)
    return {
        "rooms": rooms,
        "changes": changes_to_tell(moved, current, now=now),
        "full_houses": [each for each in houses if each.level == 100],
        "one_house": len(houses) == 1,
        "goes_on": None if rooms else hall.next_hour(session, edition, now=now),
    }
