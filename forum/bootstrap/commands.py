"""Commands that set-up runs: their surroundings, and what is told when one fails."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from forum.bootstrap.place import Place, SetUpStopped
from forum.bootstrap.steps import WORKING, held


def surroundings() -> dict[str, str]:
    """The environment variables for everything that set-up starts."""
    variables = {name: value for name, value in os.environ.items() if name not in ("PYTHONHOME", "__PYVENV_LAUNCHER__")}
    # pip obeys its own settings by itself; a machine set up for uv names its index in uv's variables only.
    index = os.environ.get("UV_DEFAULT_INDEX") or os.environ.get("UV_INDEX_URL")
    if index:
        variables.setdefault("PIP_INDEX_URL", index)
    variables["PIP_USER"] = "0"  # a personal `user = true` would send the packages past the environment
    variables["PIP_REQUIRE_VIRTUALENV"] = "0"
    variables["PIP_ROOT_USER_ACTION"] = "ignore"
    if sys.platform == "darwin":
        variables.setdefault("DYLD_FALLBACK_LIBRARY_PATH", "/opt/homebrew/lib:/usr/local/lib:/usr/lib")
    return variables


def hand_over(command: Sequence[str]) -> None:
    """Replace this process by the command, so that signals and the exit status are its own."""
    sys.stdout.flush()
    os.execve(command[0], list(command), surroundings())  # noqa: S606


def run(place: Place, command: Sequence[str | Path], advice: str, *, within: Path | None = None) -> str:
    """Run a command that works inside `.venv`; when it fails, stop with the advice and its last words.

    The command inherits a lock: should this process be killed, the next set-up waits until the command has ended too.
    """
    with held(place, WORKING) as lock:
        return run_and_judge(place, command, advice, within=within or place.root, pass_fds=(lock,))


def run_and_judge(
    place: Place, command: Sequence[str | Path], advice: str, *, within: Path, pass_fds: tuple[int, ...] = ()
) -> str:
    """Run a command quietly and return what it printed; when it fails, stop with the advice and its last words."""
    try:
        ended = subprocess.run(  # noqa: S603
            [str(word) for word in command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            cwd=within,
            env=surroundings(),
            text=True,
            errors="replace",
            pass_fds=pass_fds,
            check=False,
        )
    except OSError as problem:
        raise SetUpStopped(f"{advice}\n  {command[0]}: {problem.strerror}") from None
    if ended.returncode == 0:
        return ended.stdout
    place.notes.mkdir(parents=True, exist_ok=True)
    record = place.notes / "last-failure.txt"
    record.write_text(f"{' '.join(map(str, command))}\n\n{ended.stdout}", encoding="utf-8")
    raise SetUpStopped(f"{advice}\n  It said: {last_words(ended.stdout)}\n  All of it is in {record}")


def last_words(output: str) -> str:
    """The line of a failed command's output that most likely tells why."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    errors = [line for line in lines if re.match(r"(?i)(error|e|fatal|erreur)\b\s*:", line)]
    return (errors or lines or ["nothing"])[-1][:300]


def answers(command: Sequence[str | Path]) -> bool:
    """Whether a command ends well; what it prints is of no interest."""
    try:
        ended = subprocess.run(  # noqa: S603
            [str(word) for word in command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=surroundings(),
            check=False,
        )
    except OSError:
        return False
    return ended.returncode == 0
