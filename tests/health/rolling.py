"""Rolling products up, for the tests of what that leaves."""

from health import services
from health.models import HealthSnapshot
from tests.factories.health import (
    NOW,
    days_ago,
    make_kpi,
    make_product,
    measure,
)


def roll_up(*products, now=NOW):
    return services.roll_up(product_ids=[product.pk for product in products], now=now)


def snapshot(product, ago=0):
    return HealthSnapshot.objects.get(product=product, day=days_ago(ago))


def scored_product(*values, **fields):
    """Growth expects three groups; with two KPIs the confidence is 52."""
    product = make_product(**fields)
    kpis = [
        make_kpi(product, "score"),
        make_kpi(product, "minutes", metric={"group": "productivity"}),
    ]
    for kpi, value in zip(kpis, values, strict=False):
        measure(kpi, value)
    return product, *kpis


def stored(product):
    """All that snapshots say, but for when they were made."""
    fields = [field.name for field in HealthSnapshot._meta.concrete_fields]
    fields.remove("computed_at")
    return list(HealthSnapshot.objects.filter(product=product).order_by("day").values(*fields))
