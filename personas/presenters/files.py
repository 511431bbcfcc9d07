"""The lines of the CSV files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from core.exports import Value
from personas.models import Fit, Goal, Persona, Task
from personas.presenters.matrix import end_word
from personas.selectors import Coverage, GoalRow
from portfolio.models import Product

PERSONAS_HEAD = (
    *("Persona", "In one line", "Rhythm", "When", "I want to", "So that", "Kind"),
    *("Task", "Minutes", "Times a month", "Planned"),
)
COVERAGE_HEAD = (
    *("Persona", "When", "I want to", "So that", "Kind", "Hours a week", "Coverage"),
    *("Product", "Stage", "Fit", "Evidence", "Judged on"),
)


def persona_rows(things: Iterable[Task | Goal | Persona]) -> Iterator[tuple[Value, ...]]:
    """The lines of the export: a task with its goal and persona; fewer cells where it ends."""
    for one in things:
        task = one if isinstance(one, Task) else None
        goal = task.goal if task else one if isinstance(one, Goal) else None
        persona = goal.persona if goal else one
        assert isinstance(persona, Persona)  # noqa: S101  # narrows the type
        yield (*_persona_cells(persona), *_goal_cells(goal), *_task_cells(task))


def _persona_cells(persona: Persona) -> tuple[Value, ...]:
    return persona.name, persona.tagline, persona.rhythm


def _goal_cells(goal: Goal | None) -> tuple[Value, ...]:
    return (goal.when, goal.want, goal.so_that, goal.kind) if goal else (None,) * 4


def _task_cells(task: Task | None) -> tuple[Value, ...]:
    if task is None:
        return (None,) * 4
    return task.name, task.minutes, task.times_a_month, task.is_planned


def coverage_rows(coverage: Coverage) -> Iterator[tuple[Value, ...]]:
    """One line for each judgement on a product that is shown, one for each goal without any."""
    shown = {one.pk for one in coverage.products}
    for row in coverage.rows:
        found = [one for one in row.judged if one.product.pk in shown]
        for one in found:
            yield (*_row_cells(row), *_fit_cells(one.fit, one.product))
        if not found:
            yield (*_row_cells(row), *(None,) * 5)


def _row_cells(row: GoalRow) -> tuple[Value, ...]:
    goal, minutes = row.goal, row.minutes_a_week
    hours = None if minutes is None else round(minutes / 60, 2)
    story = (goal.when, goal.want, goal.so_that, goal.kind)
    return goal.persona.name, *story, hours, end_word(row)


def _fit_cells(fit: Fit, product: Product) -> tuple[Value, ...]:
    return product.name, product.stage, fit.level, fit.evidence, fit.judged_on
