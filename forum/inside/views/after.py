"""After the day: the safety register, and who came."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from flask import Blueprint, Response, request

from forum.checkin import queries as door
from forum.checkin.rules import day_began
from forum.core import clock
from forum.core.db import db
from forum.core.refusals import NotFound
from forum.core.web import download, open_to, page, show_edition
from forum.editions.models import Edition
from forum.editions.queries import edition_with_slug
from forum.inside import documents
from forum.inside.queries import attendance, board, day_log
from forum.inside.rules.attendance import stays_of

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
    return download(content, name=f"register-{edition.slug}-{day}.pdf", inline=True)


@blueprint.get("/came")
@open_to("organiser")
def came(slug: str) -> Response:
    """Show who came: by category, by hour, through the doors of sessions."""
    edition = organised(slug)
    session, days = db.session(), days_so_far(edition)
    day = day_in(days)
    since, until = attendance.bounds(edition, day)
    categories = board.categories_came(session, edition.id, since=since, until=until)
    shown = day or (days[0] if len(days) == 1 else None)
    figures = day_log.figures_of_day(session, edition, shown) if shown else day_log.DayFigures((), stays_of(()))
    return page(
        "inside/came.html",
        edition=edition,
        at=clock.now(),
        days=days,
        day=day,
        shown=shown,
        categories=categories,
        expected=sum(each.expected for each in categories),
        came=sum(each.came for each in categories),
        sessions=attendance.sessions_attended(session, edition, day),
        hours=figures.hours,
        stays=figures.stays,
    )


@blueprint.get("/<any(came, sessions, passages):what>.<any(csv, xlsx):kind>")
@open_to("organiser")
def file(slug: str, what: str, kind: str) -> Response:
    """Give who came, how many went into each session, or every scan, as a file."""
    edition = organised(slug)
    session, day = db.session(), day_in(days_so_far(edition))
    if what == "came":
        table = documents.people_table(attendance.people_attended(session, edition, day))
    elif what == "sessions":
        table = documents.sessions_table(attendance.sessions_attended(session, edition, day))
    else:
        table = documents.passages_table(door.passages_of(session, edition.id))
    content = documents.file_of(table, kind=kind, title=edition.name)
    return download(content, name=f"{what}-{edition.slug}{f'-{day}' if day and what != 'passages' else ''}.{kind}")


def day_in(days: Sequence[date]) -> date | None:
    """Return the day of the address among those that have begun; None: all of them."""
    written = request.args.get("day", "")
    return next((day for day in days if day.isoformat() == written), None)


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
    day = day_in(days_so_far(edition))
    if day is None:
        raise NotFound
    return day
