"""Status and health as columns of the catalogue."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from core.formats import DASH, whole
from core.statuses import status_look
from core.templatetags.homegrown import status as status_mark
from health.models import HealthSnapshot
from health.rules import Status
from portfolio.columns import Cell

_HIDDEN = (Status.UNKNOWN, Status.RETIRED)


def _newest(product_ids: Sequence[int], as_of: dt.date) -> list[tuple[int, str, float | None]]:
    rows = HealthSnapshot.objects.of_products(product_ids).latest_of_each(as_of)
    return list(rows.values_list("product_id", "status", "health"))


def status_cells(product_ids: Sequence[int], as_of: dt.date) -> Mapping[int, Cell]:
    """Icon and word; the CSV holds the word."""
    return {
        pk: Cell(status_mark(status), status_look(status).word.lower(), "nowrap")
        for pk, status, _ in _newest(product_ids, as_of)
    }


def health_cells(product_ids: Sequence[int], as_of: dt.date) -> Mapping[int, Cell]:
    """Health in whole numbers; the CSV holds it unrounded, and nothing where it is unknown."""
    return {
        pk: Cell(DASH, None) if status in _HIDDEN else Cell(whole(health), health)
        for pk, status, health in _newest(product_ids, as_of)
    }
