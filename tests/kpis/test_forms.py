"""What the fields of the kpis app make of what is typed."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError

from kpis.forms.fields import BoundedDayField, ValueField, WholeField
from kpis.rules import Bounds, DateBounds


@pytest.mark.parametrize(
    ("typed", "number"), [("", None), ("  ", None), (None, None), ("71,5", 71.5), (3.5, 3.5)]
)
def test_values_are_read(typed, number):
    assert ValueField(required=False).clean(typed) == number


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("101", "Enter 100 or less."), ("-1", "Enter 0 or more."), ("1e400", "too large"),
        ("nan", "Enter a number, like 12 or 71.5."), ("9" * 900, "too long"),
    ],
)  # fmt: skip
def test_values_are_refused_in_words(typed, words):
    with pytest.raises(ValidationError, match=words):
        ValueField(bounds=Bounds(0, 100)).clean(typed)


@pytest.mark.parametrize(("typed", "number"), [("1 204", 1204), ("7.0", 7), ("", None)])
def test_whole_numbers_are_read(typed, number):
    assert WholeField(required=False).clean(typed) == number


@pytest.mark.parametrize("typed", ["1.5", "-1", "2147483648"])
def test_other_numbers_are_refused(typed):
    with pytest.raises(ValidationError):
        WholeField(bounds=Bounds(0, 2_147_483_647)).clean(typed)


@pytest.mark.parametrize("typed", ["2026-11-21", " 2026-11-21 ", "21/11/2026", "21 Nov 2026"])
def test_days_are_read(typed):
    assert BoundedDayField().clean(typed) == dt.date(2026, 11, 21)


@pytest.mark.parametrize(
    "typed", ["1999-12-31", "2026-11-22", "0001-01-01", "9999-12-31", "2026-02-29", "x", "\x00"]
)
def test_days_outside_the_bounds_are_refused(typed):
    bounds = DateBounds(dt.date(2000, 1, 1), dt.date(2026, 11, 21))
    with pytest.raises(ValidationError):
        BoundedDayField(bounds=bounds).clean(typed)


@pytest.mark.parametrize(
    ("value", "shown"),
    [(12.0, "12"), (0.1, "0.1"), (-0.125, "-0.125"), ("1,5", "1,5"), (None, None)],
)
def test_numbers_are_shown_as_one_would_type_them(value, shown):
    assert ValueField().prepare_value(value) == shown
