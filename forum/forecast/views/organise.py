"""How many will come, how sure that is, how many more to admit: for organisers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Blueprint, Response, request

from forum.core import clock
from forum.core.db import db
from forum.core.refusals import Refusal
from forum.core.web import open_to, page, show_edition
from forum.editions.models import Edition
from forum.editions.queries import edition_with_slug
from forum.forecast import queries, rules
from forum.forecast.rules import Attendance, Counted, Group, Rate
from forum.registration.models import Category
from forum.registration.queries import categories_of

blueprint = Blueprint("forecast_organise", __name__)


@dataclass(frozen=True)
class CategoryLine:
    """A category in the table: who is expected, what they said, how many come."""

    category: Category
    coming: int
    silent: int
    unasked: int
    spread: Attendance

    @property
    def people(self) -> int:
        """Return how many are expected."""
        return self.coming + self.silent + self.unasked


@dataclass(frozen=True)
class Advice:
    """How many more of a category can be admitted."""

    category: Category
    rate: Rate
    more: int
    spread: Attendance
    """How many come when all of them are admitted."""


@dataclass(frozen=True)
class Asked:
    """What the organiser reckons with."""

    capacity: int
    risk: float
    category: Category | None
    refusal: Refusal | None
    written: str
    """The capacity as it stands in the field."""


@blueprint.get("/organise/<slug>/forecast")
@open_to("organiser", viewers=True)
def forecast(slug: str) -> Response:
    """Show how many will come, and how many more can be admitted at a risk."""
    edition = show_edition(edition_with_slug(db.session(), slug))
    session = db.session()
    groups = queries.expected_groups(session, edition.id)
    past = queries.past_editions(session, edition, today=edition.local(clock.now()).date())
    counted = [each for one in past for each in one.counted]
    categories = categories_of(session, edition.id)
    safe = queries.safe_capacity(session, edition.id)
    rates = {group: rules.rate_of(group, counted, city_id=edition.host_city_id) for group in groups}
    spread = rules.attendance((group.people, rate) for group, rate in rates.items())
    asked = what_is_asked(categories, safe) if safe else None
    return page(
        "forecast/organise/forecast.html",
        status=asked.refusal.status if asked and asked.refusal else 200,
        edition=edition,
        spread=spread,
        happened=counted_at_door(edition),
        lines=lines(categories, rates),
        freed=queries.freed_places(session, edition.id),
        past=past,
        safe=safe,
        asked=asked,
        advice=advised(edition, asked, spread, counted),
        bars=rules.bars(spread, reaching=asked.capacity if asked else None) if spread.people else [],
        categories=categories,
        risks=rules.RISKS,
        is_over=edition.is_over(clock.now()),
    )


def counted_at_door(edition: Edition) -> queries.PastEdition | None:
    """Return what the door of an edition that is over counted; None while it is not, or was not counted."""
    if not edition.is_over(clock.now()):
        return None
    past = queries.past_edition(db.session(), edition)
    return past if past.came else None


def lines(categories: Sequence[Category], rates: dict[Group, Rate]) -> list[CategoryLine]:
    """Return the table by category, without those in which nobody is."""
    found = []
    for category in categories:
        theirs = {group: rate for group, rate in rates.items() if group.category == category.slug}
        people = {answer: sum(g.people for g in theirs if g.answer == answer) for answer in ("coming", "silent")}
        if theirs:
            found.append(
                CategoryLine(
                    category=category,
                    coming=people["coming"],
                    silent=people["silent"],
                    unasked=sum(group.people for group in theirs) - people["coming"] - people["silent"],
                    spread=rules.attendance((group.people, rate) for group, rate in theirs.items()),
                )
            )
    return found


def what_is_asked(categories: Sequence[Category], safe: int) -> Asked:
    """Read capacity, risk and category from the address; a capacity past the safe one is refused with a sentence."""
    written = request.args.get("capacity", "").strip()
    capacity, refusal = safe, None
    if written:
        capacity = int(written) if written.isascii() and written.isdigit() and len(written) < 8 else 0
        try:
            rules.fits_safe_capacity(capacity, safe)
        except rules.PastSafeCapacity as refused:
            capacity, refusal = safe, refused
    risk = request.args.get("risk", type=float)
    wanted = request.args.get("category", "")
    visitors = [each for each in categories if each.kind == "attendee"] or list(categories)
    category = next((each for each in categories if each.slug == wanted), next(iter(visitors), None))
    return Asked(
        capacity, risk if risk in rules.RISKS else rules.DEFAULT_RISK, category, refusal, written[:7] or str(safe)
    )


def advised(edition: Edition, asked: Asked | None, spread: Attendance, counted: Sequence[Counted]) -> Advice | None:
    """Return how many more of the chosen category can be admitted."""
    if asked is None or asked.category is None:
        return None
    category = asked.category
    newcomer = Group(category.slug, category.kind, "unasked", 1)
    rate = rules.rate_of(newcomer, counted, city_id=edition.host_city_id)
    more = rules.more_to_admit(spread, rate, capacity=asked.capacity, risk=asked.risk)
    return Advice(category, rate, more, rules.with_more(spread, more, rules.quantiles_of(rate)))
