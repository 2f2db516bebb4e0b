"""Days, windows, states, and what comes next."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from forum.editions import rules
from forum.editions.models import Edition, HostCity
from forum.editions.rules import Window
from tests import cast

OPENS = datetime(2027, 1, 15, 9, 0, tzinfo=UTC)


def an_edition(**values: object) -> Edition:
    defaults: dict[str, object] = {
        "name": "Lens 2027",
        "slug": "lens-2027",
        "state": "published",
        "timezone": "Europe/Paris",
        "first_day": date(2027, 3, 18),
        "last_day": date(2027, 3, 19),
        "host_city": HostCity(name="Lens"),
    }
    return Edition(**(defaults | values))


@pytest.mark.parametrize("slug", ["lens-2027", "saint-omer-2028", "a", "2027"])
def test_an_address_of_small_letters_digits_and_hyphens_is_taken(slug: str) -> None:
    rules.check_slug(slug)


@pytest.mark.parametrize(
    "slug",
    ["", "Lens-2027", "lens 2027", "lens_2027", "-lens", "lens-", "lens--2027", "évry", "people", "x" * 61, "../a"],
)
def test_an_address_that_cannot_be_typed_or_is_ours_is_refused(slug: str) -> None:
    with pytest.raises(rules.SlugNotUsable):
        rules.check_slug(slug)


def test_days_are_in_order_and_not_weeks_apart() -> None:
    rules.check_days(date(2027, 3, 18), date(2027, 3, 18))
    with pytest.raises(rules.DaysOutOfOrder):
        rules.check_days(date(2027, 3, 18), date(2027, 3, 17))
    with pytest.raises(rules.EditionTooLong):
        rules.check_days(date(2027, 3, 18), date(2027, 4, 18))


def test_an_archive_of_which_only_the_year_is_known_spans_all_of_it() -> None:
    rules.check_days(date(2016, 1, 1), date(2016, 12, 31))


@pytest.mark.parametrize(
    ("window", "refusal", "field"),
    [
        (Window(OPENS, OPENS), rules.WindowOutOfOrder, "registration_closes_at"),
        (Window(None, OPENS), rules.WindowWithoutOpening, "registration_opens_at"),
        (Window(datetime(2027, 3, 19, 23, 30, tzinfo=UTC), None), rules.WindowAfterEdition, "registration_opens_at"),
    ],
    ids=["closes when it opens", "never opens", "opens after midnight in the city"],
)
def test_a_window_that_is_never_open_is_refused_at_its_field(
    window: Window, refusal: type[rules.Malformed], field: str
) -> None:
    with pytest.raises(refusal) as refused:
        rules.check_window("registration", window, last_day=date(2027, 3, 19), timezone="Europe/Paris")
    assert refused.value.field == field


@pytest.mark.parametrize("window", [Window(), Window(OPENS), Window(OPENS, OPENS + timedelta(hours=1))])
def test_a_window_may_be_missing_or_without_an_end(window: Window) -> None:
    rules.check_window("proposals", window, last_day=date(2027, 3, 19), timezone="Europe/Paris")


@pytest.mark.parametrize(
    ("moment", "days", "expected"),
    [
        # Summer time begins on 28 March 2027: nine o’clock stays nine o’clock.
        (datetime(2027, 3, 20, 8, 0, tzinfo=UTC), 14, datetime(2027, 4, 3, 7, 0, tzinfo=UTC)),
        (datetime(2027, 10, 20, 7, 0, tzinfo=UTC), 14, datetime(2027, 11, 3, 8, 0, tzinfo=UTC)),
        (datetime(2027, 1, 15, 8, 0, tzinfo=UTC), -365, datetime(2026, 1, 15, 8, 0, tzinfo=UTC)),
    ],
)
def test_a_moment_moves_by_days_at_the_same_hour_of_the_city(moment: datetime, days: int, expected: datetime) -> None:
    assert rules.shifted(moment, days=days, timezone="Europe/Paris") == expected


def test_a_window_that_is_not_there_stays_so() -> None:
    assert rules.shifted(None, days=3, timezone="Europe/Paris") is None


@pytest.mark.parametrize(
    ("values", "now", "phase"),
    [
        ({"state": "draft"}, cast.NOW, "draft"),
        ({}, cast.NOW, "announced"),
        ({"registration_opens_at": OPENS}, cast.NOW, "open"),
        ({"proposals_open_at": OPENS}, cast.NOW, "open"),
        ({"registration_opens_at": OPENS}, cast.OPENING, "today"),
        ({"registration_opens_at": OPENS}, datetime(2027, 3, 19, 23, 0, tzinfo=UTC), "over"),
        ({"state": "archived"}, cast.NOW, "archive"),
    ],
)
def test_an_edition_has_a_phase(values: dict[str, object], now: datetime, phase: str) -> None:
    assert rules.phase(an_edition(**values), now) == phase


def test_what_comes_next_is_the_nearest_of_all_hours() -> None:
    edition = an_edition(
        registration_opens_at=OPENS,
        registration_closes_at=datetime(2027, 3, 17, 11, 0, tzinfo=UTC),
        proposals_open_at=OPENS,
        proposals_close_at=datetime(2027, 3, 5, 11, 0, tzinfo=UTC),
    )
    moments = [cast.NOW, datetime(2027, 3, 6, tzinfo=UTC), datetime(2027, 3, 17, 12, tzinfo=UTC), cast.OPENING]
    steps = [rules.next_step(edition, moment) for moment in moments]
    assert [step.what if step else None for step in steps] == [
        "proposals_close_at",
        "registration_closes_at",
        "first_day",
        "last_day",
    ]
    assert rules.next_step(edition, datetime(2027, 3, 20, tzinfo=UTC)) is None


@pytest.mark.parametrize(
    ("present", "asked"), [("draft", "archived"), ("archived", "draft"), ("published", "published")]
)
def test_states_follow_one_another(present: str, asked: str) -> None:
    with pytest.raises(rules.NotThatState):
        rules.check_state(an_edition(state=present), asked)
