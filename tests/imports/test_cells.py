"""What one cell says: numbers, counts, days, texts."""

import contextlib
import datetime as dt
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.exports import safe_cell
from imports.rules import reasons
from imports.rules.cells import read_count, read_number
from imports.rules.days import read_day
from imports.rules.mapping import Numbers
from imports.rules.reasons import CellRefused
from imports.rules.texts import Typed, plain_text

USUAL = Numbers()
COMMA = Numbers(decimal=",", thousands=".")
SPACE = Numbers(thousands=" ")
NONE = Numbers(thousands="")


def refused(read, *args):
    with pytest.raises(CellRefused) as found:
        read(*args)
    return found.value.reason


@pytest.mark.parametrize(
    ("text", "numbers", "value"),
    [
        ("12", USUAL, 12),
        (" +12.50 ", USUAL, 12.5),
        ("12,400", USUAL, 12_400),
        ("1,234,567.25", USUAL, 1_234_567.25),
        ("1234567", USUAL, 1_234_567),
        (".5", USUAL, 0.5),
        ("5.", USUAL, 5),
        ("£4.20", USUAL, 4.2),
        ("-£5", USUAL, -5),
        ("£-5", USUAL, -5),
        ("£ 5", USUAL, 5),
        ("5 €", USUAL, 5),
        ("(£1,200)", USUAL, -1200),
        ("(5)", USUAL, -5),
        ("71 %", USUAL, 71),
        ("-71%", USUAL, -71),
        ("1e5", USUAL, 100_000),
        ("1.5E-3", USUAL, 0.0015),
        ("−3", USUAL, -3),
        ("– 3", USUAL, -3),
        ("-0", USUAL, 0),
        ("0e5", USUAL, 0),
        ("١٢٣", USUAL, 123),
        ("١٬٢٣٤٫٥", USUAL, 1234.5),
        ("１２３", USUAL, 123),
        ("（５）", USUAL, -5),
        ("१२३", USUAL, 123),
        ("\u200e12\ufeff", USUAL, 12),
        ("'-5", USUAL, -5),
        ("'+5", USUAL, 5),
        ("1.234,5", COMMA, 1234.5),
        ("71,5", COMMA, 71.5),
        ("1.234", COMMA, 1234),
        ("1 234 567", SPACE, 1_234_567),
        ("1\u202f234,5".replace(",", "."), SPACE, 1234.5),
        ("1\xa0234 %", SPACE, 1234),
        ("1'234", Numbers(thousands="'"), 1234),
        ("1’234", Numbers(thousands="'"), 1234),
        ("EUR 5", Numbers(currency=("EUR",)), 5),
        ("12400", NONE, 12_400),
        ("9" * 60, USUAL, float("9" * 60)),
        (Typed("71.4"), COMMA, 71.4),
        (Typed("1.234"), COMMA, 1.234),
        (Typed("1e+20"), COMMA, 1e20),
        (Typed("7%"), COMMA, 7),
        (Typed("-3"), COMMA, -3),
    ],
)
def test_numbers_are_read_as_the_mapping_writes_them(text, numbers, value) -> None:
    found = read_number(text, numbers)
    assert found == pytest.approx(value, rel=1e-15, abs=0)
    assert math.copysign(1, found) == math.copysign(1, value)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("12,34", reasons.BAD_GROUPS),
        ("0,125", reasons.BAD_GROUPS),
        ("1,2345", reasons.BAD_GROUPS),
        ("12,345,67", reasons.BAD_GROUPS),
        ("1 234", reasons.BAD_GROUPS),
        ("1.2.3", reasons.BAD_GROUPS),
        ("1,234.5,6", reasons.BAD_GROUPS),
        ("1_000", reasons.NOT_A_NUMBER),
        ("NaN", reasons.NOT_A_NUMBER),
        ("inf", reasons.NOT_A_NUMBER),
        ("-Infinity", reasons.NOT_A_NUMBER),
        ("0x1F", reasons.NOT_A_NUMBER),
        ("about ten", reasons.NOT_A_NUMBER),
        ("5²", reasons.NOT_A_NUMBER),
        ("½", reasons.NOT_A_NUMBER),
        ("①", reasons.NOT_A_NUMBER),
        ("--5", reasons.NOT_A_NUMBER),
        ("(-5)", reasons.NOT_A_NUMBER),
        ("(5", reasons.NOT_A_NUMBER),
        ("()", reasons.NOT_A_NUMBER),
        ("£5 £", reasons.NOT_A_NUMBER),
        ("£5 %", reasons.NOT_A_NUMBER),
        ("5 %%", reasons.NOT_A_NUMBER),
        ("£", reasons.NOT_A_NUMBER),
        ("%", reasons.NOT_A_NUMBER),
        ("+", reasons.NOT_A_NUMBER),
        (".", reasons.NOT_A_NUMBER),
        (",", reasons.NOT_A_NUMBER),
        ("5-", reasons.NOT_A_NUMBER),
        ("=1+1", reasons.NOT_A_NUMBER),
        ("'=5", reasons.NOT_A_NUMBER),
        ("1e", reasons.NOT_A_NUMBER),
        ("1e400", reasons.TOO_LARGE),
        ("-1e999999999", reasons.TOO_LARGE),
        ("1e-400", reasons.TOO_SMALL),
        ("1" * 61, reasons.TOO_LONG),
        ("x" * 30_000, reasons.TOO_LONG),
        ("-", reasons.UNKNOWN),
        (" – ", reasons.UNKNOWN),
        ("—", reasons.UNKNOWN),
    ],
)
def test_everything_else_is_refused_with_its_reason(text, reason) -> None:
    assert refused(read_number, text, USUAL) == reason


