"""The live board: who is inside, how the day goes, what to look at; and the list of gates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from flask import Blueprint, Response, jsonify, request

from forum.checkin import queries as door
from forum.checkin.models import Device, Gate
from forum.checkin.queries import PlaceCount, people_inside
from forum.checkin.rules import day_began
from forum.core import clock, words
from forum.core.db import db
from forum.core.web import open_to, page, show_edition
from forum.editions.models import Edition
from forum.editions.queries import edition_with_slug
from forum.inside.queries import board, outlook
from forum.inside.rules import pace, unusual
from forum.inside.rules.outlook import Outlook
from forum.inside.rules.outlook import outlook as outlook_of
from forum.inside.rules.pace import GatePace, Step
from forum.inside.rules.unusual import Unusual

blueprint = Blueprint("inside_board", __name__, url_prefix="/organise/<slug>/door")


@blueprint.app_template_filter("clock_hour")
def clock_hour(value: time) -> str:
    """Return an hour of any day: « 8 h 30 », or “08:30”."""
    if words.language() != "fr":
        return f"{value:%H:%M}"
    return f"{value.hour}{words.NO_BREAK}h" + (f"{words.NO_BREAK}{value:%M}" if value.minute else "")


@dataclass(frozen=True)
class Now:
    """What changes from one moment to the next."""

    at: datetime
    places: Sequence[PlaceCount]
    odd: Sequence[tuple[Unusual, board.Holder | None]]
    devices: Sequence[Device]
    gates: Mapping[int, Gate]

    @property
    def silent(self) -> list[Device]:
        """Return the phones that were not heard of lately."""
        return [device for device in self.devices if self.at - device.last_seen_at > board.SILENT_AFTER]

    @property
    def late(self) -> list[Device]:
        """Return the phones that are heard of and keep scans to themselves."""
        return [device for device in self.devices if device.pending and device not in self.silent]

    @property
    def alerts(self) -> list[PlaceCount]:
        """Return the places that are getting full, the fullest first."""
        return sorted((each for each in self.places if each.level), key=lambda each: -(each.level or 0))


@dataclass(frozen=True)
class Today:
    """How the day goes."""

    steps: Sequence[Step]
    paces: Mapping[int, GatePace]
    came: int
    expected: int

    @property
    def highest(self) -> int:
        """Return the most entries in five minutes."""
        return max((step.entries for step in self.steps), default=0)

    @property
    def highest_of_a_gate(self) -> int:
        """Return the most entries of one gate in five minutes."""
        return max((most for each in self.paces.values() for most in each.steps), default=0)

    @property
    def entries(self) -> int:
        """Return how many entries the chart shows."""
        return sum(step.entries for step in self.steps)

    @property
    def lately(self) -> int:
        """Return how many came in during the five minutes that are over, the newest of them."""
        return self.steps[-2].entries if len(self.steps) > 1 else 0


@blueprint.get("")
@open_to("organiser", viewers=True)
def door_board(slug: str) -> Response:
    """Show the board whole; it changes by itself where there is JavaScript."""
    edition = organised(slug)
    gates = door.gates_of(db.session(), edition.id)
    now = clock.now()
    return page(
        "inside/board.html",
        **shared(edition, gates),
        now_part=now_of(edition, gates, now),
        day=today_of(edition, gates, now),
        **ahead(edition, now),
    )


@blueprint.get("/now")
@open_to("organiser", viewers=True)
def now_part(slug: str) -> Response:
    """Give what changes from one moment to the next: who is inside, alerts, what to look at, phones."""
    return part("inside/_now.html", **with_now(slug))


@blueprint.get("/day")
@open_to("organiser", viewers=True)
def day_part(slug: str) -> Response:
    """Give how the day goes: entries per five minutes, gates."""
    return part("inside/_day.html", **with_day(slug))


@blueprint.get("/ahead")
@open_to("organiser", viewers=True)
def ahead_part(slug: str) -> Response:
    """Give what is asked for every few minutes: expected and come by category, the forecast of the peak."""
    edition = organised(slug)
    return part("inside/_ahead.html", edition=edition, **ahead(edition, clock.now()))


@blueprint.get("/screen")
@open_to("organiser", viewers=True)
def screen(slug: str) -> Response:
    """Show the board on a screen of the organisers' room: large, dark, nobody's name, nothing to press."""
    edition = organised(slug)
    gates, now = door.gates_of(db.session(), edition.id), clock.now()
    return page(
        "inside/screen.html",
        **shared(edition, gates),
        now_part=now_of(edition, gates, now),
        day=today_of(edition, gates, now),
        theme="light" if request.args.get("theme") == "light" else "dark",
        outlook=outlook_today(edition, now),
    )


@blueprint.get("/screen/now")
@open_to("organiser", viewers=True)
def screen_now(slug: str) -> Response:
    """Give what the screen shows of this moment, anew."""
    return part("inside/_screen_now.html", **with_now(slug))


@blueprint.get("/screen/day")
@open_to("organiser", viewers=True)
def screen_day(slug: str) -> Response:
    """Give how the day goes for the screen, anew."""
    shown = with_day(slug)
    return part("inside/_screen_day.html", **shown, outlook=outlook_today(shown["edition"], clock.now()))


@blueprint.get("/gates")
@open_to("organiser", viewers=True)
def gates(slug: str) -> Response:
    """Show the gates with their rules in words."""
    edition = organised(slug)
    found = board.gates_with_rules(db.session(), edition.id)
    return page("inside/gates.html", **shared(edition, found), day=today_of(edition, found, clock.now()), found=found)


def organised(slug: str) -> Edition:
    """Return the edition of an organisers' page."""
    return show_edition(edition_with_slug(db.session(), slug))


