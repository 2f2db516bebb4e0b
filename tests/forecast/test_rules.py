"""The forecast against distributions that are known exactly."""

from __future__ import annotations

import math
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forum.forecast import rules
from forum.forecast.rules import Counted, Group, Rate, attendance, more_to_admit

SURE = 1e7
"""A rate that is known as good as exactly: the beta-binomial becomes the binomial."""


def binomial_at_most(number: int, people: int, rate: float) -> float:
    return math.fsum(math.comb(people, k) * rate**k * (1 - rate) ** (people - k) for k in range(number + 1))


def beta_binomial_at_most(number: int, people: int, rate: Rate) -> float:
    def log_beta(a: float, b: float) -> float:
        return math.lgamma(a) + math.lgamma(b) - math.lgamma(a + b)

    return math.fsum(
        math.exp(math.log(math.comb(people, k)) + log_beta(k + rate.a, people - k + rate.b) - log_beta(rate.a, rate.b))
        for k in range(number + 1)
    )


@pytest.mark.parametrize("rate", [0.1, 0.35, 0.6, 0.95])
@pytest.mark.parametrize("people", [30, 400])
def test_a_rate_that_is_known_gives_the_binomial(people: int, rate: float) -> None:
    spread = attendance([(people, Rate(rate, SURE))])
    worst = max(abs(spread.at_most(k) - binomial_at_most(k, people, rate)) for k in range(people + 1))
    assert worst < (0.02 if people * rate * (1 - rate) < 4 else 0.003)


@pytest.mark.parametrize("rate", [Rate(0.6, 10), Rate(0.6, 60), Rate(0.9, 20), Rate(0.3, 200)])
@pytest.mark.parametrize("people", [50, 300])
def test_a_rate_that_is_not_known_gives_the_beta_binomial(people: int, rate: Rate) -> None:
    spread = attendance([(people, rate)])
    worst = max(abs(spread.at_most(k) - beta_binomial_at_most(k, people, rate)) for k in range(0, people + 1, 5))
    assert worst < 0.006
    assert spread.mean == pytest.approx(people * rate.mean, rel=0.002)


def test_two_halves_of_known_rates_are_the_whole() -> None:
    halves, whole = (attendance(groups) for groups in ([(100, Rate(0.6, SURE))] * 2, [(200, Rate(0.6, SURE))]))
    assert [halves.quantile(q) for q in (0.05, 0.5, 0.95)] == [whole.quantile(q) for q in (0.05, 0.5, 0.95)]


def test_rates_that_move_together_spread_wider_than_rates_on_their_own() -> None:
    """Against chance itself: independent rates, drawn; ours is the careful answer."""
    chance = random.Random(7)
    rates = [Rate(0.6, 20), Rate(0.5, 20)]
    drawn = sorted(
        sum(sum(chance.random() < p for _ in range(80)) for p in (chance.betavariate(r.a, r.b) for r in rates))
        for _ in range(1500)
    )
    spread = attendance([(80, rate) for rate in rates])
    assert abs(spread.mean - sum(drawn) / len(drawn)) < 2
    assert spread.quantile(0.95) > drawn[int(0.95 * len(drawn))]
    assert spread.quantile(0.05) < drawn[int(0.05 * len(drawn))]


def test_more_to_admit_is_the_last_number_at_which_the_risk_is_taken() -> None:
    base = attendance([(100, Rate(0.6, SURE))])
    more = more_to_admit(base, Rate(0.6, SURE), capacity=90, risk=0.01)
    risks = [1 - binomial_at_most(90, 100 + extra, 0.6) for extra in (more, more + 1)]
    assert risks[0] <= 0.0105
    assert risks[1] > 0.0095
    assert more == pytest.approx(29, abs=1)


@pytest.mark.parametrize(
    ("registered", "capacity", "expected"), [(0, 100, range(100, 130)), (500, 100, range(1)), (90, 100, range(10, 60))]
)
def test_nobody_more_is_admitted_when_it_is_too_much_already(registered: int, capacity: int, expected: range) -> None:
    base = attendance([(registered, Rate(0.6, 60))])
    assert more_to_admit(base, Rate(0.95, 60), capacity=capacity, risk=0.01) in expected


