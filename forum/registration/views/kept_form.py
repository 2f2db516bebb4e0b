"""The page of the form, kept for a second: when registration opens, everybody asks for the same page at once.

What is a visitor's own is never kept: the token against forgery and the key of the submission are put in anew each
time, and who is signed in, brings a code or has a message waiting gets a page of their own. A place that was taken
within the second is told when the form is sent, as ever.
"""

from __future__ import annotations

import time

from flask import Response, current_app, make_response, request, session
from flask_wtf.csrf import generate_csrf

from forum.core import codes
from forum.core.words import language

SECONDS = 1.0
MOST = 64
TOKEN, KEY = "\ue000token\ue000", "\ue000key\ue000"
"""What stands in a kept page for what is a visitor's own: signs of the private area, which no page holds."""

_kept: dict[tuple[int, str, str], tuple[float, str]] = {}


def seconds() -> float:
    """Return how long a page is kept; tests, which change the tables and look at once, keep none unless they say so."""
    chosen: float | None = current_app.extensions.get("forum.form_is_kept")
    if chosen is not None:
        return chosen
    return 0.0 if current_app.testing else SECONDS


def is_for_everyone() -> bool:
    """Tell whether the page that is asked for is the same for every visitor."""
    has_own = "_user_id" in session or "_flashes" in session
    return request.method == "GET" and not request.query_string and not has_own


def place(slug: str) -> tuple[int, str, str]:
    """Return where a page is kept: by application, edition and language."""
    return id(current_app._get_current_object()), slug, language()  # type: ignore[attr-defined]


def answer(slug: str) -> Response | None:
    """Return the kept page as this visitor's own, if there is one of the last second."""
    if not is_for_everyone():
        return None
    made_at, html = _kept.get(place(slug), (0.0, ""))
    if not html or time.monotonic() - made_at >= seconds():
        return None
    return make_response(html.replace(TOKEN, generate_csrf()).replace(KEY, codes.new_token()))


def keep(slug: str, response: Response, *, submission_key: str | None) -> Response:
    """Keep a page that was just made for the next visitors; return it as it is."""
    if is_for_everyone() and response.status_code == 200 and submission_key and seconds():
        html = response.get_data(as_text=True)
        if submission_key in html:
            if len(_kept) >= MOST:
                _kept.clear()
            _kept[place(slug)] = (
                time.monotonic(),
                html.replace(generate_csrf(), TOKEN).replace(submission_key, KEY),
            )
    return response
