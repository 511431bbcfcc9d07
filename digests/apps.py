"""The digests app."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig


class DigestsConfig(AppConfig):
    """Wires the app into the registries of the floors below."""

    name = "digests"
    verbose_name = "Digests"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Personal data, the panel, navigation, the demo."""
        from digests import personal, policies, receivers  # noqa: F401  # register themselves

        _register_merging()
        _register_reading()
        _register_asking()
        _register_panel()
        _register_history()
        _register_operating()
        _register_demo()
        _register_steps()
        _register_settings()


def _register_settings() -> None:
    from accounts.consequences import Consequence, register
    from digests.selectors.slots import slots_told

    register(Consequence("digests", 60, tell=slots_told))


def _register_merging() -> None:
    from digests.services import joining
    from stakeholders.merging import MergedRows, register

    register(MergedRows("digests", joining.join, joining.part))


def _register_panel() -> None:
    from core.policies import allows
    from portfolio.panels import ProductPanel, register

    register(
        ProductPanel(
            key="digest",
            label="Digest",
            url_name="digests:issue_detail",
            order=60,
            visible_to=lambda user, product: allows("product.edit", user, product),
        )
    )


def _register_history() -> None:
    from core.history import HistorySource, register
    from digests.selectors.history import product_history

    register(HistorySource("digests.issues", "Digest", product_history))


def _register_reading() -> None:
    from core.navigation import NavigationItem, register
    from digests.views.reading.following import follow_button
    from portfolio.panels import ProductButton, register_button

    register(NavigationItem("digest", "My digest", "digests:my_digest", "mail", 40, place="user"))
    register_button(ProductButton("follow", follow_button))


def _register_operating() -> None:
    from core.navigation import NavigationItem, register

    register(
        NavigationItem(
            key="deliveries",
            label="Digests sent",
            url_name="digests:delivery_list",
            icon="mail",
            order=64,
            visible_to=lambda user: bool(user.is_authenticated and user.is_administrator),
            place="user",
        )
    )


def _register_asking() -> None:
    from digests.views.reading import responding
    from intake.abouts import About, register

    register(About(responding.KEY, responding.words))


def _register_demo() -> None:
    from core.demo import DemoSeeder, register
    from digests import demo

    register(DemoSeeder("digests", 45, demo.seed, demo.remove))


def _register_steps() -> None:
    from core.checklist import Step, register
    from core.policies import allows
    from digests.models import Issue
    from portfolio.models import Product
    from portfolio.selectors.start import product_step_url

    def any_issue(user: Any) -> bool:
        products = Product.objects.visible_to(user).order_by().values("pk")
        return Issue.objects.filter(product__in=products).exists()

    register(
        Step(
            key="digest",
            label="Look at the first digest",
            why="Each week it tells everybody what concerns them. You read it first.",
            action="Open the digest",
            order=70,
            done=any_issue,
            url=lambda user: product_step_url(user, "digests:issue_detail"),
            is_optional=True,
            visible_to=lambda user: allows("product.create", user),
        )
    )
