"""Numbers as people write them, days from segments, values against plans: no database."""

import datetime as dt
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpis.rules import (
    Bounds,
    DateBounds,
    DateOutOfBounds,
    Direction,
    Freshness,
    Journey,
    NotANumber,
    Part,
    Source,
    Standing,
    ValueOutOfBounds,
    compare,
    day_value,
    freshness,
    may_replace,
    months_ahead,
    read_number,
)

DAY = dt.date(2026, 11, 21)


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("12", 12), ("71.5", 71.5), (" 71.5 ", 71.5), ("71,5", 71.5), (".5", 0.5), ("5.", 5),
        ("12,400", 12400), ("12,400.75", 12400.75), ("1,234,567", 1234567), ("1,234", 1234),
        ("12 400", 12400), ("12\u00a0400", 12400), ("12\u202f400,5", 12400.5), ("12'400", 12400),
        ("12’400", 12400), ("1.234,5", 1234.5), ("1.234.567", 1234567), ("0,125", 0.125),
        ("12345,678", 12345.678), ("71 %", 71), ("71%", 71), ("£4.20", 4.2), ("4,20 €", 4.2),
        ("-3", -3), ("−3", -3), ("– 3", -3), ("+3", 3), ("１２．５", 12.5), ("٣٤", 34), ("४२", 42),
        ("1e3", 1000), ("1.2E+03", 1200), ("\u200b12\u200e", 12), ("\ufeff7", 7), ("007", 7),
        ("0", 0), ("1e-300", 1e-300), ("0e400", 0),
    ],
)  # fmt: skip
def test_numbers_are_read_as_they_were_meant(typed, number):
    assert read_number(typed) == number


@pytest.mark.parametrize(
    "typed",
    [
        "", " ", "nan", "NaN", "inf", "-Infinity", "∞", "1e400", "-1e400", "1e-400", "9" * 400,
        "1_000", "0x10", "1/2", "twelve", "1 2", "1,23,4", "1.2.3", "12,,5", ",", ".", "-", "--3",
        "1e", "e5", "12 kg", "½", "²", "5²", "1½", "①", "\x00", "=1+1", "1;2", "1e3.5", "٫",
        "9" * 10_000,
        "1" + "\u200b" * 5_000,
    ],
)  # fmt: skip
def test_what_is_no_number_is_refused_in_plain_words(typed):
    with pytest.raises(NotANumber) as caught:
        read_number(typed)
    assert str(caught.value).endswith(".")


def test_negative_zero_is_zero():
    assert math.copysign(1, read_number("-0")) == 1


@given(st.text())
def test_any_text_gives_a_finite_number_or_a_refusal(text):
    try:
        number = read_number(text)
    except NotANumber:
        return
    assert math.isfinite(number)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_number_reads_back(number):
    assert read_number(repr(number)) == number


@given(st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=0, max_value=10**9))
def test_grouped_numbers_read_back(number):
    assert read_number(f"{number:,}") == float(number)


@pytest.mark.parametrize("value", [-0.1, 100.1, math.nan, math.inf])
def test_values_outside_the_bounds_are_refused(value):
    with pytest.raises(ValueOutOfBounds):
        Bounds(0, 100).check(value)


@pytest.mark.parametrize("value", [0, 100])
def test_the_bounds_themselves_are_inside(value):
    Bounds(0, 100).check(value)


def test_days_outside_the_bounds_are_refused():
    bounds = DateBounds(dt.date(2000, 1, 1), DAY)
    bounds.check(DAY)
    with pytest.raises(DateOutOfBounds, match="up to 21 November 2026"):
        bounds.check(DAY + dt.timedelta(days=1))
    with pytest.raises(DateOutOfBounds, match="from 1 January 2000"):
        bounds.check(dt.date(1, 1, 1))


# --- Days --------------------------------------------------------------------------------------


def test_the_value_for_everyone_wins():
    found = day_value(DAY, [Part("", 5, 9), Part("EU", 7, 3)], {}, adds_up=False)
    assert (found.value, found.sample_size, found.is_combined) == (5, 9, False)


def test_segments_are_averaged_by_weight():
    parts = [Part("EU", 10, 3), Part("US", 40, 5)]
    found = day_value(DAY, parts, {"EU": 2}, adds_up=False)
    assert (found.value, found.sample_size, found.is_combined) == (20, 8, True)


