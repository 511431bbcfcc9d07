"""The parts of a product's page that upper apps bring, filled in their `apps.py: ready()`.

Portfolio lies below the apps that know KPIs and health, so they hand their pages in here instead of
being imported. A panel is a full page of its own that extends `portfolio/product_base.html`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils.safestring import SafeString

from core.as_of import AsOf
from core.registry import Registry

# The product is a `portfolio.models.Product`, which stands on a higher floor than the registries.
Visible = Callable[[Any, Any], bool]
Summary = Callable[[HttpRequest, Any, AsOf], SafeString | None]


def whoever_sees_the_product(user: Any, product: Any) -> bool:
    """The default of `visible_to`: no stricter than the product itself."""
    return True


@dataclass(frozen=True, slots=True)
class ProductPanel:
    """One tab of the product page.

    `url_name` takes the product's slug. `summary(request, product, as_of)` renders what
    `/products/<slug>/` shows of the panel (None: nothing to say), so that the page works without
    scripts; `as_of` is the day that the page shows, and today, asked for once a page.
    `takes_day`: the panel's own page shows any day too, so its tab keeps `?as_of=`.
    `action_url_name`, if any, takes the slug too: what those whom `action_policy` lets do most, a
    button with `action_icon` beside the product's name.
    """

    key: str
    label: str
    url_name: str
    order: int
    visible_to: Visible = whoever_sees_the_product
    summary: Summary | None = None
    takes_day: bool = False
    action_label: str = ""
    action_url_name: str = ""
    action_policy: str = "product.edit"
    action_icon: str = "pencil"


@dataclass(frozen=True, slots=True)
class ProductButton:
    """What everybody who sees the product may do from its page with one press.

    `drawn(request, product)` renders the form (None: nothing to do for whoever looks).
    """

    key: str
    drawn: Callable[[HttpRequest, Any], SafeString | None]
    order: int = 100


_panels = Registry[ProductPanel]("product panels")
register = _panels.register
_buttons = Registry[ProductButton]("product buttons")
register_button = _buttons.register


def registered() -> tuple[ProductPanel, ...]:
    """All panels in the order of the tabs."""
    return tuple(_panels)


def panels_for(user: Any, product: Any) -> list[ProductPanel]:
    """The panels that `user` may open on `product`, which carries what the viewer is to it."""
    return [panel for panel in registered() if panel.visible_to(user, product)]


def buttons_for(request: HttpRequest, product: Any) -> list[SafeString]:
    """The buttons of whoever looks, in order."""
    drawn = (button.drawn(request, product) for button in _buttons)
    return [button for button in drawn if button is not None]
