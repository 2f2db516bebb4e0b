"""The server's side of the verdicts that phones give too (tests/journeys/test_scanner.py asks the phone)."""

from __future__ import annotations

import pytest

from forum.checkin import rules
from tests.checkin import verdict_cases
from tests.checkin.verdict_cases import Case, server_badge, server_gate


@pytest.mark.parametrize("case", verdict_cases.cases(), ids=lambda case: case.says)
def test_the_server_says(case: Case) -> None:
    gate = server_gate(case)
    found = rules.judged(
        server_badge(case, gate), gate=gate, direction=case.direction, at=case.moment, chairs=verdict_cases.chairs(case)
    )
    assert (found.verdict, found.reason) == (case.verdict, case.reason)
