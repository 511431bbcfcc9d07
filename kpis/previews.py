"""What a change of a KPI's plan would do today, filled in their `apps.py: ready()` by upper apps.

kpis lies below the app that works health out, so that app says it here before anything is saved.
"""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from core.registry import Registry

# The product is a `portfolio.models.Product`, the KPI a `kpis.models.Kpi`; the mapping holds the
# columns of the plan that would change, the day is today's. None: there is nothing to say.
Outlook = Callable[[Any, Any, Mapping[str, Any], dt.date], str | None]


@dataclass(frozen=True, slots=True)
class PlanPreview:
    """`outlook(product, kpi, changes, today)` says in a sentence what the plan would do."""

    key: str
    outlook: Outlook


_previews = Registry[PlanPreview]("previews of plans")
register = _previews.register


def outlooks(product: Any, kpi: Any, changes: Mapping[str, Any], today: dt.date) -> list[str]:
    """Every sentence on what this change of the plan would do today."""
    found = (preview.outlook(product, kpi, changes, today) for preview in _previews)
    return [words for words in found if words]
