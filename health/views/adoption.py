"""What stands beside the KPI of monthly users on the pages of KPIs."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from django.template.loader import render_to_string

from core.as_of import AsOf
from health import presenters
from health.selectors import may_have_adoption, product_health
from kpis.models import Kpi
from kpis.notes import KpiNote
from portfolio.models import Product


def adoption_notes(product: Product, kpis: Collection[Kpi], as_of: AsOf) -> Mapping[int, KpiNote]:
    """Raw and earned adoption of the day: the same figures as on the product's page."""
    if not may_have_adoption(product, kpis):
        return {}
    exact = not as_of.is_today
    health = product_health(product.pk, as_of.day, today=as_of.today, exact=exact)
    if health is None or health.adoption is None:
        return {}
    facts = presenters.adoption_facts(health.adoption, as_of.today)
    section = render_to_string("health/adoption.html", {"adoption": facts})
    return {health.adoption.kpi_id: KpiNote(facts.words, section)}
