"""The tables are made by whoever starts first, and upgraded safely."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import inspect, text

from forum import create_app
from forum.core import schema
from forum.core.db import db
from forum.core.schema import DatabaseNewer, DatabaseWithoutVersion, prepare_database
from forum.core.settings import Settings

fork = multiprocessing.get_context("fork")


@pytest.fixture
def fresh(settings: Settings, tmp_path: Path) -> Iterator[Flask]:
    """Return an application whose database is not there yet."""
    address = f"sqlite:///{tmp_path / 'new' / 'forum.sqlite3'}"
    app = create_app(replace(settings, instance=tmp_path, database_url=address))
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def tables(app: Flask) -> set[str]:
    with app.app_context():
        return set(inspect(db.engine).get_table_names())


def test_tables_are_made_once(fresh: Flask) -> None:
    assert prepare_database(fresh) is True
    assert tables(fresh) >= set(db.metadata.tables)
    assert prepare_database(fresh) is False


def test_only_the_owner_can_read_the_file(fresh: Flask, tmp_path: Path) -> None:
    prepare_database(fresh)
    assert oct((tmp_path / "new/forum.sqlite3").stat().st_mode)[-3:] == "600"


@pytest.mark.rush
def test_several_that_start_together_make_them_once(fresh: Flask) -> None:
    starters = [fork.Process(target=prepare_database, args=(fresh,)) for _ in range(4)]
    for starter in starters:
        starter.start()
    for starter in starters:
        starter.join(30)
    assert [starter.exitcode for starter in starters] == [0, 0, 0, 0]
    assert tables(fresh) >= set(db.metadata.tables)


@pytest.fixture
def with_migrations(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Pretend that this version carries two migrations."""
    folder = tmp_path / "migrations"
    (folder / "versions").mkdir(parents=True)
    for number, former in (("1", "None"), ("2", "'1'")):
        (folder / "versions" / f"{number}.py").write_text(
            "import sqlalchemy as sa\nfrom alembic import op\n"
            f"revision = '{number}'\ndown_revision = {former}\n"
            f"def upgrade():\n    op.create_table('made_{number}', sa.Column('id', sa.Integer, primary_key=True))\n"
        )
    (folder / "env.py").write_text(
        "from alembic import context\nfrom forum.core.db import db\n"
        "with db.engine.begin() as connection:\n"
        "    context.configure(connection=connection)\n"
        "    context.run_migrations()\n"
    )
    (folder / "alembic.ini").write_text("[alembic]\n")
    monkeypatch.setattr(schema, "MIGRATIONS", folder)
    return folder


def test_migrations_are_run_and_the_file_is_copied_before(fresh: Flask, with_migrations: Path, tmp_path: Path) -> None:
    second = with_migrations / "versions/2.py"
    later = second.read_text()
    second.unlink()
    assert prepare_database(fresh) is True
    assert list((tmp_path / "new").glob("*.before-*")) == []  # there was nothing to lose
    second.write_text(later)
    assert prepare_database(fresh) is True
    assert tables(fresh) == {"made_1", "made_2", "alembic_version"}
    assert [path.name for path in (tmp_path / "new").glob("*.before-*")] == ["forum.sqlite3.before-1"]
    assert prepare_database(fresh) is False


def test_tables_of_a_trial_are_not_touched(fresh: Flask, with_migrations: Path, tmp_path: Path) -> None:
    (tmp_path / "new").mkdir()
    with fresh.app_context(), db.engine.begin() as connection:
        connection.execute(text("CREATE TABLE old (id INTEGER)"))
    with pytest.raises(DatabaseWithoutVersion):
        prepare_database(fresh)
    assert tables(fresh) == {"old"}


def test_a_newer_database_is_not_touched(fresh: Flask, with_migrations: Path) -> None:
    prepare_database(fresh)
    with fresh.app_context(), db.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '3'"))
    with pytest.raises(DatabaseNewer):
        prepare_database(fresh)
