"""Annotations in words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import reverse

from core.formats import short_day
from kpis.models import Annotation, Kpi
from portfolio.models import Product

WHOLE_PRODUCT = "every KPI"


@dataclass(frozen=True, slots=True)
class AnnotationLine:
    """One annotation of the list."""

    day: str
    kind: str
    text: str
    about: str
    about_url: str
    by: str
    edit_url: str
    delete_url: str


def annotation_lines(
    product: Product, rows: Iterable[Annotation], today: dt.date
) -> list[AnnotationLine]:
    """The list of annotations of a product."""
    return [
        AnnotationLine(
            day=short_day(row.day, today),
            kind=str(row.get_kind_display()),
            text=row.text,
            about=row.kpi.metric.name if row.kpi else WHOLE_PRODUCT,
            about_url=_kpi_url(product, row.kpi) if row.kpi else "",
            by=str(row.by or ""),
            edit_url=annotation_address("edit", product.slug, row.pk),
            delete_url=annotation_address("delete", product.slug, row.pk),
        )
        for row in rows
    ]


def annotation_address(
    what: str, slug: str, annotation_id: int, came_from: Kpi | None = None
) -> str:
    """Where an annotation is edited, deleted or put back; afterwards `came_from` is shown again."""
    query = {"kpi": came_from.pk} if came_from else None
    return reverse(f"kpis:annotation_{what}", args=[slug, annotation_id], query=query)


def _kpi_url(product: Product, kpi: Kpi) -> str:
    return reverse("kpis:kpi_detail", args=[product.slug, kpi.pk])