def shared(edition: Edition, gates: Sequence[Gate]) -> dict[str, Any]:
    """Return what each part of the board names."""
    return {
        "edition": edition,
        "gates": {gate.id: gate for gate in gates},
        "at": clock.now(),
    }


def with_now(slug: str) -> dict[str, Any]:
    """Return what a part that shows this moment names."""
    edition = organised(slug)
    gates = door.gates_of(db.session(), edition.id)
    return {**shared(edition, gates), "now_part": now_of(edition, gates, clock.now())}


def with_day(slug: str) -> dict[str, Any]:
    """Return what a part that shows how the day goes names."""
    edition = organised(slug)
    gates = door.gates_of(db.session(), edition.id)
    return {**shared(edition, gates), "day": today_of(edition, gates, clock.now())}


def now_of(edition: Edition, gates: Sequence[Gate], now: datetime) -> Now:
    """Return who is inside and what to look at."""
    session, since = db.session(), day_began(now, edition.timezone)
    odd = unusual.unusual(board.odd_scans(session, edition.id, since=since, now=now))
    whose = board.holders(session, edition.id, [each.badge_id for each in odd])
    return Now(
        at=now,
        places=people_inside(session, edition.id, now=now),
        odd=[(each, whose.get(each.badge_id or 0)) for each in odd],
        devices=board.devices_of(session, edition.id, since=since),
        gates={gate.id: gate for gate in gates},
    )


def today_of(edition: Edition, gates: Sequence[Gate], now: datetime) -> Today:
    """Return how the day goes."""
    session, since = db.session(), day_began(now, edition.timezone)
    counts = board.step_counts_so_far(session, edition.id, since=since, now=now)
    entrances = {gate.id for gate in gates if gate.session_id is None and gate.zone_id is None}
    chart = pace.steps(counts, entrances=entrances, now=now)
    gaps = board.gaps_between_scans(session, edition.id, now=now)
    return Today(
        steps=chart,
        paces=pace.gate_paces(counts, gaps=gaps, chart=chart, gate_ids=[gate.id for gate in gates], now=now),
        came=board.came_today(session, edition.id, since=since),
        expected=board.expected_in_all(session, edition.id),
    )


def ahead(edition: Edition, now: datetime) -> dict[str, Any]:
    """Return who came by category, and the forecast of the peak."""
    session, since = db.session(), day_began(now, edition.timezone)
    return {
        "categories": board.categories_came(session, edition.id, since=since),
        "outlook": outlook_today(edition, now),
    }


def outlook_today(edition: Edition, now: datetime) -> Outlook | None:
    """Return the forecast of the peak; none but on a day of the edition."""
    return peak_of(edition, now) if edition.is_today(now) else None


def peak_of(edition: Edition, now: datetime) -> Outlook | None:
    """Return the forecast of today's peak."""
    session = db.session()
    expected, shapes = outlook.expected_and_shapes(session, edition, now=now)
    counts = people_inside(session, edition.id, now=now)
    return outlook_of(
        expected=expected,
        came=board.came_today(session, edition.id, since=day_began(now, edition.timezone)),
        inside=sum(each.inside for each in counts if each.kind in ("forum", "venue")),
        shapes=shapes,
        now=now,
        zone=edition.zone,
    )


def part(template: str, **values: Any) -> Response:
    """Answer with a part of a page as JSON: nothing but “not modified” while it is the same."""
    response = jsonify(html=page(template, **values).get_data(as_text=True))
    response.add_etag(weak=True)
    response.headers["Cache-Control"] = "private, no-cache"
    response.make_conditional(request)
    return response
