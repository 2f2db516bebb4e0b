"""Pages of lists whose ids are known."""

from __future__ import annotations

from collections.abc import Sequence

from flask import request

from forum.core.db import db
from forum.core.web import PageOfItems, small_number
from forum.exhibitors import queries
from forum.exhibitors.models import Exhibitor


def page_of(ids: Sequence[int], *, size: int) -> PageOfItems[Exhibitor]:
    """Return the page of exhibitors that `?page=` asks for."""
    last = max(1, -(-len(ids) // size))
    number = min(small_number(request.args.get("page")) or 1, last)
    items = queries.exhibitors_with_ids(db.session(), ids[(number - 1) * size : number * size])
    return PageOfItems(items=items, number=number, size=size, total=len(ids))
