"""Finds the features' files and adds what they hold to the application."""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Iterable
from pathlib import Path
from types import ModuleType
from typing import TypeVar

import click
from flask import Blueprint, Flask, current_app
from sqlalchemy.orm import configure_mappers

Kind = TypeVar("Kind")

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = ROOT / "templates"
STATIC = ROOT / "static"

# Imported for what their decorators register: tables, listeners, background work, attachments.
QUIET_FILES = ("models", "events", "subscribers", "documents", "jobs")


def add_features(app: Flask, features: Iterable[str]) -> None:
    """Import each feature's known files; register its blueprints and its commands.

    A feature needs no line here: `views.py` and `api.py` are searched for Flask blueprints, `cli.py` for click
    commands and groups.
    """
    names = tuple(features)
    for feature in names:
        for file in QUIET_FILES:
            feature_module(feature, file)
    configure_mappers()
    for feature in names:
        for file in ("views", "api"):
            for blueprint in members(feature_module(feature, file), Blueprint):
                if blueprint.name not in app.blueprints:
                    app.register_blueprint(blueprint)
        for command in outermost(members(feature_module(feature, "cli"), click.Command)):
            add_command(app, command)


def outermost(commands: list[click.Command]) -> list[click.Command]:
    """Return the commands in no group of the same module: `forum import schedule` is not `forum schedule`."""
    grouped = {id(each) for group in commands if isinstance(group, click.Group) for each in group.commands.values()}
    return [command for command in commands if id(command) not in grouped]


def add_command(app: Flask, command: click.Command) -> None:
    """Add a command; groups of one name from several features (`forum import …`) become one group."""
    present = app.cli.commands.get(command.name or "")
    if isinstance(present, click.Group) and isinstance(command, click.Group):
        for member in command.commands.values():
            present.add_command(member)
    else:
        app.cli.add_command(command)


def feature_module(feature: str, file: str) -> ModuleType | None:
    """Return the module `forum.<feature>.<file>` if the feature has it."""
    name = f"forum.{feature}.{file}"
    return importlib.import_module(name) if importlib.util.find_spec(name) else None


def members(module: ModuleType | None, kind: type[Kind]) -> list[Kind]:
    """Return what a module defines of a kind, under public names."""
    if module is None:
        return []
    return [value for name, value in vars(module).items() if isinstance(value, kind) and not name.startswith("_")]


def this_application() -> Flask:
    """Return the application itself, where a stand-in for “the current one” is not enough: to hand on, to compare."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    return app
