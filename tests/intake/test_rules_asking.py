"""Amounts as people type them, references, and the order of the questions."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.rules.messy import NotAnAmount, named_period, parse_amount, parse_minutes
from intake.rules.questions import QUESTIONS, fields_of, place_of, questions, stopped_at
from intake.rules.references import letters_of, reference_of


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("3", 3), ("３", 3), (" 3 ", 3), ("about 3", 3), ("~5x", 5), ("2,5", 2.5), ("2.5", 2.5),
        ("3-4", 3.5), ("3 – 4 times", 3.5), ("2 or 3", 2.5), ("once", 1), ("Twice a week", 2),
        ("a few", 3), ("1,200", 1200), ("12 400", 12400), ("12'400", 12400), ("½", 0.5),
        ("5 people", 5), ("at least 10 colleagues", 10), ("3 times a day", 3), ("once daily", 1),
        ("", None), ("not sure", None), ("I’m not sure.", None), ("It depends", None), ("?", None),
    ],
)  # fmt: skip
def test_amounts_are_read_as_they_are_meant(text: str, amount: float | None) -> None:
    assert parse_amount(text) == amount


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("20", 20), ("20 min", 20), ("5 MIN.", 5), ("1:30", 90), ("1h30", 90), ("1 h 30 min", 90),
        ("2 hours and 5 minutes", 125), ("1,5 hours", 90), ("half an hour", 30), ("an hour", 60),
        ("a day", 480), ("10-15 minutes", 12.5), ("30 sec", 0.5), ("don't know", None), ("", None),
    ],
)  # fmt: skip
def test_durations_are_minutes(text: str, minutes: float | None) -> None:
    assert parse_minutes(text) == minutes


@pytest.mark.parametrize("text", ["abc", "-3", "1e5", "3;4", "NaN", "inf", "1.2.3", "DROP TABLE"])
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(NotAnAmount):
        parse_amount(text)
    with pytest.raises(NotAnAmount):
        parse_minutes(text)


@given(st.text(max_size=80))
def test_any_text_is_an_amount_or_refused(text: str) -> None:
    for parse in (parse_amount, parse_minutes):
        try:
            amount = parse(text)
        except NotAnAmount:
            continue
        assert amount is None or amount >= 0


@pytest.mark.parametrize(
    ("text", "period"),
    [("twice a day", "day"), ("3 per month", "month"), ("once weekly", "week"),
     ("once daily", "day"), ("each year 4", "year"), ("3", None), ("today", None)],
)  # fmt: skip
def test_a_named_period_is_found(text: str, period: str | None) -> None:
    assert named_period(text) == period


@pytest.mark.parametrize(
    ("name", "letters"),
    [("Shift Planner", "SP"), ("Payroll", "PAYR"), ("Éclair d’Or", "ED"), ("HR", "HR"),
     ("A very long name of one", "AVLN"), ("日本", "REQ"), ("42", "REQ"), ("", "REQ")],
)  # fmt: skip
def test_references_begin_with_letters_of_the_product(name: str, letters: str) -> None:
    assert letters_of(name) == letters
    assert reference_of(name, 42) == f"{letters}-1042"


@given(st.text(max_size=200), st.integers(1, 10**12))
def test_a_reference_fits_its_column_and_its_address(name: str, number: int) -> None:
    reference = reference_of(name, number)
    assert len(reference) <= 24
    assert reference.isascii()
    assert reference.replace("-", "").isalnum()


def test_the_problem_comes_first_and_the_solution_after_it() -> None:
    keys = [question.key for question in questions(with_slot=True)]
    assert keys == ["goal", "today", "amount", "tried", "solution", "you", "slot"]
    assert [question.key for question in questions(with_slot=False)] == keys[:-1]
    assert len(set(fields_of(QUESTIONS))) == len(fields_of(QUESTIONS))
    assert place_of(QUESTIONS, "tried") == 3
    with pytest.raises(LookupError):
        place_of(QUESTIONS, "nothing")


def test_where_somebody_stopped() -> None:
    first, second, *_, last = QUESTIONS
    assert stopped_at(QUESTIONS, {}) is first
    assert stopped_at(QUESTIONS, {"goal": ""}) is second
    assert stopped_at(QUESTIONS, {"goal": "", "tried": "x"}) == QUESTIONS[4]
    assert stopped_at(QUESTIONS, {"slot": ""}) is None
    assert last.key == "slot"
