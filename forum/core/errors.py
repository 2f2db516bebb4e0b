"""Refusals and HTTP errors become a page or a problem+json, as it was asked; nobody ever sees a stack trace."""

from __future__ import annotations

import json
import sqlite3

from flask import Flask, Response, render_template, request
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DBAPIError, OperationalError
from werkzeug.exceptions import HTTPException

from forum.core.limits import TooOften
from forum.core.logs import log
from forum.core.refusals import Malformed, NotAllowed, NotFound, Refusal
from forum.core.words import lazy_gettext as _

JSON_PATHS = ("/api/",)
RETRY_AFTER = "5"
SQLITE_IN_TROUBLE = {
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_CANTOPEN,
}


class FormTooOld(Refusal):
    """The form's token does not go with the browser's session."""

    code = "form-too-old"
    status = 400
    sentence = _("This form was open for too long, or in another window. Go back, reload the page and send it again.")


class TooLarge(Refusal):
    """More was sent than the service takes."""

    code = "too-large"
    status = 413
    sentence = _("What you sent is too large. Send a smaller file, 20 MB at most.")


class NotThisWay(Refusal):
    """The address exists but does not take this method."""

    code = "not-this-way"
    status = 405
    sentence = _("This address cannot be used in this way. Go back and use the buttons of the page.")


class Broken(Refusal):
    """Our fault."""

    code = "broken"
    status = 500
    sentence = _("Something broke on our side; it was written down for the team. Nothing was half saved: try again.")


class NotNow(Refusal):
    """The database cannot write or answer: its disk is full, or it stands still."""

    code = "not-now"
    status = 503
    sentence = _(
        "The service cannot save anything right now. Nothing was half saved: wait a few seconds and try again. What a "
        "phone has scanned stays on it, and is sent later."
    )


class BadRequest(Malformed):
    """The request itself cannot be read."""

    code = "bad-request"
    status = 400


BY_STATUS: dict[int, type[Refusal]] = {
    400: BadRequest,
    403: NotAllowed,
    404: NotFound,
    405: NotThisWay,
    413: TooLarge,
    422: Malformed,
    429: TooOften,
}


def install(app: Flask) -> None:
    """Answer every error as a refusal."""
    app.register_error_handler(Refusal, answer)
    app.register_error_handler(CSRFError, lambda _error: answer(FormTooOld()))
    app.register_error_handler(HTTPException, answer_http)
    app.register_error_handler(DBAPIError, answer_database)
    app.register_error_handler(Exception, answer_unexpected)


def answer(refusal: Refusal) -> Response:
    """Show a refusal: problem+json (RFC 9457) to programs, a page to people."""
    if wants_json():
        body = {"code": refusal.code, "status": refusal.status, "title": str(refusal), "message": str(refusal)}
        return Response(json.dumps(body, ensure_ascii=False), refusal.status, mimetype="application/problem+json")
    return Response(render_template("errors/refusal.html", refusal=refusal), refusal.status, mimetype="text/html")


def answer_http(error: HTTPException) -> Response:
    """Turn werkzeug's own errors into ours; redirects pass."""
    if error.code is None or error.code < 400:
        return Response(response=error.get_response().response, status=error.code, headers=error.get_response().headers)
    response = answer(BY_STATUS.get(error.code, Broken if error.code >= 500 else Malformed)())
    response.status_code = error.code
    for name, value in error.get_headers():
        if name in ("Allow", "Retry-After"):
            response.headers[name] = value
    return response


def answer_unexpected(error: Exception) -> Response:
    """Write an unexpected error down and say that it is ours; tests see it as it is."""
    from flask import current_app

    if current_app.testing and not current_app.extensions.get("forum.answer_unexpected"):
        raise error
    log.error("unexpected", what=request.endpoint, exc_info=error)
    return answer(Broken())


def answer_database(error: DBAPIError) -> Response:
    """Say that it is a matter of waiting when the database has no room, no connection or no answer for us."""
    if not is_passing(error):
        return answer_unexpected(error)
    log.error("database", what=request.endpoint, said=str(error.orig))
    try:
        response = answer(NotNow())
    except DBAPIError:  # the page itself asks the database who is signed in
        response = Response(str(NotNow()), NotNow.status, mimetype="text/plain")
    response.headers["Retry-After"] = RETRY_AFTER
    return response


def is_passing(error: DBAPIError) -> bool:
    """Tell a database in trouble from a statement that is wrong; SQLite calls both an operational error."""
    code = getattr(error.orig, "sqlite_errorcode", None)
    if code is not None:
        return code & 0xFF in SQLITE_IN_TROUBLE
    return error.connection_invalidated or isinstance(error, OperationalError)


def wants_json() -> bool:
    """Tell whether a program asked: the API, or a request that prefers JSON."""
    if request.path.startswith(JSON_PATHS):
        return True
    best = request.accept_mimetypes.best_match(["text/html", "application/json"])
    return best == "application/json" and "text/html" not in request.headers.get("Accept", "")
