"""Flags that the numbers raise, and the columns of the catalogue."""

import pytest

from health import services
from portfolio.models import Dependency
from tests.factories.health import (
    NOW,
    TODAY,
    days_ago,
    make_kpi,
    make_product,
    make_snapshot,
    mark,
    measure,
)
from tests.health.pages import text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_now")]


def flags(product):
    from portfolio.flags import flags_of

    return {flag.key: flag.reason for flag in flags_of([product.pk], TODAY)[product.pk]}


def test_adoption_that_hides_dissatisfaction_is_flagged():
    product = make_product(choice="mandated")
    measure(make_kpi(product, "mau", target=100.0), 100)
    enps = make_kpi(product, "enps", baseline=10.0, target=30.0)
    measure(enps, 5)
    mark(product)
    services.roll_up(product_ids=[product.pk], now=NOW)
    assert "hidden_dissatisfaction" in flags(product)
    measure(enps, 12)
    mark(product)
    services.roll_up(product_ids=[product.pk], now=NOW)
    assert "hidden_dissatisfaction" not in flags(product)


@pytest.mark.parametrize(
    ("dependants", "status", "flagged"),
    [(5, "watch", True), (4, "watch", False), (5, "healthy", False)],
)
def test_bottleneck(dependants, status, flagged):
    product = make_product()
    make_snapshot(product, status=status)
    for _ in range(dependants):
        Dependency.objects.create(product=make_product(), needs=product)
    Dependency.objects.create(product=make_product(archived_on=TODAY), needs=product)
    assert ("bottleneck" in flags(product)) is flagged


def test_overdue_review_and_stale_data():
    product = make_product()
    kpi = make_kpi(product, "enps", next_review=days_ago(1))
    make_kpi(product, "mau", next_review=TODAY)
    measure(kpi, 5, ago=40)
    mark(product)
    services.roll_up(product_ids=[product.pk], now=NOW)
    found = flags(product)
    assert found["kpi_review_overdue"] == f"{kpi.metric.name}, since 20 Nov."
    assert found["stale_data"].endswith("is 40\xa0d old.")


def test_columns_of_the_catalogue(signed_in):
    make_snapshot(make_product("Good"), health=88.4)
    make_snapshot(make_product("Dark"), status="unknown", health=77)
    words = text_of(signed_in.get("/products/"))
    assert "Healthy 88" in words
    assert "Unknown –" in words
    text = signed_in.get("/products.csv").content.decode()
    assert "healthy,88.4" in text
    assert "77" not in text