@pytest.mark.parametrize("text", ["", " ", "\xa0", "\u200b", "\t\n"])
def test_an_empty_cell_is_no_number_and_no_mistake(text) -> None:
    assert read_number(text, USUAL) is None
    assert read_day(text) is None
    assert read_count(text, USUAL) is None


def test_marks_for_unknown_may_look_like_numbers() -> None:
    numbers = Numbers(unknown=("-999", "N/A", "0"))
    for text in ("-999", "n/a", " N/A ", "0", "−999", Typed("-999"), Typed("0")):
        assert refused(read_number, text, numbers) == reasons.UNKNOWN
    assert refused(read_number, "-", numbers) == reasons.NOT_A_NUMBER


def test_grouping_that_is_not_said_is_refused() -> None:
    assert refused(read_number, "12,400", NONE) == reasons.BAD_GROUPS
    assert refused(read_number, "1.5", COMMA) == reasons.BAD_GROUPS
    assert refused(read_number, "١٬٢٣٤", NONE) == reasons.NOT_A_NUMBER


@given(
    st.floats(allow_nan=False, allow_infinity=False), st.sampled_from([USUAL, COMMA, SPACE, NONE])
)
def test_every_double_reads_back_to_the_last_bit(value, numbers) -> None:
    text = repr(value).replace(".", numbers.decimal)
    assert read_number(text, numbers) == value
    assert read_number(Typed(repr(value)), numbers) == value


@given(st.integers(-(10**15), 10**15), st.sampled_from([",", ".", " ", "'", "\u202f"]))
def test_grouped_numbers_read_back(value, group) -> None:
    numbers = Numbers(
        decimal="," if group == "." else ".", thousands=" " if group == "\u202f" else group
    )
    assert read_number(f"{value:,}".replace(",", group), numbers) == value


@given(st.text(max_size=30))
def test_any_text_is_a_finite_number_or_refused(text) -> None:
    for numbers in (USUAL, COMMA, SPACE):
        with contextlib.suppress(CellRefused):
            value = read_number(text, numbers)
            assert value is None or math.isfinite(value)


# --- Counts -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "count"),
    [("0", 0), ("1,200", 1200), ("12.0", 12), ("١٢", 12), ("-", None), ("2147483647", 2147483647)],
)
def test_counts(text, count) -> None:
    assert read_count(text, USUAL) == count


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("-1", reasons.NOT_A_COUNT),
        ("1.5", reasons.NOT_A_COUNT),
        ("5 %", reasons.NOT_A_COUNT),
        ("£5", reasons.NOT_A_NUMBER),
        ("many", reasons.NOT_A_NUMBER),
        ("2147483648", reasons.COUNT_TOO_LARGE),
    ],
)
def test_what_is_no_count(text, reason) -> None:
    assert refused(read_count, text, USUAL) == reason


