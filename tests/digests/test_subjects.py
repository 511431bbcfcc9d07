"""Subjects: at most 60 characters on one line, and so specific that one knows what to expect."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digests.rules.letter import Answer
from digests.rules.openings import ANSWERED, NOTHING, opening, opening_of, subject_of
from digests.rules.subjects import (
    LIMIT,
    decisions_words,
    due_words,
    subject,
    subject_of_many,
)
from stakeholders.rules import Plan
from tests.factories.sheets import NEEDED, RELEASE, RISK, WEEK, facts, letter, part, sheet

THURSDAY = dt.date(2026, 12, 3)


def test_a_product_alone() -> None:
    assert subject("Payments Hub", "at risk", "1 decision by Thu 26 Nov") == (
        "Payments Hub: at risk, 1 decision by Thu 26 Nov"
    )
    assert subject("Payments Hub", "", "") == "Payments Hub"


def test_what_does_not_fit_is_left_out_from_the_end() -> None:
    found = subject("Payments Hub", "2 shipped", "1 decision by Thu 26 Nov", "3 decided", "4 risks")
    assert found == "Payments Hub: 2 shipped, 1 decision by Thu 26 Nov, 3 decided"
    assert len(found) == LIMIT


def test_a_long_name_is_cut_at_a_word() -> None:
    found = subject("Payments and Invoices of the Northern Region", "at risk")
    assert found == "Payments and Invoices of the…: at risk"


def test_several_products() -> None:
    assert subject_of_many("Payments Hub", "At risk", "", 3) == (
        "Payments Hub at risk; news of 3 more"
    )
    assert subject_of_many("Payments Hub", "", "", 1) == "Payments Hub; news of 1 more"
    assert subject_of_many("Payments Hub", "At risk", "2 decisions by Thu 26 Nov", 3) == (
        "2 decisions by Thu 26 Nov: Payments Hub and 3 more"
    )


@given(
    st.text(max_size=200),
    st.lists(st.text(max_size=90), max_size=4),
    st.sampled_from(["", "1 decision by Wed 30 Sep 2026", "12 decisions overdue"]),
    st.integers(0, 400),
)
def test_no_subject_is_longer_than_a_phone_shows(name, told, asks, others) -> None:
    for found in (subject(name, *told), subject_of_many(name, "At risk", asks, others)):
        assert len(found) <= LIMIT
        assert len(found.splitlines()) <= 1


def test_days_have_their_weekday_and_another_year_its_number() -> None:
    assert due_words(THURSDAY, WEEK) == "Thu 3 Dec"
    assert due_words(dt.date(2027, 1, 1), WEEK) == "Fri 1 Jan 2027"


def test_decisions_in_words() -> None:
    assert decisions_words(0, None, WEEK) == ""
    assert decisions_words(1, THURSDAY, WEEK) == "1 decision by Thu 3 Dec"
    assert decisions_words(2, WEEK - dt.timedelta(days=1), WEEK) == "2 decisions, first overdue"


@pytest.mark.parametrize(
    ("plan", "expected"),
    [
        (Plan.BRIEF, "Payments Hub: at risk, 1 decision by Thu 3 Dec"),
        (Plan.ROADMAP, "Payments Hub roadmap: 1 decision by Thu 3 Dec, 1 shipped"),
        (Plan.NEWSLETTER, "Payments Hub: Invoices can be paid in part, and 2 more"),
    ],
)
def test_each_form_says_what_is_in_it(plan: Plan, expected: str) -> None:
    assert part(plan).drawn.subject == expected


def test_without_a_decision_the_brief_says_what_is_red_or_moved() -> None:
    assert part(Plan.BRIEF, of=sheet(entries=(RISK,))).drawn.subject == (
        "Payments Hub: at risk, 1 grave risk"
    )
    quiet = sheet(entries=(), facts=facts(status_words="Healthy"))
    assert part(Plan.BRIEF, of=quiet).drawn.subject == "Payments Hub: healthy"


def test_the_first_line_says_whether_to_act() -> None:
    assert opening(0, None, WEEK) == NOTHING
    assert opening(1, THURSDAY, WEEK, "Ada Okoye") == (
        "One decision is needed by Thu 3 Dec, from Ada Okoye."
    )
    assert opening(2, THURSDAY, WEEK) == "2 decisions are needed, the first by Thu 3 Dec."
    assert opening(1, WEEK - dt.timedelta(days=3), WEEK) == "One decision is needed and overdue."
    assert opening(2, dt.date(2026, 11, 1), WEEK) == (
        "2 decisions are needed, the first is overdue."
    )


def test_a_mail_of_several_answers_for_all_of_them() -> None:
    calm = sheet(entries=(RELEASE,), product="Price Desk")
    one = letter(part(Plan.BRIEF), part(Plan.NEWSLETTER, of=calm))
    assert opening_of(one) == "One decision is needed by Thu 3 Dec, from Ada Okoye."
    other = sheet(entries=(NEEDED,), product="Shift Planner")
    both = letter(part(Plan.BRIEF), part(Plan.BRIEF, of=other))
    assert opening_of(both) == "2 decisions are needed, the first by Thu 3 Dec."
    assert subject_of(both) == "2 decisions, first by Thu 3 Dec: Payments Hub and 1 more"
    assert opening_of(letter(part(Plan.NEWSLETTER, of=calm))) == NOTHING


def test_a_mail_of_answers_alone() -> None:
    answers = [Answer("PAY-12", "Late invoices", "Answered: it comes in December", "")]
    alone = letter(answers=answers)
    assert opening_of(alone) == ANSWERED
    assert subject_of(alone) == "PAY-12: Answered: it comes in December"
    several = letter(answers=[*answers, Answer("PAY-13", "", "", "")])
    assert subject_of(several) == "News of your requests PAY-12, PAY-13"
