"""A short day of chaos; `python -m tests.chaos` lives longer ones (docs/reliability.md)."""

from __future__ import annotations

from pathlib import Path
from random import SystemRandom

import pytest

from tests.chaos.day import Plan, run_day
from tests.conftest import DATABASE

pytestmark = [pytest.mark.rush, pytest.mark.browser]


def test_whatever_fails_each_passage_that_was_shown_is_in_the_log_exactly_once(tmp_path: Path) -> None:
    browsers = 2 if DATABASE == "sqlite" else 0  # journeys of browsers are made once
    plan = Plan(seed=SystemRandom().randrange(1_000_000), seconds=8, browsers=browsers, database=DATABASE)
    report = run_day(plan, folder=tmp_path)
    print(report)  # with the seed, so that a day that went wrong can be lived again
    assert report.faults == [], str(report)
    assert report.scans > 100, "a day on which hardly anything happened shows nothing"
