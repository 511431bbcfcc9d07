"""What a metric is made of, and which values it accepts.

Nothing here knows Django, the clock or the database. Source: domain.md §4.
"""

from __future__ import annotations

import datetime as dt
import math
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

EVERYONE = ""
FIRST_DAY = dt.date(2000, 1, 1)
"""Before it there is no partition, whatever the organisation allows."""
HOLD_BAND = 0.1
"""Share of the target within which a KPI's job is to stay (domain.md §4, Hold)."""


class Direction(StrEnum):
    """Which way is better; with none, the sign of target - baseline decides."""

    UP = "up"
    DOWN = "down"
    NONE = "none"


class Aggregation(StrEnum):
    """How the days of the window become one current value."""

    MEAN = "mean"
    WEIGHTED_MEAN = "weighted_mean"
    SUM = "sum"
    LAST = "last"


class Group(StrEnum):
    """What a metric says something about; stages weigh groups."""

    ADOPTION = "adoption"
    PRODUCTIVITY = "productivity"
    SATISFACTION = "satisfaction"
    COMPLETION = "completion"
    PROFICIENCY = "proficiency"
    QUALITY = "quality"
    RETURN = "return"


class Source(StrEnum):
    """How a measurement came in."""

    FORM = "form"
    IMPORT = "import"
    API = "api"
    ROLL_UP = "roll_up"
    DEMO = "demo"


class NotANumber(ValueError):
    """A text cannot be read as one number; the message says why in the user's words."""


class DateOutOfBounds(ValueError):
    """A day lies outside what the organisation records; the message says so."""


