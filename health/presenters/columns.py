"""Status and health as columns of the catalogue."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from core.formats import DASH, whole
from core.statuses import status_look
from core.templatetags.homegrown import status as status_mark
from health.rules import Status
from health.selectors import newest_scores
from portfolio.columns import Cell

_HIDDEN = (Status.UNKNOWN, Status.RETIRED)


def status_cells(product_ids: Sequence[int], as_of: dt.date) -> Mapping[int, Cell]:
    """Icon and word; the CSV holds the word."""
    return {
        pk: Cell(status_mark(status), status_look(status).word.lower(), "nowrap")
        for pk, status, _ in newest_scores(product_ids, as_of)
    }


def health_cells(product_ids: Sequence[int], as_of: dt.date) -> Mapping[int, Cell]:
    """Health in whole numbers; the CSV holds it unrounded, and nothing where it is unknown."""
    return {
        pk: Cell(DASH, None) if status in _HIDDEN else Cell(whole(health), health)
        for pk, status, health in newest_scores(product_ids, as_of)
    }
