"""Numbers, days and lists as words: the one place where a value becomes text for a page, a chart or
a mail.

Presenters call these functions, so templates decide nothing. Nothing here reads the clock, the
database or the active language: the same input gives the same text, everywhere.
"""

import math
from collections.abc import Sequence
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import TypeGuard

UNKNOWN = "we don't know yet"
DASH = "–"
MINUS = "−"
NBSP = "\u00a0"

# Enough digits for the largest float there is.
_EXACT = Context(prec=400, rounding=ROUND_HALF_UP)
_CURRENCIES = frozenset("£€$¥")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MONTH_NAMES = (
    *("January", "February", "March", "April", "May", "June", "July", "August", "September"),
    *("October", "November", "December"),
)
_COMPACT_STEPS: tuple[tuple[int, str], ...] = (
    (1_000_000_000, "bn"),
    (1_000_000, "m"),
    (1_000, "k"),
)


def is_known(value: float | Decimal | None) -> TypeGuard[float | Decimal]:
    """Whether there is a finite number to print."""
    return value is not None and math.isfinite(value)


def _default_digits(value: float | Decimal) -> int:
    """Few digits for large numbers, more for small ones: 2,140 but 71.3 and 0.25."""
    size = abs(float(value))
    if size >= 1000:
        return 0
    return 1 if size >= 10 else 2


def _rounded(value: float | Decimal, digits: int) -> Decimal:
    """Half away from zero, on the printed decimal digits, so that 0.125 reads 0.13 on every
    machine.
    """
    exact = value if isinstance(value, Decimal) else Decimal(repr(float(value)))
    return exact.quantize(Decimal(1).scaleb(-digits), context=_EXACT)


def number(value: float | Decimal | None, digits: int | None = None) -> str:
    """``2140`` → ``2,140``; ``71.25`` → ``71.3``; no value → ``–``.

    Without ``digits`` trailing zeros are dropped and the precision follows the size; with
    ``digits`` all are kept.
    """
    if not is_known(value):
        return DASH
    fixed = _rounded(value, _default_digits(value) if digits is None else digits)
    if digits is None and fixed == fixed.to_integral_value():
        fixed = fixed.quantize(Decimal(1), context=_EXACT)
    text = f"{abs(fixed):,f}"
    if digits is None and "." in text:
        text = text.rstrip("0").rstrip(".")
    return f"{MINUS}{text}" if fixed < 0 else text


def whole(value: float | Decimal | None) -> str:
    """A number without decimals, for scores and counts."""
    return number(value, 0)


def signed(value: float | Decimal | None, digits: int | None = None) -> str:
    """``+6``, ``−14``, ``±0``: a change always carries its sign."""
    text = number(value, digits)
    if text == DASH or text.startswith(MINUS):
        return text
    return f"±{text}" if _is_zero(text) else f"+{text}"


def _is_zero(text: str) -> bool:
    return not text.strip("0.,")


def measure(value: float | Decimal | None, unit: str = "", digits: int | None = None) -> str:
    """A value with its unit: ``71 %``, ``£4.20``, ``1 minute``, ``12 minutes``; no value → "we
    don't know yet".
    """
    if not is_known(value):
        return UNKNOWN
    return _joined(number(value, digits), unit)


def signed_measure(value: float | Decimal | None, unit: str = "", digits: int | None = None) -> str:
    """A change with its unit: ``+3 %``, ``−£4``; no value → "we don't know yet"."""
    if not is_known(value):
        return UNKNOWN
    return _joined(signed(value, digits), unit)


def _joined(text: str, unit: str) -> str:
    unit = unit.strip()
    if not unit:
        return text
    if unit[0] in _CURRENCIES:
        sign, figure = (text[0], text[1:]) if text[0] in f"+±{MINUS}" else ("", text)
        return f"{sign}{unit[0]}{_pence(figure)}{unit[1:]}"
    return f"{text}{NBSP}{_unit_for(text, unit)}"


def _pence(figure: str) -> str:
    """Money has either no decimals or two: ``4.2`` → ``4.20``."""
    whole_part, dot, decimals = figure.partition(".")
    return f"{whole_part}.{decimals.ljust(2, '0')}" if dot else figure


def _unit_for(text: str, unit: str) -> str:
    is_one = text.lstrip(f"+±{MINUS}") == "1"
    plural_word = len(unit) > 3 and unit.endswith("s") and not unit.endswith("ss")
    return unit[:-1] if is_one and plural_word else unit


def compact(value: float | Decimal | None) -> str:
    """``12,400`` → ``12.4k``, for chart labels; no value → ``–``."""
    if not is_known(value):
        return DASH
    for step, letter in _COMPACT_STEPS:
        if abs(_rounded(value, 0)) >= step:
            scaled = Decimal(repr(float(value))) / step
            return f"{number(scaled, 0 if abs(scaled) >= 100 else None)}{letter}"
    return number(value)


def share(value: float | None, digits: int = 0) -> str:
    """A share of one as a percentage: ``0.713`` → ``71 %``; no value → ``–``."""
    if value is None or not math.isfinite(value):
        return DASH
    return f"{number(value * 100, digits)}{NBSP}%"


def age(days: int | None) -> str:
    """Days since something happened, as a short word: ``today``, ``3 d``; none → ``never``."""
    if days is None:
        return "never"
    return "today" if days <= 0 else f"{days:,}{NBSP}d"


def short_day(day: date | None, today: date | None = None) -> str:
    """``24 Oct`` within the year of ``today``, else ``24 Oct 2024``; no day → ``–``."""
    if day is None:
        return DASH
    text = f"{day.day} {_MONTHS[day.month - 1]}"
    return text if today is not None and day.year == today.year else f"{text} {day.year}"


def long_day(day: date) -> str:
    """``30 September 2017``, for headlines."""
    return f"{day.day} {_MONTH_NAMES[day.month - 1]} {day.year}"


def zone_words(zone: str) -> str:
    """``America/New_York`` → ``New York time``, ``UTC`` as it is."""
    return f"{zone.rpartition('/')[2].replace('_', ' ')} time" if "/" in zone else zone


def moment(at: datetime | None) -> str:
    """``24 Oct 2024, 08:07 Auckland time``, in the zone that the instant comes in; none → ``–``."""
    if at is None:
        return DASH
    return f"{short_day(at.date())}, {at:%H:%M} {zone_words(str(at.tzinfo))}"


def count(amount: int, noun: str, plural: str = "") -> str:
    """``1 product``, ``2,140 products``, ``no products``."""
    many = plural or f"{noun}s"
    if amount == 0:
        return f"no {many}"
    return f"1 {noun}" if amount == 1 else f"{amount:,} {many}"


def and_list(words: Sequence[str]) -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    if len(words) <= 1:
        return "".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"
