"""One product's health for its page: the snapshot, what it was made of, and the weeks before."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Exists, OuterRef, Q, Subquery

from health import rules
from health.models import HealthSnapshot
from health.querysets import HealthSnapshotQuerySet
from health.selectors.adoption import Adoption, adoption_of
from health.selectors.scores import TREND_DAYS, score_days
from health.selectors.series import HealthPoint, week_days
from health.selectors.stored import health_of
from kpis.models import Exemption
from portfolio.models import StaleMark


@dataclass(frozen=True, slots=True)
class ExemptionNote:
    """Why a KPI is exempt, and until when."""

    kpi_id: int
    reason: str
    ends_on: dt.date


@dataclass(frozen=True, slots=True)
class ProductHealth:
    """Health of a product on a day, with everything its page tells.

    `adoption`: raw and earned, where audiences are told apart.
    `values`: for each KPI its value on the days of `series`. `earlier_points`: the score (0–100) of
    each KPI 28 days before. `settings_since`: when the settings used came into force; None for a
    day that was worked out for this page. `is_behind`: something has changed since the last
    roll-up.
    """

    day: dt.date
    health: rules.Health
    trend: float | None
    plan: rules.ProductPlan
    settings: rules.Settings
    series: list[HealthPoint] = field(default_factory=list)
    values: dict[int, list[float | None]] = field(default_factory=dict)
    earlier_points: dict[int, float] = field(default_factory=dict)
    exemptions: list[ExemptionNote] = field(default_factory=list)
    adoption: Adoption | None = None
    settings_since: dt.datetime | None = None
    computed_at: dt.datetime | None = None
    is_stored: bool = True
    is_behind: bool = False

    @property
    def measured_on(self) -> dt.date | None:
        """The day of the newest figure that was known; None where there was none."""
        return max((line.last for line in self.health.lines if line.last), default=None)


def product_health(
    product_id: int, as_of: dt.date, *, today: dt.date, exact: bool = False
) -> ProductHealth | None:
    """The newest snapshot of `as_of` or before, or None where there is none yet.

    With `exact` health of that very day: stored, or else worked out now, with the weeks before it
    as far as they are stored or else worked out too. One query for a stored one, one more where it
    is older than `as_of`, at most a dozen more to work out, one more where a KPI is exempt, and one
    where the product has audiences and monthly users.
    """
    of_product = HealthSnapshot.objects.of_products([product_id])
    rows = _stored(of_product, as_of)
    newest = rows[max(rows)] if rows else None
    if exact and (newest is None or newest.day != as_of):
        return _worked_out(product_id, as_of, today)
    if newest is None:
        return None
    plan = rules.ProductPlan.from_dict(newest.plan)
    settings = rules.Settings.from_dict(newest.settings.values)
    if newest.day != as_of:
        rows = _stored(of_product, newest.day)
    weeks = {day: health_of(row) for day, row in rows.items()}
    if exact and as_of != today:
        weeks |= _missing_weeks(product_id, as_of, today, weeks)
    return ProductHealth(
        day=newest.day,
        health=weeks[newest.day],
        trend=newest.trend,
        plan=plan,
        settings=settings,
        series=_series(weeks, newest.day),
        values=_values(plan, weeks, newest.day),
        earlier_points=_points(weeks.get(newest.day - TREND_DAYS)),
        exemptions=_exemptions(plan),
        adoption=adoption_of(plan, settings, newest.day),
        settings_since=newest.settings.created_at,
        computed_at=newest.computed_at,
        is_behind=newest.is_behind,
    )


def _worked_out(product_id: int, day: dt.date, today: dt.date) -> ProductHealth | None:
    """Health of the day and of the weeks before, none of it stored; one set of queries for all."""
    weeks = {day, day - TREND_DAYS, *week_days(day)}
    scored = {one.day: one for one in score_days({product_id: weeks}, today)}
    now = scored.get(day)
    if now is None:
        return None
    known = {each: one.health for each, one in scored.items()}
    return ProductHealth(
        day=day,
        health=now.health,
        trend=now.trend,
        plan=now.terms.plan,
        settings=now.settings,
        series=_series(known, day),
        values=_values(now.terms.plan, known, day),
        earlier_points=_points(known.get(day - TREND_DAYS)),
        exemptions=_exemptions(now.terms.plan),
        adoption=adoption_of(now.terms.plan, now.settings, day),
        is_stored=False,
    )


def _missing_weeks(
    product_id: int, day: dt.date, today: dt.date, stored: Collection[dt.date]
) -> dict[dt.date, rules.Health]:
    """The weeks before a kept day that nobody has kept."""
    missing = {day - TREND_DAYS, *week_days(day)}.difference(stored)
    if not missing:
        return {}
    return {one.day: one.health for one in score_days({product_id: missing}, today)}


def _stored(of_product: HealthSnapshotQuerySet, as_of: dt.date) -> dict[dt.date, Any]:
    """The newest snapshot of `as_of` or before, and those of the days that its page compares."""
    newest = of_product.up_to(as_of).newest_first().values("day")[:1]
    days = [*week_days(as_of), as_of - TREND_DAYS]
    marks = StaleMark.objects.filter(product=OuterRef("product_id"))
    rows = of_product.filter(Q(day__in=days) | Q(day=Subquery(newest)))
    with_marks = rows.select_related("settings").annotate(is_behind=Exists(marks))
    return {row.day: row for row in with_marks.defer("before")}


def _series(weeks: dict[dt.date, rules.Health], as_of: dt.date) -> list[HealthPoint]:
    return [
        HealthPoint(day, weeks[day].shown if day in weeks else None) for day in week_days(as_of)
    ]


def _values(
    plan: rules.ProductPlan, weeks: dict[dt.date, rules.Health], as_of: dt.date
) -> dict[int, list[float | None]]:
    by_day = {
        day: {line.kpi_id: line.value for line in health.lines} for day, health in weeks.items()
    }
    return {
        kpi.kpi_id: [by_day.get(day, {}).get(kpi.kpi_id) for day in week_days(as_of)]
        for kpi in plan.kpis
    }


def _points(health: rules.Health | None) -> dict[int, float]:
    lines: Iterable[rules.Line] = health.lines if health else ()
    return {
        line.kpi_id: line.points
        for line in lines
        if line.points is not None and line.part == rules.Part.SCORED
    }


def _exemptions(plan: rules.ProductPlan) -> list[ExemptionNote]:
    ids = [pk for kpi in plan.kpis for pk in kpi.exemptions]
    if not ids:
        return []
    rows = Exemption.objects.filter(pk__in=ids).order_by("ends_on", "pk")
    return [ExemptionNote(*row) for row in rows.values_list("kpi_id", "reason", "ends_on")]
