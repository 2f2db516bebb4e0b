"""Health."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from forum.core.db import db
from forum.core.web import open_to

blueprint = Blueprint("site_health", __name__)


@blueprint.get("/healthz")
@open_to("everyone")
def healthz() -> Response:
    """Say that the process lives."""
    return jsonify(status="alive")


@blueprint.get("/readyz")
@open_to("everyone")
def readyz() -> tuple[Response, int]:
    """Say whether it can serve: the database answers."""
    try:
        db.session.execute(text("SELECT 1"))
    except SQLAlchemyError:
        return jsonify(status="waiting", database=False), 503
    return jsonify(status="ready", database=True), 200
