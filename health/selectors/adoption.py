"""Earned adoption: how many use a product, weighted by how freely they come (domain.md §4)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from health import rules
from kpis.models import Kpi, Measurement
from personas.models import Audience
from portfolio.models import Product

MONTHLY_USERS = "mau"


@dataclass(frozen=True, slots=True)
class Adoption:
    """Raw and earned adoption on a day, and of whom. `kpi_id`: the KPI beside which it stands."""

    kpi_id: int
    day: dt.date
    uses: tuple[rules.AudienceUse, ...]
    found: rules.EarnedAdoption
    settings: rules.Settings

    @property
    def unmeasured(self) -> list[str]:
        """Personas of audiences whose people nobody has measured yet."""
        return [use.audience.persona for use in self.uses if use.active is None]


def adoption_of(plan: rules.ProductPlan, settings: rules.Settings, day: dt.date) -> Adoption | None:
    """Adoption of the product that had `plan` on `day`, in one query; None where it has no KPI for
    monthly users, or no audience with people.
    """
    kpi_id = next((kpi.kpi_id for kpi in plan.kpis if kpi.code == MONTHLY_USERS), None)
    audiences = [one for one in plan.audiences if one.head_count > 0]
    if kpi_id is None or not audiences:
        return None
    active = _active(kpi_id, [one.persona for one in audiences], day)
    uses = tuple(
        rules.AudienceUse(one, active.get(one.persona.strip().lower())) for one in audiences
    )
    found = rules.earned_adoption(uses, settings)
    return Adoption(kpi_id, day, uses, found, settings) if found else None


def _active(kpi_id: int, personas: Collection[str], day: dt.date) -> Mapping[str, float]:
    """Segment in lower case → its latest value dated on `day` or before."""
    values = Measurement.objects.filter(kpi_id=kpi_id).up_to(day).newest_of_segments(personas)
    return dict(values.values_list("named", "value"))


def may_have_adoption(product: Product, kpis: Collection[Kpi]) -> bool:
    """Whether it is worth asking: one of the KPIs counts monthly users, and there are audiences."""
    if not any(kpi.metric.code == MONTHLY_USERS for kpi in kpis):
        return False
    return Audience.objects.filter(product=product).exists()
