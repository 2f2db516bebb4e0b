"""Back-ups: one dated file with the database as it was at one moment, the uploads, and a manifest of both."""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import sqlite3
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import inspect, make_url

from forum.core.db import db, place_in_queue
from forum.core.schema import MIGRATIONS, VERSION_TABLE, present_version, sqlite_path
from forum.core.settings import Settings
from forum.operations import rules

FORMAT = 1
MANIFEST = "manifest.json"
DATABASES = {"sqlite": "database.sqlite3", "postgresql": "database.pgdump"}
KEPT_FILES = ("secret_key", "forum.toml", "demo.json")
UPLOADS = "uploads"


def back_up(settings: Settings, folder: Path, *, now: datetime) -> Path:
    """Write a back-up into a folder and return it; the service may run meanwhile.

    The file is whole or it is not there: it gets its name when it is written to the disk.
    """
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"forum-{now:%Y%m%d-%H%M%S}.tar.gz"
    with tempfile.TemporaryDirectory(dir=folder, prefix=".backup-") as name:
        work = Path(name)
        kind = db.engine.dialect.name
        copy_database(settings, work / DATABASES[kind])
        files = {DATABASES[kind]: work / DATABASES[kind], **files_of(settings.instance)}
        manifest = {
            "format": FORMAT,
            "made_at": now.isoformat(),
            "database": kind,
            "version": version(),
            "files": {name: digest(path) for name, path in files.items()},
        }
        part = work / "part"
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT, 0o600), "wb") as file:
            with tarfile.open(fileobj=file, mode="w:gz", compresslevel=6) as archive:
                add_text(archive, MANIFEST, json.dumps(manifest, indent=2), now=now)
                for name, path in files.items():
                    archive.add(path, name, recursive=False)
            file.flush()
            os.fsync(file.fileno())
        part.replace(target)
    return target


def files_of(instance: Path) -> dict[str, Path]:
    """Return what belongs to a back-up beside the database, under its name in the archive."""
    uploads = [path for path in sorted((instance / UPLOADS).rglob("*")) if path.is_file() and not path.is_symlink()]
    kept = [instance / name for name in KEPT_FILES if (instance / name).is_file()]
    return {f"instance/{path.relative_to(instance).as_posix()}": path for path in (*kept, *uploads)}


def version() -> str | None:
    """Return the version that the database says it has."""
    has_one = VERSION_TABLE in inspect(db.engine).get_table_names()
    return present_version() if has_one and MIGRATIONS.exists() else None


def add_text(archive: tarfile.TarFile, name: str, text: str, *, now: datetime) -> None:
    """Put a text into an archive."""
    content = text.encode()
    entry = tarfile.TarInfo(name)
    entry.size, entry.mtime, entry.mode = len(content), int(now.timestamp()), 0o600
    archive.addfile(entry, io.BytesIO(content))


def digest(path: Path) -> dict[str, Any]:
    """Return a file's size and SHA-256."""
    with path.open("rb") as file:
        return {"sha256": hashlib.file_digest(file, "sha256").hexdigest(), "size": path.stat().st_size}


def copy_database(settings: Settings, target: Path) -> None:
    """Copy the database as it is at one moment, while others read and write it."""
    path = sqlite_path()
    if path is None:
        run("pg_dump", settings, "--format=custom", "--no-owner", "--no-privileges", f"--file={target}")
        return
    os.close(os.open(target, os.O_WRONLY | os.O_CREAT, 0o600))
    with closing(sqlite3.connect(path, timeout=30)) as source, closing(sqlite3.connect(target)) as copy:
        source.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")


def run(program: str, settings: Settings, *arguments: str) -> None:
    """Run one of PostgreSQL's own programs; the password goes by the environment, which other users cannot read."""
    found = shutil.which(program)
    if found is None:
        raise rules.ProgramMissing(program=program)
    url = make_url(settings.database_url)
    environment = os.environ | ({"PGPASSWORD": str(url.password)} if url.password else {})
    address = url.set(drivername="postgresql", password=None).render_as_string(hide_password=False)
    command = [found, f"--dbname={address}", *arguments]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode != 0:
        raise rules.ProgramFailed(program=program, reason=done.stderr.strip().splitlines()[-1:] or done.returncode)


# --- restoring


