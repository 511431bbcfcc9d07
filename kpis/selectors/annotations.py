"""Annotations of charts as pages read them, and what became of them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from accounts.models import User
from core.audit import SYSTEM, model_history
from core.cursors import cursor_of, place_of
from core.history import HistoryEntry
from kpis.models import Annotation, Kpi
from portfolio.models import Product

PAGE_OF_ANNOTATIONS = 30
MOST_MARKS = 60


@dataclass(frozen=True, slots=True)
class AnnotationPage:
    """Annotations, newest day first; `older` names the place of the next page ("": none)."""

    rows: list[Annotation]
    older: str


def annotation_page(product: Product, after: str = "") -> AnnotationPage:
    """A page of the annotations of a product; `after` is a place of `AnnotationPage.older`."""
    rows = _of_product(product)
    place = place_of(after, dt.date.fromisoformat)
    if place is not None:
        day, pk = place
        rows = rows.filter(Q(day__lt=day) | Q(day=day, pk__lt=pk))
    found = list(rows[: PAGE_OF_ANNOTATIONS + 1])
    shown = found[:PAGE_OF_ANNOTATIONS]
    more = len(found) > len(shown)
    return AnnotationPage(shown, cursor_of(shown[-1].day, shown[-1].pk) if more else "")


def annotations_between(
    kpi: Kpi, first: dt.date, last: dt.date, limit: int = MOST_MARKS
) -> list[Annotation]:
    """The newest annotations of these days that the chart of `kpi` shows: its own ones and those
    of the whole product.
    """
    rows = _of_product(kpi.product).filter(day__range=(first, last))
    return list(rows.filter(Q(kpi=kpi) | Q(kpi=None))[:limit])


def _of_product(product: Product) -> QuerySet[Annotation]:
    rows: QuerySet[Annotation] = Annotation.objects.filter(product=product)
    return rows.select_related("kpi__metric", "by").order_by("-day", "-pk")


def last_annotator(annotation: Annotation) -> str:
    """Who wrote the annotation as it stands, by name."""
    where = Q(pgh_obj_id=annotation.pk)
    entries = model_history(Annotation, where, subject=lambda _: "", limit=1)
    return entries[0].actor if entries else SYSTEM


def annotation_history(
    product: Product, user: User, before: dt.datetime | None, limit: int
) -> list[HistoryEntry]:
    """What became of the annotations; for the history, which the product's managers read."""
    return model_history(
        Annotation,
        Q(product_id=product.pk),
        subject=lambda row: f"the annotation “{row.text}”",
        before=before,
        limit=limit,
        leave_out={"product", "by"},
    )
