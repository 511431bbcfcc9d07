"""What can be taken back in the small company."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.audit import event_model
from portfolio.models import Product

if TYPE_CHECKING:
    from tests.world import World


def add_history(world: World) -> None:
    """Of each product the entry that tells of its last change."""
    events = event_model(Product).objects
    for name, product in world.products.items():
        newest = events.filter(pgh_obj_id=product.pk).latest("pgh_id")
        world.things[name] |= {"source": "portfolio.product", "entry": str(newest.pgh_id)}
