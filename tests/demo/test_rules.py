"""When the demonstration takes place, and how people come through its door."""

from __future__ import annotations

import random
from datetime import date, datetime, timedelta

import pytest

from forum.demo import rules
from forum.demo.rules import ZONE, NotOurDatabase, days_around
from forum.demo.story import COMING, FINISHED, TODAY


@pytest.mark.parametrize("today", [date(2026, 11, 22), date(2027, 1, 3), date(2028, 2, 29), date(2027, 12, 31)])
def test_one_is_over_one_is_open_one_is_to_come(today: date) -> None:
    days = days_around(today)
    assert days[FINISHED].last < today == days[TODAY].first < days[TODAY].last
    assert 105 <= (days[COMING].first - today).days <= 130
    assert days[COMING].first.strftime("%A") == "Thursday"
    assert len({each.slug for each in days.values()}) == 3


def test_editions_of_others_are_refused() -> None:
    rules.refuse_other_editions(["lens-2027"], ["lens-2027", "amiens-2026"])
    with pytest.raises(NotOurDatabase):
        rules.refuse_other_editions(["lens-2027", "lille-2030"], ["lens-2027"])


@pytest.mark.parametrize("hour", [0, 1, 5, 8, 9, 13, 18, 23])
def test_the_door_has_been_open_for_a_while_at_any_hour(hour: int) -> None:
    now = datetime(2027, 3, 18, hour, 40, tzinfo=ZONE)
    opened = rules.opening(now)
    assert opened <= now
    assert opened.date() == now.date()
    assert now - opened >= min(timedelta(minutes=39), timedelta(minutes=90))


@pytest.mark.parametrize(("hour", "least", "most"), [(9, 30, 250), (11, 200, 400), (16, 150, 400), (23, 0, 0)])
def test_people_come_in_the_morning_and_leave_in_the_evening(hour: int, least: int, most: int) -> None:
    opens = datetime(2027, 3, 18, 8, 30, tzinfo=ZONE)
    until = opens.replace(hour=hour)
    found = rules.passages(
        random.Random(1),
        400,
        opens=opens,
        closes=opens.replace(hour=18),
        until=until,
    )
    assert all(opens <= each.entered <= until for each in found)
    assert all(each.left is None or each.entered < each.left <= until for each in found)
    assert least <= sum(each.left is None for each in found) <= most
