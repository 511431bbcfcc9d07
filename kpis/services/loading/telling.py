"""What an import of values leaves besides them: marks, activity, and what its undo needs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from accounts.models import User
from accounts.selectors import today
from activity.services import Happening, log_events
from core.formats import count, short_day
from imports.services import Touched, remember
from kpis.models import Kpi, Metric
from kpis.services.loading.resolving import Resolved
from portfolio.models import Product
from portfolio.services import mark_stale_many

if TYPE_CHECKING:
    import polars as pl

KPI = Kpi._meta.label_lower
PRODUCT = Product._meta.label_lower


def tell(
    written: pl.DataFrame,
    resolved: Resolved,
    metrics: Mapping[int, Metric],
    *,
    run_id: int,
    by: User | None,
    now: dt.datetime,
) -> None:
    """Mark the products stale from their first day written, one line of activity a product, and
    remember which KPIs were made and of which values were written.
    """
    import polars as pl

    products = (
        written.join(resolved.frame, on="kpi")
        .group_by("product")
        .agg(
            pl.col("first").min(),
            pl.col("last").max(),
            (pl.col("new") + pl.col("changed")).sum().alias("count"),
        )
        .sort("product")
    )
    marks = {kpi.product_id: today(now) for kpi in resolved.made}
    for product, first in products.select("product", "first").rows():
        marks[product] = min(first, marks.get(product, first))
    mark_stale_many(marks)
    names = _names(marks)
    log_events(_happenings(products, names, run_id), by=by, now=now)
    remember(run_id, _touched(written, resolved, metrics, names))


def _names(product_ids: Mapping[int, object]) -> dict[int, str]:
    found = Product.objects.filter(pk__in=list(product_ids))
    return dict(found.order_by().values_list("pk", "name"))


def _happenings(
    products: pl.DataFrame, names: Mapping[int, str], run_id: int
) -> Iterator[Happening]:
    rows = products.select("product", "first", "last", "count").iter_rows()
    for product, first, last, number in rows:
        values = count(number, "value")
        days = short_day(first)
        detail = (
            f"{values} of {days}" if first == last else f"{values}, {days} to {short_day(last)}"
        )
        data = {"import": run_id, "detail": detail}
        yield Happening(
            "imported values of", PRODUCT, product, names.get(product, ""), product, data
        )


def _touched(
    written: pl.DataFrame,
    resolved: Resolved,
    metrics: Mapping[int, Metric],
    names: Mapping[int, str],
) -> Iterator[Touched]:
    """A KPI is as the import left it while its version is this one."""

    def label(product: int, metric: int) -> str:
        return f"{metrics[metric].name} of {names.get(product, '')}"

    for made in resolved.made:
        words = label(made.product_id, made.metric_id)
        yield KPI, made.pk, words, "made", {"version": made.version}
    found = written.join(resolved.frame, on="kpi").select(
        "kpi", "product", "metric", "first", "last"
    )
    for kpi, product, metric, first, last in found.iter_rows():
        days = {"first": first.isoformat(), "last": last.isoformat()}
        yield KPI, kpi, label(product, metric), "values", days
