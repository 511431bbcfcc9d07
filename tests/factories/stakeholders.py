"""People and their places on maps for tests. Dates lie around `TODAY`, which most tests freeze."""

from __future__ import annotations

import datetime as dt

import factory
from factory.django import DjangoModelFactory

from stakeholders.models import Move, Person, Placement, Snooze, Touchpoint
from tests.factories.portfolio import ProductFactory

TODAY = dt.date(2026, 11, 21)
NOW = dt.datetime(2026, 11, 21, 12, 0, tzinfo=dt.UTC)


class PersonFactory(DjangoModelFactory):
    class Meta:
        model = Person

    name = factory.Sequence(lambda n: f"Person {n}")
    email = factory.Sequence(lambda n: f"stakeholder-{n}@example.org")
    created_at = NOW
    updated_at = NOW


class PlacementFactory(DjangoModelFactory):
    class Meta:
        model = Placement

    product = factory.SubFactory(ProductFactory)
    person = factory.SubFactory(PersonFactory)
    involvement = 20
    power = 80
    since = dt.date(2026, 10, 1)
    reviewed_on = dt.date(2026, 10, 1)


class MoveFactory(DjangoModelFactory):
    class Meta:
        model = Move

    product = factory.SubFactory(ProductFactory)
    person = factory.SubFactory(PersonFactory)
    kind = "placed"
    involvement = 20
    power = 80
    at = NOW


class TouchpointFactory(DjangoModelFactory):
    class Meta:
        model = Touchpoint

    product = factory.SubFactory(ProductFactory)
    person = factory.SubFactory(PersonFactory)
    kind = "briefing"
    day = dt.date(2026, 10, 11)
    created_at = NOW


class SnoozeFactory(DjangoModelFactory):
    class Meta:
        model = Snooze

    product = factory.SubFactory(ProductFactory)
    person = factory.SubFactory(PersonFactory)
    from_day = dt.date(2026, 11, 1)
    until_day = dt.date(2026, 11, 11)
    reason = "On leave"
