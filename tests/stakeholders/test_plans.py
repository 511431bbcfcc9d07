"""Plans of one's own, snoozes, suggestions and their answers."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.versions import Conflict
from stakeholders.models import Move, Placement, Snooze, SuggestionAnswer
from stakeholders.rules import SuggestionKey
from stakeholders.selectors.due import debts_of
from stakeholders.selectors.suggestions import suggestions_for
from stakeholders.services.placements import NotOneself, Pinned, StaleMove
from stakeholders.services.plans import NoReason, end_snooze, set_plan, snooze
from stakeholders.services.suggestions import put_suggestion_off, take_suggestion
from tests.factories.accounts import UserFactory
from tests.factories.stakeholders import (
    NOW,
    TODAY,
    PlacementFactory,
    SnoozeFactory,
    TouchpointFactory,
)

pytestmark = pytest.mark.django_db
DEFAULT = {"plan": "", "contact": "", "every": None, "reason": ""}


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def lion():
    return PlacementFactory()


@pytest.fixture
def dana():
    return UserFactory(name="Dana")


def ago(number: int) -> dt.date:
    return TODAY - dt.timedelta(days=number)


def at(number: int) -> dt.datetime:
    return NOW - dt.timedelta(days=number)


def touch(placement, number, **fields):
    spot = {"product": placement.product, "person": placement.person}
    return TouchpointFactory(**spot, day=ago(number), **fields)


def escalate(placement, *numbers):
    for number in numbers:
        touch(placement, number, kind="mail", outcome="escalation")


def suggested(placement):
    placement.refresh_from_db()
    return suggestions_for([placement], TODAY).get(placement.pk)


# --- Plans ---------------------------------------------------------------------------------------


def test_a_plan_of_ones_own_is_in_force_until_the_default_is_back(lion, dana):
    own = {"plan": "newsletter", "contact": "meeting", "every": 14, "reason": "She asked for it."}
    changed = set_plan(placement=lion, version=1, by=dana, **own)
    due = debts_of([changed], TODAY)[lion.pk]
    assert (due.plan.digest, due.contact, due.every) == ("newsletter", "meeting", 14)
    assert (changed.plan_reason, changed.version) == ("She asked for it.", 2)
    # A reason without anything set goes too.
    back = set_plan(placement=lion, version=2, by=dana, **{**DEFAULT, "reason": "None"})
    due = debts_of([back], TODAY)[lion.pk]
    assert (due.plan.digest, due.contact, due.every) == ("brief", "briefing", 28)
    assert back.plan_reason == ""


def test_something_set_needs_a_reason(lion, dana):
    with pytest.raises(NoReason):
        set_plan(placement=lion, version=1, by=dana, **{**DEFAULT, "every": 14})
    lion.refresh_from_db()
    assert lion.every is None


def test_who_plans_second_is_refused(lion, dana):
    own = {**DEFAULT, "every": 14, "reason": "Often"}
    set_plan(placement=lion, version=1, by=dana, **own)
    assert set_plan(placement=lion, version=1, by=dana, **own).version == 2  # sent twice
    with pytest.raises(Conflict) as conflict:
        set_plan(placement=lion, version=1, by=dana, **{**own, "every": 21})
    assert conflict.value.theirs.every == 14


# --- Snoozes -------------------------------------------------------------------------------------


def test_a_snooze_pauses_until_its_day_and_a_second_one_changes_it(lion, dana):
    snooze(placement=lion, until=ago(-7), reason="On leave", by=dana, now=NOW)
    kept = Snooze.objects.get()
    assert (kept.from_day, kept.until_day, kept.reason, kept.by) == (
        TODAY,
        ago(-7),
        "On leave",
        dana,
    )
    assert debts_of([lion], TODAY)[lion.pk].snoozed_until == ago(-7)
    snooze(placement=lion, until=ago(-30), reason="Longer", by=dana, now=NOW)
    kept.refresh_from_db()
    assert (kept.until_day, kept.reason) == (ago(-30), "Longer")
    assert Snooze.objects.count() == 1


def test_a_snooze_of_other_days_or_people_stays_as_it_is(lion, dana):
    old = SnoozeFactory(
        product=lion.product, person=lion.person, from_day=ago(30), until_day=ago(20)
    )
    others = SnoozeFactory(product=lion.product, from_day=TODAY, until_day=ago(-3))
    snooze(placement=lion, until=ago(-7), reason="On leave", by=dana, now=NOW)
    for kept, until in ((old, ago(20)), (others, ago(-3))):
        kept.refresh_from_db()
        assert kept.until_day == until
    assert Snooze.objects.count() == 3


@pytest.mark.parametrize("days", [0, 1, 367])
def test_nobody_is_snoozed_backwards_or_for_more_than_a_year(lion, dana, days):
    until = ago(-days) if days > 1 else ago(days)
    with pytest.raises(ValueError, match=str(until)):
        snooze(placement=lion, until=until, reason="x", by=dana, now=NOW)


def test_a_snooze_ends_today(lion, dana):
    snooze(placement=lion, until=ago(-7), reason="On leave", by=dana, now=at(5))
    assert end_snooze(placement=lion, by=dana, now=NOW)
    assert Snooze.objects.get().until_day == TODAY
    assert not end_snooze(placement=lion, by=dana, now=NOW)
    # Snoozed again on the day that it ended: one row for the days in a row.
    snooze(placement=lion, until=ago(-3), reason="Again", by=dana, now=NOW)
    assert Snooze.objects.get().until_day == ago(-3)


def test_a_snooze_of_today_is_as_if_it_had_not_been(lion, dana):
    snooze(placement=lion, until=ago(-7), reason="Oops", by=dana, now=NOW)
    assert end_snooze(placement=lion, by=dana, now=NOW)
    assert not Snooze.objects.exists()


# --- Suggestions ---------------------------------------------------------------------------------


def test_three_escalations_suggest_more_power():
    deer = PlacementFactory(involvement=20, power=20)
    escalate(deer, 0, 10)
    assert suggested(deer) is None
    escalate(deer, 29)
    found = suggested(deer)
    assert found.key is SuggestionKey.MORE_POWER
    assert [one.day for one in found.contacts] == [ago(29), ago(10), ago(0)]


def test_three_briefings_in_a_row_without_an_answer_suggest_less(lion):
    touch(lion, 90)
    for number in (60, 40):
        touch(lion, number, outcome="no_reply")
    assert suggested(lion) is None
    touch(lion, 30, kind="mail")
    touch(lion, 20, outcome="no_reply")
    assert suggested(lion).key is SuggestionKey.LESS_POWER
    touch(lion, 20)  # entered later on the same day
    assert suggested(lion) is None


def test_contacts_of_others_say_nothing():
    deer, other = PlacementFactory(power=20), PlacementFactory(power=20)
    escalate(other, 1, 2, 3)
    for number in (1, 2, 3):
        TouchpointFactory(product=deer.product, day=ago(number), outcome="escalation")
    assert suggested(deer) is None
    assert set(suggestions_for([deer, other], TODAY)) == {other.pk}


def test_a_pinned_place_is_left_alone():
    deer = PlacementFactory(power=20, is_pinned=True, pin_reason="x")
    escalate(deer, 1, 2, 3)
    assert suggested(deer) is None


def test_what_was_put_off_is_silent_for_90_days(dana):
    deer = PlacementFactory(involvement=20, power=20)
    escalate(deer, 1, 2, 3)
    given = {"placement": deer, "key": SuggestionKey.MORE_POWER, "reason": "A bad week"}
    put_suggestion_off(**given, by=dana, now=at(91))
    assert suggested(deer) is not None
    put_suggestion_off(**given, by=dana, now=at(89))
    assert suggested(deer) is None
    answer = SuggestionAnswer.objects.latest("pk")
    assert (answer.is_taken, answer.reason, answer.by) == (False, "A bad week", dana)
    assert not Move.objects.exists()


def test_an_answer_to_something_else_silences_nothing(dana):
    deer = PlacementFactory(involvement=20, power=20)
    escalate(deer, 1, 2, 3)
    put_suggestion_off(placement=deer, key=SuggestionKey.LESS_POWER, reason="x", by=dana, now=NOW)
    assert suggested(deer) is not None


def take(deer, dana, **fields):
    given = {"version": 1, "key": SuggestionKey.MORE_POWER, "power": 60, "reason": "3 escalations"}
    return take_suggestion(placement=deer, by=dana, now=NOW, **{**given, **fields})


def test_taking_a_suggestion_moves_and_keeps_why(dana):
    deer = PlacementFactory(involvement=20, power=20)
    take(deer, dana)
    deer.refresh_from_db()
    assert (deer.involvement, deer.power) == (20, 60)
    move, answer = Move.objects.get(), SuggestionAnswer.objects.get()
    assert (move.was_power, move.power, move.why, move.by) == (20, 60, "3 escalations", dana)
    assert (answer.is_taken, answer.reason) == (True, "3 escalations")


@pytest.mark.parametrize(
    ("changes", "problem"), [({"version": 2}, StaleMove), ({"is_pinned": True}, Pinned)]
)
def test_a_move_that_is_refused_leaves_no_answer(dana, changes, problem):
    deer = PlacementFactory(involvement=20, power=20)
    Placement.objects.update(**changes)
    with pytest.raises(problem):
        take(deer, dana)
    assert not SuggestionAnswer.objects.exists()
    assert not Move.objects.exists()


def test_nobody_does_any_of_it_about_themself(lion, dana):
    lion.person.email = dana.email
    lion.person.save()
    given = {"placement": lion, "by": dana}
    calls = (
        lambda: set_plan(**given, version=1, **DEFAULT),
        lambda: snooze(**given, until=ago(-1), reason="x", now=NOW),
        lambda: end_snooze(**given, now=NOW),
        lambda: put_suggestion_off(**given, key=SuggestionKey.LESS_POWER, reason="x", now=NOW),
        lambda: take(lion, dana),
    )
    for call in calls:
        with pytest.raises(NotOneself):
            call()


@pytest.mark.parametrize("amount", [1, 3])
def test_suggestions_take_two_queries_however_many(amount):
    deer = [PlacementFactory(power=20) for _ in range(amount)]
    for one in deer:
        escalate(one, 1, 2, 3)
    with CaptureQueriesContext(connection) as captured:
        assert len(suggestions_for(deer, TODAY)) == amount
    assert len(captured) == 2
