"""What leaves the house after a day: the safety register as a PDF, the files of passages and of who came."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from forum.checkin.models import Gate
from forum.core.documents import Document, render_pdf
from forum.core.words import gettext as _
from forum.editions.models import Edition
from forum.inside.rules.curve import curve_of, grid_of
from forum.inside.rules.day_log import PlaceLog
from forum.inside.rules.words import reason_words
from forum.venues.models import Venue


def register_pdf(
    edition: Edition,
    day: date,
    *,
    venues: Sequence[Venue],
    logs: Mapping[int, PlaceLog],
    gates: Sequence[Gate],
    responsible: str,
    now: datetime,
) -> bytes:
    """Return the safety register of a day as PDF/UA-1, a section for each place that was counted."""
    places = [(venue, logs[venue.id]) for venue in venues if venue.id in logs]
    without = logs.get(0)
    return render_pdf(
        Document(
            template="inside/print/register.html",
            title=_("People inside: register of the day"),
            context={
                "edition": edition,
                "day": day,
                "places": [*places, *([(None, without)] if without is not None else [])],
                "gates": gates,
                "responsible": responsible,
                "made_at": now,
                "curve_of": curve_of,
                "grid_of": grid_of,
                "reason_words": reason_words,
            },
            variant="pdf/ua-1",
        )
    )
