"""The printed programme."""

from __future__ import annotations

from forum.bench.clients import NotMeasured
from forum.bench.notes import Figures, Notes, attempt
from forum.bench.parts.measuring import timed
from forum.bench.place import place


def programme(notes: Notes) -> Figures:
    """Measure the printed programme of today's edition (40 sessions) in a warm process."""
    figures: Figures = {"programme_pdf_s": None}
    with attempt(notes), place("sqlite") as here:
        client = here.app.test_client()
        warm = client.get(f"/editions/{here.coming}/programme.pdf")
        if warm.status_code != 200:
            raise NotMeasured(f"the programme's PDF answered {warm.status_code}")
        figures["programme_pdf_s"] = timed(lambda: client.get(f"/editions/{here.today}/programme.pdf"))
    return figures
