"""The lines of the CSV files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from core.exports import Value
from personas.models import Fit
from personas.presenters.matrix import end_word
from personas.rules.files import (
    EVIDENCE,
    FIT,
    GOAL,
    LABELS,
    PEOPLE,
    PERSONA,
    TASK,
    guarded,
)
from personas.selectors import Coverage, FiledGoal, FiledPersona, GoalRow
from portfolio.models import Product

PERSONAS_HEAD = tuple(LABELS.values())
COVERAGE_HEAD = (
    *("Persona", "When", "I want to", "So that", "Kind", "Hours a week", "Coverage"),
    *("Product", "Stage", "Fit", "Evidence", "Judged on"),
)


def persona_rows(
    personas: Iterable[FiledPersona], *, with_champions: bool
) -> Iterator[tuple[Value, ...]]:
    """The lines of the file of personas: what an import of it takes, in its order."""
    for one in personas:
        name = one.persona.name
        for cells in _persona_lines(one, with_champions=with_champions):
            yield tuple(_cell(key, cells | {"persona": name}) for key in LABELS)


def _cell(key: str, cells: Mapping[str, Value]) -> Value:
    value = cells.get(key)
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return guarded(value) if isinstance(value, str) else value


def _persona_lines(one: FiledPersona, *, with_champions: bool) -> Iterator[dict[str, Value]]:
    persona = one.persona
    names = ("tagline", "rhythm", "pains", "critical_moment", "world_without")
    own: dict[str, Value] = {name: getattr(persona, name) for name in names}
    if with_champions and persona.champion:
        own["champion"] = persona.champion.email
    yield {"record": PERSONA, **own}
    for count in one.counts:
        cells: dict[str, Value] = {"department": count.department.name, "day": count.from_date}
        yield {"record": PEOPLE, "people": count.head_count, **cells}
    for seen in one.evidence:
        cells = {"evidence": seen.what, "source": seen.source, "day": seen.validated_on}
        yield {"record": EVIDENCE, **cells}
    for number, filed in enumerate(one.goals, 1):
        for line in _goal_lines(filed):
            yield line | {"goal": number}


def _goal_lines(filed: FiledGoal) -> Iterator[dict[str, Value]]:
    goal = filed.goal
    names = ("when", "want", "so_that", "kind")
    yield {"record": GOAL, **{name: getattr(goal, name) for name in names}}
    for task in filed.tasks:
        parts = ("minutes", "times_a_month", "is_planned")
        work = {name: getattr(task, name) for name in parts}
        yield {"record": TASK, "task": task.name, **work}
    for fit in filed.fits:
        judged: dict[str, Value] = {"evidence": fit.evidence, "day": fit.judged_on}
        yield {"record": FIT, "product": fit.product.slug, "fit": fit.level, **judged}


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
