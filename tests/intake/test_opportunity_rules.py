"""Breadth, pull, independent evidence, orders: domain.md §5 in examples, at their edges."""

from __future__ import annotations

import datetime as dt
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.rules.amounts import times_a_month
from intake.rules.breadth import breadth, breadth_words
from intake.rules.evidence import has_independent, passes_gate
from intake.rules.orders import Shipped, orders
from intake.rules.people import Said, distinct_people
from intake.rules.pull import extrapolate, pull

AT = dt.datetime(2026, 11, 23, 12, 0, tzinfo=dt.UTC)

departments = st.lists(st.one_of(st.none(), st.integers(1, 5)), max_size=30)
hours = st.lists(st.one_of(st.none(), st.floats(0, 10_000)), max_size=30)
saids = st.lists(
    st.builds(
        Said,
        row=st.integers(0, 20).map(lambda n: f"voice-{n}"),
        at=st.integers(0, 50).map(lambda n: AT + dt.timedelta(days=n)),
        user_id=st.one_of(st.none(), st.integers(1, 5)),
        email=st.sampled_from(["", "ana@example.org", "Ana@Example.org ", "bo@example.org"]),
        department_id=st.one_of(st.none(), st.integers(1, 3)),
        times=st.one_of(st.none(), st.floats(0, 100)),
        per=st.sampled_from(["", "day", "week", "month", "year"]),
        minutes=st.one_of(st.none(), st.floats(0, 500)),
        has_requested=st.booleans(),
    ),
    max_size=12,
    unique_by=lambda said: (said.at, said.row),  # a row says one thing at a time
)
shipped = st.lists(
    st.builds(
        Shipped,
        is_favour=st.booleans(),
        as_asked=st.booleans(),
        has_independent=st.booleans(),
        alignment=st.one_of(st.none(), st.integers(0, 3)),
    ),
    max_size=20,
)


@pytest.mark.parametrize(
    ("times", "per", "month"),
    [
        (1, "day", 21.75),
        (3, "week", 13),
        (5, "month", 5),
        (6, "year", 0.5),
        (0, "day", 0),
        (None, "day", None),
        (3, "", None),
    ],
)
def test_how_often_becomes_times_a_month(times, per, month):
    assert times_a_month(times, per) == (None if month is None else pytest.approx(month))


@pytest.mark.parametrize(
    ("people", "value", "words"),
    [
        ([], 0, "only you so far"),
        ([1, 2], 2, "only you so far"),
        ([1, 1, 1], 1, "one department so far"),
        ([None, None, None], 1, "one department so far"),
        ([1, 1, 1, 1, 2], 25 / 17, "one department so far"),  # 1.47
        ([1, 1, 1, 2], 1.6, "a few departments"),
        ([1, 2, None], 3, "shared"),
        ([1, 1, 2, 3], 16 / 6, "shared"),
        ([1, 1, 1, 2, 3], 25 / 11, "a few departments"),  # 2.27
    ],
)
def test_breadth_in_numbers_and_words(people, value, words):
    assert breadth(people) == pytest.approx(value)
    assert breadth_words(len(people), breadth(people)) == words


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (1.4999, "one department so far"),
        (1.5, "a few departments"),
        (2.4999, "a few departments"),
        (2.4999999999999, "shared"),  # what floats make of 2.5
        (2.5, "shared"),
    ],
)
def test_the_words_change_at_their_thresholds(value, words):
    assert breadth_words(3, value) == words


@given(departments)
def test_breadth_lies_between_one_and_the_number_of_departments(people):
    value = breadth(people)
    if people:
        assert 1 - 1e-9 <= value <= len(set(people)) + 1e-9


@given(departments, st.randoms())
def test_the_order_of_people_is_no_matter_to_breadth(people, chance: random.Random):
    mixed = list(people)
    chance.shuffle(mixed)
    assert breadth(mixed) == breadth(people)


def test_pull_is_what_each_person_said():
    # 3 a week at 20 minutes is 4.33 h; 1 a working day at 10 minutes 3.625 h; one isn't sure.
    found = pull([13 * 20 / 60, 21.75 * 10 / 60, None])
    assert (found.hours, found.said, found.people) == (pytest.approx(7.9583333), 2, 3)
    assert pull([]).hours is None
    assert pull([None]).hours is None
    assert pull([0.0]).hours == 0


def test_the_extrapolation_is_the_median_person_times_the_head_count():
    few = extrapolate([2.0, None, 10.0], 40)
    assert (few.hours, few.median, few.people, few.is_low) == (240, 6, 2, True)
    enough = extrapolate([2.0, 3.0, 100.0], 40)
    assert (enough.hours, enough.people, enough.is_low) == (120, 3, False)
    assert extrapolate([None], 40) is None
    assert extrapolate([2.0], None) is None
    assert extrapolate([2.0], 0) is None


