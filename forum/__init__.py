"""The Grand Nord Digital Forum's event service.

This file imports nothing at the top: `forum.bootstrap` runs before Flask is installed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from forum.core.settings import Settings

# From the lowest to the highest: a feature may use those before it, never those after it.
FEATURES = (
    "messages",
    "people",
    "editions",
    "venues",
    "programme",
    "registration",
    "payments",
    "exhibitors",
    "signs",
    "layouts",
    "badges",
    "wallet",
    "checkin",
    "certificates",
    "lists",
    "forecast",
    "inside",
    "desk",
    "pretixscan",
    "mailings",
    "audit",
    "privacy",
    "site",
    "demo",
    "operations",
    "bench",
)


def create_app(settings: Settings | None = None) -> Flask:
    """Wire the whole application: settings, database, languages, guards, errors, then every feature."""
    from flask import Flask

    from forum.core import assembly, db, errors, i18n, limits, logs, security, web
    from forum.core import settings as settings_module

    chosen = settings or settings_module.read_settings()
    app = Flask(
        "forum", static_folder=None, template_folder=str(assembly.TEMPLATES), instance_path=str(chosen.instance)
    )
    app.config.from_mapping(chosen.flask_config())
    app.extensions["forum.settings"] = chosen

    logs.install(app)
    db.install(app)
    i18n.install(app)
    security.install(app)
    limits.install(app)
    web.install(app)
    errors.install(app)
    assembly.add_features(app, FEATURES)
    return app
