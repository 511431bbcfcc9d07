"""Products, KPIs and snapshots as the tests of health need them: short to write, plain to read."""

from __future__ import annotations

import datetime as dt
import itertools
from typing import Any

from health.models import HealthSettings, HealthSnapshot
from health.rules import Settings
from kpis.models import Exemption, Kpi, Measurement, Metric
from portfolio.models import BusinessFunction, Portfolio, Product, StaleMark

TODAY = dt.date(2026, 11, 21)
NOW = dt.datetime(2026, 11, 21, 12, 0, tzinfo=dt.UTC)
_numbers = itertools.count(1)


def days_ago(days: int) -> dt.date:
    """The day so many days before `TODAY`."""
    return TODAY - dt.timedelta(days=days)


def make_settings(**values: Any) -> HealthSettings:
    """A new row of settings, in force at once."""
    settings = Settings(**values)
    return HealthSettings.objects.create(values=settings.as_dict(), created_at=NOW)


def make_portfolio(name: str = "") -> Portfolio:
    """A portfolio; the same one for the same name."""
    name = name or f"Portfolio {next(_numbers)}"
    slug = name.lower().replace(" ", "-")
    found, _ = Portfolio.objects.get_or_create(slug=slug, defaults={"name": name})
    return found


def make_product(
    name: str = "", *, function: str = "", portfolio: Any = None, **fields: Any
) -> Product:
    """A product of stage growth with a free choice, seen by the whole company."""
    name = name or f"Product {next(_numbers)}"
    if function:
        found, _ = BusinessFunction.objects.get_or_create(name=function)
        fields["function"] = found
    defaults = {
        "slug": name.lower().replace(" ", "-"),
        "portfolio": portfolio or make_portfolio("Store operations"),
        "stage": "growth",
        "stage_since": days_ago(400),
        "choice": "optional",
        "exchange": "money",
        "people_word": "customers",
        "created_at": NOW - dt.timedelta(days=4000),
        "updated_at": NOW,
    }
    return Product.objects.create(name=name, **{**defaults, **fields})


def make_metric(code: str, **fields: Any) -> Metric:
    """The metric of this code: the built-in one, or a new one."""
    defaults = {
        "name": code,
        "direction": "up",
        "aggregation": "last",
        "group": "satisfaction",
        "cadence": 28,
    }
    found, _ = Metric.objects.get_or_create(code=code, defaults={**defaults, **fields})
    return found


def make_kpi(
    product: Product, code: str = "score", *, metric: dict[str, Any] | None = None, **plan: Any
) -> Kpi:
    """A KPI from 0 to 100 without dates: its value is its score."""
    defaults: dict[str, Any] = {
        "baseline": 0.0,
        "baseline_date": days_ago(400),
        "target": 100.0,
        "cadence": 28,
        "created_on": days_ago(400),
    }
    found = make_metric(code, **(metric or {}))
    return Kpi.objects.create(product=product, metric=found, **{**defaults, **plan})


def measure(
    kpi: Kpi, value: float, *, ago: int = 0, segment: str = "", size: int | None = None
) -> None:
    """One measurement, later ones replace earlier ones; it marks nothing."""
    Measurement.objects.update_or_create(
        kpi_id=kpi.pk,
        date=days_ago(ago),
        segment=segment,
        defaults={"value": value, "sample_size": size, "source": "form", "entered_at": NOW},
    )


def exempt(kpi: Kpi, *, ago: int, until: int) -> Exemption:
    """An exemption from `ago` days ago until `until` days ago."""
    return Exemption.objects.create(
        kpi=kpi, reason="Strike.", starts_on=days_ago(ago), ends_on=days_ago(until), created_at=NOW
    )


def mark(product: Product, *, ago: int = 0) -> StaleMark:
    """A stale mark from so many days ago on."""
    return StaleMark.objects.create(product=product, from_date=days_ago(ago))


def make_snapshot(product: Product, *, ago: int = 0, **values: Any) -> HealthSnapshot:
    """A stored snapshot with an empty explanation."""
    settings = HealthSettings.objects.order_by("-pk").first() or make_settings()
    defaults = {
        "status": "healthy",
        "health": 88.0,
        "confidence": 64.0,
        "settings": settings,
        "plan": {
            "stage": "growth",
            "choice": "optional",
            "exchange": "money",
            "audiences": [],
            "kpis": [],
        },
        "explanation": {"lines": [], "missing_groups": [], "cap": None, "weight": 0.0, "full": 0.0},
        "measured_on": days_ago(ago),
        "computed_at": NOW,
    }
    return HealthSnapshot.objects.create(
        product=product, day=days_ago(ago), **{**defaults, **values}
    )
