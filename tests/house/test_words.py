"""What is promised on paper is there: settings, commands, pages of documentation."""

from __future__ import annotations

import ast
import dataclasses
import re
import tomllib

import click
from flask import Flask

from forum.core.settings import Settings
from tests.house.modules import ROOT, modules

NOT_SET_BY_PEOPLE = {"testing"}

COMMANDS = (
    "demo",
    "serve",
    "work",
    "user add",
    "edition list",
    "edition open",
    "import schedule",
    "import registrations",
    "badges",
    "programme",
    "export registrations",
    "backup",
    "restore",
    "check",
    "purge",
    "bench",
)
"""What people and programs rely on: these stay."""

DOCUMENTATION = [*sorted((ROOT / "docs").rglob("*.md")), *sorted(ROOT.glob("*.md"))]
COMMAND = re.compile(r"(?:`|^    (?:\.venv/bin/)?)forum ([a-z]+)", re.MULTILINE)
LINK = re.compile(r"\]\((?!https?://|mailto:|#)([^)#\s]+)")


def command(app: Flask, words: str) -> click.Command | None:
    """Return a command by its words, None when there is no such command."""
    found: click.Command | None = app.cli
    for word in words.split():
        found = found.commands.get(word) if isinstance(found, click.Group) else None
    return found


def test_every_promised_command_is_there(app: Flask) -> None:
    assert [words for words in COMMANDS if command(app, words) is None] == []


def test_every_command_says_what_it_does(app: Flask) -> None:
    def silent(group: click.Group, path: str) -> list[str]:
        found = []
        for name, each in group.commands.items():
            if not each.help:
                found.append(f"{path} {name}")
            if isinstance(each, click.Group):
                found += silent(each, f"{path} {name}")
        return found

    assert silent(app.cli, "forum") == []


def test_commands_in_the_documentation_exist(app: Flask) -> None:
    unknown = {
        (path.name, words)
        for path in DOCUMENTATION
        for words in COMMAND.findall(path.read_text("utf-8"))
        if words not in app.cli.commands
    }
    assert unknown == set()


def test_every_setting_is_explained() -> None:
    page = (ROOT / "docs/operations.md").read_text("utf-8")
    names = {field.name for field in dataclasses.fields(Settings)} - NOT_SET_BY_PEOPLE
    assert [name for name in sorted(names) if f"`FORUM_{name.upper()}`" not in page] == []


def test_no_setting_is_explained_that_does_not_exist() -> None:
    page = (ROOT / "docs/operations.md").read_text("utf-8")
    names = {f"FORUM_{field.name.upper()}" for field in dataclasses.fields(Settings)}
    named = {name for name in re.findall(r"`(FORUM_[A-Z_]+)`", page) if not name.endswith(("_FILE", "_X"))}
    assert named - names == set()


def test_links_of_the_documentation_lead_somewhere() -> None:
    broken = {
        (str(path.relative_to(ROOT)), target)
        for path in DOCUMENTATION
        for target in LINK.findall(path.read_text("utf-8"))
        if not (path.parent / target).exists()
    }
    assert broken == set()


def test_what_is_public_says_what_it_does() -> None:
    silent = []
    for module in modules():
        classes = [node for node in module.tree.body if isinstance(node, ast.ClassDef)]
        for node in (*module.tree.body, *(member for each in classes for member in each.body)):
            is_definition = isinstance(node, ast.ClassDef | ast.FunctionDef)
            if is_definition and not node.name.startswith("_") and ast.get_docstring(node) is None:
                silent.append(f"{module.name}.{node.name}")
    assert silent == []


def test_the_lock_names_the_version_of_python_that_the_project_asks_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert project["requires-python"] == ">=3.11"
