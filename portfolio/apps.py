"""The portfolio app."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig


class PortfolioConfig(AppConfig):
    """Wires the app's registries."""

    name = "portfolio"
    verbose_name = "Portfolio"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Tell the floors below who finds products, where their pages are and what they keep."""
        from portfolio import personal, policies  # noqa: F401  # register themselves

        _register_objects()
        _register_navigation()
        _register_history()
        _register_flags()
        _register_holdings()
        _register_demo()
        _register_import()


def _register_objects() -> None:
    from core.policies import register_object
    from portfolio import selectors

    register_object("product", selectors.find_product)
    register_object("portfolio", selectors.find_portfolio)


def _register_navigation() -> None:
    from core.navigation import NavigationItem, register

    register(NavigationItem("products", "Products", "portfolio:product_list", "box", 20))
    register(
        NavigationItem(
            "portfolios", "Portfolios", "portfolio:portfolio_list", "building-community", 30
        )
    )
    for key, label, order in (("team", "Teams", 60), ("function", "Business functions", 61)):
        register(
            NavigationItem(
                key=f"{key}s",
                label=label,
                url_name=f"portfolio:{key}_list",
                icon="users",
                order=order,
                visible_to=_administers,
                place="user",
            )
        )


def _administers(user: Any) -> bool:
    return bool(user.is_authenticated and user.is_administrator)


def _register_history() -> None:
    from core.history import HistorySource, register
    from portfolio import selectors

    register(HistorySource("portfolio.product", "The product", selectors.product_changes))
    register(HistorySource("portfolio.member", "Its members", selectors.member_changes))
    register(
        HistorySource("portfolio.dependency", "What it is built on", selectors.dependency_changes)
    )


def _register_flags() -> None:
    from portfolio import selectors
    from portfolio.flags import FlagSource, register

    register(FlagSource("portfolio.no_manager", selectors.no_manager_flags, order=10))


def _register_holdings() -> None:
    from accounts.holdings import HoldingSource, register
    from portfolio import presenters, selectors

    register(HoldingSource("portfolio", selectors.holdings_of, presenters.hand_over_address))


def _register_demo() -> None:
    from core.demo import DemoSeeder, register
    from portfolio import demo

    register(DemoSeeder("portfolio", 20, demo.seed, demo.remove))


def _register_import() -> None:
    from imports import kinds
    from portfolio.services import PRODUCTS

    kinds.register(PRODUCTS)
