"""The single measurements of a KPI, a page at a time, and who may stand beside them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.db.models.functions import Lower

from accounts.enums import Role
from accounts.models import User
from accounts.querysets import local_day
from kpis.models import Kpi, Measurement, MeasurementChange
from portfolio.models import Product

Cursor = tuple[dt.date, str]


@dataclass(frozen=True, slots=True)
class MeasurementRow:
    """One value, the person who entered it ("" where nobody did), whether it was corrected."""

    measurement: Measurement
    entered_by: str
    is_corrected: bool


@dataclass(frozen=True, slots=True)
class MeasurementPage:
    """Values, newest first; `older` is the place after which the next page begins."""

    rows: list[MeasurementRow]
    older: Cursor | None


def measurement_page(kpi: Kpi, before: Cursor | None = None, limit: int = 30) -> MeasurementPage:
    """At most `limit` values of all segments, those after the place `before` (day, segment)."""
    values = Measurement.objects.filter(kpi_id=kpi.pk).newest_first()
    values = values.annotate(entered_on=local_day("entered_at"))
    if before is not None:
        day, segment = before
        values = values.filter(Q(date__lt=day) | Q(date=day, segment__gt=segment))
    found = list(values[: limit + 1])
    shown = found[:limit]
    older = (shown[-1].date, shown[-1].segment) if len(found) > limit else None
    return MeasurementPage(_with_people(kpi, shown), older)


def _with_people(kpi: Kpi, values: list[Measurement]) -> list[MeasurementRow]:
    names = names_of({value.entered_by for value in values})
    corrected = _corrected(kpi, values)
    return [
        MeasurementRow(
            value, names.get(value.entered_by, ""), (value.date, value.segment) in corrected
        )
        for value in values
    ]


def _corrected(kpi: Kpi, values: list[Measurement]) -> set[Cursor]:
    if not values:
        return set()
    span = (values[-1].date, values[0].date)
    changes = MeasurementChange.objects.filter(kpi_id=kpi.pk, date__range=span)
    return set(changes.values_list("date", "segment"))


def names_of(ids: set[int | None]) -> dict[int | None, str]:
    """The names of these accounts."""
    wanted = [pk for pk in ids if pk is not None]
    people = User.objects.in_bulk(wanted) if wanted else {}
    return {pk: str(person) for pk, person in people.items()}


def all_measurements(kpi: Kpi) -> Iterator[Measurement]:
    """Every value of a KPI, oldest first."""
    yield from Measurement.objects.filter(kpi_id=kpi.pk).order_by("date", "segment")


def count_values(kpi: Kpi) -> int:
    """How many values a KPI has, over all segments."""
    return Measurement.objects.filter(kpi_id=kpi.pk).count()


def weights_of(kpi: Kpi) -> dict[str, float]:
    """Segment → weight, for those that have one, by name."""
    return dict(kpi.segment_weights.order_by("segment").values_list("segment", "weight"))


def segments_of(kpi: Kpi) -> list[str]:
    """The segments that were ever measured or weighted, by name; everyone is none of them."""
    measured = Measurement.objects.filter(kpi_id=kpi.pk).exclude(segment="")
    names = set(measured.order_by().values_list("segment", flat=True).distinct())
    names.update(kpi.segment_weights.values_list("segment", flat=True))
    return sorted(names, key=lambda name: (name.lower(), name))


def owners(product: Product, current: User | None = None) -> QuerySet[User]:
    """Who may own a KPI: the product's people; the one who owns it now stays a choice."""
    people = Q(memberships__product=product) & Q(is_active=True)
    if current is not None:
        people |= Q(pk=current.pk)
    found: QuerySet[User] = User.objects.filter(people)
    return found.distinct().order_by(Lower("name"), "pk")


def approvers(product: Product) -> QuerySet[User]:
    """Who may approve an exemption: managers, portfolio leads and administrators."""
    of_product = Q(memberships__product=product, memberships__role="manager")
    of_portfolio = Q(leads__portfolio_id=product.portfolio_id)
    anyone = of_product | of_portfolio | Q(role=Role.ADMINISTRATOR)
    found: QuerySet[User] = User.objects.filter(anyone, is_active=True)
    return found.distinct().order_by(Lower("name"), "pk")
