"""How many will come: pure figures, from past editions and from answers.

Each group of people (a category, by what they answered) comes at a rate that nobody knows exactly: a beta distribution
holds what we know of it (Gelman et al., Bayesian Data Analysis, 3rd ed., chapters 2 and 5). It starts from what is
usual at free events, and learns from past editions, most from those in the same city. However much is known of the
past, one edition differs from the next (weather, a strike): its rate never becomes surer than editions are alike.

The number who come is then a sum of binomials whose rates move together: a rainy day keeps students and
professionals at home. Taking all rates at the same quantile (comonotonic) gives the widest sum that goes with what we
know of each (Kaas, Dhaene, Goovaerts: Upper and lower bounds for sums of random variables, Insurance: Mathematics and
Economics 27, 2000), so the advice on how many more to admit errs on the careful side.
"""

from __future__ import annotations

import bisect
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from forum.core.refusals import Conflict, Malformed
from forum.core.words import lazy_gettext as _

RISKS = (0.001, 0.005, 0.01, 0.02, 0.05)
DEFAULT_RISK = 0.01

BORROWED = 30.0
"""How many people's worth the experience of other cities and categories counts at most, beside one's own."""

ALIKE = 60.0
"""How alike editions are while fewer than three are known, as a beta's strength: rates some 6 points apart."""

ALIKE_LEAST, ALIKE_MOST = 10.0, 200.0
ENOUGH_EDITIONS = 3
SILENT_FACTOR = 0.8
"""Who was asked and stays silent comes less often than who was never asked; learned from, once it was seen."""

ROOT_OF_2 = math.sqrt(2)
QUANTILES = 199
GRID = 800
MOST_MORE = 100_000


class NoCapacity(Conflict):
    """Nobody can say how many are too many."""

    code = "no-capacity"
    sentence = _("This edition has no venue yet, so its safe capacity is not known. Choose its venues first.")


class PastSafeCapacity(Malformed):
    """The safe capacity is the fire brigade's number."""

    code = "past-safe-capacity"
    field = "capacity"
    sentence = _("The safe capacity is %(capacity)s people, the team included: give as many or fewer.")


@dataclass(frozen=True)
class Rate:
    """What is known of how many of a hundred come: a beta distribution by its mean and its strength (a + b)."""

    mean: float
    strength: float

    @property
    def a(self) -> float:
        """Return the first parameter: those who came, as if."""
        return self.mean * self.strength

    @property
    def b(self) -> float:
        """Return the second parameter: those who did not."""
        return (1 - self.mean) * self.strength

    def learned(self, expected: int, came: int) -> Rate:
        """Return what is known after so many of so many came (conjugate update)."""
        strength = self.strength + expected
        return Rate((self.a + came) / strength, strength)

    def no_surer_than(self, strength: float) -> Rate:
        """Return the same mean, less sure."""
        return Rate(self.mean, min(self.strength, strength))


USUAL = {
    "attendee": Rate(0.6, 10),
    "press": Rate(0.6, 10),
    "speaker": Rate(0.95, 20),
    "exhibitor": Rate(0.95, 20),
    "staff": Rate(0.95, 20),
}
"""Before anything is known: of those who register for a free event, a third to a half do not come."""

SAID_COMING = Rate(0.9, 20)


@dataclass(frozen=True)
class Counted:
    """How many of a category were expected and came, in one past edition, by what they had answered."""

    edition_id: int
    city_id: int
    category: str
    kind: str
    answer: str
    """coming, silent (was asked), unasked."""
    expected: int
    came: int


@dataclass(frozen=True)
class Group:
    """People of one category who answered alike."""

    category: str
    kind: str
    answer: str
    people: int


def rate_of(group: Group, past: Sequence[Counted], *, city_id: int) -> Rate:
    """Return the rate at which a group comes: from its own city most, then its category elsewhere, then its kind."""
    usual = category_rate(group.category, group.kind, past, city_id=city_id)
    if group.answer == "unasked":
        return usual
    alike = [each for each in past if each.answer == group.answer and same_side(each.kind, group.kind)]
    expected, came = totals(alike)
    prior = SAID_COMING if group.answer == "coming" else Rate(usual.mean * SILENT_FACTOR, min(usual.strength, BORROWED))
    if group.answer == "coming" and usual.mean > prior.mean:
        prior = usual
    return prior.learned(expected, came).no_surer_than(alike_editions(past))


