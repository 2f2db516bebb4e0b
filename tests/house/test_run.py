"""The runner of all checks: what it counts and how it ends."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import run
from tests.run import Outcome

REPORT = '<testsuites><testsuite name="pytest" tests="9" failures="2" errors="1" skipped="1"/></testsuites>'


def test_the_closing_line_sums_the_runs(tmp_path: Path) -> None:
    report = tmp_path / "report.xml"
    report.write_text(REPORT)
    outcome = Outcome()
    run.count(outcome, report)
    run.count(outcome, report)
    assert outcome.closing_line() == "10 passed, 6 failed, 2 skipped"


def test_a_run_that_broke_off_counts_nothing(tmp_path: Path) -> None:
    outcome = Outcome()
    run.count(outcome, tmp_path / "missing.xml")
    assert outcome.closing_line() == "0 passed, 0 failed"


def test_every_check_runs_and_one_failure_fails_the_whole(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    tools: list[str] = []

    def tool(module: str, *arguments: str) -> bool:
        tools.append(f"{module} {arguments[0] if arguments else ''}".strip())
        return tools[-1] != "ruff format"

    monkeypatch.setattr(run, "succeeds", tool)
    monkeypatch.setattr(run, "tests_pass", lambda *arguments: True)
    monkeypatch.setattr(run, "tests_pass_on_postgresql", lambda *arguments: True)
    assert run.main([]) == 1
    assert tools == ["ruff format", "ruff check", "mypy", "djlint templates"]
    assert capsys.readouterr().out.endswith("Failed: Format\n0 passed, 0 failed\n")


def test_chosen_tests_run_on_both_databases_without_the_other_checks(monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[tuple[object, str]] = []

    def on_sqlite(outcome: Outcome, arguments: list[str], variables: dict[str, str]) -> bool:
        ran.append((arguments, variables["FORUM_TEST_DATABASE"]))
        return True

    def on_postgresql(outcome: Outcome, arguments: list[str]) -> bool:
        ran.append((arguments, "postgresql"))
        return True

    monkeypatch.setattr(run, "succeeds", lambda *arguments: pytest.fail("no tool was asked for"))
    monkeypatch.setattr(run, "tests_pass", on_sqlite)
    monkeypatch.setattr(run, "tests_pass_on_postgresql", on_postgresql)
    assert run.main(["tests/people", "-x"]) == 0
    assert ran == [(["tests/people", "-x"], "sqlite"), (["tests/people", "-x"], "postgresql")]
