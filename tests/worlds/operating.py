"""What operators see in the small company: weeks of one reader, each of which went another way,
and workers at every queue.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from core.mail import queue_mail
from core.models import MailState, OutboundMail, QueueHeartbeat
from core.queues import Queue
from digests.models import DigestDelivery
from stakeholders.models import Person
from tests.factories.digests import DeliveryFactory

if TYPE_CHECKING:
    from tests.world import World

ENDS = {
    "planned": "",
    "failed": "It could not be written. Trace 0f2a.",
    "skipped_empty": "Nothing material happened in the products that they read.",
    "suppressed": "They have unsubscribed.",
}


def add_operating(world: World) -> None:
    """After `add_reading`: earlier Mondays, one for each state of a delivery and of a mail."""
    newest = DigestDelivery.objects.get(pk=world.things["-"]["delivery_id"])
    world.things["-"]["week"] = newest.week
    mondays = (newest.week - dt.timedelta(days=7 * n) for n in range(1, 100))
    person = newest.person
    for state, reason in ENDS.items():
        DeliveryFactory(person=person, week=next(mondays), state=state, reason=reason)
    for state in MailState.values:
        mail = _mail(world, person, state)
        DeliveryFactory(person=person, week=next(mondays), state="rendered", mail=mail)
    tomorrow = world.now + dt.timedelta(days=1)  # a walk takes longer than a queue may be silent
    for queue in Queue:
        QueueHeartbeat.objects.create(queue=queue, at=tomorrow)


def _mail(world: World, person: Person, state: str) -> OutboundMail:
    mail = queue_mail(
        kind="digest", to=person.email, subject="Product Open: a quiet week", text="A quiet week.",
        html="<p>A quiet week.</p>", now=world.now,
    )  # fmt: skip
    is_taken = state == MailState.SENDING
    OutboundMail.objects.filter(pk=mail.pk).update(
        state=state,
        attempts=2,
        last_error="451 4.7.1 Try again later",
        withdrawn_why="They have unsubscribed." if state == MailState.WITHDRAWN else "",
        leased_until=world.now + dt.timedelta(days=1) if is_taken else None,
    )
    return mail
