"""Plans, debt and suggestions: the worked examples of domain.md §3 and what always holds."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stakeholders.rules import (
    Animal,
    CommunicationPlan,
    Contact,
    ContactKind,
    OwnPlan,
    Pause,
    Plan,
    SuggestionKey,
    animal_of,
    apart,
    days_counted,
    debt,
    due_on,
    plan_of,
    suggestion_for,
)

DAY = dt.date(2026, 11, 21)
days = st.dates(dt.date(2024, 1, 1), dt.date(2028, 1, 1))
lists_of_pauses = st.lists(
    st.builds(
        lambda first, length: Pause(first, first + dt.timedelta(days=length)),
        days,
        st.integers(0, 200),
    ),
    max_size=6,
)


def ago(number: int) -> dt.date:
    return DAY - dt.timedelta(days=number)


@pytest.mark.parametrize(
    ("involvement", "power", "animal"),
    [
        (49, 50, Animal.LION),
        (0, 100, Animal.LION),
        (50, 50, Animal.ELEPHANT),
        (100, 100, Animal.ELEPHANT),
        (50, 49, Animal.MONKEY),
        (100, 0, Animal.MONKEY),
        (49, 49, Animal.DEER),
        (0, 0, Animal.DEER),
    ],
)
def test_fifty_counts_as_high(involvement, power, animal):
    assert animal_of(involvement, power) is animal


@pytest.mark.parametrize(
    ("animal", "plan"),
    [
        (Animal.LION, CommunicationPlan(Plan.BRIEF, ContactKind.BRIEFING, 28)),
        (Animal.ELEPHANT, CommunicationPlan(Plan.ROADMAP, ContactKind.MEETING, 7)),
        (Animal.MONKEY, CommunicationPlan(Plan.NEWSLETTER, ContactKind.OFFICE_HOURS, 28)),
        (Animal.DEER, CommunicationPlan(Plan.NEWSLETTER, None, None)),
    ],
)
def test_each_quadrant_has_its_plan(animal, plan):
    assert plan_of(animal) == plan
    assert plan_of(animal, OwnPlan()) == plan


@pytest.mark.parametrize(
    ("animal", "own", "plan"),
    [
        # A part that was set alone leaves the others as they are.
        (Animal.LION, OwnPlan(every=14), (Plan.BRIEF, ContactKind.BRIEFING, 14)),
        (Animal.LION, OwnPlan(digest="roadmap"), (Plan.ROADMAP, ContactKind.BRIEFING, 28)),
        # Another contact comes as often as it usually does.
        (Animal.LION, OwnPlan(contact="meeting"), (Plan.BRIEF, ContactKind.MEETING, 7)),
        (Animal.DEER, OwnPlan(contact="briefing"), (Plan.NEWSLETTER, ContactKind.BRIEFING, 28)),
        (Animal.DEER, OwnPlan(every=14), (Plan.NEWSLETTER, None, None)),
        (Animal.LION, OwnPlan(contact="none", every=14), (Plan.BRIEF, None, None)),
    ],
)
def test_a_plan_of_ones_own_changes_the_parts_that_were_set(animal, own, plan):
    assert plan_of(animal, own) == CommunicationPlan(*plan)


@pytest.mark.parametrize(
    ("number", "every", "owed"),
    [
        (41, 28, 0.464),
        (28, 28, 0),
        (27, 28, 0),
        (0, 28, 0),
        (29, 28, 0.036),
        (14, 7, 1),
        (99, None, 0),
    ],
)
def test_debt_is_what_lies_over_the_interval(number, every, owed):
    assert debt(number, every) == pytest.approx(owed, abs=0.0005)


def test_snoozed_days_do_not_count():
    assert days_counted(ago(41), DAY) == 41
    assert days_counted(ago(41), DAY, [Pause(ago(10), ago(3))]) == 34
    # A pause that runs on counts until today, one that began before from the contact on.
    assert days_counted(ago(41), DAY, [Pause(ago(10), DAY + dt.timedelta(days=9))]) == 31
    assert days_counted(ago(41), DAY, [Pause(ago(50), ago(40))]) == 40
    assert days_counted(ago(41), DAY, [Pause(ago(60), ago(50))]) == 41
    assert days_counted(DAY, ago(1)) == 0


def test_the_last_day_of_a_pause_is_left_out():
    pause = Pause(ago(2), DAY)
    assert [pause.covers(day) for day in (ago(3), ago(2), ago(1), DAY)] == [
        False,
        True,
        True,
        False,
    ]


@given(days, days, lists_of_pauses)
def test_pausing_never_adds_days(since, day, pauses):
    counted = days_counted(since, day, apart(pauses))
    assert 0 <= counted <= max(0, (day - since).days)


@given(lists_of_pauses, days)
def test_put_apart_the_same_days_are_paused_once(pauses, day):
    found = apart(pauses)
    assert sum(pause.covers(day) for pause in found) == any(one.covers(day) for one in pauses)
    assert all(one.until_day < other.from_day for one, other in pairwise(found))


@given(days, st.integers(1, 366), lists_of_pauses)
def test_debt_begins_the_day_after_the_next_due_one(since, every, pauses):
    apart_ones = apart(pauses)
    due = due_on(since, every, apart_ones)
    assert days_counted(since, due, apart_ones) == every
    assert days_counted(since, due - dt.timedelta(days=1), apart_ones) == every - 1
    assert debt(days_counted(since, due, apart_ones), every) == 0


@given(st.integers(0, 5000), st.integers(1, 366))
def test_debt_is_never_negative_and_grows_with_time(number, every):
    assert debt(number, every) >= 0
    assert debt(number + 1, every) >= debt(number, every)
    assert (debt(number, every) > 0) == (number > every)


def raised(*numbers: int) -> list[Contact]:
    return [Contact("mail", ago(number), "escalation") for number in numbers]


def briefed(*outcomes: str) -> list[Contact]:
    """Briefings, the newest first."""
    return [Contact("briefing", ago(number), one) for number, one in enumerate(outcomes)]


@pytest.mark.parametrize(
    ("animal", "contacts", "key"),
    [
        (Animal.MONKEY, raised(0, 10, 29), SuggestionKey.MORE_POWER),
        (Animal.DEER, raised(0, 0, 0), SuggestionKey.MORE_POWER),
        (Animal.MONKEY, raised(0, 10, 30), None),  # one is more than 30 days ago
        (Animal.MONKEY, raised(-1, 0, 10), None),  # one is yet to come
        (Animal.MONKEY, raised(0, 10), None),
        (Animal.LION, raised(0, 10, 20), None),
        (Animal.ELEPHANT, raised(0, 10, 20), None),
        (Animal.LION, briefed("no_reply", "no_reply", "no_reply"), SuggestionKey.LESS_POWER),
        (Animal.LION, briefed("", "no_reply", "no_reply", "no_reply"), None),
        (Animal.LION, briefed("no_reply", "no_reply", "", "no_reply"), None),
        (Animal.LION, briefed("no_reply", "no_reply"), None),
        (Animal.ELEPHANT, briefed("no_reply", "no_reply", "no_reply"), None),
        (Animal.DEER, [], None),
    ],
)
def test_contacts_suggest_a_place(animal, contacts, key):
    assert suggestion_for(animal, contacts, DAY) is key


def test_mails_without_an_answer_say_nothing_of_briefings():
    mails = [Contact("mail", ago(number), "no_reply") for number in range(5)]
    assert suggestion_for(Animal.LION, mails, DAY) is None


@given(
    st.sampled_from(Animal),
    st.lists(
        st.builds(
            Contact,
            st.sampled_from([*ContactKind]),
            days,
            st.sampled_from(["", "escalation", "no_reply"]),
        ),
        max_size=12,
    ),
)
def test_nothing_is_suggested_that_the_animal_has_already(animal, contacts):
    key = suggestion_for(animal, contacts, DAY)
    if key is SuggestionKey.MORE_POWER:
        assert animal in (Animal.MONKEY, Animal.DEER)
    if key is SuggestionKey.LESS_POWER:
        assert animal is Animal.LION
