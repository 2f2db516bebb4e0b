"""Back-ups are whole or not there; restoring changes everything or nothing."""

from __future__ import annotations

import io
import json
import shutil
import tarfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from forum import create_app
from forum.core.db import db, transaction
from forum.core.schema import prepare_database
from forum.core.settings import Settings
from forum.editions.models import HostCity
from forum.operations import backup, rules
from tests.factories import a_city

NIGHT = datetime.fromisoformat("2027-03-18T03:15:00+00:00")


@pytest.fixture
def own(settings: Settings, tmp_path: Path) -> Iterator[Flask]:
    """Return an application with a SQLite file of its own, an upload and one city."""
    instance = tmp_path / "instance"
    address = f"sqlite:///{instance / 'forum.sqlite3'}"
    app = create_app(replace(settings, instance=instance, database_url=address))
    prepare_database(app)
    (instance / "uploads" / "logos").mkdir(parents=True)
    (instance / "uploads" / "logos" / "école.png").write_bytes(b"a picture")
    with app.app_context():
        with transaction() as tx:
            a_city(tx, "lens")
        yield app
        db.session.remove()
        db.engine.dispose()


def settings_of(app: Flask) -> Settings:
    found: Settings = app.extensions["forum.settings"]
    return found


def cities() -> list[str]:
    db.session.remove()
    return sorted(db.session.scalars(select(HostCity.slug)))


def change_everything(app: Flask) -> None:
    with transaction() as tx:
        a_city(tx, "amiens")
    (settings_of(app).instance / "uploads/logos/école.png").write_bytes(b"scribbled over")


def test_what_was_backed_up_comes_back(own: Flask, tmp_path: Path) -> None:
    file = backup.back_up(settings_of(own), tmp_path / "kept", now=NIGHT)
    assert file.name == "forum-20270318-031500.tar.gz"
    change_everything(own)
    kept = backup.restore(settings_of(own), file, yes=True, now=NIGHT)
    assert cities() == ["lens"]
    assert (settings_of(own).instance / "uploads/logos/école.png").read_bytes() == b"a picture"
    assert kept is not None
    assert kept.exists()


def test_only_their_owner_can_read_back_ups_and_the_database(own: Flask, tmp_path: Path) -> None:
    file = backup.back_up(settings_of(own), tmp_path / "kept", now=NIGHT)
    database = settings_of(own).instance / "forum.sqlite3"
    assert [oct(path.stat().st_mode)[-3:] for path in (file, database)] == ["600", "600"]
    assert [path.name for path in (tmp_path / "kept").iterdir()] == [file.name]


def test_data_is_not_overwritten_without_a_yes(own: Flask, tmp_path: Path) -> None:
    file = backup.back_up(settings_of(own), tmp_path / "kept", now=NIGHT)
    change_everything(own)
    with pytest.raises(rules.WouldOverwrite):
        backup.restore(settings_of(own), file, yes=False, now=NIGHT)
    assert cities() == ["amiens", "lens"]


def test_a_back_up_goes_into_an_empty_instance(own: Flask, settings: Settings, tmp_path: Path) -> None:
    file = backup.back_up(settings_of(own), tmp_path / "kept", now=NIGHT)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    address = f"sqlite:///{elsewhere / 'forum.sqlite3'}"
    other = create_app(replace(settings, instance=elsewhere, database_url=address))
    with other.app_context():
        backup.restore(settings_of(other), file, yes=False, now=NIGHT)
        assert cities() == ["lens"]
        db.engine.dispose()
    assert oct((elsewhere / "forum.sqlite3").stat().st_mode)[-3:] == "600"


def damaged(file: Path, name: str, content: bytes | None) -> Path:
    """Return a copy of a back-up in which one file is another, or is missing."""
    target = file.with_name("damaged.tar.gz")
    with tarfile.open(file) as source, tarfile.open(target, "w:gz") as copy:
        for entry in source:
            if entry.name != name:
                copy.addfile(entry, source.extractfile(entry))
            elif content is not None:
                entry.size = len(content)
                copy.addfile(entry, io.BytesIO(content))
    return target


def cut(file: Path) -> Path:
    target = file.with_name("cut.tar.gz")
    target.write_bytes(file.read_bytes()[:2000])
    return target


