"""What was marked in the charts of the small company."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from tests.factories.kpis import AnnotationFactory

if TYPE_CHECKING:
    from tests.world import World


def add_annotations(world: World) -> None:
    """Of each product: one for the whole of it, one for its KPI."""
    for name, product in world.products.items():
        day = world.now.date() - dt.timedelta(days=14)
        AnnotationFactory(product=product, day=day, kind="mandate", text="Log-in became mandatory")
        annotation = AnnotationFactory(
            product=product,
            kpi_id=world.things[name]["kpi_id"],
            day=day,
            by=world.people["pm_p1"],
        )
        world.things[name]["annotation_id"] = annotation.pk
