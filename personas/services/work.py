"""Writing what people must get done: goals, and the tasks that hang on them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import transaction

from accounts.models import User
from core.versions import change_row
from personas.models import Goal, Persona, Task
from personas.services.personas import locked, touch


@transaction.atomic
def add_goal(
    *, persona: Persona, fields: Mapping[str, Any], by: User | None, now: dt.datetime
) -> Goal:
    """A goal of the persona (`when`, `want`, `so_that`, `kind`); the same one twice is one.

    Raises:
        Persona.DoesNotExist: it is gone.
    """
    locked(persona.pk)
    known = Goal.objects.filter(persona=persona, **fields).first()
    if known is not None:
        return known
    touch(persona, "added a goal to", by, now)
    return Goal.objects.create(persona=persona, **fields)


@transaction.atomic
def change_goal(
    *, goal_id: int, version: int, fields: Mapping[str, Any], by: User, now: dt.datetime
) -> Goal:
    """Change the goal that was read at `version`.

    Raises:
        Goal.DoesNotExist: it is gone.
        Conflict: somebody else was faster.
    """
    before = Goal.objects.select_related("persona").get(pk=goal_id)
    after, has_changed = change_row(before, version, fields)
    if has_changed:
        touch(before.persona, "changed a goal of", by, now)
    return after


@transaction.atomic
def delete_goal(*, goal: Goal, by: User, now: dt.datetime) -> None:
    """Delete a goal with its tasks and judgements of fit.

    Raises:
        Persona.DoesNotExist: it is gone.
    """
    locked(goal.persona_id)
    deleted, _ = Goal.objects.filter(pk=goal.pk).delete()
    if deleted:
        touch(goal.persona, "removed a goal from", by, now)


@transaction.atomic
def add_task(*, goal: Goal, fields: Mapping[str, Any], by: User | None, now: dt.datetime) -> Task:
    """A task of the goal (`name`, `minutes`, `times_a_month`, `is_planned`); twice is one.

    Raises:
        Goal.DoesNotExist: it is gone.
    """
    persona = locked(goal.persona_id)
    goal = Goal.objects.get(pk=goal.pk)
    known = Task.objects.filter(goal=goal, **fields).first()
    if known is not None:
        return known
    touch(persona, "added a task to", by, now)
    return Task.objects.create(goal=goal, **fields)


@transaction.atomic
def change_task(
    *, task_id: int, version: int, fields: Mapping[str, Any], by: User, now: dt.datetime
) -> Task:
    """Change the task that was read at `version`.

    Raises:
        Task.DoesNotExist: it is gone.
        Conflict: somebody else was faster.
    """
    before = Task.objects.select_related("goal__persona").get(pk=task_id)
    after, has_changed = change_row(before, version, fields)
    if has_changed:
        touch(before.goal.persona, "changed a task of", by, now)
    return after


@transaction.atomic
def delete_task(*, task: Task, by: User, now: dt.datetime) -> None:
    """Delete a task.

    Raises:
        Persona.DoesNotExist: it is gone.
    """
    locked(task.goal.persona_id)
    deleted, _ = Task.objects.filter(pk=task.pk).delete()
    if deleted:
        touch(task.goal.persona, "removed a task from", by, now)
