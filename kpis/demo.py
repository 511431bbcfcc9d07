"""The demo company's KPIs: eighteen months of numbers with stories in them.

`demo.toml` tells each story by a few points; the days between follow the line with a little noise
that is the same at every run. Days without a value (gaps, a series that ended) stay without one.
"""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any, Self

from accounts import selectors as accounts
from accounts.models import User
from kpis import services
from kpis.models import Kpi, KpiReview, Metric
from kpis.rules import Bounds
from kpis.services import KpiPlan, Value
from portfolio.enums import Stage
from portfolio.models import Product

STORIES = Path(__file__).with_name("demo.toml")
NOISE = 0.03  # share of the path's height
# KPI of Shift Planner, why, days from today, answer: "" where nobody has decided.
EXEMPTIONS = (
    ("workflow_minutes", "Stock taking: nobody plans shifts as usual.", 0, ""),
    ("task_completion", "The stores close for the holidays.", 30, "Agreed, they say nothing then."),
    ("error_rate", "The new till makes it look bad.", 0, "That is what it is there to show."),
)
LATEST_ENTRY = 6  # days ago: each team enters its figures on a day of its own


@dataclass(frozen=True, slots=True)
class Story:
    """One KPI of the demo, in days before today."""

    product: str
    metric: str
    path: tuple[tuple[int, float], ...]
    baseline: float | None = None
    target: float | None = None
    due: int | None = None
    weight: int = 3
    guardrail: bool = False
    sample: int | None = None
    ends: int = 0
    gaps: tuple[tuple[int, int], ...] = ()

    @classmethod
    def from_toml(cls, table: dict[str, Any]) -> Self:
        """One table of `demo.toml`."""
        path = tuple((int(ago), float(value)) for ago, value in table.pop("path"))
        gaps = tuple((int(first), int(last)) for first, last in table.pop("gaps", ()))
        return cls(path=path, gaps=gaps, **table)

    def days_ago(self, cadence: int) -> Iterator[int]:
        """When it is measured: once per cadence, counted back from its last value."""
        yield from (
            ago
            for ago in range(self.ends, self.path[0][0] + 1, cadence)
            if not any(last <= ago <= first for first, last in self.gaps)
        )

    def level(self, ago: int) -> float:
        """The value on the line, before noise."""
        for (earlier, start), (later, end) in pairwise(self.path):
            if later <= ago <= earlier:
                share = (earlier - ago) / (earlier - later)
                return start + (end - start) * share
        return self.path[-1][1]


def stories() -> list[Story]:
    """Every story of `demo.toml`."""
    tables = tomllib.loads(STORIES.read_text())["kpi"]
    return [Story.from_toml(table) for table in tables]


def series(story: Story, cadence: int, bounds: Bounds, today: dt.date) -> list[Value]:
    """The values of a story, newest first; the same for the same story, whatever the day."""
    chance = Random(f"{story.product}/{story.metric}")  # noqa: S311  # believable, not secret
    late = Random(story.product).randrange(LATEST_ENTRY)  # noqa: S311  # nobody measures at midnight
    height = max(value for _, value in story.path) - min(value for _, value in story.path)
    spread = NOISE * (height or abs(story.path[0][1]))
    return [
        Value(
            date=today - dt.timedelta(days=ago + late),
            value=_inside(story.level(ago) + chance.gauss(0, spread), bounds),
            sample_size=story.sample and max(5, round(story.sample * chance.uniform(0.85, 1.1))),
        )
        for ago in story.days_ago(cadence)
    ]


def _inside(value: float, bounds: Bounds) -> float:
    if bounds.lower is not None:
        value = max(value, bounds.lower)
    if bounds.upper is not None:
        value = min(value, bounds.upper)
    return float(round(value)) if abs(value) >= 100 else round(value, 2)


def seed(now: dt.datetime) -> None:
    """Gives every demo product its KPIs and their values."""
    if Kpi.objects.filter(product__is_demo=True).exists():
        return
    today = accounts.today(now)
    products = {product.slug: product for product in Product.objects.filter(is_demo=True)}
    metrics = {metric.code: metric for metric in Metric.objects.all()}
    for story in stories():
        _tell(story, products[story.product], metrics[story.metric], today=today, now=now)
    _review(today, now)


def _tell(
    story: Story, product: Product, metric: Metric, *, today: dt.date, now: dt.datetime
) -> None:
    plan = KpiPlan(
        baseline=story.baseline,
        baseline_date=None,
        target=story.target,
        target_date=today + dt.timedelta(days=story.due) if story.due else None,
        weight=story.weight,
        cadence=metric.cadence,
        is_guardrail=story.guardrail,
        next_review=today + dt.timedelta(days=60),
    )
    kpi = services.create_kpi(product=product, metric=metric, plan=plan, by=None, now=now)
    values = series(story, metric.cadence, metric.bounds, today)
    services.load_series(kpi=kpi, values=values, source="demo", by=None, now=now)


def _review(today: dt.date, now: dt.datetime) -> None:
    """What a team has gone through, what waits, and a plan whose day has come.

    None of it changes a number of today: the exemption that counts has not begun.
    """
    people = {user.email.partition("@")[0]: user for user in User.objects.filter(is_demo=True)}
    dana, kofi = people["dana"], people["kofi"]
    kpis = Kpi.objects.filter(product__is_demo=True).select_related("metric", "product")
    by_name = {(kpi.product.slug, kpi.metric.code): kpi for kpi in kpis}
    for code, reason, first, answer in EXEMPTIONS:
        kpi, starts_on = by_name["shift-planner", code], today + dt.timedelta(days=first)
        asked = services.ask_exemption(
            kpi=kpi, reason=reason, starts_on=starts_on, by=kofi, now=now,
            ends_on=starts_on + dt.timedelta(days=13),
        )  # fmt: skip
        if answer:
            services.decide_exemption(
                exemption=asked, is_approved=first > 0, answer=answer, by=dana, now=now
            )
    Kpi.objects.filter(pk=by_name["returns-desk", "enps"].pk).update(
        next_review=today - dt.timedelta(days=6), owner=dana
    )
    KpiReview.objects.create(
        product=by_name["returns-desk", "enps"].product, stage=Stage.ROLLOUT, by=dana,
        done_at=now - dt.timedelta(days=101), note="Use and returns at the counter come first now.",
    )  # fmt: skip


def remove() -> None:
    """Takes the KPIs of the demo products away; the database takes their values along."""
    Kpi.objects.filter(product__is_demo=True).delete()