@settings(max_examples=40, deadline=None)
@given(
    people=st.integers(0, 2000),
    mean=st.floats(0.02, 0.98),
    strength=st.floats(2, 500),
    capacity=st.integers(1, 2000),
    risks=st.tuples(st.sampled_from(rules.RISKS), st.sampled_from(rules.RISKS)),
)
def test_whatever_is_known_more_risk_admits_no_fewer_and_who_fits_may_come(
    people: int, mean: float, strength: float, capacity: int, risks: tuple[float, float]
) -> None:
    rate = Rate(mean, strength)
    base = attendance([(people, rate)])
    careful, bold = (more_to_admit(base, rate, capacity=capacity, risk=risk) for risk in sorted(risks))
    assert careful <= bold
    assert careful >= min(capacity - people, rules.MOST_MORE)
    low, middle, high = (base.quantile(q) for q in (0.05, 0.5, 0.95))
    assert 0 <= low <= middle <= high <= people
    assert base.at_most(high) >= 0.95
    chances = [base.at_most(k) for k in range(0, people + 1, max(1, people // 20))]
    assert all(0 <= chance <= 1 for chance in chances)


def counted(expected: int, came: int, **values: object) -> Counted:
    defaults: dict[str, object] = {
        "edition_id": 1,
        "city_id": 1,
        "category": "public",
        "kind": "attendee",
        "answer": "unasked",
    }
    return Counted(**(defaults | values), expected=expected, came=came)  # type: ignore[arg-type]


PUBLIC = Group("public", "attendee", "unasked", 100)


def test_without_any_past_the_usual_rate_is_taken() -> None:
    assert rules.rate_of(PUBLIC, [], city_id=1) == Rate(0.6, 10)


def test_one_city_counts_most_for_itself_and_others_are_borrowed_from() -> None:
    past = [counted(1000, 800), counted(1000, 400, edition_id=2, city_id=2)]
    here, there, new = (rules.rate_of(PUBLIC, past, city_id=city).mean for city in (1, 2, 3))
    assert here == pytest.approx(0.8, abs=0.02)
    assert there == pytest.approx(0.4, abs=0.02)
    assert new == pytest.approx(0.6, abs=0.02)


def test_a_category_with_few_people_leans_on_the_others() -> None:
    past = [counted(3, 0, category="press", kind="press"), counted(500, 350)]
    press = Group("press", "press", "unasked", 10)
    assert 0.3 < rules.rate_of(press, past, city_id=1).mean < 0.6


def test_a_rate_is_never_surer_than_editions_resemble_each_other() -> None:
    assert rules.rate_of(PUBLIC, [counted(100_000, 60_000)], city_id=1).strength == rules.ALIKE
    alike = [counted(1000, 600 + n, edition_id=n) for n in range(5)]
    apart = [counted(1000, 300 + 150 * n, edition_id=n) for n in range(5)]
    assert rules.alike_editions(alike) == rules.ALIKE_MOST
    assert rules.alike_editions(apart) == rules.ALIKE_LEAST


def test_the_strength_of_editions_that_were_drawn_is_found_again() -> None:
    chance = random.Random(3)
    rates = [chance.betavariate(0.6 * 40, 0.4 * 40) for _ in range(150)]
    drawn = [
        counted(400, sum(chance.random() < rate for _ in range(400)), edition_id=n) for n, rate in enumerate(rates)
    ]
    assert rules.alike_editions(drawn) == pytest.approx(40, rel=0.35)


def test_answers_count() -> None:
    coming, silent, unasked = (
        rules.rate_of(Group("public", "attendee", answer, 1), [], city_id=1).mean
        for answer in ("coming", "silent", "unasked")
    )
    assert coming > unasked > silent
    seen = [counted(200, 190, answer="coming"), counted(300, 60, answer="silent")]
    assert rules.rate_of(Group("public", "attendee", "coming", 1), seen, city_id=1).mean == pytest.approx(
        0.95, abs=0.01
    )
    assert rules.rate_of(Group("public", "attendee", "silent", 1), seen, city_id=1).mean == pytest.approx(0.2, abs=0.04)


def test_the_bars_add_up_to_nearly_everything_and_reach_the_capacity() -> None:
    spread = attendance([(800, Rate(0.6, 60))])
    drawn = rules.bars(spread, reaching=600)
    assert 0.99 < sum(bar.chance for bar in drawn) <= 1
    assert drawn[0].first <= spread.quantile(0.001)
    assert drawn[-1].last >= 600
    assert len(drawn) <= 41
