"""Personas for their list, and one of them with everything known of it."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Max, OuterRef, Prefetch, QuerySet, Subquery

from accounts.models import Department, User
from personas.models import Fit, Goal, Persona, PersonaEvidence, PersonaHeadCount, Task
from personas.querysets import PersonaQuerySet
from personas.rules import Work, minutes_a_week, missing_parts, suggested_rhythm
from portfolio.enums import Stage
from portfolio.models import Product


@dataclass(frozen=True, slots=True)
class GoalPortrait:
    """A goal with its tasks and with the judgements that the viewer may read, best first."""

    goal: Goal
    tasks: list[Task]
    fits: list[Fit]
    minutes_a_week: float | None


@dataclass(frozen=True, slots=True)
class Portrait:
    """Everything known of a persona on a day; `people` None: nobody has counted."""

    persona: Persona
    goals: list[GoalPortrait]
    people: int | None
    counts: list[PersonaHeadCount]
    in_force: frozenset[int]
    evidence: list[PersonaEvidence]

    @property
    def works(self) -> list[Work]:
        """Its tasks, as the rules want them."""
        return [work_of(task) for one in self.goals for task in one.tasks]

    @property
    def suggested_rhythm(self) -> int | None:
        """What the share of unplanned minutes suggests."""
        return suggested_rhythm(self.works)

    @property
    def missing(self) -> list[tuple[int, str]]:
        """What it lacks to be complete."""
        return missing_parts(len(self.goals), len(self.works))

    @property
    def validated_on(self) -> dt.date | None:
        """The day of its newest evidence."""
        return max((one.validated_on for one in self.evidence), default=None)


def work_of(task: Task) -> Work:
    """A task as the rules want it."""
    return Work(task.minutes, task.times_a_month, task.is_planned)


def personas_with_counts(text: str = "") -> PersonaQuerySet:
    """Personas that match, by name, with `goal_count`, `task_count` and `validated_on`."""
    return Persona.objects.matching(text).by_name().annotate(
        goal_count=_counted(Goal, "persona"),
        task_count=_counted(Task, "goal__persona"),
        validated_on=Subquery(
            PersonaEvidence.objects.filter(persona=OuterRef("pk"))
            .order_by()
            .values("persona")
            .annotate(newest=Max("validated_on"))
            .values("newest")
        ),
    )  # fmt: skip


def _counted(model: Any, path: str) -> Subquery:
    rows = model.objects.filter(**{path: OuterRef("pk")}).order_by().values(path)
    return Subquery(rows.annotate(amount=Count("pk")).values("amount"))


def people_of(personas: Iterable[int], day: dt.date) -> dict[int, int]:
    """How many people each persona has on `day`; those that nobody has counted are left out."""
    counts = PersonaHeadCount.objects.filter(persona__in=list(personas)).in_force(day)
    found: dict[int, int] = defaultdict(int)
    for persona_id, amount in counts.values_list("persona_id", "head_count"):
        found[persona_id] += amount
    return dict(found)


def portrait(persona: Persona, user: User, day: dt.date) -> Portrait:
    """One persona as `user` may see it on `day`, in six queries."""
    counts = list(
        persona.head_counts.select_related("department").order_by("department__name", "-from_date")
    )
    in_force = _newest(counts, day)
    people = sum(one.head_count for one in in_force) if in_force else None
    return Portrait(
        persona=persona,
        goals=[_goal(goal, people) for goal in _goals(persona, user, day)],
        people=people,
        counts=counts,
        in_force=frozenset(one.pk for one in in_force),
        evidence=list(persona.evidence.order_by("-validated_on", "-pk")),
    )


def _newest(counts: list[PersonaHeadCount], day: dt.date) -> list[PersonaHeadCount]:
    """The counts in force: for each department the latest that has begun; `counts` fall in date."""
    found: dict[int, PersonaHeadCount] = {}
    for one in counts:
        if one.from_date <= day:
            found.setdefault(one.department_id, one)
    return list(found.values())


def _goals(persona: Persona, user: User, day: dt.date) -> QuerySet[Goal]:
    fits = (
        Fit.objects.on_products(serving_products(user, day))
        .select_related("product")
        .order_by("-level", "product__name", "pk")
    )
    return persona.goals.order_by("pk").prefetch_related(
        Prefetch("tasks", queryset=Task.objects.order_by("pk")), Prefetch("fits", queryset=fits)
    )


def serving_products(user: User, day: dt.date) -> Any:
    """Products that `user` may read and that can serve somebody: not archived, not retired."""
    return Product.objects.visible_to(user).live(day).exclude(stage=Stage.RETIRED)


def suggested_rhythm_of(persona: Persona) -> int | None:
    """What the share of unplanned minutes in its tasks suggests, 0 to 100."""
    tasks = Task.objects.filter(goal__persona=persona)
    return suggested_rhythm(work_of(task) for task in tasks)


def _goal(goal: Goal, people: int | None) -> GoalPortrait:
    tasks = list(goal.tasks.all())
    month = sum(work_of(task).minutes_a_month for task in tasks) if tasks else None
    return GoalPortrait(goal, tasks, list(goal.fits.all()), minutes_a_week(month, people))


def department_names() -> list[str]:
    """What departments are called, to choose from while typing."""
    return list(Department.objects.order_by("name").values_list("name", flat=True)[:500])


@dataclass(frozen=True, slots=True)
class Dependants:
    """How much hangs on a persona or a goal."""

    goals: int
    tasks: int
    fits: int
    counts: int = 0
    evidence: int = 0
    audiences: int = 0


def dependants_of(persona: Persona) -> Dependants:
    """What deleting the persona deletes, besides itself; judgements of hidden products too."""
    return Dependants(
        goals=persona.goals.count(),
        tasks=Task.objects.filter(goal__persona=persona).count(),
        fits=Fit.objects.filter(goal__persona=persona).count(),
        counts=persona.head_counts.count(),
        evidence=persona.evidence.count(),
        audiences=persona.audiences.count(),
    )


def dependants_of_goal(goal: Goal) -> Dependants:
    """What deleting the goal deletes, besides itself."""
    return Dependants(goals=0, tasks=goal.tasks.count(), fits=goal.fits.count())
