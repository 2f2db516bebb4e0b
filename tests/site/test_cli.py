"""`forum user …` and `forum edition …`."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import select

from forum import create_app
from forum.command_line import main
from forum.core.settings import Settings
from forum.editions.models import Edition
from forum.people.models import Account
from tests import cast
from tests.clock import Clock
from tests.conftest import Read, Write, browser
from tests.factories import a_category, a_city, an_edition

Run = Callable[..., Result]


@pytest.fixture
def run(app: Flask, clock: Clock) -> Run:
    """Return a way to give a command: `run("user", "list")`."""
    return lambda *arguments: app.test_cli_runner().invoke(main, arguments)


def refused(result: Result) -> str:
    """Return the sentence on stderr of a command that was refused: exit status 1, nothing on stdout."""
    assert (result.exit_code, result.stdout) == (1, "")
    return result.stderr.strip()


def test_the_first_owner_is_added_and_signs_in_with_the_link(app: Flask, run: Run) -> None:
    result = run("user", "add", "Odile@Example.org", "--role", "owner", "--name", "Odile Verbeke")
    assert result.exit_code == 0, result.output
    assert "Odile Verbeke <odile@example.org>: responsable du forum" in result.output
    link = re.search(r"http://localhost(/sign-in/[0-9a-z]{26})$", result.output, re.MULTILINE)
    assert link is not None
    client = browser(app)
    password = "terril brique canal étoile"
    client.submit(link[1], {"password": password, "again": password})
    assert client.get("/organise/people").status_code == 200


@pytest.mark.parametrize(
    "arguments", [("user", "list"), ("edition", "list"), ("user", "add", "odile@example.org", "--role", "owner")]
)
def test_a_command_may_be_the_first_thing_done_on_a_machine(
    settings: Settings, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    fresh = replace(settings, instance=tmp_path, database_url=f"sqlite:///{tmp_path / 'forum.sqlite3'}")
    result = create_app(fresh).test_cli_runner().invoke(main, arguments)
    assert result.exit_code == 0, result.output


def test_an_organiser_is_added_to_one_edition_after_another(run: Run, write: Write) -> None:
    with write() as tx:
        an_edition(tx)
        an_edition(tx, "amiens-2028")
    for slug in ("lens-2027", "amiens-2028"):
        assert run("user", "add", "omar@example.org", "--role", "organiser", "--edition", slug).exit_code == 0
    assert run("user", "list").output == "omar@example.org  omar: organisateur de amiens-2028, lens-2027\n"


@pytest.mark.parametrize(
    "arguments",
    [
        ("omar@example.org", "--role", "organiser"),
        ("omar@example.org", "--role", "king"),
        ("omar@example.org",),
        ("no address", "--role", "owner"),
    ],
)
def test_wrong_usage_ends_with_two_and_writes_nothing(run: Run, read: Read, arguments: tuple[str, ...]) -> None:
    assert run("user", "add", *arguments).exit_code == 2
    with read() as session:
        assert session.scalars(select(Account)).all() == []


def test_an_unknown_edition_is_refused_and_writes_nothing(run: Run, read: Read) -> None:
    result = run("user", "add", "omar@example.org", "--role", "organiser", "--edition", "nowhere")
    assert refused(result) == (
        "Il n’y a pas d’édition «\u00a0nowhere\u00a0». `forum edition list` montre celles qui existent."
    )
    with read() as session:
        assert session.scalars(select(Account)).all() == []


def test_an_account_is_disabled_but_not_the_last_owner(run: Run, write: Write) -> None:
    with write() as tx:
        cast.account(tx, "owner")
        cast.account(tx, "organiser")
    assert run("user", "disable", "OMAR@example.org").output == (
        "Le compte de Omar Benali est désactivé et déconnecté partout.\n"
    )
    assert "Omar Benali: organisateur de lens-2027 (désactivé)" in run("user", "list").output
    assert refused(run("user", "disable", "odile@example.org")).startswith("Odile Verbeke est le dernier responsable")
    assert "nobody@example.org" in refused(run("user", "disable", "nobody@example.org"))


def test_editions_are_listed_with_their_days_and_state(run: Run, write: Write) -> None:
    assert "Il n’y a pas encore d’édition." in run("edition", "list").output
    with write() as tx:
        an_edition(tx, name="Lens 2027")
    assert run("edition", "list").output == "lens-2027  2027-03-18 – 2027-03-19  ouvert       Lens 2027\n"


def test_an_edition_is_opened_from_another(run: Run, write: Write, read: Read) -> None:
    with write() as tx:
        a_category(tx, an_edition(tx, name="Lens 2027"))
        a_city(tx, "roubaix")
    result = run("edition", "open", "roubaix-2028", "--from", "lens-2027", "--first-day", "2028-04-06")
    assert result.output == (
        "Roubaix 2028 est un brouillon\u00a0: seuls les organisateurs le voient.\nhttp://localhost/organise/roubaix-2028/\n"
    )
    with read() as session:
        edition = session.scalars(select(Edition).where(Edition.slug == "roubaix-2028")).one()
        assert (edition.host_city.slug, edition.first_day) == ("roubaix", date(2028, 4, 6))


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        (("lens-2027", "--from", "lens-2027"), "déjà une édition à l’adresse"),
        (("lens-2028", "--from", "nowhere"), "pas d’édition"),
        (("lens-2028", "--from", "lens-2027", "--city", "paris"), "pas de ville hôte"),
        (("Lens 2028", "--from", "lens-2027"), "ne peut pas être une adresse"),
    ],
)
def test_what_cannot_be_opened_is_refused_whole(
    run: Run, write: Write, read: Read, arguments: tuple[str, ...], part: str
) -> None:
    with write() as tx:
        an_edition(tx)
    assert part in refused(run("edition", "open", *arguments, "--first-day", "2028-04-06"))
    with read() as session:
        assert session.scalars(select(Edition.slug)).all() == ["lens-2027"]


def test_a_day_that_is_none_is_wrong_usage(run: Run) -> None:
    assert run("edition", "open", "lens-2028", "--from", "lens-2027", "--first-day", "demain").exit_code == 2


def test_the_commands_of_groups_are_not_commands_of_their_own(app: Flask) -> None:
    assert {"user", "edition"} <= set(app.cli.commands)
    assert {"add", "open", "disable"}.isdisjoint(app.cli.commands)
