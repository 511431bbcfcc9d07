"""Everything that the file of personas holds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Prefetch
from django.db.models.functions import Lower

from accounts.models import User
from personas.models import Fit, Goal, Persona, PersonaEvidence, PersonaHeadCount, Task
from portfolio.models import Product


@dataclass(frozen=True, slots=True)
class FiledGoal:
    """A goal with its tasks, and with the judgements that the viewer may read."""

    goal: Goal
    tasks: list[Task]
    fits: list[Fit]


@dataclass(frozen=True, slots=True)
class FiledPersona:
    """A persona with all that hangs on it."""

    persona: Persona
    counts: list[PersonaHeadCount]
    evidence: list[PersonaEvidence]
    goals: list[FiledGoal]


def persona_file(user: User) -> Iterator[FiledPersona]:
    """Every persona by name, in six queries.

    The order of all things is by what they say, or by when they were made where two may say the
    same; so an import, which makes them in the order of the file, leads to the same file.
    """
    readable = Product.objects.visible_to(user)
    fits = Fit.objects.on_products(readable).select_related("product").order_by("product__slug")
    goals = Goal.objects.order_by("pk").prefetch_related(
        Prefetch("tasks", queryset=Task.objects.order_by("pk")), Prefetch("fits", queryset=fits)
    )
    counts = PersonaHeadCount.objects.select_related("department")
    seen = PersonaEvidence.objects.order_by("validated_on", "what", "source", "pk")
    personas = (
        Persona.objects.select_related("champion")
        .by_name()
        .prefetch_related(
            Prefetch("goals", queryset=goals),
            Prefetch("evidence", queryset=seen),
            Prefetch("head_counts", counts.order_by(Lower("department__name"), "from_date")),
        )
    )
    for persona in personas:
        yield FiledPersona(
            persona,
            list(persona.head_counts.all()),
            list(persona.evidence.all()),
            [
                FiledGoal(goal, list(goal.tasks.all()), list(goal.fits.all()))
                for goal in persona.goals.all()
            ],
        )