def test_segments_of_sums_and_head_counts_are_added():
    found = day_value(DAY, [Part("EU", 10), Part("US", 40, 5)], {"EU": 0}, adds_up=True)
    assert (found.value, found.sample_size) == (50, None)


def test_segments_that_all_weigh_nothing_give_no_value():
    assert day_value(DAY, [Part("EU", 10)], {"EU": 0}, adds_up=False) is None


def test_extreme_weights_do_not_overflow():
    parts = [Part("EU", 1e300), Part("US", 1e300)]
    found = day_value(DAY, parts, {"EU": 1e300, "US": 1e300}, adds_up=False)
    assert found.value == pytest.approx(1e300)


# --- Plans (the examples of domain.md §4) --------------------------------------------------------


def journey(baseline, target, direction="up", *, days=200, gone=100):
    start = DAY - dt.timedelta(days=gone)
    end = start + dt.timedelta(days=days) if days else None
    return Journey(Direction(direction), baseline, start, target, end)


@pytest.mark.parametrize(
    ("value", "standing", "planned", "gap"),
    [
        (15, Standing.ON_PLAN, 15, 0), (12, Standing.BEHIND, 15, -3), (7, Standing.BEHIND, 15, -8),
        (18, Standing.AHEAD, 15, 3),
    ],
)  # fmt: skip
def test_half_way_the_plan_expects_the_middle(value, standing, planned, gap):
    found = compare(value, journey(10, 20), DAY)
    assert (found.standing, found.planned, found.gap) == (standing, planned, gap)


def test_an_open_date_means_now():
    found = compare(24, journey(30, 20, "down", days=0), DAY)
    assert (found.standing, found.planned, found.gap) == (Standing.BEHIND, 20, -4)
    assert compare(0, journey(30, 20, "down", days=0), DAY).gap == 20


def test_before_the_baseline_date_the_plan_expects_the_baseline():
    assert compare(10, journey(10, 20, gone=-5), DAY).planned == 10


@pytest.mark.parametrize(
    ("baseline", "target", "value", "standing", "gap"),
    [
        (85, 80, 79, Standing.BELOW_HOLD, -1), (79.49, 80, 78.97, Standing.BELOW_HOLD, -1.03),
        (85, 80, 80, Standing.HELD, 0),
    ],
)  # fmt: skip
def test_a_kpi_that_is_where_it_should_be_holds(baseline, target, value, standing, gap):
    found = compare(value, journey(baseline, target), DAY)
    assert (found.standing, found.planned) == (standing, target)
    assert found.gap == pytest.approx(gap)


def test_a_target_of_zero_has_a_band_of_one():
    assert compare(0.4, journey(0, 0, "down"), DAY).standing is Standing.BELOW_HOLD
    assert not journey(1, 0, "down").is_hold()


def test_without_direction_the_target_says_which_way():
    assert compare(12, journey(10, 20, "none"), DAY).gap == -3
    assert compare(12, journey(20, 10, "none"), DAY).gap == 3
    assert compare(12, journey(10, 10, "none"), DAY).gap == -2


def test_a_missing_target_or_value_is_said():
    assert compare(5, journey(10, None), DAY).standing is Standing.UNTARGETED
    assert compare(None, journey(10, 20), DAY).standing is Standing.NO_VALUE


@pytest.mark.parametrize(
    ("age", "state"),
    [(None, Freshness.NEVER), (0, Freshness.FRESH), (7, Freshness.FRESH), (8, Freshness.STALE),
     (20, Freshness.STALE), (21, Freshness.DEAD)],
)  # fmt: skip
def test_age_against_cadence(age, state):
    assert freshness(age, 7) is state


def test_only_a_rolled_up_value_gives_way():
    assert not may_replace(Source.ROLL_UP, Source.FORM)
    assert may_replace(Source.ROLL_UP, Source.ROLL_UP)
    assert may_replace(Source.FORM, Source.ROLL_UP)
    assert may_replace(Source.IMPORT, Source.FORM)


@pytest.mark.parametrize(
    ("today", "month"),
    [(dt.date(2026, 11, 21), dt.date(2027, 2, 1)), (dt.date(2026, 1, 31), dt.date(2026, 4, 1))],
)
def test_room_is_kept_three_months_ahead(today, month):
    assert months_ahead(today) == month