class ValueOutOfBounds(ValueError):
    """A value lies outside what its metric allows; the message says so in the user's words."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """The smallest and the largest value a metric accepts; None means open."""

    lower: float | None = None
    upper: float | None = None

    def check(self, value: float) -> None:
        """Raises `ValueOutOfBounds` unless `value` is finite and inside the bounds."""
        if not math.isfinite(value):
            raise ValueOutOfBounds("Enter a number.")
        if self.lower is not None and value < self.lower:
            raise ValueOutOfBounds(f"Enter {self.lower:g} or more.")
        if self.upper is not None and value > self.upper:
            raise ValueOutOfBounds(f"Enter {self.upper:g} or less.")


@dataclass(frozen=True, slots=True)
class DateBounds:
    """The days on which values may lie, both ends included."""

    first: dt.date
    last: dt.date

    def check(self, day: dt.date) -> None:
        """Raises `DateOutOfBounds` unless `day` is inside."""
        if day < self.first:
            raise DateOutOfBounds(f"Enter a day from {self.first:%-d %B %Y} on.")
        if day > self.last:
            raise DateOutOfBounds(f"Enter a day up to {self.last:%-d %B %Y}.")


PLAN_DAYS = DateBounds(FIRST_DAY, dt.date(2099, 12, 31))
"""The days that plans, reviews and exemptions may name."""


PARTITIONS_AHEAD = 3


def months_ahead(today: dt.date) -> dt.date:
    """The first day of the last month for which room is kept ready."""
    month = today.year * 12 + today.month - 1 + PARTITIONS_AHEAD
    return dt.date(month // 12, month % 12 + 1, 1)


# --- Numbers as people write them ---------------------------------------------------------

_LONGEST_NUMBER = 60
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—−﹣", "-"))
_AROUND = "%£€$¥"
_NOT_A_PLACE = ("<super>", "<sub>", "<fraction>", "<circle>", "<square>")
_PLAIN = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,4})?")
_COMMA_GROUPS = re.compile(r"[+-]?[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?")
_DOT_GROUPS = re.compile(r"[+-]?[1-9]\d{0,2}(?:(?:\.\d{3})+,\d+|(?:\.\d{3}){2,})")
_SPACE_GROUPS = re.compile(r"[+-]?[1-9]\d{0,2}(?:[ '’]\d{3})+(?:[.,]\d+)?")
_DECIMAL_COMMA = re.compile(r"[+-]?\d*,\d+")


def read_number(text: str) -> float:
    """`12,400`, `12 400`, `1.234,5`, `71,5`, `−3`, `71 %`, `£4.20` and digits of any script.

    One comma before exactly three digits groups thousands (`1,234`), unless the number starts with
    0 (`0,125`) or has more than three digits before it; any other single comma is a decimal one.
    Negative zero is zero.

    Raises:
        NotANumber: it cannot be read, or does not fit (`1e400`, `1e-400`).
    """
    plain = _ungrouped(_tidied(text))
    value = float(plain)
    if not math.isfinite(value):
        raise NotANumber("This number is too large.")
    if value == 0 and any(digit in "123456789" for digit in plain.lower().partition("e")[0]):
        raise NotANumber("This number is too close to 0.")
    return value or 0.0


def _tidied(text: str) -> str:
    """Compatible forms, ASCII digits, plain dashes and spaces, no sign of money or per cent."""
    if len(text) > 10 * _LONGEST_NUMBER:
        raise NotANumber("This number is too long.")
    text = "".join(_compatible(character) for character in text).translate(_DASHES)
    text = "".join(_ascii(character) for character in text)
    text = " ".join(text.split())
    for symbol in _AROUND:
        text = text.removeprefix(symbol).removesuffix(symbol).strip()
    if len(text) > _LONGEST_NUMBER:
        raise NotANumber("This number is too long.")
    return re.sub(r"^([+-]) ", r"\1", text)


def _compatible(character: str) -> str:
    """The ordinary form of full-width and other wide characters; 5² is no 52, nor ½ a 12."""
    if unicodedata.decomposition(character).startswith(_NOT_A_PLACE):
        return character
    return unicodedata.normalize("NFKC", character)


def _ascii(character: str) -> str:
    """Digits of any script as 0 to 9; invisible characters not at all."""
    if character.isascii():
        return character if character.isprintable() else " "
    category = unicodedata.category(character)
    if category == "Nd":
        return str(unicodedata.decimal(character))
    if category in ("Cf", "Cc", "Cs"):
        return ""
    return " " if category.startswith("Z") else character


def _ungrouped(text: str) -> str:
    """The same number as Python writes it."""
    if _PLAIN.fullmatch(text):
        return text
    if _COMMA_GROUPS.fullmatch(text):
        return text.replace(",", "")
    if _DOT_GROUPS.fullmatch(text):
        return text.replace(".", "").replace(",", ".")
    if _SPACE_GROUPS.fullmatch(text):
        return re.sub(r"[ '’]", "", text).replace(",", ".")
    if _DECIMAL_COMMA.fullmatch(text):
        return text.replace(",", ".")
    raise NotANumber("Enter a number, like 12 or 71.5.")


# --- Values of a day ---------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Part:
    """What was measured for one segment of a day; the empty segment means everyone."""

    segment: str
    value: float
    sample_size: int | None = None


@dataclass(frozen=True, slots=True)
class DayValue:
    """A day's value over everyone. `is_combined`: worked out from segments."""

    day: dt.date
    value: float
    sample_size: int | None = None
    is_combined: bool = False


def day_value(
    day: dt.date, parts: Sequence[Part], weights: Mapping[str, float], *, adds_up: bool
) -> DayValue | None:
    """The value for everyone where it stands, else the segments together (domain.md §4).

    `adds_up` (sums and head-counts): the segments are added; else their mean by `weights` (1 for a
    segment not listed). None where all weights are 0. The sample size is the sum of the parts, or
    unknown where one of them is.
    """
    for part in parts:
        if part.segment == EVERYONE:
            return DayValue(day, part.value, part.sample_size)
    sizes = [part.sample_size for part in parts]
    size = None if None in sizes else sum(size or 0 for size in sizes)
    if adds_up:
        return DayValue(day, math.fsum(part.value for part in parts), size, is_combined=True)
    total = math.fsum(weights.get(part.segment, 1.0) for part in parts)
    if total == 0:
        return None
    # Divided first: extreme weights would overflow if multiplied first.
    mean = math.fsum(part.value * (weights.get(part.segment, 1.0) / total) for part in parts)
    return DayValue(day, mean, size, is_combined=True)


