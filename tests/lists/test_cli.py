"""Lists in and out on the command line."""

from __future__ import annotations

from pathlib import Path

from flask import Flask
from sqlalchemy import func, select

from forum.messages.models import Letter
from forum.registration.models import Registration
from tests import cast
from tests.conftest import Read, Write
from tests.factories import a_category, a_registration


def test_a_list_comes_in_and_wrong_lines_are_said(app: Flask, write: Write, read: Read, tmp_path: Path) -> None:
    with write() as tx:
        a_category(tx)
    file = tmp_path / "list.csv"
    file.write_text("prénom;nom;courriel\nAda;Lovelace;ada@example.org\nZoé;;z@example.org\n", "utf-8")
    arguments = ["import", "registrations", str(file), "--edition", "lens-2027"]
    trial = app.test_cli_runner().invoke(args=[*arguments, "--dry-run"])
    assert (trial.exit_code, trial.stdout) == (0, "1 ligne peut être prise.\n")
    done = app.test_cli_runner().invoke(args=[*arguments, "--no-letters"])
    assert (done.exit_code, done.stdout, done.stderr) == (0, "1 personne est inscrite.\n", "3: Un nom manque.\n")
    with read() as session:
        assert session.scalars(select(Registration)).one().person.name == "Ada Lovelace"
        assert session.scalar(select(func.count(Letter.id))) == 0


def test_a_list_goes_out_sorted_by_name(app: Flask, write: Write, tmp_path: Path) -> None:
    with write() as tx:
        a_registration(tx, cast.ZOE)
        a_registration(tx, cast.ADA)
    out = tmp_path / "list.csv"
    assert app.test_cli_runner().invoke(args=["export", "registrations", "lens-2027", "--out", str(out)]).exit_code == 0
    lines = out.read_text("utf-8-sig").splitlines()
    assert [line.split(";")[1] for line in lines] == ["Nom de famille", "de La Motte-Françoise", "Lovelace"]


def test_a_file_of_another_kind_is_wrong_usage(app: Flask, write: Write, tmp_path: Path) -> None:
    arguments = ["export", "registrations", "lens-2027", "--out", str(tmp_path / "list.pdf")]
    assert app.test_cli_runner().invoke(args=arguments).exit_code == 2
