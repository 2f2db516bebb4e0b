"""After the day: the safety register, and who came."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, Response, request

from forum.checkin.rules import day_began
from forum.core import clock
from forum.core.db import db
from forum.core.refusals import NotFound
from forum.core.web import download, open_to, page, show_edition
from forum.core.words import gettext as _
from forum.editions.models import Edition
from forum.editions.queries import edition_with_slug
from forum.inside import documents
from forum.inside.queries import board, day_log

blueprint = Blueprint("inside_after", __name__, url_prefix="/organise/<slug>/door")

MOST_DAYS = 31
LONGEST_NAME = 120


@blueprint.get("/register")
@open_to("organiser")
def register(slug: str) -> Response:
    """Ask for which day, and who signs."""
    edition = organised(slug)
    return page("inside/register.html", edition=edition, days=days_so_far(edition), today=today_in(edition))


@blueprint.get("/register.pdf")
@open_to("organiser")
def register_pdf(slug: str) -> Response:
    """Give the safety register of a day."""
    edition = organised(slug)
    day = asked_day(edition)
    venues, logs = day_log.log_of_day(db.session(), edition, day)
    content = documents.register_pdf(
        edition,
        day,
        venues=venues,
        logs=logs,
        gates=board.gates_with_rules(db.session(), edition.id),
        responsible=" ".join(request.args.get("responsible", "").split())[:LONGEST_NAME],
        now=clock.now(),
    )
    return download(content, name=_("register-%(edition)s-%(day)s.pdf", edition=edition.slug, day=day), inline=True)


def organised(slug: str) -> Edition:
    """Return the edition of an organisers' page."""
    return show_edition(edition_with_slug(db.session(), slug))


def today_in(edition: Edition) -> date:
    """Return which day it is at the door."""
    return day_began(clock.now(), edition.timezone).date()


def days_so_far(edition: Edition) -> list[date]:
    """Return the days of an edition that have begun."""
    if edition.is_known_by_year_only:
        return []
    return [day for day in edition.days[:MOST_DAYS] if day <= today_in(edition)]


def asked_day(edition: Edition) -> date:
    """Return the day of the address, one that has begun. Raises `NotFound`."""
    written = request.args.get("day", "")
    day = next((day for day in days_so_far(edition) if day.isoformat() == written), None)
    if day is None:
        raise NotFound
    return day