# --- Days ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "order", "day"),
    [
        ("2017-09-30", "", "2017-09-30"),
        (" 0001-01-01 ", "", "0001-01-01"),
        ("9999-12-31", "", "9999-12-31"),
        ("2016-02-29", "", "2016-02-29"),
        ("２０１７-09-30", "", "2017-09-30"),
        ("2017-09-30T00:00:00Z", "", "2017-09-30"),
        ("2017-09-30 00:00:00.000", "", "2017-09-30"),
        ("2017-09-30 00:00", "", "2017-09-30"),
        ("30/9/2017", "day/month/year", "2017-09-30"),
        ("30 / 09 / 2017", "day/month/year", "2017-09-30"),
        ("9/30/2017", "month/day/year", "2017-09-30"),
        ("30.09.2017", "day.month.year", "2017-09-30"),
        ("30.09.2017 00:00", "day.month.year", "2017-09-30"),
        ("2017/9/3", "year/month/day", "2017-09-03"),
        ("3 September 2017", "day month year", "2017-09-03"),
        ("3-sep-2017", "day-month-year", "2017-09-03"),
        ("2017-09-30", "day-month-year", "2017-09-30"),
        ("2017-09-30", "month/day/year", "2017-09-30"),
    ],
)
def test_days_are_read_as_the_mapping_writes_them(text, order, day) -> None:
    assert read_day(text, order) == dt.date.fromisoformat(day)


@pytest.mark.parametrize(
    ("text", "order", "reason"),
    [
        ("31.02.2017", "day.month.year", reasons.NO_SUCH_DAY),
        ("2017-02-29", "", reasons.NO_SUCH_DAY),
        ("2017-13-01", "", reasons.NO_SUCH_DAY),
        ("0000-01-01", "", reasons.NO_SUCH_DAY),
        ("13/13/2017", "day/month/year", reasons.NO_SUCH_DAY),
        ("30/09/17", "day/month/year", reasons.SHORT_YEAR),
        ("17-09-30", "", reasons.SHORT_YEAR),
        ("30 Sep 17", "day month year", reasons.SHORT_YEAR),
        ("2017-09-30 24:00", "", reasons.MIDNIGHT_24),
        ("2017-09-30T24:00:00", "", reasons.MIDNIGHT_24),
        ("2017-09-30 14:05", "", reasons.HAS_A_TIME),
        ("2017-09-30T00:00:01Z", "", reasons.HAS_A_TIME),
        ("2017-09-30 12:00 AM", "", reasons.HAS_A_TIME),
        ("30/09/2017", "", reasons.NOT_A_DAY),
        ("30-09-2017", "day/month/year", reasons.NOT_A_DAY),
        ("2017-9-3", "", reasons.NOT_A_DAY),
        ("2017-09", "", reasons.NOT_A_DAY),
        ("24:00", "", reasons.NOT_A_DAY),
        ("10000-01-01", "", reasons.NOT_A_DAY),
        ("-2017-09-30", "", reasons.NOT_A_DAY),
        ("43008", "", reasons.NOT_A_DAY),
        ("30/Foo/2017", "day/month/year", reasons.NOT_A_DAY),
        ("30/9/2017/1", "day/month/year", reasons.NOT_A_DAY),
        ("yesterday", "", reasons.NOT_A_DAY),
        ("-", "", reasons.NOT_A_DAY),
    ],
)
def test_what_is_no_day_says_why(text, order, reason) -> None:
    assert refused(read_day, text, order) == reason


@given(st.dates(), st.sampled_from(["day/month/year", "month.day.year", "year-month-day"]))
def test_every_day_reads_back(day, order) -> None:
    text = order.replace("year", f"{day.year:04}").replace("month", str(day.month))
    text = text.replace("day", f"{day.day:02}")
    if order.startswith("year"):
        text = day.isoformat()
    assert read_day(text, order) == day
    assert read_day(day.isoformat()) == day


@given(st.text(max_size=30), st.sampled_from(["", "day/month/year", "day month year"]))
def test_any_text_is_a_day_or_refused(text, order) -> None:
    with contextlib.suppress(CellRefused):
        assert read_day(text, order) is None or read_day(text, order).year >= 1


# --- Texts --------------------------------------------------------------------------------


@given(st.text(max_size=20).map(str.strip).filter(lambda text: not text.startswith("'")))
def test_our_own_exports_read_back(text) -> None:
    assert plain_text(safe_cell(text)) == text


def test_an_apostrophe_of_its_own_stays() -> None:
    assert plain_text("'s-Hertogenbosch") == "'s-Hertogenbosch"
    assert plain_text("  x ") == "x"
