"""`.venv`: the environment, pip, the locked packages, and the `forum` command."""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path

from forum.bootstrap.apt import has_apt, unpack_from_apt
from forum.bootstrap.commands import answers, run
from forum.bootstrap.place import Place, SetUpStopped
from forum.bootstrap.steps import LATCH, WORKING, digest, is_finished, said, stamped, was_interrupted

PIP_OPTIONS = ("--no-input", "--disable-pip-version-check", "--progress-bar", "off", "--quiet")


def base_python() -> str:
    """The Python that environments are made from, also when this one runs inside an environment."""
    return str(getattr(sys, "_base_executable", None) or sys.executable)


def environment_made_from(place: Place) -> str:
    """What makes an environment another one: its Python (by whatever name it was called), and where it is."""
    return digest(str(Path(base_python()).resolve()), sys.version, str(place.environment))


def make_environment(place: Place) -> None:
    """Make `.venv` with pip in it."""
    made_from = environment_made_from(place)
    interrupted = was_interrupted(place, "environment") or was_interrupted(place, "packages")
    if is_finished(place, "environment", made_from) and not interrupted and place.python.exists():
        return
    if interrupted:
        print("An earlier set-up was not finished: .venv is made anew.", flush=True)
    elif place.python.is_symlink():
        print("The .venv here belongs to another Python or another folder: it is made anew.", flush=True)
    empty(place.environment)
    with stamped(place, "environment", made_from):
        with said(f"Making the environment .venv (Python {sys.version.split()[0]})"):
            advice = "The environment could not be made. On Debian and Ubuntu, `apt install python3-venv` helps."
            run(place, [base_python(), "-m", "venv", "--without-pip", place.environment], advice)
        bring_pip(place)


def empty(folder: Path) -> None:
    """Remove what is in the environment's folder, except the locks that this process holds."""
    for child in folder.iterdir():
        if child.is_dir() and not child.is_symlink():
            shutil.rmtree(child)
        elif child.name not in (LATCH, WORKING):
            child.unlink()


def bring_pip(place: Place) -> None:
    """Put pip into the environment: from Python's own copy, else from the distribution's."""
    if answers([place.python, "-c", "import ensurepip"]):
        with said("Adding pip, from Python's own copy"):
            run(place, [place.python, "-m", "ensurepip"], "Python's own copy of pip could not be installed.")
        return
    if not has_apt():
        raise SetUpStopped(
            "This Python has no pip and cannot make one (`ensurepip` is missing). Please install your system's package "
            "for Python environments (often named python3-venv or python3-pip) and run the same command again."
        )
    with said("Adding pip, fetched with apt into .venv (this Python has none; the system stays as it is)"):
        wheel = pip_wheel_from_apt(place)
        pip: list[str | Path] = [place.python, wheel / "pip", "install", "--no-index", "--no-deps", *PIP_OPTIONS, wheel]
        run(place, pip, "The distribution's copy of pip could not be installed.")


def pip_wheel_from_apt(place: Place) -> Path:
    """Fetch the distribution's pip with apt, which checks its signature, and needs no privilege."""
    folder = place.private("pip")
    unpack_from_apt(place, folder, ["python3-pip-whl"], with_what_they_need=False)
    wheels = sorted(folder.glob("usr/share/python-wheels/pip-*.whl"))
    if not wheels:
        raise SetUpStopped("apt's python3-pip-whl holds no pip. Please install python3-venv and try again.")
    return wheels[-1]


def install_packages(place: Place, *, for_tests: bool) -> None:
    """Install the locked packages, each checked against its hashes; the tests' lock holds the service's too."""
    lock = "requirements-test.lock" if for_tests else "requirements.lock"
    service = (place.root / "requirements.lock").read_bytes()
    everything = (place.root / "requirements-test.lock").read_bytes()
    with_tests = digest(service, everything)
    wanted = with_tests if for_tests else digest(service)
    if is_finished(place, "packages", wanted) or is_finished(place, "packages", with_tests):
        return
    advice = (
        "The Python packages could not be installed. Is there a network, and does `pip download flask` work here? "
        "The same command can be run again at any time."
    )
    count = pinned(everything if for_tests else service)
    with stamped(place, "packages", wanted), said(f"Installing {count} Python packages from {lock}"):
        install_locked(place, lock, advice)


def install_locked(place: Place, lock: str, advice: str) -> None:
    """Let pip install what a lock names, each checked against its hashes."""
    # The lock is complete (a test keeps it so): there is nothing to resolve.
    options = [*PIP_OPTIONS, "--no-deps", "--require-hashes", "-r", lock]
    run(place, [place.python, "-m", "pip", "install", *options], advice)


def pinned(lock: bytes) -> int:
    """How many packages a lock names."""
    return len(set(re.findall(rb"(?m)^([a-z0-9][^=\s]*)==", lock)))


def write_command(place: Place) -> None:
    """Make `.venv/bin/forum`, and let the environment's Python find the project."""
    site_packages = next((place.environment / "lib").glob("python3*/site-packages"))
    lines = [str(place.root)]
    if place.private("pango").exists():
        lines.append(f"import forum.private_libraries; forum.private_libraries.load({str(place.private('pango'))!r})")
    write_if_changed(site_packages / "forum.pth", "\n".join(lines) + "\n")
    command = place.environment / "bin" / "forum"
    # sh starts Python, as pip's own scripts do: a long path, or one with a space, does not fit into a #! line.
    first_lines = f"#!/bin/sh\n'''exec' \"{place.python}\" \"$0\" \"$@\"\n' '''\n"
    write_if_changed(command, f"{first_lines}import sys\n\nfrom forum.command_line import main\n\nsys.exit(main())\n")
    command.chmod(0o755)


def write_if_changed(file: Path, text: str) -> None:
    """Write a file unless it says so already."""
    if not file.exists() or file.read_text(encoding="utf-8") != text:
        file.write_text(text, encoding="utf-8")
