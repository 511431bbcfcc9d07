"""F08, F30: tasks twice and at once; whoever unsubscribes wins over what nobody has claimed."""

from __future__ import annotations

import datetime as dt
import random
import threading
import time

import pytest
from django.db import connections

from core.mail import claim_due
from core.models import OutboundMail, ScheduleSlot
from digests.models import DigestDelivery
from digests.selectors.due import database_now, due_in
from digests.services.planning import plan_due
from digests.services.reading import unsubscribe
from digests.services.writing import write_due
from digests.tasks import plan_and_write
from tests.factories.digests import IssueFactory, IssueItemFactory
from tests.factories.portfolio import ProductFactory
from tests.factories.stakeholders import PlacementFactory

ROUNDS = 25
PEOPLE = 20


def readers(count: int):
    """Whose Monday has come by the database's clock, with something to tell."""
    now = database_now()
    week = due_in("UTC", now).week
    product = ProductFactory()
    IssueItemFactory(issue=IssueFactory(product=product, week=week))
    start = dt.datetime.combine(week, dt.time(6), dt.UTC) - dt.timedelta(days=3)
    ScheduleSlot.objects.get_or_create(
        job="digests.draft", slot_start=start, defaults={"finished_at": start}
    )
    since = week - dt.timedelta(days=30)
    return [
        PlacementFactory(product=product, plan="newsletter", since=since).person
        for _ in range(count)
    ]


def together(*works) -> None:
    """Run each in a thread and a connection of its own, as near to at once as may be."""
    barrier, errors = threading.Barrier(len(works)), []

    def run(work):
        try:
            barrier.wait()
            work()
        except Exception as error:  # noqa: BLE001  # told below
            errors.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []


@pytest.mark.django_db(transaction=True)
def test_the_task_twice_and_at_once_writes_everybody_one_mail():
    people = readers(30)
    together(plan_and_write, plan_and_write, plan_and_write)
    plan_and_write()
    assert DigestDelivery.objects.count() == len(people)
    recipients = list(OutboundMail.objects.values_list("recipient", flat=True))
    assert sorted(recipients) == sorted(person.email for person in people)
    assert ScheduleSlot.objects.filter(job="digests.plan").count() == 1


@pytest.mark.django_db(transaction=True)
def test_nothing_is_claimed_after_somebody_has_unsubscribed():
    """500 people leave while their mails are written and claimed, each at a moment of its own."""
    chance = random.Random(30)
    claimed_after = withdrawn = sent = 0
    for _ in range(ROUNDS):
        people = readers(PEOPLE)
        plan_due()
        left: dict[str, float] = {}
        claimed: dict[str, float] = {}
        over = threading.Event()

        def leave(people=people, left=left, chance=chance, over=over):
            for person in chance.sample(people, len(people)):
                time.sleep(chance.uniform(0, 0.004))
                unsubscribe(person=person, now=database_now())
                left[person.email] = time.monotonic()
            over.set()

        def write(over=over):
            while not over.is_set():
                write_due(limit=4)

        def claim(claimed=claimed, over=over):
            while not over.is_set():
                before = time.monotonic()
                claimed.update({mail.recipient: before for mail in claim_due(limit=3)})

        together(leave, write, claim)
        write_due()
        late = {mail.recipient for mail in claim_due(limit=100)}
        claimed_after += len(late & set(left))
        claimed_after += sum(claimed[who] > at for who, at in left.items() if who in claimed)
        sent += len(claimed)
        withdrawn += OutboundMail.objects.filter(state="withdrawn").count()
        OutboundMail.objects.update(state="sent", leased_until=None)
        DigestDelivery.objects.filter(state="planned").delete()
    print(f"\n{ROUNDS * PEOPLE} left: {sent} claimed before, {claimed_after} after")
    assert claimed_after == 0
    assert sent > 0
    assert withdrawn > 0
