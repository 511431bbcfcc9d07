"""Numbers and days in words."""

import math
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import formats
from core.formats import NBSP


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (2140, "2,140"),
        (1234567.8, "1,234,568"),
        (71.25, "71.3"),
        (71.0, "71"),
        (0.125, "0.13"),
        (2.675, "2.68"),
        (-14, "−14"),
        (-0.001, "0"),
        (0, "0"),
        (999.96, "1,000"),
        (Decimal("4.20"), "4.2"),
        (None, "–"),
        (math.nan, "–"),
        (math.inf, "–"),
    ],
)
def test_numbers_are_short_and_grouped(value, expected):
    assert formats.number(value) == expected


def test_asked_for_decimals_are_kept():
    assert formats.number(4.2, 2) == "4.20"
    assert formats.number(59.5, 0) == "60"
    assert formats.whole(None) == "–"


@pytest.mark.parametrize(
    ("value", "expected"), [(6, "+6"), (-14, "−14"), (0, "±0"), (0.001, "±0"), (None, "–")]
)
def test_changes_carry_their_sign(value, expected):
    assert formats.signed(value) == expected


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [
        (71.25, "%", f"71.3{NBSP}%"),
        (4.2, "£", "£4.20"),
        (-4, "£", "−£4"),
        (1200, "€/h", "€1,200/h"),
        (1, "minutes", f"1{NBSP}minute"),
        (12, "minutes", f"12{NBSP}minutes"),
        (1, "ms", f"1{NBSP}ms"),
        (3, "", "3"),
        (None, "%", "we don't know yet"),
    ],
)
def test_values_carry_their_unit(value, unit, expected):
    assert formats.measure(value, unit) == expected


def test_changes_with_units():
    assert formats.signed_measure(3, "%") == f"+3{NBSP}%"
    assert formats.signed_measure(4.5, "£") == "+£4.50"
    assert formats.signed_measure(None) == "we don't know yet"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (950, "950"),
        (12400, "12.4k"),
        (999_999, "1,000k"),
        (1_500_000, "1.5m"),
        (-2_000_000_000, "−2bn"),
        (None, "–"),
    ],
)
def test_chart_labels_are_compact(value, expected):
    assert formats.compact(value) == expected


def test_shares_ages_and_days():
    assert formats.share(0.713) == f"71{NBSP}%"
    assert formats.share(None) == "–"
    assert formats.age(0) == "today"
    assert formats.age(1200) == f"1,200{NBSP}d"
    assert formats.age(None) == "never"
    assert formats.short_day(date(2026, 10, 4), date(2026, 11, 1)) == "4 Oct"
    assert formats.short_day(date(2025, 10, 4), date(2026, 11, 1)) == "4 Oct 2025"
    assert formats.short_day(None) == "–"


def test_counts_and_lists():
    assert formats.count(0, "product") == "no products"
    assert formats.count(1, "product") == "1 product"
    assert formats.count(2140, "person", "people") == "2,140 people"
    assert [formats.and_list(words) for words in ([], ["a"], ["a", "b"], ["a", "b", "c"])] == [
        "",
        "a",
        "a and b",
        "a, b and c",
    ]


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_float_has_a_text_without_exponent(value):
    for text in (formats.number(value), formats.compact(value), formats.signed(value)):
        assert text
        assert "e" not in text.lower()
        assert "-" not in text
