"""A day lived again, the forecast of its peak, bursts of unknown codes, a programme that changed."""

from __future__ import annotations

from datetime import time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from forum.inside.models import SlotChange
from forum.inside.rules.attendance import stays_of
from forum.inside.rules.day_log import EMPTIED, CountChange, Passage, PlaceLog, live_again
from forum.inside.rules.hall import changes_to_tell, rooms_now
from forum.inside.rules.outlook import Expected, Outlook, Shape, outlook, shape_of
from forum.inside.rules.pace import StepCount
from forum.inside.rules.unusual import OddScan, Unusual, unusual
from forum.programme.models import Session
from forum.venues.models import Room
from tests import cast

PARIS = ZoneInfo("Europe/Paris")
MORNING = cast.OPENING - timedelta(hours=1, minutes=30)  # eight o'clock
STYLES = Path(__file__).resolve().parents[2] / "static"


def passage(minute: int, badge_id: int, *, entry: bool = True, place: int = 1) -> Passage:
    return Passage(MORNING + timedelta(minutes=minute), badge_id, 1 if entry else 2, place, is_entry=entry)


def change(minute: int, difference: int, reason: str = "") -> CountChange:
    return CountChange(MORNING + timedelta(minutes=minute), 1, difference, reason)


def lived(*events: Passage | CountChange, capacity: int | None = 10) -> PlaceLog:
    passages = [event for event in events if isinstance(event, Passage)]
    changes = [event for event in events if isinstance(event, CountChange)]
    since = MORNING - timedelta(hours=4)
    return live_again(passages, changes, capacities={1: capacity}, since=since, until=since + timedelta(days=1))[1]


def test_a_day_is_lived_again_by_quarters_of_an_hour() -> None:
    log = lived(passage(1, 1), passage(16, 2), passage(20, 3), passage(31, 2, entry=False))
    assert [inside for _at, inside in log.quarters] == [0, 1, 3, 2]
    assert (log.peak, log.peak_at, log.at_the_end) == (3, MORNING + timedelta(minutes=20), 2)
    assert (log.entries[1], log.exits[2]) == (3, 1)


def test_a_badge_is_in_one_place_and_scanned_twice_is_one_person() -> None:
    logs = live_again(
        [passage(1, 1), passage(2, 1), passage(5, 1, place=2), passage(9, 9, entry=False)],
        [],
        capacities={1: 10, 2: 10},
        since=MORNING,
        until=MORNING + timedelta(days=1),
    )
    assert (logs[1].peak, logs[1].at_the_end, logs[2].at_the_end) == (1, 0, 1)


def test_corrections_keep_what_was_before_and_the_count_is_never_below_nobody() -> None:
    log = lived(passage(1, 1), change(2, 4), change(3, -9, "other-way"), passage(4, 2))
    assert [(each.before, each.after) for each in log.corrections] == [(5, 0)]
    assert (log.clicks, log.at_the_end) == (4, 0)


def test_an_emptied_place_counts_anew() -> None:
    log = lived(passage(1, 1), change(2, 3), change(3, -3, EMPTIED), passage(4, 1), passage(5, 7))
    assert [(each.before, each.after) for each in log.corrections] == [(4, 0)]
    assert log.at_the_end == 2


def test_an_alert_lasts_until_the_count_falls_and_one_that_sways_is_one() -> None:
    log = lived(
        *(passage(number, number) for number in range(1, 9)),
        passage(10, 1, entry=False),
        passage(12, 1),
        passage(30, 2, entry=False),
        passage(90, 2),
    )
    eighty = [(alert.level, alert.since - MORNING, alert.until and alert.until - MORNING) for alert in log.alerts]
    assert eighty == [
        (80, timedelta(minutes=8), timedelta(minutes=30)),
        (80, timedelta(minutes=90), None),
    ]


def test_how_long_people_stayed_is_of_those_who_were_scanned_out() -> None:
    stays = stays_of(
        [passage(0, 1), passage(30, 1, entry=False), passage(60, 1), passage(90, 1, entry=False), passage(5, 2)]
    )
    assert (stays.median, stays.known, stays.unknown) == (timedelta(hours=1), 1, 1)


# ---- the peak


def a_shape(*, peak: float = 0.8) -> Shape:
    """Half have come by ten, all by noon; the peak is at noon."""
    arrived = tuple(min(1.0, max(0.0, (quarter - 16) / 16)) for quarter in range(96))
    return Shape(arrived, tuple(part * peak if quarter <= 32 else 0.0 for quarter, part in enumerate(arrived)))


def looked_ahead(*, came: int, hours: float, shapes: list[Shape] | None = None, mean: int = 500) -> Outlook | None:
    return outlook(
        expected=Expected(mean - 50, mean, mean + 50),
        came=came,
        inside=0,
        shapes=[a_shape(), a_shape()] if shapes is None else shapes,
        now=MORNING + timedelta(hours=hours),
        zone=PARIS,
    )


def test_before_the_doors_open_the_peak_follows_from_who_is_expected() -> None:
    seen = looked_ahead(came=0, hours=-1)
    assert seen is not None
    assert (seen.low, seen.high, seen.at, seen.days) == (360, 440, time(12, 15), 2)


