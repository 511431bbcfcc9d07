"""Refused values, in the order of the file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from imports.models import ImportRun, RefusedValue

A_TIME = 2000


@dataclass(frozen=True, slots=True)
class RefusedPage:
    """Some refused values; `next_after` is what the next page begins after, None on the last."""

    rows: list[RefusedValue]
    next_after: int | None


@dataclass(frozen=True, slots=True)
class RefusedTotal:
    """How many values of a series (a metric's code; empty: the records themselves) for a reason."""

    series: str
    reason: str
    count: int


def refused_page(
    run: ImportRun, *, after: int | None = None, reason: str = "", series: str = "", size: int = 50
) -> RefusedPage:
    """A page of what was refused, by line; `after` is the key of the last row of the page before.

    An `after` that is not of this run begins from the start.
    """
    rows = _ordered(run)
    if reason:
        rows = rows.filter(reason=reason)
    if series:
        rows = rows.filter(series=series)
    last = run.refused.filter(pk=after).first() if after is not None else None
    if last is not None:
        rows = rows.filter(Q(line__gt=last.line) | Q(line=last.line, pk__gt=last.pk))
    found = list(rows[: size + 1])
    page = found[:size]
    return RefusedPage(page, page[-1].pk if len(found) > size else None)


def refused_rows(run: ImportRun) -> Iterator[RefusedValue]:
    """Everything that was refused, by line; read in pieces while it is sent."""
    return _ordered(run).iterator(chunk_size=A_TIME)


def refused_totals(run: ImportRun) -> list[RefusedTotal]:
    """How often each reason was given for each series, the most frequent first."""
    totals = (
        run.refused.order_by().values("series", "reason").annotate(number=Count("pk"))
        .order_by("-number", "series", "reason")
    )  # fmt: skip
    return [RefusedTotal(row["series"], row["reason"], row["number"]) for row in totals]


def _ordered(run: ImportRun) -> QuerySet[RefusedValue]:
    return RefusedValue.objects.filter(run=run).order_by("line", "pk")
