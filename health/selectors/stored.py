"""Snapshots as far as working out other days needs them: numbers of all, plans once, no more.

Plans seldom change, so days of a product mostly hold the same one. It is read once for each mark,
and not at all where it is the plan in force; equal plans are then one object, which makes
comparing them cheap.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection

from core.arrays import AnyOf
from health import rules
from health.models import HealthSnapshot
from health.selectors.facts import array_of
from health.selectors.plans import CurrentPlan
from kpis.models import WithdrawnKpi

Key = tuple[int, dt.date]
Facts = dict[Key, dict[int, rules.KpiFact]]

_NUMBERS = ("day", "status", "health", "confidence")
_TERMS = ("settings_id", "plan_mark", "before")


@dataclass(frozen=True, slots=True)
class Terms:
    """What a product is held to on a day: its plan, and the row of settings (None: none yet)."""

    plan: rules.ProductPlan
    settings_id: int | None


@dataclass(frozen=True, slots=True)
class Stored:
    """A snapshot. `mark` is its plan's as it is stored, before withdrawn KPIs are dropped."""

    terms: Terms
    before: Terms
    status: str
    health: float | None
    confidence: float
    mark: str

    def score(self) -> rules.Health:
        """What a trend compares with."""
        return rules.Health(rules.Status(self.status), self.health, self.confidence)


def health_of(row: HealthSnapshot) -> rules.Health:
    """The health that a snapshot stored, line by line; needs its plan and its explanation."""
    plan = rules.ProductPlan.from_dict(row.plan)
    return rules.Health.from_explanation(
        row.status, row.health, row.confidence, row.explanation, plan
    )


def stored_snapshots(
    keys: Collection[Key], current: Mapping[int, CurrentPlan]
) -> dict[Key, Stored]:
    """The snapshots of these product-days that there are; at most three queries."""
    rows = _joined(keys, *_NUMBERS, *_TERMS)
    if not rows:
        return {}
    plans = _Plans(current, {row[0] for row in rows})
    plans.read((product_id, day, mark) for product_id, day, *_, mark, _ in rows)
    found = {}
    for product_id, day, status, health, confidence, settings_id, mark, before in rows:
        terms = Terms(plans.of(product_id, day, mark), settings_id)
        earlier = plans.terms(product_id, before) if before else terms
        found[product_id, day] = Stored(terms, earlier, status, health, confidence, mark)
    return found


def stored_facts(keys: Collection[Key], current: Mapping[int, CurrentPlan]) -> Facts:
    """What those snapshots say of KPIs that were deleted since; one query.

    Their measurements are gone, the past is not.
    """
    found: Facts = {}
    rows = _joined(keys, *_NUMBERS, "explanation", "plan")
    for product_id, day, status, health, confidence, *texts in rows:
        explanation, plan = map(json.loads, texts)
        held = rules.ProductPlan.from_dict(plan)
        kept = rules.Health.from_explanation(status, health, confidence, explanation, held)
        alive = {kpi.kpi_id for kpi in current[product_id].plan.kpis}
        found[product_id, day] = {
            line.kpi_id: rules.KpiFact(line.value, line.last, line.source, line.first)
            for line in kept.lines
            if line.kpi_id not in alive and line.value is not None and line.last is not None
        }
    return found


class _Plans:
    """The plans that snapshots hold, each read once, without KPIs that never were."""

    def __init__(self, current: Mapping[int, CurrentPlan], product_ids: Iterable[int]) -> None:
        self._withdrawn = _withdrawn(product_ids)
        self._by_mark = {(pk, held.plan.mark()): held.plan for pk, held in current.items()}
        self._unmarked: dict[Key, rules.ProductPlan] = {}  # rows from before there were marks
        self._by_text: dict[tuple[int, str], Terms] = {}

    def read(self, rows: Iterable[tuple[int, dt.date, str]]) -> None:
        """Read the plans of these (product, day, mark), one for each mark that is not known."""
        missing = {
            (product_id, mark or day): (product_id, day)
            for product_id, day, mark in rows
            if (product_id, mark) not in self._by_mark
        }
        for product_id, day, mark, text in _joined(missing.values(), "day", "plan_mark", "plan"):
            plan = self._parsed(product_id, json.loads(text))
            if mark:
                self._by_mark[product_id, mark] = plan
            else:
                self._unmarked[product_id, day] = self._shared(product_id, plan)

    def of(self, product_id: int, day: dt.date, mark: str) -> rules.ProductPlan:
        """The plan of a snapshot."""
        return self._by_mark[product_id, mark] if mark else self._unmarked[product_id, day]

    def terms(self, product_id: int, text: str) -> Terms:
        """What a snapshot remembers of 28 days before."""
        found = self._by_text.get((product_id, text))
        if found is None:
            values = json.loads(text)
            plan = self._shared(product_id, self._parsed(product_id, values["plan"]))
            found = self._by_text[product_id, text] = Terms(plan, values["settings"])
        return found

    def _parsed(self, product_id: int, values: Mapping[str, Any]) -> rules.ProductPlan:
        plan = rules.ProductPlan.from_dict(values)
        return plan.without(self._withdrawn.get(product_id, ()))

    def _shared(self, product_id: int, plan: rules.ProductPlan) -> rules.ProductPlan:
        """The object that stands for all plans like this one."""
        return self._by_mark.setdefault((product_id, plan.mark()), plan)


def _withdrawn(product_ids: Iterable[int]) -> dict[int, set[int]]:
    """KPIs of undone imports: the past forgets them."""
    found: dict[int, set[int]] = {}
    rows = WithdrawnKpi.objects.filter(product_id__in=AnyOf(product_ids))
    for product_id, kpi_id in rows.values_list("product_id", "kpi_id"):
        found.setdefault(product_id, set()).add(kpi_id)
    return found


def _joined(keys: Collection[Key], *columns: str) -> list[tuple[Any, ...]]:
    """The product and these columns of the snapshots with those keys; JSON as its text."""
    if not keys:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT product_id, {', '.join(columns)} FROM health_healthsnapshot"  # noqa: S608  # our own names
            " JOIN unnest(%s::bigint[], %s::date[]) AS wanted (product_id, day)"
            " USING (product_id, day)",
            [array_of(pk for pk, _ in keys), array_of(day for _, day in keys)],
        )
        return list(cursor.fetchall())
