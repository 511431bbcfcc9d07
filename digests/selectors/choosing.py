"""What somebody gets and how, as they can change it themselves, and the mails they got."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from accounts.models import User
from accounts.selectors import organisation
from core.models import MailState
from digests.enums import DeliveryState
from digests.models import DigestDelivery, Reader, Subscription
from digests.rules.weeks import week_at
from digests.selectors.due import known_zone
from digests.selectors.readers import following
from portfolio.models import Product
from stakeholders.models import Person
from stakeholders.rules import Plan

NEVER_CAME = (MailState.FAILED, MailState.WITHDRAWN, MailState.BOUNCED)
CAME = (MailState.SENT, MailState.UNSURE)
WEEK = dt.timedelta(days=7)


@dataclass(frozen=True, slots=True)
class ReadProduct:
    """A product that somebody reads, or has muted. `own_plan` empty: they chose none."""

    product: Product
    plan: Plan
    own_plan: str
    is_muted: bool


@dataclass(frozen=True, slots=True)
class Choices:
    """What somebody chose. `next_on` is the Monday of their next mail; None: none comes."""

    reader: Reader
    products: tuple[ReadProduct, ...]
    next_on: dt.date | None


def choices_of(person: Person, now: dt.datetime) -> Choices:
    """What `person` reads, by name, muted products too; in nine statements."""
    reads = following([person.pk], now, with_muted=True).get(person.pk, [])
    products = Product.objects.in_bulk([one.product_id for one in reads])
    own = dict(Subscription.objects.filter(person=person).values_list("product_id", "plan"))
    rows = [
        ReadProduct(products[one.product_id], one.plan, own.get(one.product_id, ""), one.is_muted)
        for one in reads
    ]
    rows.sort(key=lambda row: (row.product.name.lower(), row.product.pk))
    own_row = Reader.objects.select_related("person").filter(person=person).first()
    reader = own_row or Reader(person=person)
    is_told = any(not row.is_muted for row in rows)
    wants = is_told and not reader.unsubscribed_at and not reader.is_suppressed
    return Choices(reader, tuple(rows), _next_monday(person, reader, now) if wants else None)


def _next_monday(person: Person, reader: Reader, now: dt.datetime) -> dt.date:
    """The first Monday whose 09:00 has not come, in the rhythm since the last mail."""
    zone = known_zone(zone_name(person))
    monday = week_at(now, zone).after.monday
    last = mails_of(person).exclude(mail__state__in=NEVER_CAME).values_list("week", flat=True)
    newest = last.order_by("-week").first()
    return max(monday, newest + reader.every * WEEK) if newest else monday


def zone_name(person: Person) -> str:
    """The time zone in which somebody's Monday begins."""
    account = person.user.time_zone if person.user is not None else ""
    return person.time_zone or account or organisation().time_zone


def mails_of(person: Person) -> QuerySet[DigestDelivery]:
    """Every mail that was written to them, whatever became of it."""
    human = Q(person=person) | Q(person__merged_into=person)
    return DigestDelivery.objects.filter(human, state=DeliveryState.RENDERED, mail__isnull=False)


def mails_got(person: Person) -> QuerySet[DigestDelivery]:
    """The mails they got, the newest first, with their subjects."""
    got = mails_of(person).filter(mail__state__in=CAME).select_related("mail")
    return got.defer("mail__raw").order_by("-week", "-pk")


def follows(user: User, product: Product) -> bool:
    """Whether `user` gets its digest by their own choice. That a team has put them on its list is
    not asked: nothing about a place is read for the product's page.
    """
    own = Person.objects.being(user).present().order_by().values("pk")
    chosen = Subscription.objects.filter(person__in=own, product=product)
    return chosen.filter(follows=True, is_muted=False).exists()


def wants_mail(person: Person) -> bool:
    """Whether mail goes to them at all."""
    reader = Reader.objects.select_related("person").filter(person=person).first()
    return reader is None or not (reader.unsubscribed_at or reader.is_suppressed)
