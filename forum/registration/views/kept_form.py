"""The page of the form, kept for a second: when registration opens, everybody asks for the same page at once.

What is a visitor's own is never kept: the token against forgery and the key of the submission are put in anew each
time, and who is signed in, brings a code or has a message waiting gets a page of their own. A place that was taken
within the second is told when the form is sent, as ever.
"""

from __future__ import annotations

from flask import Response, make_response, request, session
from flask_wtf.csrf import generate_csrf

from forum.core import codes
from forum.core.kept import Kept, seconds
from forum.core.words import language

TOKEN, KEY = "\ue000token\ue000", "\ue000key\ue000"
"""What stands in a kept page for what is a visitor's own: signs of the private area, which no page holds."""

_kept: Kept[str] = Kept()


def is_for_everyone() -> bool:
    """Tell whether the page that is asked for is the same for every visitor."""
    has_own = "_user_id" in session or "_flashes" in session
    return request.method == "GET" and not request.query_string and not has_own


def answer(slug: str) -> Response | None:
    """Return the kept page as this visitor's own, if there is one of the last second."""
    html = _kept.get((slug, language())) if is_for_everyone() else None
    return make_response(html.replace(TOKEN, generate_csrf()).replace(KEY, codes.new_token())) if html else None


def keep(slug: str, response: Response, *, submission_key: str | None) -> Response:
    """Keep a page that was just made for the next visitors; return it as it is."""
    if is_for_everyone() and response.status_code == 200 and submission_key and seconds():
        html = response.get_data(as_text=True)
        if submission_key in html:
            _kept.keep((slug, language()), html.replace(generate_csrf(), TOKEN).replace(submission_key, KEY))
    return response