def category_rate(category: str, kind: str, past: Sequence[Counted], *, city_id: int) -> Rate:
    """Return the rate of a category whatever its people answered; each past person counts once, at the nearest step."""
    here = [each for each in past if each.category == category and each.city_id == city_id]
    elsewhere = [each for each in past if each.category == category and each.city_id != city_id]
    others = [each for each in past if each.category != category and each.kind == kind]
    rate = USUAL.get(kind, USUAL["attendee"])
    for counted in (others, elsewhere):
        rate = rate.learned(*totals(counted)).no_surer_than(BORROWED)
    return rate.learned(*totals(here)).no_surer_than(alike_editions(past))


def same_side(kind: str, other: str) -> bool:
    """Tell whether two kinds are both visitors or both those who make the forum."""
    visitors = ("attendee", "press")
    return (kind in visitors) == (other in visitors)


def totals(counted: Iterable[Counted]) -> tuple[int, int]:
    """Return how many were expected and how many came."""
    expected = came = 0
    for each in counted:
        expected, came = expected + each.expected, came + each.came
    return expected, came


def alike_editions(past: Sequence[Counted]) -> float:
    """Return how alike the visitors' rates of past editions are, as a beta's strength.

    By moments: the intraclass correlation that explains how far the rates lie apart beyond chance (Williams,
    Extra-binomial variation in logistic linear models, Applied Statistics 31, 1982).
    """
    by_edition: dict[int, tuple[int, int]] = {}
    for each in past:
        if each.kind in ("attendee", "press"):
            expected, came = by_edition.get(each.edition_id, (0, 0))
            by_edition[each.edition_id] = (expected + each.expected, came + each.came)
    counts = [count for count in by_edition.values() if count[0] > 0]
    people, came = sum(count[0] for count in counts), sum(count[1] for count in counts)
    if len(counts) < ENOUGH_EDITIONS or not 0 < came < people:
        return ALIKE
    mean = came / people
    apart = sum(n * (k / n - mean) ** 2 for n, k in counts) / (mean * (1 - mean))
    spare = len(counts) - 1
    weight = people - sum(n * n for n, _k in counts) / people - spare
    correlation = (apart - spare) / weight if weight > 0 else 0.0
    if correlation <= 0:
        return ALIKE_MOST
    return min(ALIKE_MOST, max(ALIKE_LEAST, (1 - correlation) / correlation))


# --- the number who come


@lru_cache(maxsize=512)
def quantiles_of(rate: Rate) -> tuple[float, ...]:
    """Return a rate's quantiles at the middles of `QUANTILES` equal parts, by adding its density up on a grid."""
    spread = math.sqrt(rate.mean * (1 - rate.mean) / (rate.strength + 1))
    low, high = max(0.0, rate.mean - 9 * spread), min(1.0, rate.mean + 9 * spread)
    if not high > low:
        return (rate.mean,) * QUANTILES
    step = (high - low) / GRID
    points = [low + (number + 0.5) * step for number in range(GRID)]
    logs = [(rate.a - 1) * math.log(x) + (rate.b - 1) * math.log1p(-x) for x in points]
    highest = max(logs)
    sums, total = [], 0.0
    for log in logs:
        total += math.exp(log - highest)
        sums.append(total)
    return tuple(between(points, sums, total * (number + 0.5) / QUANTILES, step) for number in range(QUANTILES))


def between(points: Sequence[float], sums: Sequence[float], wanted: float, step: float) -> float:
    """Return where a running sum reaches a value, within its part of the grid."""
    at = min(bisect.bisect_left(sums, wanted), len(points) - 1)
    before = sums[at - 1] if at else 0.0
    part = (wanted - before) / (sums[at] - before) if sums[at] > before else 0.5
    return points[at] + (part - 0.5) * step


