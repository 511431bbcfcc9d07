"""Places in a list as an address carries them: what makes no sense names none."""

from __future__ import annotations

import base64
import datetime as dt

import pytest

from core.cursors import cursor_of, moment, place_of

LATE = dt.datetime(2026, 11, 22, 23, 30, tzinfo=dt.timezone(dt.timedelta(hours=2)))


def told(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode()


@pytest.mark.parametrize("text", ["[NaN,1]", "[Infinity,1]", "[-Infinity,1]", "[1e999,1]"])
def test_no_number_is_no_place(text):
    assert place_of(told(text), lambda value: value) is None


@pytest.mark.parametrize(
    "text", ["0001-01-01T00:00+23:59", "9999-12-31T23:59-23:59", "2026-11-22T21:30", "soon"]
)
def test_what_is_no_moment_is_no_place(text):
    assert place_of(told(f'["{text}",1]'), moment) is None


def test_a_moment_comes_back_in_utc():
    place = place_of(cursor_of(LATE, 7), moment)
    assert place == (LATE, 7) and place[0].utcoffset() == dt.timedelta(0)
    far = place_of(told('["2026-11-22T21:30+23:59",1]'), moment)
    assert far is not None and far[0].utcoffset() == dt.timedelta(0)
