"""What goals, tasks and judgements amount to: domain.md's words, at their edges."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from personas.rules import (
    EvidenceState,
    Judgement,
    Work,
    evidence_state,
    is_gap,
    is_served_twice,
    minutes_a_week,
    missing_parts,
    serving_well,
    suggested_rhythm,
)
from portfolio.rules import Stage

TODAY = dt.date(2026, 11, 21)
STAGES = [stage.value for stage in Stage]
judgements = st.lists(
    st.builds(Judgement, stage=st.sampled_from(STAGES), level=st.integers(0, 4)), max_size=6
)
works = st.lists(
    st.builds(
        Work,
        minutes=st.floats(0.1, 10_000),
        times_a_month=st.floats(0.1, 10_000),
        is_planned=st.booleans(),
    ),
    max_size=8,
)


def test_minutes_at_stake_are_a_year_spread_over_its_weeks():
    # 10 minutes 26 times a month is 3,120 minutes a year, 60 a week; with 31 people 31 hours.
    assert minutes_a_week(260, 31) == pytest.approx(31 * 60)
    assert minutes_a_week(260, 0) == 0


@pytest.mark.parametrize(("month", "people"), [(None, 5), (30, None), (None, None)])
def test_not_knowing_is_not_zero(month, people):
    assert minutes_a_week(month, people) is None


@pytest.mark.parametrize(
    ("tasks", "rhythm"),
    [
        ([], None),
        ([Work(10, 4)], 0),
        ([Work(10, 4, is_planned=False)], 100),
        ([Work(30, 1), Work(10, 1, is_planned=False)], 25),
        ([Work(199, 1), Work(1, 1, is_planned=False)], 1),  # half up
    ],
)
def test_rhythm_is_the_share_of_unplanned_minutes(tasks, rhythm):
    assert suggested_rhythm(tasks) == rhythm


@given(works)
def test_rhythm_stays_on_its_scale_and_turns_with_the_plan(tasks):
    rhythm = suggested_rhythm(tasks)
    if not tasks:
        assert rhythm is None
        return
    turned = suggested_rhythm([Work(t.minutes, t.times_a_month, not t.is_planned) for t in tasks])
    assert 0 <= rhythm <= 100
    assert abs(rhythm + turned - 100) <= 1


@pytest.mark.parametrize(
    ("goals", "tasks", "missing"),
    [
        (0, 0, [(1, "goal"), (3, "task")]),
        (1, 2, [(1, "task")]),
        (0, 3, [(1, "goal")]),
        (1, 3, []),
        (4, 9, []),
    ],
)
def test_a_persona_needs_a_goal_and_three_tasks(goals, tasks, missing):
    assert missing_parts(goals, tasks) == missing


@pytest.mark.parametrize(
    ("age", "state"),
    [
        (None, EvidenceState.NEVER),
        (0, EvidenceState.FRESH),
        (140, EvidenceState.FRESH),
        (180, EvidenceState.FRESH),
        (181, EvidenceState.EXPIRED),
    ],
)
def test_evidence_carries_for_180_days(age, state):
    day = None if age is None else TODAY - dt.timedelta(days=age)
    assert evidence_state(day, TODAY) == state


@pytest.mark.parametrize(
    ("stage", "level", "gap"),
    [
        ("pilot", 2, False),
        ("mature", 2, False),
        ("growth", 1, True),
        ("discovery", 4, True),
        ("sunset", 4, True),
        ("retired", 4, True),
    ],
)
def test_a_gap_is_a_goal_that_no_living_product_serves(stage, level, gap):
    assert is_gap([Judgement(stage, level)]) is gap
    assert is_gap([]) is True


@pytest.mark.parametrize(
    ("levels", "twice"), [([3], False), ([3, 2], False), ([3, 3], True), ([4, 4, 0], True)]
)
def test_served_twice_takes_two_that_serve_well(levels, twice):
    assert is_served_twice([Judgement("growth", level) for level in levels]) is twice


def test_a_retired_product_serves_nobody():
    found = [Judgement("retired", 4), Judgement("growth", 4), Judgement("sunset", 3)]
    assert serving_well(found) == [1, 2]


@given(judgements, judgements)
def test_more_judgements_never_open_a_gap_nor_merge_tools(some, more):
    assert is_gap(some + more) <= is_gap(some)
    assert is_served_twice(some) <= is_served_twice(some + more)