def restore(settings: Settings, file: Path, *, yes: bool, now: datetime) -> Path | None:
    """Put a back-up in the place of what is here; return where what was here is kept (SQLite).

    Everything is unpacked beside and verified first; the database then changes in one step, all or nothing.
    Raises `BackupDamaged`, `OtherKind` or `WouldOverwrite`.
    """
    with unpacked(settings, file) as (folder, manifest):
        ours = db.engine.dialect.name
        if manifest["database"] != ours:
            raise rules.OtherKind(theirs=manifest["database"], ours=ours)
        if not yes and inspect(db.engine).get_table_names():
            raise rules.WouldOverwrite(file=file)
        kept = replace_database(settings, folder / DATABASES[ours], now=now)
        put_files_back(settings.instance, folder / "instance")
    return kept


@contextmanager
def unpacked(settings: Settings, file: Path) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Unpack a back-up into a private folder and compare it with its manifest, file by file."""
    settings.instance.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=settings.instance, prefix=".restore-") as name:
        folder = Path(name)
        try:
            with tarfile.open(file, "r:gz") as archive:
                extract_files(archive, folder)
            manifest = json.loads((folder / MANIFEST).read_text("utf-8"))
            problem = fault(folder, manifest)
        except (OSError, tarfile.TarError, EOFError, ValueError, KeyError, TypeError) as error:
            raise rules.BackupDamaged(file=file, reason=str(error) or type(error).__name__) from error
        if problem:
            raise rules.BackupDamaged(file=file, reason=problem)
        yield folder, manifest


def extract_files(archive: tarfile.TarFile, folder: Path) -> None:
    """Unpack plain files below a folder and nothing else: no links, no devices, no way out.

    (Python's own `filter="data"` came with 3.11.4; Debian 12 has 3.11.2.) Raises `TarError`.
    """
    for member in archive:
        target = (folder / member.name).resolve()
        if not target.is_relative_to(folder.resolve()) or not (member.isfile() or member.isdir()):
            raise tarfile.TarError(f"{member.name} is no plain file")
        if member.isdir():
            target.mkdir(parents=True, exist_ok=True)
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        content = archive.extractfile(member)
        with target.open("wb") as file:
            shutil.copyfileobj(content, file)  # type: ignore[arg-type]
        target.chmod(0o600)


def fault(folder: Path, manifest: dict[str, Any]) -> str | None:
    """Return what is wrong with an unpacked back-up, None when it is whole."""
    if manifest["format"] != FORMAT or manifest["database"] not in DATABASES:
        return f"format {manifest['format']} of {manifest['database']}"
    present = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()} - {MANIFEST}
    if present != set(manifest["files"]) or DATABASES[manifest["database"]] not in present:
        return "its files are not those of its manifest"
    for name, expected in manifest["files"].items():
        if digest(folder / name) != expected:
            return f"{name} is not as it was written"
    if manifest["database"] == "sqlite":
        with closing(sqlite3.connect(folder / DATABASES["sqlite"])) as connection:
            said = connection.execute("PRAGMA integrity_check").fetchone()[0]
        return None if said == "ok" else str(said)
    return None


def replace_database(settings: Settings, source: Path, *, now: datetime) -> Path | None:
    """Replace the database in one step; keep what was there (SQLite)."""
    path = sqlite_path()
    if path is None:
        options = ("--clean", "--if-exists", "--no-owner", "--no-privileges", "--single-transaction", "--exit-on-error")
        db.engine.dispose()
        run("pg_restore", settings, *options, str(source))
        return None
    with place_in_queue(db.engine):
        kept = keep_present(path, now=now)
        with closing(sqlite3.connect(source)) as restored, closing(sqlite3.connect(path, timeout=30)) as target:
            restored.backup(target)
            target.execute("PRAGMA journal_mode=WAL")
    db.engine.dispose()
    return kept


def keep_present(path: Path, *, now: datetime) -> Path:
    """Copy the SQLite database that is about to be replaced."""
    kept = path.with_name(f"{path.name}.before-restore-{now:%Y%m%d-%H%M%S}")
    os.close(os.open(kept, os.O_WRONLY | os.O_CREAT, 0o600))
    with closing(sqlite3.connect(path, timeout=30)) as source, closing(sqlite3.connect(kept)) as copy:
        source.backup(copy)
    return kept


def put_files_back(instance: Path, restored: Path) -> None:
    """Put the uploads and the small files back; each takes its place in one step."""
    if not restored.exists():
        return
    for path in sorted(restored.rglob("*")):
        if path.is_file():
            target = instance / path.relative_to(restored)
            target.parent.mkdir(parents=True, exist_ok=True)
            path.replace(target)
