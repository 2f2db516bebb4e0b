"""One line a request, for operators: what was asked, the answer, how long; never an address with a token."""

from __future__ import annotations

import logging
import sys
import time

import structlog
from flask import Flask, Response, g, request

log = structlog.get_logger("forum")


def install(app: Flask) -> None:
    """Write lines to stderr: readable on a terminal, JSON elsewhere."""
    renderer = (
        structlog.dev.ConsoleRenderer()
        if sys.stderr.isatty()
        else structlog.processors.JSONRenderer(ensure_ascii=False)
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING if app.config["TESTING"] else logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    app.before_request(start_clock)
    app.after_request(write_line)


def start_clock() -> None:
    """Remember when the request came."""
    g.request_started = time.perf_counter()


def write_line(response: Response) -> Response:
    """Write the line: the endpoint's name instead of the address, since addresses hold tokens."""
    milliseconds = round((time.perf_counter() - g.get("request_started", time.perf_counter())) * 1000, 1)
    if request.endpoint not in ("site_health.healthz", "site_health.readyz"):
        log.info("answered", method=request.method, what=request.endpoint, status=response.status_code, ms=milliseconds)
    return response
