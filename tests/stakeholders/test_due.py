"""What people on maps are owed."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from stakeholders.rules import Animal
from stakeholders.selectors.due import debts_of
from tests.factories.stakeholders import (
    TODAY,
    PersonFactory,
    PlacementFactory,
    SnoozeFactory,
    TouchpointFactory,
)

pytestmark = pytest.mark.django_db


def ago(number: int) -> dt.date:
    return TODAY - dt.timedelta(days=number)


def touch(placement, number, kind="briefing", **fields):
    spot = {"product": placement.product, "person": placement.person}
    return TouchpointFactory(**spot, kind=kind, day=ago(number), **fields)


def snooze(placement, first, last):
    spot = {"product": placement.product, "person": placement.person}
    return SnoozeFactory(**spot, from_day=ago(first), until_day=ago(last))


def due_of(placement):
    return debts_of([placement], TODAY)[placement.pk]


def test_a_lion_last_briefed_41_days_ago_is_owed_46_hundredths():
    lion = PlacementFactory()
    touch(lion, 50)
    touch(lion, 41)
    touch(lion, 3, "mail")
    touch(lion, 2, "meeting")
    due = due_of(lion)
    assert (due.animal, due.contact, due.every) == (Animal.LION, "briefing", 28)
    assert (due.last, due.days, due.days_late) == (ago(41), 41, 13)
    assert round(due.debt, 2) == 0.46
    assert due.next_due == ago(13)
    assert due.is_quiet_lion


def test_without_a_contact_the_day_of_the_placement_counts():
    due = due_of(PlacementFactory(since=ago(30)))
    assert (due.last, due.since, due.days) == (None, ago(30), 30)
    assert due.next_due == ago(2)


def test_nobody_but_lions_is_a_quiet_lion():
    elephant = PlacementFactory(involvement=50, since=ago(30))
    assert due_of(elephant).debt > 3
    assert not due_of(elephant).is_quiet_lion
    on_time = PlacementFactory(since=ago(28))
    assert (due_of(on_time).debt, due_of(on_time).is_quiet_lion) == (0, False)


def test_deer_and_those_who_are_owed_no_contact_owe_nothing():
    for placement in (PlacementFactory(power=10), PlacementFactory(contact="none", every=3)):
        due = due_of(placement)
        assert (due.contact, due.every, due.last, due.next_due) == (None, None, None, None)
        assert (due.debt, due.days) == (0, 0)


def test_a_plan_of_ones_own_is_in_force():
    placement = PlacementFactory(plan="newsletter", contact="meeting", every=10, since=ago(15))
    due = due_of(placement)
    assert (due.plan.digest, due.contact, due.debt) == ("newsletter", "meeting", 0.5)


def test_snoozed_days_are_left_out_and_the_next_day_moves():
    lion = PlacementFactory(since=ago(41))
    snooze(lion, 20, 10)
    snooze(lion, 15, 6)  # overlaps, as after a merge
    due = due_of(lion)
    assert (due.days, due.debt, due.next_due) == (27, 0, TODAY + dt.timedelta(days=1))
    assert due.snoozed_until is None
    snooze(lion, 1, -9)
    due = due_of(lion)
    assert due.snoozed_until == ago(-9)
    assert (due.days, due.next_due) == (26, ago(-11))


def test_contacts_of_later_days_others_and_other_products_do_not_count():
    lion = PlacementFactory(since=ago(41))
    touch(lion, -1)
    TouchpointFactory(product=lion.product, day=ago(1))
    TouchpointFactory(person=lion.person, day=ago(1))
    other = PlacementFactory(product=lion.product)
    touch(other, 2)
    elsewhere = PlacementFactory(person=lion.person)
    touch(elsewhere, 5)
    debts = debts_of([lion, other, elsewhere], TODAY)
    assert [debts[one.pk].days for one in (lion, other, elsewhere)] == [41, 2, 5]


@pytest.mark.parametrize("amount", [1, 3])
def test_it_takes_two_queries_however_many(amount):
    placements = [PlacementFactory(person=PersonFactory()) for _ in range(amount)]
    with CaptureQueriesContext(connection) as captured:
        assert len(debts_of(placements, TODAY)) == amount
    assert len(captured) == 2
    with CaptureQueriesContext(connection) as captured:
        assert debts_of([], TODAY) == {}
    assert len(captured) == 0
