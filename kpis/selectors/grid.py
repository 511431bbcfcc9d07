"""The week's grid: KPIs of the products whose figures somebody records, week by week."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.db.models import DateField, Exists, ExpressionWrapper, OuterRef, Q, Subquery, Value
from django.db.models.functions import Lower

from accounts.models import User
from core.periods import week_start
from kpis.models import Kpi, Measurement
from kpis.querysets import KpiQuerySet
from kpis.rules import EVERYONE, DayValue, Part, day_value
from kpis.selectors.cells import Place, Stand
from kpis.selectors.rows import adds_segments, segment_weights
from portfolio.models import Product
from portfolio.querysets import ProductQuerySet

DAY = dt.timedelta(days=1)
WEEK = 7 * DAY
MANAGER = "manager"


@dataclass(frozen=True, slots=True)
class GridFilter:
    """What the address asks for; empty means all."""

    product: str = ""
    words: str = ""
    is_mine: bool = False
    is_bookmarked: bool = False
    is_due: bool = False


@dataclass(frozen=True, slots=True)
class GridRow:
    """One KPI and what is known of the weeks; `newest` is the day of its newest value."""

    kpi: Kpi
    newest: dt.date | None
    is_due: bool
    stands: Mapping[dt.date, Stand]
    combined: Mapping[dt.date, DayValue] = field(default_factory=dict)


def weeks_up_to(today: dt.date, amount: int, first_weekday: int) -> list[dt.date]:
    """The first days of the last weeks, the running one included, oldest first."""
    current = week_start(today, first_weekday)
    return [current - WEEK * back for back in reversed(range(amount))]


def day_of_week(week: dt.date, today: dt.date) -> dt.date:
    """Where a new value of a week goes: its last day, or today while the week is running."""
    return min(week + WEEK - DAY, today)


def grid_kpis(user: User, today: dt.date, wanted: GridFilter) -> KpiQuerySet:
    """The KPIs that the filters leave.

    `is_mine`: those the person owns, and those without an owner in products they manage.
    `is_due`: no value for longer than the cadence.
    """
    found = Kpi.objects.all()
    if wanted.is_mine:
        managed = Q(product__memberships__user=user, product__memberships__role=MANAGER)
        found = found.filter(
            Q(owner=user) | Q(owner=None, pk__in=Kpi.objects.filter(managed).values("pk"))
        )
    return _due(found, today) if wanted.is_due else found


def _due(found: KpiQuerySet, today: dt.date) -> KpiQuerySet:
    since = ExpressionWrapper(
        Value(today, DateField()) - OuterRef("cadence"), output_field=DateField()
    )
    fresh = Measurement.objects.filter(kpi_id=OuterRef("pk"), date__lte=today, date__gte=since)
    return found.filter(~Exists(fresh))


def grid_products(user: User, today: dt.date, wanted: GridFilter) -> ProductQuerySet:
    """The products, by name, in which the person may record and the filters leave a KPI."""
    kpis = grid_kpis(user, today, wanted).filter(product_id=OuterRef("pk"))
    found = Product.objects.visible_to(user).editable_by(user).live(today).filter(Exists(kpis))
    if wanted.product:
        found = found.filter(slug=wanted.product)
    if wanted.words:
        named = Kpi.objects.filter(product_id=OuterRef("pk"), metric__name__icontains=wanted.words)
        found = found.filter(
            Q(pk__in=Product.objects.matching(wanted.words).values("pk")) | Exists(named)
        )
    if wanted.is_bookmarked:
        found = found.filter(bookmarks__user=user)
    ordered: ProductQuerySet = found.order_by(Lower("name"), "pk")
    return ordered


def grid_rows(
    products: Sequence[Product],
    user: User,
    *,
    today: dt.date,
    wanted: GridFilter,
    weeks: Sequence[dt.date],
    first_weekday: int,
) -> dict[int, list[GridRow]]:
    """The rows of each product, by its key; two statements, three where segments stand in."""
    newest = Measurement.objects.filter(kpi_id=OuterRef("pk"), date__lte=today).order_by("-date")
    kpis = list(
        grid_kpis(user, today, wanted)
        .filter(product__in=products)
        .by_metric()
        .annotate(newest=Subquery(newest.values("date")[:1]))
    )
    values = _values({kpi.pk for kpi in kpis}, weeks[0], weeks[-1] + WEEK - DAY)
    stands = _stands(values, first_weekday)
    combined = _combined(values, kpis, first_weekday)
    rows: dict[int, list[GridRow]] = {product.pk: [] for product in products}
    for kpi in kpis:
        age = (today - kpi.newest).days if kpi.newest else None
        rows[kpi.product_id].append(
            GridRow(
                kpi=kpi,
                newest=kpi.newest,
                is_due=age is None or age > kpi.cadence,
                stands={w: stands[kpi.pk, w] for w in weeks if (kpi.pk, w) in stands},
                combined={w: combined[kpi.pk, w] for w in weeks if (kpi.pk, w) in combined},
            )
        )
    return rows


def _values(kpi_ids: set[int], first: dt.date, last: dt.date) -> list[Measurement]:
    found = Measurement.objects.filter(kpi_id__in=kpi_ids, date__range=(first, last))
    return list(found.order_by("kpi_id", "date", "segment")) if kpi_ids else []


def stands_between(
    kpi_ids: Iterable[int], first: dt.date, last: dt.date
) -> dict[int, dict[dt.date, Stand]]:
    """Everyone's values of these KPIs and days, both ends included: by KPI, by day."""
    found: dict[int, dict[dt.date, Stand]] = {}
    rows = Measurement.objects.filter(
        kpi_id__in=list(kpi_ids), date__range=(first, last), segment=EVERYONE
    )
    for row in rows:
        found.setdefault(row.kpi_id, {})[row.date] = _stand(row)
    return found


def _stand(row: Measurement) -> Stand:
    return Stand(row.date, row.value, row.sample_size, row.note, row.entered_by)


def _stands(values: Iterable[Measurement], first_weekday: int) -> dict[Place, Stand]:
    """The last one of each KPI and week, from values sorted by day."""
    return {
        (row.kpi_id, week_start(row.date, first_weekday)): _stand(row)
        for row in values
        if row.segment == EVERYONE
    }


def _combined(
    values: Iterable[Measurement], kpis: Sequence[Kpi], first_weekday: int
) -> dict[Place, DayValue]:
    """What segments say of a week, on the last day on which they say something."""
    parts: dict[tuple[int, dt.date], list[Part]] = {}
    for row in values:
        if row.segment != EVERYONE:
            part = Part(row.segment, row.value, row.sample_size)
            parts.setdefault((row.kpi_id, row.date), []).append(part)
    if not parts:
        return {}
    by_key = {kpi.pk: kpi for kpi in kpis}
    weights = segment_weights([by_key[key] for key in sorted({key for key, _ in parts})])
    found: dict[Place, DayValue] = {}
    for (key, day), of_day in parts.items():
        value = day_value(day, of_day, weights[key], adds_up=adds_segments(by_key[key]))
        if value is not None:
            found[key, week_start(day, first_weekday)] = value
    return found
