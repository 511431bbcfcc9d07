"""What a change of a KPI's plan would do, for the form in which it is made (`kpis.previews`)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from health.presenters.outlook import outlook_words
from health.selectors import score_trial
from kpis.models import Kpi
from portfolio.models import Product


def plan_outlook(
    product: Product, kpi: Kpi, changes: Mapping[str, Any], today: dt.date
) -> str | None:
    """In a sentence; None where the product has no health today."""
    found = score_trial(product.pk, kpi.pk, changes, today)
    return outlook_words(*found) if found else None
