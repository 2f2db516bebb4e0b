"""Registrations through the form, and the page of the form."""

from __future__ import annotations

from sqlalchemy import select

from forum.bench.clients import Measured, load
from forum.bench.notes import Figures, Notes, attempt
from forum.bench.parts.measuring import CLIENTS, SECONDS, expect
from forum.bench.place import Place, place, served
from forum.core.db import transaction
from forum.editions.models import Edition
from forum.registration.models import Category


def registrations(notes: Notes) -> Figures:
    """Measure registrations through the form: eight clients, each a browser that opened the form and sends it filled.

    Each is a person, a registration, a badge, a place taken and a letter written, in one transaction.
    """
    figures: Figures = {}
    for database in ("sqlite", "postgresql"):
        per_second, slowest = f"registrations_{database}_per_s", f"registrations_{database}_p99_ms"
        figures |= {per_second: None, slowest: None}
        with attempt(notes), place(database) as here, served(here) as server:
            register(here, server.base, seconds=2)  # warm
            measured = register(here, server.base, seconds=SECONDS)
            expect(notes, f"registrations on {database}", measured, "303")
            figures |= {per_second: measured.per_second, slowest: measured.percentile(0.99)}
    return figures


def register(here: Place, base: str, *, seconds: float) -> Measured:
    """Let eight clients register people for the coming edition."""
    with here.app.app_context(), transaction() as tx:
        category_id = tx.session.scalar(
            select(Category.id).join(Edition).where(Edition.slug == here.coming, Category.slug == "public")
        )
    path = f"/editions/{here.coming}/register"
    return load(base, [{"kind": "register", "seconds": seconds, "path": path, "category_id": category_id}] * CLIENTS)


def register_page(notes: Notes) -> Figures:
    """Measure the page of the form itself, with its questions: what an opening hour asks for first."""
    figures: Figures = {"register_page_per_s": None, "register_page_p99_ms": None}
    with attempt(notes), place("sqlite") as here, served(here) as server:
        path = f"/editions/{here.coming}/register"
        load(server.base, [{"kind": "get", "seconds": 2, "paths": [path]}] * CLIENTS)  # warm
        measured = load(server.base, [{"kind": "get", "seconds": SECONDS, "paths": [path]}] * CLIENTS)
        expect(notes, "pages of the form", measured, "200")
        figures |= {
            "register_page_per_s": measured.per_second,
            "register_page_p99_ms": measured.percentile(0.99),
        }
    return figures
