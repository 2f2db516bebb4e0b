"""Badges measured: each way of making them in a fresh process, and one as a holder asks for it."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time

from sqlalchemy import select

from forum.bench.clients import ROOT, NotMeasured
from forum.bench.connection import Client
from forum.bench.notes import Figures, Notes, attempt
from forum.bench.place import Place, place, served
from forum.bench.presses import PRESSES
from forum.core.db import transaction
from forum.registration.models import Registration


def badges(notes: Notes) -> Figures:
    """Measure badges as PDF, each way in a fresh process, and one through the server as a holder asks for it."""
    figures: Figures = {}
    with place("sqlite") as here:
        for press in PRESSES:
            with attempt(notes):
                figures |= pressed(here, press)
        with attempt(notes):
            figures |= badge_over_http(here)
    ours = figures.get("badges_1000_per_s")
    for other in ("weasyprint", "reportlab"):
        theirs = figures.get(f"badges_plain_{other}_per_s")
        figures[f"badges_times_plain_{other}"] = ours / theirs if ours and theirs else None
    return figures


def pressed(here: Place, press: str) -> Figures:
    """Measure one way to make badges in a process of its own; raises `NotMeasured`."""
    command = [sys.executable, "-m", "forum.bench.presses", press]
    done = subprocess.run(command, env=here.environment(), cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise NotMeasured(f"{press}: {done.stderr.strip().splitlines()[-1] if done.stderr.strip() else 'no answer'}")
    measured: Figures = json.loads(done.stdout)
    return measured


def badge_over_http(here: Place) -> Figures:
    """Measure how fast a server answers with somebody's badge, and how large it is; the medians of twenty people."""
    with here.app.app_context(), transaction() as tx:
        confirmed = select(Registration.token).where(Registration.state == "confirmed").limit(25)
        tokens = list(tx.session.scalars(confirmed))
    with served(here) as server:
        client = Client(server.base)
        taken, sizes = [], []
        for token in tokens:
            started = time.perf_counter()
            status, content = client.ask("GET", f"/r/{token}/badge.pdf", Accept="application/pdf")
            taken.append(time.perf_counter() - started)
            sizes.append(len(content))
            if status != 200 or not content.startswith(b"%PDF"):
                raise NotMeasured(f"a badge answered {status}")
    return {
        "badge_http_ms": statistics.median(taken[5:]) * 1000,
        "badge_http_kb": statistics.median(sizes[5:]) / 1024,
    }
