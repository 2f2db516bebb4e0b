"""The editions that somebody works on."""

from __future__ import annotations

from flask import Blueprint, Response
from flask_login import current_user

from forum.core import clock
from forum.core.db import db
from forum.core.web import open_to, page
from forum.editions import queries
from forum.editions.rules import NEXT_STEPS, next_step, phase

blueprint = Blueprint("editions_overview", __name__)


@blueprint.get("/organise/")
@open_to("organiser", viewers=True)
def editions() -> Response:
    """List the editions I work on: those to come first, then those that are over."""
    now = clock.now()
    if current_user.is_owner:
        mine = queries.all_editions(db.session())
    else:
        slugs = [membership.edition_slug for membership in current_user.memberships]
        mine = queries.editions_with_slugs(db.session(), slugs)
    ahead = sorted((edition for edition in mine if not edition.is_over(now)), key=lambda edition: edition.first_day)
    return page(
        "editions/overview.html",
        ahead=ahead,
        over=[edition for edition in mine if edition.is_over(now)],
        phases={edition.slug: phase(edition, now) for edition in mine},
        next_steps={edition.slug: next_step(edition, now) for edition in ahead},
        step_words=NEXT_STEPS,
    )