def test_the_more_of_the_morning_is_over_the_more_todays_door_counts() -> None:
    full_house = looked_ahead(came=600, hours=3.99)
    assert full_house is not None
    assert 490 <= full_house.low <= full_house.high <= 520
    early, late = looked_ahead(came=150, hours=1), looked_ahead(came=450, hours=3)
    assert early is not None
    assert late is not None
    assert late.high - late.low < early.high - early.low


def test_without_a_day_before_it_is_a_guess_and_wider() -> None:
    guess = looked_ahead(came=0, hours=-1, shapes=[])
    assert guess is not None
    assert guess.days == 0
    assert guess.high - guess.low > 150


def test_nobody_expected_has_no_peak_and_a_peak_gone_by_is_told() -> None:
    assert looked_ahead(came=0, hours=0, mean=0) is None
    evening = looked_ahead(came=500, hours=9)
    assert evening is not None
    assert evening.is_past


def test_a_day_on_which_nobody_was_scanned_out_tells_nothing_of_a_peak() -> None:
    entries = [StepCount(1, "admitted", MORNING, 30)]
    assert shape_of(entries, people=30, entrances={1}, zone=PARIS) is None
    exits = StepCount(2, "left", MORNING + timedelta(hours=2), 20)
    shape = shape_of([*entries, exits], people=30, entrances={1, 2}, zone=PARIS)
    assert shape is not None
    assert (shape.arrived[15], shape.arrived[16], shape.inside[20], shape.inside[-1]) == (0, 1, 1, 0)


# ---- what is unusual


def odd(second: int, verdict: str, badge_id: int | None = None, **values: str) -> OddScan:
    at = MORNING + timedelta(seconds=second)
    return OddScan(1, badge_id, verdict, values.get("reason"), values.get("override"), at)


def test_one_refusal_is_an_ordinary_thing_and_unknown_codes_must_come_in_a_burst() -> None:
    slow = [odd(600 * number, "unknown") for number in range(6)]
    assert unusual([odd(1, "already-in", 1), odd(2, "already-in", 1), *slow]) == []
    burst = [odd(60 * number, "unknown") for number in range(5)]
    assert unusual(burst) == [Unusual("unknown", MORNING + timedelta(seconds=240), 1, count=5)]


def test_the_newest_unusual_scan_stands_first() -> None:
    found = unusual(
        [odd(9, "conflict", 1), odd(5, "cancelled", 2, reason="replaced"), odd(7, "admitted", 3, override="connu")]
    )
    assert [(each.kind, each.badge_id, each.words) for each in found] == [
        ("conflict", 1, ""),
        ("override", 3, "connu"),
        ("replaced", 2, ""),
    ]


# ---- the hall


def a_slot(number: int, room: Room | None, hour: float, **values: object) -> Session:
    starts_at = MORNING + timedelta(hours=hour)
    return Session(
        id=number,
        title=f"S{number}",
        room=room,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=45),
        seats_taken=0,
        **values,
    )


def test_a_room_tells_what_is_on_then_what_comes_and_an_empty_one_is_left_out() -> None:
    hall, attic = Room(name="Halle", position=0), Room(name="Grenier", position=1)
    sessions = [a_slot(1, hall, 0), a_slot(2, hall, 1), a_slot(3, attic, -3), a_slot(4, None, 2, meeting_point="Gare")]
    told = rooms_now(sessions, now=MORNING + timedelta(minutes=10), full={1})
    assert [(room.name, room.shown.id, room.is_on, room.next and room.next.id, room.is_full) for room in told] == [
        ("Halle", 1, True, 2, True),
        ("Gare", 4, False, None, False),
    ]


def test_a_session_that_moved_twice_is_told_from_where_people_knew_it_and_one_that_came_back_is_not() -> None:
    hall = Room(name="Halle", position=0)
    moved, back = a_slot(1, hall, 3), a_slot(2, hall, 4)

    def left(number: int | None, hour: float, at: int, title: str = "") -> SlotChange:
        return SlotChange(
            id=at,
            session_id=number,
            title=title,
            was_at=MORNING + timedelta(hours=hour),
            was_room="Halle",
            at=MORNING + timedelta(minutes=at),
        )

    changes = [
        left(1, 1, 1),
        left(1, 2, 2),
        left(2, 4, 3),
        left(2, 5, 4),
        left(None, 2, 5, "Café"),
        left(None, -2, 6, "Hier"),
    ]
    told = changes_to_tell(changes, [moved, back], now=MORNING + timedelta(minutes=30))
    assert [(each.was_at - MORNING, each.session and each.session.id) for each in told] == [
        (timedelta(hours=1), 1),
        (timedelta(hours=2), None),
    ]


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_the_themes_of_screens_are_the_colours_of_the_tokens(dark: bool) -> None:
    from tests.site.test_tokens import colours

    text = (STYLES / "inside" / "themes.css").read_text()
    theme, other = ("dark", "light") if dark else ("light", "dark")
    lines = [line for line in text.splitlines() if f".theme-{theme}" in line and f".theme-{other}" not in line]
    own = "\n".join(lines).replace(f".theme-{theme}", "").replace("\n{", "\n:root {").strip()
    own = own if own.startswith(":root") else f":root {own}"
    assert colours(own) == colours((STYLES / "site" / "tokens.css").read_text(), dark=dark)
