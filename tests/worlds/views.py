"""What people of the small company keep of lists: a view of one's own, a shared one, bookmarks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portfolio.models import Bookmark, DefaultView
from tests.factories.portfolio import SavedViewFactory

if TYPE_CHECKING:
    from tests.world import World

VIEWS = ("view of employee", "shared view")


def add_views(world: World) -> None:
    """A private view of an employee, one that a manager shares, and a page that opens with it."""
    now = {"created_at": world.now, "changed_at": world.now}
    own = SavedViewFactory(
        owner=world.people["employee"], name="Growing", query="stage=growth", **now
    )
    shared = SavedViewFactory(
        owner=world.people["pm_p1"], name="Lighthouses", query="q=light", is_shared=True, **now
    )
    keeper = world.people["pm_p2"]
    used = SavedViewFactory(owner=keeper, page="compare", query="q=light", **now)
    DefaultView.objects.create(user=keeper, page="compare", view=used)
    for name, view in zip(VIEWS, (own, shared), strict=True):
        world.things[name] = {"view_id": view.pk}
    world.things["-"]["view_id"] = shared.pk
    for product in world.products.values():
        Bookmark.objects.create(user=world.people["lead_a"], product=product, since=world.now)
