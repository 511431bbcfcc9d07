"""Put a wide file into the database."""

from __future__ import annotations

from pathlib import Path

from kpis.models import Kpi, Measurement
from portfolio.models import Product
from tests.factories.kpis import NOW, builtin_metric
from tests.factories.portfolio import PortfolioFactory
from tests.real import oracle


def load(path: Path) -> None:
    """Rows as the rules of the file say, past all services."""
    book = oracle.read(path)
    portfolio = PortfolioFactory(name="Government services")
    products = Product.objects.bulk_create(
        Product(
            name=one.name,
            slug=one.slug,
            portfolio=portfolio,
            stage="growth",
            choice="optional",
            exchange="effort",
            people_word="customers",
            created_at=NOW,
            updated_at=NOW,
            stage_since=NOW.date(),
        )
        for one in book.products.values()
    )
    kpis = Kpi.objects.bulk_create(
        Kpi(
            product=product,
            metric=builtin_metric(metric),
            baseline=next(iter(values.values())),
            target=oracle.target_of(metric, next(iter(values.values()))),
            cadence=92,
            created_on=NOW.date(),
        )
        for product in products
        for metric, values in book.products[product.slug].values.items()
    )
    Measurement.objects.bulk_create(
        (
            Measurement(
                kpi_id=kpi.pk, date=day, segment="", value=value, source="import", entered_at=NOW
            )
            for kpi in kpis
            for day, value in book.products[kpi.product.slug].values[kpi.metric.code].items()
        ),
        batch_size=5000,
    )
