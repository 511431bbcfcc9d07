"""One part of a KPI's plan alone, for changing it where it stands."""

from __future__ import annotations

from typing import Any

from core.inline import InlineForm
from core.versions import standing
from kpis.forms.plans import PlanForm
from kpis.models import Kpi
from kpis.services import PlanRefused
from portfolio.models import Product

INLINE_PARTS = ("owner", "target", "target_date")


class PartForm(InlineForm):
    """One of `INLINE_PARTS`."""

    def __init__(self, data: Any, *, part: str, kpi: Kpi, product: Product) -> None:
        super().__init__(data, initial={"was": standing(kpi, part), part: getattr(kpi, part)})
        field: Any = PlanForm(None, product=product, kpi=kpi).fields[part]
        field.help_text = ""
        self.part = part
        self.fields[part] = field

    def refuse(self, error: PlanRefused) -> None:
        """Put what the service said beside the field, or above it where it is of another one."""
        self.add_error(self.part if error.field == self.part else None, str(error))