@dataclass(frozen=True)
class Moments:
    """Mean, variance and third central moment of how many come at one common quantile of the rates."""

    mean: float
    variance: float
    third: float

    @cached_property
    def deviation(self) -> float:
        """Return the standard deviation."""
        return math.sqrt(self.variance)

    @cached_property
    def skew(self) -> float:
        """Return the skewness, with the constant of the correction for it."""
        return self.third / (self.variance * self.deviation * 6 * math.sqrt(2 * math.pi))

    def plus(self, people: int, rate: float) -> Moments:
        """Return the moments with a binomial added; those of independent numbers add up."""
        variance = people * rate * (1 - rate)
        return Moments(self.mean + people * rate, self.variance + variance, self.third + variance * (1 - 2 * rate))

    def at_most(self, number: float) -> float:
        """Return the chance of that many or fewer: the normal distribution, corrected for steps and for skewness.

        The refined normal approximation of Volkova as in Hong (On computing the distribution function for the Poisson
        binomial distribution, Computational Statistics and Data Analysis 59, 2013).
        """
        if self.variance < 1e-9:
            return 1.0 if number >= self.mean - 1e-6 else 0.0
        x = (number + 0.5 - self.mean) / self.deviation
        if abs(x) > 8:  # nothing that a sum of chances would show
            return 1.0 if x > 0 else 0.0
        square = x * x
        chance = 0.5 * math.erfc(-x / ROOT_OF_2) + self.skew * (1 - square) * math.exp(-square / 2)
        return min(1.0, max(0.0, chance))


@dataclass(frozen=True)
class Attendance:
    """The distribution of how many come."""

    moments: tuple[Moments, ...]
    """One for each common quantile, all as likely."""
    people: int

    @cached_property
    def mean(self) -> float:
        """Return how many come on average."""
        return sum(each.mean for each in self.moments) / len(self.moments)

    @cached_property
    def known(self) -> dict[float, float]:
        """Keep the chances that were asked for: searches begin at the same numbers."""
        return {}

    def at_most(self, number: float) -> float:
        """Return the chance that so many or fewer come."""
        if number >= self.people:
            return 1.0
        if number < 0:
            return 0.0
        if number not in self.known:
            self.known[number] = sum(each.at_most(number) for each in self.moments) / len(self.moments)
        return self.known[number]

    def more_than(self, number: float) -> float:
        """Return the risk that more come."""
        return 1 - self.at_most(number)

    def quantile(self, chance: float) -> int:
        """Return the smallest number that is not passed with this chance."""
        low, high = 0, self.people
        while low < high:
            middle = (low + high) // 2
            if self.at_most(middle) >= chance:
                high = middle
            else:
                low = middle + 1
        return low


def attendance(groups: Iterable[tuple[int, Rate]]) -> Attendance:
    """Return how many of some groups come."""
    moments = [Moments(0.0, 0.0, 0.0)] * QUANTILES
    people = 0
    for number, rate in groups:
        if number > 0:
            people += number
            moments = [each.plus(number, quantile) for each, quantile in zip(moments, quantiles_of(rate), strict=True)]
    return Attendance(tuple(moments), people)


def with_more(base: Attendance, number: int, quantiles: Sequence[float]) -> Attendance:
    """Return how many come when so many more of a rate are admitted."""
    moments = tuple(each.plus(number, quantile) for each, quantile in zip(base.moments, quantiles, strict=True))
    return Attendance(moments, base.people + number)


def more_to_admit(base: Attendance, rate: Rate, *, capacity: int, risk: float) -> int:
    """Return how many more can be admitted so that more than the capacity come with at most this risk.

    None once the risk is passed already. Whoever is admitted may come: while all fit, all may be admitted.
    """
    quantiles = quantiles_of(rate)

    def fits(number: int) -> bool:
        return with_more(base, number, quantiles).more_than(capacity) <= risk

    if not fits(0):
        return 0
    low, high = 0, MOST_MORE
    while low < high:
        middle = (low + high + 1) // 2
        if fits(middle):
            low = middle
        else:
            high = middle - 1
    return low


def fits_safe_capacity(capacity: int, safe: int) -> None:
    """Refuse to reckon with more than may be inside at once. Raises `PastSafeCapacity`."""
    if not 0 < capacity <= safe:
        raise PastSafeCapacity(capacity=safe)


# --- the chart


@dataclass(frozen=True)
class Bar:
    """A bar of the chart: how likely it is that a number between two come."""

    first: int
    last: int
    chance: float


def bars(spread: Attendance, *, reaching: int | None = None, most: int = 40) -> list[Bar]:
    """Return the distribution as bars of equal width, from very few to very many, as far as `reaching`."""
    low, high = spread.quantile(0.001), spread.quantile(0.999)
    if reaching is not None and low - 2 * (high - low) <= reaching <= high + 2 * (high - low):
        low, high = min(low, reaching), max(high, reaching)
    width = max(1, math.ceil((high - low + 1) / most))
    found, before = [], spread.at_most(low - 1)
    for first in range(low, high + 1, width):
        last = first + width - 1
        until = spread.at_most(last)
        found.append(Bar(first, last, until - before))
        before = until
    return found
