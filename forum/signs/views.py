"""The organisers' page of signs, and the files."""

from __future__ import annotations

from flask import Blueprint, Response

from forum.core.db import db
from forum.core.refusals import Conflict
from forum.core.web import download, open_to, page, show_edition
from forum.core.words import gettext as _
from forum.core.words import lazy_gettext
from forum.editions.queries import edition_with_slug
from forum.signs import documents, queries

blueprint = Blueprint("signs", __name__)


class NothingToSign(Conflict):
    """Nobody is there to make a sign for."""

    code = "nothing-to-sign"
    sentence = lazy_gettext("There is nobody to make these signs for yet: publish sessions or accept exhibitors.")


@blueprint.get("/organise/<slug>/signs")
@open_to("organiser")
def signs(slug: str) -> Response:
    """Show which signs can be printed, and how many."""
    edition = show_edition(edition_with_slug(db.session(), slug))
    return page(
        "signs/signs.html",
        edition=edition,
        speakers=len(queries.speakers(db.session(), edition)),
        exhibitors=len(queries.exhibitors(db.session(), edition)),
    )


@blueprint.get("/organise/<slug>/signs/tents.pdf")
@open_to("organiser")
def tents(slug: str) -> Response:
    """Give a table tent for each speaker of the published programme."""
    edition = show_edition(edition_with_slug(db.session(), slug))
    found = queries.speakers(db.session(), edition)
    if not found:
        raise NothingToSign
    return download(documents.tents_pdf(edition, found), name="-".join((_("table-tents"), slug)) + ".pdf", inline=True)


@blueprint.get("/organise/<slug>/signs/stands.pdf")
@open_to("organiser")
def stands(slug: str) -> Response:
    """Give a sign for each accepted exhibitor."""
    edition = show_edition(edition_with_slug(db.session(), slug))
    found = queries.exhibitors(db.session(), edition)
    if not found:
        raise NothingToSign
    return download(documents.stands_pdf(edition, found), name="-".join((_("stand-signs"), slug)) + ".pdf", inline=True)
