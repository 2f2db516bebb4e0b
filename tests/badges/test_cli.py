"""`forum badges`."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from flask import Flask
from pypdfium2 import PdfDocument
from sqlalchemy import select

from forum.badges.models import Badge
from forum.core.db import LocalText
from tests import cast
from tests.conftest import Read, Write
from tests.factories import a_badge, a_category, a_registration, an_edition


def test_all_badges_of_an_edition_in_one_file(
    app: Flask, write: Write, read: Read, tmp_path: Path, now: datetime
) -> None:
    with write() as tx:
        a_badge(tx, a_registration(tx, cast.ELENI))
        a_badge(tx, a_registration(tx, cast.ADA))
    out = tmp_path / "badges.pdf"
    result = app.test_cli_runner().invoke(args=["badges", "lens-2027", "--out", str(out), "--layout", "a4x4"])
    assert (result.exit_code, result.stdout) == (0, f"2 badges dans {out}.\n")
    assert len(PdfDocument(out)) == 1
    with read() as session:
        assert set(session.scalars(select(Badge.printed_at))) == {now}


def test_one_category(app: Flask, write: Write, tmp_path: Path) -> None:
    with write() as tx:
        press = a_category(tx, slug="press", name=LocalText(fr="Presse"))
        a_badge(tx, a_registration(tx, category=press))
        a_badge(tx)
    out = tmp_path / "badges.pdf"
    app.test_cli_runner().invoke(args=["badges", "lens-2027", "--out", str(out), "--category", "press"])
    assert len(PdfDocument(out)) == 1


def refusal(app: Flask, *arguments: str) -> str:
    result = app.test_cli_runner().invoke(args=["badges", *arguments])
    assert result.exit_code == 1
    with app.app_context():
        return str(result.exception)


def test_refusals_are_sentences_and_nothing_is_written(app: Flask, write: Write, read: Read, tmp_path: Path) -> None:
    out = tmp_path / "badges.pdf"
    with write() as tx:
        an_edition(tx)
    assert refusal(app, "lens-2027", "--out", str(out)).startswith("Aucun badge ne correspond")
    with write() as tx:
        a_badge(tx)
    assert "Elle a : public." in refusal(app, "lens-2027", "--out", str(out), "--category", "nobody").replace(
        "\u00a0", " "
    )
    assert "n’existe pas" in refusal(app, "nowhere", "--out", str(out))
    assert "Impossible d’écrire" in refusal(app, "lens-2027", "--out", str(tmp_path / "no" / "badges.pdf"))
    assert list(tmp_path.iterdir()) == []
    with read() as session:
        assert set(session.scalars(select(Badge.printed_at))) == {None}


def test_a_layout_that_does_not_exist_is_wrong_usage(app: Flask, tmp_path: Path) -> None:
    arguments = ["badges", "lens-2027", "--out", str(tmp_path / "badges.pdf"), "--layout", "a0"]
    assert app.test_cli_runner().invoke(args=arguments).exit_code == 2