# --- A value against its plan ------------------------------------------------------------


class Standing(StrEnum):
    """How a value compares with the plan of the day."""

    UNTARGETED = "untargeted"
    NO_VALUE = "no_value"
    AHEAD = "ahead"
    ON_PLAN = "on_plan"
    BEHIND = "behind"
    HELD = "held"
    BELOW_HOLD = "below_hold"


@dataclass(frozen=True, slots=True)
class Journey:
    """From baseline to target. An open target date means now."""

    direction: Direction
    baseline: float | None = None
    baseline_day: dt.date | None = None
    target: float | None = None
    target_day: dt.date | None = None

    @property
    def is_targeted(self) -> bool:
        """Whether it enters health."""
        return self.baseline is not None and self.target is not None

    def sign(self) -> int:
        """1 where more is better, −1 where less is; 0 for a level to keep from both sides."""
        if self.direction is Direction.UP:
            return 1
        if self.direction is Direction.DOWN:
            return -1
        assert self.baseline is not None  # noqa: S101  # asked of targeted plans only
        assert self.target is not None  # noqa: S101  # as above
        return (self.target > self.baseline) - (self.target < self.baseline)

    def is_hold(self) -> bool:
        """Whether the job is to stay: the baseline is at, beyond or nearly at the target."""
        assert self.baseline is not None  # noqa: S101  # as above
        assert self.target is not None  # noqa: S101  # as above
        if self.direction is Direction.NONE:
            return self.baseline == self.target
        band = HOLD_BAND * abs(self.target) or 1.0
        return self.sign() * (self.target - self.baseline) < band

    def planned(self, day: dt.date) -> float | None:
        """The value that the plan expects on `day`; None for an untargeted KPI."""
        if self.baseline is None or self.target is None:
            return None
        if self.is_hold() or self.target_day is None or self.baseline_day is None:
            return self.target
        span = (self.target_day - self.baseline_day).days
        gone = (day - self.baseline_day).days
        share = min(max(gone / span, 0.0), 1.0) if span > 0 else 1.0
        return self.baseline * (1 - share) + self.target * share


@dataclass(frozen=True, slots=True)
class Comparison:
    """A value beside its plan; `gap` is how far it is ahead (negative: behind), in its unit."""

    standing: Standing
    planned: float | None = None
    gap: float | None = None


def compare(value: float | None, journey: Journey, day: dt.date) -> Comparison:
    """How `value` stands on `day`, in the unit of the metric."""
    planned = journey.planned(day)
    if planned is None:
        return Comparison(Standing.UNTARGETED)
    if value is None:
        return Comparison(Standing.NO_VALUE, planned)
    sign = journey.sign()
    gap = sign * (value - planned) if sign else -abs(value - planned)
    if journey.is_hold():
        return Comparison(Standing.HELD if gap >= 0 else Standing.BELOW_HOLD, planned, gap)
    if math.isclose(gap, 0.0, abs_tol=1e-9 * max(1.0, abs(planned))):
        return Comparison(Standing.ON_PLAN, planned, 0.0)
    return Comparison(Standing.AHEAD if gap > 0 else Standing.BEHIND, planned, gap)


# --- Age ---------------------------------------------------------------------------------

DEAD_AFTER_CADENCES = 3


class Freshness(StrEnum):
    """How old the newest value is against the cadence."""

    NEVER = "never"
    FRESH = "fresh"
    STALE = "stale"
    DEAD = "dead"


def freshness(age: int | None, cadence: int) -> Freshness:
    """Stale after one cadence, dead from three on; `age` in days, None before the first value."""
    if age is None:
        return Freshness.NEVER
    if age >= DEAD_AFTER_CADENCES * cadence:
        return Freshness.DEAD
    return Freshness.STALE if age > cadence else Freshness.FRESH


def may_replace(new: Source, old: Source) -> bool:
    """A rolled-up value never replaces one that came in any other way; anything else does."""
    return new is not Source.ROLL_UP or old is Source.ROLL_UP
