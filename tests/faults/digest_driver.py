"""Fills and looks at the database of a fault test of digests.

    python -m tests.faults.digest_driver populate PEOPLE
    python -m tests.faults.digest_driver facts

`facts` prints as JSON what stands in the tables.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import sys
from collections import Counter
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

import django

django.setup()

from django.utils import timezone

from core.models import OutboundMail, ScheduleSlot
from digests.models import DeliveryPart, DigestDelivery
from digests.rules.weeks import Week, week_at
from stakeholders.models import Person, Placement
from tests.factories.digests import IssueFactory, IssueItemFactory
from tests.factories.portfolio import ProductFactory

PRODUCTS = 5
# Their Monday has come today at different times, or has not come yet.
ZONES = ("", "UTC", "Europe/Berlin", "America/New_York", "Pacific/Auckland")


def populate(people: int) -> None:
    """Products with an issue for the newest Mondays, and readers of one or two of them."""
    now = timezone.now()
    products = ProductFactory.create_batch(PRODUCTS)
    first = week_at(now, "Pacific/Niue").before
    for week in (first, first.after, first.after.after):
        draft(week, products)
    rows = [
        Person(
            name=f"Reader {number}", email=f"reader-{number}@faults.example", created_at=now,
            updated_at=now, time_zone=ZONES[number % len(ZONES)],
        )
        for number in range(people)
    ]  # fmt: skip
    Person.objects.bulk_create(rows)
    since = first.monday - dt.timedelta(days=30)
    Placement.objects.bulk_create(
        Placement(
            product=products[(number + step) % PRODUCTS], person=person, involvement=20, power=20,
            since=since, reviewed_on=since,
        )
        for number, person in enumerate(rows)
        for step in range(1 + number % 2)
    )  # fmt: skip


def draft(week: Week, products: list[Any]) -> None:
    """An issue each with a release in it, and the note that the Friday is done."""
    for product in products:
        issue = IssueFactory(product=product, week=week.monday)
        IssueItemFactory(issue=issue, key="release:1", title="Rosters can be copied.")
    start = week.draft_at("UTC")
    ScheduleSlot.objects.create(job="digests.draft", slot_start=start, finished_at=start)


def facts() -> dict[str, Any]:
    """Deliveries and mails by state, mails by recipient, and slots of the plan."""
    mails = OutboundMail.objects.filter(kind="digests.weekly")
    slots = ScheduleSlot.objects.filter(job="digests.plan")
    return {
        "people": Person.objects.count(),
        "deliveries": Counter(DigestDelivery.objects.values_list("state", flat=True)),
        "of_people": DigestDelivery.objects.values("person").distinct().count(),
        "mails": Counter(mails.values_list("state", flat=True)),
        "unsure": mails.filter(is_unsure=True).count(),
        "parts": DeliveryPart.objects.values("delivery").distinct().count(),
        "written": {
            mail.recipient: [mail.message_id, hashlib.sha256(bytes(mail.raw)).hexdigest()]
            for mail in mails
        },
        "slots": [slot.isoformat() for slot in slots.values_list("slot_start", flat=True)],
        "unfinished": slots.filter(finished_at=None).count(),
    }


if __name__ == "__main__":
    if sys.argv[1] == "populate":
        populate(int(sys.argv[2]))
    else:
        print(json.dumps(facts()))