def with_escape(file: Path) -> Path:
    target = file.with_name("escape.tar.gz")
    with tarfile.open(target, "w:gz") as copy:
        entry = tarfile.TarInfo("../../escaped")
        entry.size = 1
        copy.addfile(entry, io.BytesIO(b"x"))
    return target


def no_archive(file: Path) -> Path:
    target = file.with_name("no-archive.tar.gz")
    target.write_bytes(b"not an archive")
    return target


@pytest.mark.parametrize(
    "spoil",
    [
        cut,
        no_archive,
        with_escape,
        lambda file: damaged(file, "database.sqlite3", b"not a database"),
        lambda file: damaged(file, "database.sqlite3", None),
        lambda file: damaged(file, "instance/uploads/logos/école.png", b"another picture"),
        lambda file: damaged(file, "manifest.json", json.dumps({"format": 99, "database": "sqlite"}).encode()),
        lambda file: damaged(file, "manifest.json", b"[]"),
        lambda file: damaged(file, "manifest.json", None),
    ],
)
def test_a_damaged_back_up_changes_nothing(own: Flask, tmp_path: Path, spoil: object) -> None:
    file = backup.back_up(settings_of(own), tmp_path / "kept", now=NIGHT)
    change_everything(own)
    with pytest.raises(rules.BackupDamaged):
        backup.restore(settings_of(own), spoil(file), yes=True, now=NIGHT)  # type: ignore[operator]
    assert cities() == ["amiens", "lens"]
    assert not (tmp_path / "escaped").exists()
    assert [path.name for path in settings_of(own).instance.iterdir() if path.name.startswith(".")] == []


def test_a_back_up_of_the_other_kind_of_database_is_refused(own: Flask, tmp_path: Path) -> None:
    file = backup.back_up(settings_of(own), tmp_path / "kept", now=NIGHT)
    with tarfile.open(file) as archive:
        content = archive.extractfile("manifest.json")
        assert content is not None
        manifest = json.loads(content.read())
    manifest["database"] = "postgresql"
    manifest["files"]["database.pgdump"] = manifest["files"].pop("database.sqlite3")
    with tarfile.open(file) as source, tarfile.open(file.with_name("other.tar.gz"), "w:gz") as copy:
        for entry in source:
            if entry.name == "manifest.json":
                text = json.dumps(manifest).encode()
                entry.size = len(text)
                copy.addfile(entry, io.BytesIO(text))
            else:
                content = source.extractfile(entry)
                entry.name = entry.name.replace("database.sqlite3", "database.pgdump")
                copy.addfile(entry, content)
    with pytest.raises(rules.OtherKind):
        backup.restore(settings_of(own), file.with_name("other.tar.gz"), yes=True, now=NIGHT)


@pytest.mark.skipif(shutil.which("pg_dump") is None, reason="PostgreSQL's client is not on this machine")
def test_postgresql_is_dumped_and_restored(app: Flask, tmp_path: Path) -> None:
    if not settings_of(app).database_url.startswith("postgresql"):
        pytest.skip("the tests run on SQLite")
    with app.app_context():
        with transaction() as tx:
            a_city(tx, "lens")
        file = backup.back_up(settings_of(app), tmp_path, now=NIGHT)
        with transaction() as tx:
            a_city(tx, "amiens")
        db.session.remove()
        db.engine.dispose()
        backup.restore(settings_of(app), file, yes=True, now=NIGHT)
        assert cities() == ["lens"]


def test_without_postgresqls_program_it_says_which(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("forum.operations.backup.shutil.which", lambda _program: None)
    with app.app_context(), pytest.raises(rules.ProgramMissing) as refusal:
        backup.run("pg_dump", settings_of(app))
    assert "pg_dump" in str(refusal.value)


def test_the_database_is_as_it_was_at_one_moment_while_others_write(own: Flask, tmp_path: Path) -> None:
    # A write that is not committed is not in the back-up, and does not hold it up.
    with transaction() as tx:
        a_city(tx, "roubaix")
        file = backup.back_up(settings_of(own), tmp_path, now=NIGHT)
        tx.session.rollback()
    backup.restore(settings_of(own), file, yes=True, now=NIGHT)
    assert cities() == ["lens"]
