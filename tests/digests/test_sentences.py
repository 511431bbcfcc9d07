"""Titles of items: calm full sentences with their numbers."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.formats import NBSP
from digests.rules.sentences import (
    aim_words,
    apart,
    change_words,
    cut,
    decision_sentence,
    move_sentence,
    needed_sentence,
    risk_sentence,
    status_sentence,
)
from digests.rules.words import one_line

FRIDAY = dt.date(2026, 11, 27)
values = st.floats(-1e6, 1e6)


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("before", "now", "unit", "words"),
    [
        (71, 61, "%", "X fell from 71 % to 61 % in a week; aim."),
        (38, 41.5, "people", "X rose from 38 to 41.5 people in a week; aim."),
        (4, 4.2, "£", "X rose from £4 to £4.20 in a week; aim."),
        (3, -2, "", "X fell from 3 to −2 in a week; aim."),
        # What would read the same is told with more digits.
        (71.21, 71.24, "%", "X rose from 71.21 % to 71.24 % in a week; aim."),
        (5000.1, 5000.4, "people", "X rose from 5,000.10 to 5,000.40 people in a week; aim."),
    ],
)
def test_a_move(before, now, unit, words):
    assert plain(move_sentence("X", before, now, unit, "aim")) == words


def test_what_a_kpi_is_held_to():
    later, past = dt.date(2026, 12, 31), FRIDAY
    assert plain(aim_words(80, "%", later, FRIDAY, is_hold=False)) == "the plan says 80 % by 31 Dec"
    assert plain(aim_words(80, "%", past, FRIDAY, is_hold=False)) == "the plan says 80 %"
    assert plain(aim_words(80, "%", later, FRIDAY, is_hold=True)) == "the level to hold is 80 %"
    assert aim_words(None, "%", later, FRIDAY, is_hold=False) == ""
    assert move_sentence("X", 1, 2, "", "") == "X rose from 1 to 2 in a week."


@pytest.mark.parametrize(
    ("before", "now", "unit", "words"),
    [
        (71, 61, "%", "−10 points in a week"),
        (3, 4, "minutes", "+1 minute in a week"),
        (None, 4, "", "no figure a week ago"),
        (4, 4, "", "unchanged in a week"),
        (4, None, "", ""),
    ],
)
def test_what_a_week_did(before, now, unit, words):
    assert plain(change_words(before, now, unit)) == words


@given(values, values, st.sampled_from(["", "%", "people", "£"]))
def test_values_that_differ_read_differently(before, now, unit):
    first, last = apart(before, now, unit)
    if abs(before - now) > 1e-8:
        assert first != last


@pytest.mark.parametrize(
    ("before", "now", "words"),
    [
        (
            ("healthy", "84"),
            ("at_risk", "52"),
            "Its health went from healthy (84) to at risk (52).",
        ),
        (("healthy", "84"), ("unknown", ""), "We don’t know its health now; it was healthy (84)."),
        (("unknown", ""), ("watch", "67"), "Its health is known now: watch (67)."),
        (("watch", "67"), ("retired", ""), "It is retired now."),
        (("retired", ""), ("watch", "67"), "It is no longer retired: its health is watch (67)."),
        (
            ("retired", ""),
            ("unknown", ""),
            "It is no longer retired; we don’t know its health yet.",
        ),
    ],
)
def test_a_crossing(before, now, words):
    assert status_sentence(*before, *now) == words


def test_what_people_wrote_stands_in_quotation_marks_without_its_full_stop():
    assert decision_sentence("Rosters change.", "no") == "“Rosters change” will not be done."
    assert decision_sentence("Rosters change.", "") == "“Rosters change” is open again."
    assert needed_sentence("Keep paper?", "Ada and Bo", "3 Dec", "due") == (
        "A decision from Ada and Bo is needed by 3 Dec: “Keep paper?”."
    )
    assert needed_sentence("Keep paper?", "Ada", "3 Dec", "dropped") == (
        "No longer to be decided: “Keep paper?”."
    )
    assert risk_sentence("The till stops.", "Ada", "3 Dec", "happened") == (
        "This has happened: “The till stops”."
    )


def test_a_cut_keeps_a_figure_and_its_unit_together():
    assert cut(f"It  is 2{NBSP}%.", 20) == f"It is 2{NBSP}%."


@given(st.text(max_size=400), st.integers(2, 120))
def test_cut_is_one_line_and_short_enough(text, limit):
    short = cut(text, limit)
    assert len(short) <= limit
    assert short.splitlines() in ([], [short])
    line = one_line(text)
    assert short == line or (short.endswith("…") and line.startswith(short[:-1]))
