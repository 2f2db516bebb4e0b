"""Packages of the system: by apt or brew where that is allowed, else unpacked into `.venv`."""

from __future__ import annotations

import ctypes
import os
import re
import shutil
import sys
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from forum.bootstrap.commands import answers, run, run_and_judge
from forum.bootstrap.place import Place, SetUpStopped
from forum.bootstrap.steps import said

# Never unpacked privately: a second C library beside the system's own breaks every program that loads both.
NEVER_UNPACKED = ("libc6", "libc-bin", "libgcc-s1")
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
