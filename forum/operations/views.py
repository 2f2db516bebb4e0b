"""`/metrics`."""

from __future__ import annotations

import time

from flask import Blueprint, Response, current_app, g, request

from forum.core import clock
from forum.core.db import db
from forum.core.web import open_to
from forum.operations.metrics import FOLDER, Requests, exposition

blueprint = Blueprint("operations", __name__)


@blueprint.get("/metrics")
@open_to("monitor")
def metrics() -> Response:
    """Tell Prometheus how it goes."""
    return Response(
        exposition(db.session(), requests_counted(), now=clock.now()),
        content_type="text/plain; version=0.0.4; charset=utf-8",
    )


@blueprint.after_app_request
def count_answer(response: Response) -> Response:
    """Count an answer under its endpoint: addresses hold tokens."""
    started = g.get("request_started")
    requests_counted().count(
        endpoint=request.endpoint or "none",
        method=request.method if request.method in KNOWN_METHODS else "other",
        status=response.status_code,
        seconds=time.perf_counter() - started if started else 0.0,
    )
    return response


KNOWN_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


def requests_counted() -> Requests:
    """Return this process's counts."""
    present: Requests | None = current_app.extensions.get("forum.requests")
    if present is None:
        present = Requests(current_app.extensions["forum.settings"].instance / FOLDER)
        current_app.extensions["forum.requests"] = present
    return present
