"""The API's description as a document and as a page to read."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, current_app, jsonify

from forum.core import openapi
from forum.core.web import open_to, page, public_address

blueprint = Blueprint("checkin_api_documentation", __name__)


@blueprint.get("/api/v1/openapi.json")
@open_to("everyone")
def openapi_json() -> Response:
    """Give the document to programs."""
    return jsonify(described_api())


@blueprint.get("/api/docs")
@open_to("everyone")
def api_docs() -> Response:
    """Show the same document to people."""
    return page("checkin/api_docs.html", api=described_api())


def described_api() -> dict[str, Any]:
    """Return the document of this installation."""
    return openapi.document(current_app, server=public_address(""))
