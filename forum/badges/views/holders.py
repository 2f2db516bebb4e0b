"""A holder's badge."""

from __future__ import annotations

from flask import Blueprint
from werkzeug.wrappers import Response as BaseResponse

from forum.badges import queries, rules
from forum.badges.documents.letters import file_name
from forum.badges.documents.printing import badge_pdf, group_pdf
from forum.core.db import db
from forum.core.limits import knock
from forum.core.web import download, open_to, required, show_in_language
from forum.registration.queries import group_with_token

blueprint = Blueprint("badges_holder", __name__)


@blueprint.get("/r/<token>/badge.pdf")
@open_to("holder")
@knock("60 per minute", methods=("GET",))
def own_badge(token: str) -> BaseResponse:
    """Show a holder's badge; who cancelled reads that there is none."""
    registration = required(queries.registration_with_token(db.session(), token.lower()))
    show_in_language(registration.person.language)
    rules.may_have_badge(registration)
    badge = required(queries.valid_badge_of(db.session(), registration.id))
    return download(badge_pdf(db.session(), badge), name=file_name(badge), inline=True)


@blueprint.get("/g/<token>/badges.pdf")
@open_to("holder")
@knock("30 per minute", methods=("GET",))
def group_badges(token: str) -> BaseResponse:
    """Give a group's leader the badges of everyone in it who is expected, as one file."""
    group = group_with_token(db.session(), token)
    show_in_language(group.leader.language)
    badges = queries.badges_of_group(db.session(), group.id)
    if not badges:
        raise rules.NotComing
    return download(group_pdf(db.session(), badges), name="badges.pdf")
