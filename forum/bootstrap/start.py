"""Sets up what is missing on this machine, then starts the service or its tests; standard library only.

A fresh Debian has Python and git, but neither pip, `ensurepip`, make nor curl. Everything goes into `.venv`, except
what apt (or brew) is asked to install, and that is said before it is done. Each finished step leaves a stamp holding a
digest of what it was made from: a finished step is not repeated, a half-finished one is recognised and redone.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence

from forum.bootstrap.commands import hand_over, surroundings
from forum.bootstrap.environment import install_packages, make_environment, write_command
from forum.bootstrap.place import HERE, Place, SetUpStopped
from forum.bootstrap.programs import provide_chromium, provide_driver_library, provide_pango, provide_postgresql
from forum.bootstrap.steps import only_one_at_a_time

OLDEST_PYTHON = (3, 11)
NEWER_PYTHONS = ("python3.13", "python3.12", "python3.11", "python3.14")


def main(arguments: Sequence[str]) -> int:
    """Set up, then do what the first word asks: `test`, `setup`, or (without one of these) serve the demo."""
    try:
        use_a_newer_python_if_needed(arguments)
        return set_up_and_run(HERE, arguments)
    except SetUpStopped as stopped:
        print(f"\n{stopped}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped. The same command goes on where this one ended.", file=sys.stderr)
        return 130


def set_up_and_run(place: Place, arguments: Sequence[str]) -> int:
    """Set up what is missing, then hand over to the tests or the server."""
    word, rest = (arguments[0], list(arguments[1:])) if arguments else ("serve", [])
    if word.startswith("-") and word not in ("-h", "--help"):
        word, rest = "serve", list(arguments)
    if word not in ("serve", "test", "setup"):
        print("Usage: python3 wsgi.py [--port 8000 …] | test [pytest's arguments] | setup", file=sys.stderr)
        return 2
    os.chdir(place.root)
    set_up(place, for_tests=word == "test")
    if word == "serve":
        return serve_the_demo(place, rest)
    if word == "test":
        hand_over([str(place.python), "-m", "tests.run", *rest])
    return 0


def serve_the_demo(place: Place, options: Sequence[str]) -> int:
    """Load the demonstration (which changes nothing when it is loaded) and become the server."""
    forum = str(place.environment / "bin" / "forum")
    loaded = subprocess.run([forum, "demo"], env=surroundings(), check=False).returncode  # noqa: S603
    if loaded == 0:
        hand_over([forum, "serve", *options])
    return loaded


def use_a_newer_python_if_needed(arguments: Sequence[str]) -> None:
    """Start again with a newer Python when this one is too old and a newer one is at hand."""
    if sys.platform == "win32":
        raise SetUpStopped("Windows is not supported. Inside the Windows Subsystem for Linux the same command works.")
    if sys.version_info >= OLDEST_PYTHON:
        return
    newer = next(filter(None, map(shutil.which, NEWER_PYTHONS)), None)
    if not newer:
        found = ".".join(map(str, sys.version_info[:3]))
        raise SetUpStopped(f"This is Python {found}; the service needs 3.11 or newer. Please install it and try again.")
    hand_over([newer, str(HERE.root / "wsgi.py"), *arguments])


def set_up(place: Place, *, for_tests: bool = False) -> None:
    """Bring the machine to where the service (or its tests) can run; quick and without effect when it is there."""
    started = time.monotonic()
    with only_one_at_a_time(place):
        make_environment(place)
        install_packages(place, for_tests=for_tests)
        write_command(place)
        provide_pango(place)
        if for_tests:
            provide_chromium(place)
            provide_driver_library(place)
            provide_postgresql(place)
        shutil.rmtree(place.private("apt"), ignore_errors=True)  # 150 MB of package lists, not needed again soon
    print(f"Set-up is complete ({time.monotonic() - started:.1f} s).", flush=True)
