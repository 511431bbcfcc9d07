"""Issues of the digest, its readers and deliveries for tests. The week goes out on 30 November."""

from __future__ import annotations

import datetime as dt
from typing import Any

import factory
from factory.django import DjangoModelFactory

from digests.models import (
    DigestDelivery,
    Edition,
    Issue,
    IssueItem,
    ProductDigest,
    Reader,
    Subscription,
)
from digests.rules.facts import Facts
from kpis.models import Kpi, Measurement
from portfolio.models import Product
from tests.factories.portfolio import ProductFactory
from tests.factories.stakeholders import PersonFactory

MONDAY = dt.date(2026, 11, 30)
FRIDAY = dt.date(2026, 11, 27)
# Friday 06:00 and Monday 09:00 in UTC, the organisation's time zone in tests.
DRAFTED = dt.datetime(2026, 11, 27, 6, 0, tzinfo=dt.UTC)
DUE = dt.datetime(2026, 11, 30, 9, 0, tzinfo=dt.UTC)


def facts_for(product: Product, **values: Any) -> dict[str, Any]:
    """What stood on the Friday: a healthy product, and what a test says beside it."""
    given = {
        "product_id": product.pk,
        "name": product.name,
        "slug": product.slug,
        "url": product.get_absolute_url(),
        "day": FRIDAY,
        "mission": product.mission,
        "stage": product.stage,
        "stage_words": product.get_stage_display(),
        "status": "healthy",
        "status_words": "Healthy",
        "health": 84.0,
        "health_words": "84",
    }
    return Facts(**(given | values)).as_dict()


class IssueFactory(DjangoModelFactory):
    class Meta:
        model = Issue

    product = factory.SubFactory(ProductFactory)
    week = MONDAY
    facts = factory.LazyAttribute(lambda issue: facts_for(issue.product))
    drafted_at = DRAFTED


class IssueItemFactory(DjangoModelFactory):
    class Meta:
        model = IssueItem

    issue = factory.SubFactory(IssueFactory)
    key = factory.Sequence(lambda n: f"release:{n}")
    kind = "release"
    day = dt.date(2026, 11, 24)
    title = factory.Sequence(lambda n: f"New: Rosters can be copied, part {n}.")
    url = factory.LazyAttribute(lambda item: item.issue.product.get_absolute_url())
    weight = 30.0


class EditionFactory(DjangoModelFactory):
    class Meta:
        model = Edition

    issue = factory.SubFactory(IssueFactory)
    plan = "newsletter"
    length = "full"
    subject = factory.LazyAttribute(lambda edition: f"What is new in {edition.issue.product.name}")
    text = "Rosters can be copied.\n"
    html = "<p>Rosters can be copied.</p>"
    words = 4
    is_material = True
    made_at = DUE


class ReaderFactory(DjangoModelFactory):
    class Meta:
        model = Reader

    person = factory.SubFactory(PersonFactory)


class SubscriptionFactory(DjangoModelFactory):
    """Somebody who follows a product by their own choice."""

    class Meta:
        model = Subscription

    person = factory.SubFactory(PersonFactory)
    product = factory.SubFactory(ProductFactory)
    follows = True
    since = DRAFTED


class ProductDigestFactory(DjangoModelFactory):
    class Meta:
        model = ProductDigest

    product = factory.SubFactory(ProductFactory)


class DeliveryFactory(DjangoModelFactory):
    """The planned mail of somebody in UTC."""

    class Meta:
        model = DigestDelivery

    person = factory.SubFactory(PersonFactory)
    week = MONDAY
    due_at = DUE
    time_zone = "UTC"
    planned_at = DUE


def weekly(kpi: Kpi, *values: float | None, newest: dt.date = FRIDAY) -> None:
    """Values of a KPI on `newest`, seven days before, and so on; None: not measured."""
    Measurement.objects.bulk_create(
        Measurement(
            kpi_id=kpi.pk,
            date=newest - dt.timedelta(days=7 * back),
            segment="",
            value=value,
            source="form",
            entered_at=DRAFTED,
        )
        for back, value in enumerate(values)
        if value is not None
    )


def steadily(kpi: Kpi, now: float, before: float) -> None:
    """A value on the Friday of the draft, and another on each of the nine before."""
    weekly(kpi, now, *[before] * 9)
