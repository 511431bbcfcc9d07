"""Refused values as lines of a page and of a CSV, the same for both and for the commands."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from urllib.parse import urlencode

from core.formats import number
from imports.models import RefusedValue
from imports.selectors import RefusedTotal

REFUSED_HEAD = ("Line", "Column", "Text", "Reason")

RefusedLine = tuple[int, str, str, str]


def refused_lines(rows: Iterable[RefusedValue]) -> Iterable[RefusedLine]:
    """Line, column, text as it stands in the file, and why it was not taken."""
    for row in rows:
        yield row.line, row.column, row.raw, row.reason


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of a filter, with how many there are."""

    label: str
    url: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class RefusedFilters:
    """What the page can be narrowed to; each link keeps the other choice."""

    reasons: tuple[Choice, ...]
    series: tuple[Choice, ...]
    shown: int
    has_series: bool


def refused_filters(
    totals: Iterable[RefusedTotal], *, series: str, reason: str, labels: dict[str, str]
) -> RefusedFilters:
    """`labels` are the names of the series."""
    known = [(total.series, total.reason, total.count) for total in totals]
    return RefusedFilters(
        reasons=_choices(
            [(why, why, amount) for key, why, amount in known if series in ("", key)],
            "reason", reason, series=series,
        ),
        series=_choices(
            [(key, labels.get(key, key), amount) for key, why, amount in known
             if key and reason in ("", why)],
            "series", series, reason=reason,
        ),
        shown=sum(
            amount for key, why, amount in known if series in ("", key) and reason in ("", why)
        ),
        has_series=any(key for key, _, _ in known),
    )  # fmt: skip


def _choices(
    found: Sequence[tuple[str, str, int]], name: str, current: str, **other: str
) -> tuple[Choice, ...]:
    ordered = sorted(found)
    sums = [
        (key, next(iter(same := list(group)))[1], sum(amount for _, _, amount in same))
        for key, group in groupby(ordered, key=lambda one: one[0])
    ]
    sums.sort(key=lambda one: (-one[2], one[1]))
    return tuple(
        Choice(
            label=f"{label} ({number(amount)})",
            url=_address({name: "" if key == current else key, **other}),
            is_current=key == current,
        )
        for key, label, amount in sums
    )


def _address(query: dict[str, str]) -> str:
    kept = {name: value for name, value in query.items() if value}
    return f"?{urlencode(sorted(kept.items()))}"
