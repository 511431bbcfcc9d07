"""Reviews in words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from core.formats import count, short_day
from kpis.models import Exemption, Kpi
from kpis.presenters.exemptions import days_words, told_words
from kpis.selectors.reviews import SOON, MissingGroup, ReviewRow, StageReview
from kpis.stages import factor_words
from portfolio.models import Product

UNTIL = dt.timedelta(days=91)


@dataclass(frozen=True, slots=True)
class ReviewLine:
    """One KPI of the review."""

    name: str
    url: str
    group: str
    counts: str
    sign: str
    suggestion: str


def review_line(row: ReviewRow) -> ReviewLine:
    """One KPI in words: what its group counted before, and counts now."""
    changed = row.suggested != row.kpi.weight
    return ReviewLine(
        name=row.kpi.metric.name,
        url=row.kpi.get_absolute_url(),
        group=row.kpi.metric.get_group_display(),
        counts=_counts(row.before, row.now),
        sign=_sign(row.before, row.now),
        suggestion=f"suggested; it is {row.kpi.weight} now" if changed else "",
    )


def _counts(before: float | None, now: float) -> str:
    if before is None or before == now:
        return factor_words(now)
    return f"{factor_words(before)} → {factor_words(now)}"


def _sign(before: float | None, now: float) -> str:
    if before is None or before == now:
        return ""
    return "more" if now > before else "less"


def missing_line(product: Product, one: MissingGroup) -> tuple[str, str, str]:
    """A group that nobody measures: its name, what it counts, where to add it."""
    address = reverse("kpis:template_list", args=[product.slug])
    return str(one.group.label), _counts(one.before, one.now), f"{address}#{one.group.value}"


def review_lede(product: Product, review: StageReview, today: dt.date) -> str:
    """What changed, above the table."""
    now = product.get_stage_display().lower()
    since = short_day(product.stage_since, today)
    if review.stage_before is None:
        return f"In {now} since {since}. This is how much each KPI counts in that stage."
    return (
        f"From {review.stage_before.label.lower()} to {now} on {since}: this is what counts more "
        "now, and what counts less."
    )


def last_review_words(review: Any, today: dt.date) -> str:
    """When somebody last went through them (`selectors.last_review`); empty where nobody has."""
    if review is None:
        return ""
    who = f" by {review.by}" if review.by else ""
    words = f"Last gone through on {short_day(review.done_on, today)}{who}"
    words = f"{words}, in {review.get_stage_display().lower()}"
    return f"{words}: {review.note}" if review.note else f"{words}."


@dataclass(frozen=True, slots=True)
class TodoLine:
    """One thing on the page of reviews."""

    what: str
    product: str
    url: str
    note: str
    day: str
    late: str
    action: str
    action_url: str


def exemption_todo(one: Exemption, today: dt.date) -> TodoLine:
    """An exemption that waits for a decision, or its answer."""
    address = [one.kpi.product.slug, one.kpi_id, one.pk]
    return TodoLine(
        what=one.kpi.metric.name,
        product=one.kpi.product.name,
        url=one.kpi.get_absolute_url(),
        note=f"“{one.reason}” {told_words(one)} {one.answer}".strip(),
        day=days_words(one, today),
        late=str(one.get_state_display()).lower(),
        action="Decide",
        action_url=reverse("kpis:exemption_decide", args=address),
    )


def plan_todo(kpi: Kpi, today: dt.date) -> TodoLine:
    """A KPI whose next review is near."""
    day = kpi.next_review or today
    return TodoLine(
        what=kpi.metric.name,
        product=kpi.product.name,
        url=kpi.get_absolute_url(),
        note=kpi.if_it_drops,
        day=short_day(day, today),
        late=f"overdue by {count((today - day).days, 'day')}" if day < today else "",
        action=still_right_words(today),
        action_url=reverse("kpis:kpi_confirm", args=[kpi.product.slug, kpi.pk]),
    )


def stage_todo(product: Product, today: dt.date) -> TodoLine:
    """A product whose stage changed."""
    return TodoLine(
        what=product.name,
        product=product.name,
        url=product.get_absolute_url(),
        note=f"In {product.get_stage_display().lower()} now.",
        day=short_day(product.stage_since, today),
        late="",
        action="Go through its KPIs",
        action_url=reverse("kpis:review", args=[product.slug]),
    )


def todo_lines(rows: Iterable[Exemption | Kpi | Product], today: dt.date) -> list[TodoLine]:
    """Rows of one list in words."""
    found = []
    for row in rows:
        if isinstance(row, Exemption):
            found.append(exemption_todo(row, today))
        elif isinstance(row, Kpi):
            found.append(plan_todo(row, today))
        else:
            found.append(stage_todo(row, today))
    return found


def still_right(kpi: Kpi, today: dt.date) -> str:
    """What the button under a plan says whose review is near or was never planned; else empty."""
    is_far = kpi.next_review is not None and kpi.next_review > today + SOON
    return "" if is_far else still_right_words(today)


def still_right_words(today: dt.date) -> str:
    """What the button says that keeps a plan as it is."""
    return f"Still right until {short_day(today + UNTIL, today)}"
