"""Every check, one after the other: format, lint, types, templates, then the tests on SQLite and on PostgreSQL.

`python3 wsgi.py test` sets the machine up and comes here. A check that fails does not keep the next one from running;
the exit status tells whether any failed.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree

from forum.bench.postgresql import ADDRESS_VARIABLE, NoPostgresql, running_postgresql

ROOT = Path(__file__).resolve().parent.parent
NO_TESTS_FOUND = 5
FEWEST_TRANSACTIONS = 10
# Not asked for: url_for in every link (J004, J018: public addresses are a promise), key words for search (H031), line
# breaks after headings (H015), tags that open or close in the branches of an if (H025; tests parse whole pages).
TEMPLATE_RULES = ("--lint", "--quiet", "--profile=jinja", "--ignore=J004,J018,H031,H015,H025")


@dataclass
class Outcome:
    """What the checks came to."""

    failed_checks: list[str] = field(default_factory=list)
    passed: int = 0
    failed: int = 0
    skipped: int = 0

    def closing_line(self) -> str:
        """The last line of the run, in the form that continuous integration reads."""
        skipped = f", {self.skipped} skipped" if self.skipped else ""
        return f"{self.passed} passed, {self.failed} failed{skipped}"


def main(arguments: Sequence[str]) -> int:
    """Run everything, or with arguments only the tests that they select; 0 when all is well."""
    outcome = Outcome()
    if not arguments:
        check(outcome, "Format", lambda: succeeds("ruff", "format", "--check", "."))
        check(outcome, "Lint", lambda: succeeds("ruff", "check", "."))
        check(outcome, "Types", lambda: succeeds("mypy"))
        check(outcome, "Templates", lambda: succeeds("djlint", "templates", *TEMPLATE_RULES))
    check(outcome, "Tests on SQLite", lambda: tests_pass(outcome, arguments, {"FORUM_TEST_DATABASE": "sqlite"}))
    check(outcome, "Tests on PostgreSQL", lambda: tests_pass_on_postgresql(outcome, arguments))
    for name in outcome.failed_checks:
        print(f"Failed: {name}")
    print(outcome.closing_line(), flush=True)
    return 1 if outcome.failed_checks else 0


def check(outcome: Outcome, name: str, passes: Callable[[], bool]) -> None:
    """Run one check under a heading, and say how long it took."""
    print(f"\n== {name}", flush=True)
    started = time.monotonic()
    passed = passes()
    if not passed:
        outcome.failed_checks.append(name)
    print(f"== {name}: {'passed' if passed else 'FAILED'}, {time.monotonic() - started:.1f} s", flush=True)


def succeeds(module: str, *arguments: str) -> bool:
    """Whether a tool of the environment ends well."""
    return subprocess.run([sys.executable, "-m", module, *arguments], cwd=ROOT, check=False).returncode == 0


def tests_pass(outcome: Outcome, arguments: Sequence[str], variables: dict[str, str]) -> bool:
    """Run pytest in the given surroundings and add its counts to the outcome."""
    with tempfile.TemporaryDirectory(prefix="forum-tests-") as folder:
        report = Path(folder) / "report.xml"
        # A whole run is worth a second worker; a chosen few tests start sooner without, and may want a debugger.
        chosen = arguments or ["-n", "2"]
        command = [sys.executable, "-m", "pytest", f"--junitxml={report}", *chosen]
        status = subprocess.run(command, cwd=ROOT, env={**os.environ, **variables}, check=False).returncode
        count(outcome, report)
    if status == NO_TESTS_FOUND:
        print("No test was found.")
    return status == 0


def count(outcome: Outcome, report: Path) -> None:
    """Add pytest's own figures to the outcome. A run that broke off leaves no report: its exit status tells."""
    if not report.exists():
        return
    for suite in ElementTree.parse(report).getroot().iter("testsuite"):
        failed = int(suite.get("failures", 0)) + int(suite.get("errors", 0))
        skipped = int(suite.get("skipped", 0))
        outcome.failed += failed
        outcome.skipped += skipped
        outcome.passed += int(suite.get("tests", 0)) - failed - skipped


def tests_pass_on_postgresql(outcome: Outcome, arguments: Sequence[str]) -> bool:
    """Run pytest against one private server that all its workers share."""
    try:
        with running_postgresql() as server:
            variables = {"FORUM_TEST_DATABASE": "postgresql", ADDRESS_VARIABLE: server.url("postgres")}
            before = server.transactions()
            passed = tests_pass(outcome, arguments, variables)
            # Tests that quietly ran on SQLite twice would look just as green.
            if not arguments and server.transactions() - before < FEWEST_TRANSACTIONS:
                print("The tests hardly used PostgreSQL: do they read FORUM_TEST_DATABASE?")
                return False
            return passed
    except NoPostgresql as trouble:
        print(trouble)
        return False


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
