"""The lock files: whole, checked by hashes, and naming no address; every direct dependency has its reason on paper."""

from __future__ import annotations

import re
import tomllib
from importlib import metadata
from pathlib import Path

import pytest
from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent.parent
LOCKS = ("requirements.lock", "requirements-test.lock", "requirements-postgresql.lock")
PIN = re.compile(r"(?m)^([A-Za-z0-9][\w.-]*)==(\S+?)(?: ; (.+?))? \\\n((?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)")


def pins(lock: str) -> dict[str, str]:
    """The version of each package that the lock holds for this machine."""
    found = PIN.findall((ROOT / lock).read_text())
    return {canonicalize_name(name): version for name, version, marker, _ in found if fits(marker)}


def fits(marker: str, extra: str = "") -> bool:
    """Whether a marker includes this machine."""
    return not marker or Marker(marker).evaluate({"extra": extra})


def project() -> dict[str, list[str]]:
    """The direct dependencies as pyproject.toml tells them: of the service, and of its tests."""
    table = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    return {"service": table["dependencies"], "tests": table["optional-dependencies"]["test"]}


def missing_from(lock: dict[str, str], wanted: list[str]) -> list[str]:
    """What the wanted packages need, and what that needs in turn, that the lock does not hold."""
    missing: list[str] = []
    seen: set[str] = set()
    waiting = [Requirement(line) for line in wanted]
    while waiting:
        requirement = waiting.pop()
        name = canonicalize_name(requirement.name)
        key = f"{name} {sorted(requirement.extras)}"
        if key in seen:
            continue
        seen.add(key)
        if name not in lock or not requirement.specifier.contains(lock[name], prereleases=True):
            missing.append(str(requirement))
            continue
        for line in metadata.requires(name) or []:
            needed = Requirement(line)
            if any(fits(str(needed.marker or ""), extra) for extra in ("", *requirement.extras)):
                waiting.append(needed)
    return missing


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_names_no_address(lock: str) -> None:
    assert not re.search(r"://|--index|--extra|--find|--trusted", (ROOT / lock).read_text())


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_holds_nothing_but_pins_with_hashes(lock: str) -> None:
    rest = PIN.sub("", (ROOT / lock).read_text())
    assert [line for line in rest.splitlines() if line.strip() and not line.lstrip().startswith("#")] == []


def test_the_lock_holds_all_that_the_service_needs() -> None:
    assert missing_from(pins("requirements.lock"), project()["service"]) == []


def test_the_tests_lock_holds_all_that_the_tests_need() -> None:
    assert missing_from(pins("requirements-test.lock"), project()["service"] + project()["tests"]) == []


def test_both_locks_hold_the_same_service() -> None:
    service, tests = pins("requirements.lock"), pins("requirements-test.lock")
    assert {name: tests.get(name) for name in service} == service


def test_every_direct_dependency_has_its_reason() -> None:
    page = (ROOT / "docs/decisions/0002-dependencies.md").read_text()
    wanted = [Requirement(line).name for group in project().values() for line in group]
    assert [name for name in wanted if f"| {name} |" not in page] == []
