"""Short ways to a KPI, a product and its health, for the tests of the formula."""

import datetime as dt

from health.rules import (
    KpiFact,
    KpiPlan,
    ProductPlan,
    Settings,
    kpi_score,
    score_product,
)

DAY = dt.date(2026, 7, 1)
START, END = dt.date(2026, 1, 1), dt.date(2026, 12, 29)  # DAY is half-time
SETTINGS = Settings()


def kpi(code="enps", group="satisfaction", **values):
    base = {"kpi_id": sum(map(ord, code)), "code": code, "group": group, "name": code}
    plan = {"direction": "up", "baseline": 10.0, "target": 20.0, "baseline_date": START}
    return KpiPlan(**{**base, **plan, **values})


def points(value, *, day=DAY, **plan):
    return kpi_score(kpi(**plan), KpiFact(value, day), day).points


def product(*kpis, **values):
    return ProductPlan(
        **{"stage": "growth", "choice": "optional", "exchange": "money", **values}, kpis=kpis
    )


def facts(plan, *values, age=0):
    last = DAY - dt.timedelta(days=age)
    known = [
        (one, value) for one, value in zip(plan.kpis, values, strict=True) if value is not None
    ]
    return {one.kpi_id: KpiFact(value, last) for one, value in known}


def scored(plan, *values, age=0, settings=SETTINGS):
    return score_product(plan, facts(plan, *values, age=age), DAY, settings)
