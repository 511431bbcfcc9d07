"""Status, health and trend as columns of the catalogue."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from core.as_of import AsOf
from core.formats import DASH, signed, whole
from core.statuses import status_look
from core.templatetags.homegrown import status as status_mark
from health.rules import Status
from health.selectors import DayScore, scores_on
from portfolio.columns import Cell, ListColumn

COLUMNS = (
    ListColumn("status", "Status", numeric=False),
    ListColumn("health", "Health", numeric=True),
    ListColumn("trend", "Trend", numeric=True),
)
_HIDDEN = (Status.UNKNOWN, Status.RETIRED)


def health_cells(product_ids: Sequence[int], as_of: AsOf) -> Mapping[int, Sequence[Cell]]:
    """Words and whole numbers; the CSV holds numbers unrounded, and nothing where unknown."""
    return {one.product_id: _cells(one) for one in scores_on(product_ids, as_of)}


def _cells(one: DayScore) -> list[Cell]:
    word = status_look(one.status).word.lower()
    status = Cell(status_mark(one.status), word, "nowrap", plain=one.status)
    if one.status in _HIDDEN:
        return [status, Cell(DASH), Cell(DASH)]
    trend = Cell(signed(one.trend, 0), one.trend, "nowrap")
    return [status, Cell(whole(one.health), one.health), trend]
