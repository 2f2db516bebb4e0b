"""Pages of lists whose ids are known."""

from __future__ import annotations

from collections.abc import Sequence

from flask import request

from forum.core.db import db
from forum.core.web import PageOfItems
from forum.exhibitors import queries
from forum.exhibitors.models import Exhibitor


def page_of(ids: Sequence[int], *, size: int) -> PageOfItems[Exhibitor]:
    """Return the page of exhibitors that `?page=` asks for."""
    asked = request.args.get("page", "1")
    last = max(1, -(-len(ids) // size))
    number = min(max(int(asked), 1), last) if asked.isascii() and asked.isdigit() and len(asked) < 9 else 1
    items = queries.exhibitors_with_ids(db.session(), ids[(number - 1) * size : number * size])
    return PageOfItems(items=items, number=number, size=size, total=len(ids))
