"""Personas, goals and judgements for tests. Dates lie around `TODAY`, the day most tests freeze."""

from __future__ import annotations

import datetime as dt

import factory
from factory.django import DjangoModelFactory

from accounts.models import Department
from personas.models import (
    Audience,
    AudienceCount,
    Fit,
    Goal,
    Persona,
    PersonaEvidence,
    PersonaHeadCount,
    Task,
)
from tests.factories.portfolio import ProductFactory

TODAY = dt.date(2026, 11, 21)
NOW = dt.datetime(2026, 11, 21, 12, 0, tzinfo=dt.UTC)


class DepartmentFactory(DjangoModelFactory):
    class Meta:
        model = Department

    name = factory.Sequence(lambda n: f"Department {n}")


class PersonaFactory(DjangoModelFactory):
    class Meta:
        model = Persona

    name = factory.Sequence(lambda n: f"Persona {n}")
    created_at = NOW
    updated_at = NOW


class HeadCountFactory(DjangoModelFactory):
    class Meta:
        model = PersonaHeadCount

    persona = factory.SubFactory(PersonaFactory)
    department = factory.SubFactory(DepartmentFactory)
    from_date = dt.date(2026, 1, 1)
    head_count = 10


class GoalFactory(DjangoModelFactory):
    class Meta:
        model = Goal

    persona = factory.SubFactory(PersonaFactory)
    when = factory.Sequence(lambda n: f"thing {n} happens")
    want = factory.Sequence(lambda n: f"do thing {n}")
    so_that = "it is done"
    kind = "functional"


class TaskFactory(DjangoModelFactory):
    class Meta:
        model = Task

    goal = factory.SubFactory(GoalFactory)
    name = factory.Sequence(lambda n: f"Task {n}")
    minutes = 30.0
    times_a_month = 4.0


class EvidenceFactory(DjangoModelFactory):
    class Meta:
        model = PersonaEvidence

    persona = factory.SubFactory(PersonaFactory)
    what = factory.Sequence(lambda n: f"Interview {n}")
    validated_on = TODAY


class AudienceFactory(DjangoModelFactory):
    class Meta:
        model = Audience

    product = factory.SubFactory(ProductFactory, stage="growth")
    persona = factory.SubFactory(PersonaFactory)
    choice = "optional"
    exchange = "effort"
    tested_on = TODAY


class AudienceCountFactory(DjangoModelFactory):
    class Meta:
        model = AudienceCount

    audience = factory.SubFactory(AudienceFactory)
    from_date = dt.date(2026, 1, 1)
    head_count = 10


class FitFactory(DjangoModelFactory):
    class Meta:
        model = Fit

    product = factory.SubFactory(ProductFactory, stage="growth")
    goal = factory.SubFactory(GoalFactory)
    level = 3
    evidence = "Seen in three stores."
    judged_on = TODAY