@given(hours, st.one_of(st.none(), st.floats(0, 10_000)))
def test_another_person_never_lowers_the_pull(told, another):
    assert (pull([*told, another]).hours or 0) >= (pull(told).hours or 0)


@given(saids, st.randoms())
def test_the_order_of_what_was_said_is_no_matter(said, chance: random.Random):
    mixed = list(said)
    chance.shuffle(mixed)
    assert distinct_people(mixed) == distinct_people(said)


@given(saids, saids)
def test_joining_never_lowers_people_nor_pull(said, more):
    before, after = distinct_people(said), distinct_people([*said, *more])
    assert len(after) >= len(before)
    assert (pull(h.hours for h in after).hours or 0) >= (pull(h.hours for h in before).hours or 0)
    assert {human.key for human in before} <= {human.key for human in after}


@given(saids, st.integers(0, 2), saids)
def test_more_evidence_never_closes_the_gate_again_but_for_a_requester(said, impersonal, more):
    if has_independent(distinct_people(said), impersonal) and len(distinct_people(said)) != 1:
        assert has_independent(distinct_people([*said, *more]), impersonal)


def test_a_person_counts_once_by_account_else_by_address_else_by_row():
    said = [
        Said("voice-1", AT, user_id=7, email="ana@example.org", times=1, per="month", minutes=60),
        Said("voice-2", AT, user_id=7, email="", times=2, per="month", minutes=60),
        Said("voice-3", AT, email="bo@example.org "),
        Said("voice-4", AT, email="BO@example.org"),
        Said("voice-5", AT),
        Said("voice-6", AT),
    ]
    people = distinct_people(said)
    assert [human.key for human in people] == [
        "mail:bo@example.org",
        "row:voice-5",
        "row:voice-6",
        "user:7",
    ]
    assert people[3].hours == 2  # the most that she said, never the sum


def test_the_department_is_what_they_said_last():
    said = [
        Said("voice-1", AT, user_id=7, department_id=1),
        Said("voice-2", AT + dt.timedelta(days=1), user_id=7, department_id=2),
        Said("voice-3", AT + dt.timedelta(days=2), user_id=7),
    ]
    assert distinct_people(said)[0].department_id == 2


ANA = Said("voice-1", AT, user_id=1, has_requested=True)
ANA_AGAIN = Said("voice-2", AT, user_id=1, has_requested=True)
BO = Said("voice-3", AT, user_id=2)


@pytest.mark.parametrize(
    ("said", "impersonal", "is_independent"),
    [
        ([], 0, False),
        ([ANA], 0, False),
        ([ANA, ANA_AGAIN], 0, False),
        ([ANA, Said("field-1", AT, user_id=1)], 0, False),  # an interview with the requester
        ([ANA, BO], 0, True),
        ([BO], 0, True),  # nobody asked for it
        ([ANA], 1, True),
        ([], 1, True),
    ],
)
def test_what_is_independent(said, impersonal, is_independent):
    assert has_independent(distinct_people(said), impersonal) is is_independent


@pytest.mark.parametrize(
    ("decision", "independent", "favour", "passes"),
    [
        ("now", False, False, False),
        ("now", True, False, True),
        ("now", False, True, True),
        ("next", False, False, True),
        ("later", False, False, True),
        ("no", False, False, True),
    ],
)
def test_only_now_is_gated(decision, independent, favour, passes):
    assert passes_gate(decision, is_independent=independent, is_favour=favour) is passes


def test_the_order_taker_ratio():
    rows = [
        Shipped(is_favour=True, has_independent=True),
        Shipped(as_asked=True),
        Shipped(as_asked=True, has_independent=True, alignment=0),
        Shipped(alignment=0),
        Shipped(alignment=3),
    ]
    found = orders(rows)
    assert (found.shipped, found.to_order, found.off_mission) == (5, 2, 2)
    assert (found.ratio, found.is_amber) == (0.4, True)
    assert (found.off_mission_share, found.is_drifting) == (0.4, True)


def test_nothing_shipped_is_no_ratio():
    assert orders([]).ratio is None
    assert orders([]).is_amber is False
    assert orders([]).off_mission_share is None
    assert orders([]).is_drifting is False


def test_thirty_per_cent_off_mission_is_not_above_thirty():
    rows = [Shipped(alignment=0)] * 3 + [Shipped(alignment=1)] * 7
    assert orders(rows).is_drifting is False
    assert orders([*rows, Shipped(alignment=0)]).is_drifting is True


@given(shipped, st.randoms())
def test_the_order_of_what_shipped_is_no_matter(rows, chance: random.Random):
    mixed = list(rows)
    chance.shuffle(mixed)
    assert orders(mixed) == orders(rows)


@given(shipped)
def test_a_ratio_is_a_share(rows):
    found = orders(rows)
    assert found.ratio is None or 0 <= found.ratio <= 1
    more = orders([*rows, Shipped(is_favour=True)])
    assert more.ratio >= (found.ratio or 0)
