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
        _register_views()
        _register_panels()
        _register_feed()
        _register_navigation()
        _register_history()
        _register_flags()
        _register_holdings()
        _register_demo()
        _register_import()
        _register_steps()
        _register_search()
        _watch_tables()


def _register_objects() -> None:
    from core.policies import register_object
    from portfolio import selectors
    from portfolio.selectors.bulk import find_bulk_change
    from portfolio.selectors.views import find_view

    register_object("product", selectors.find_product)
    register_object("portfolio", selectors.find_portfolio)
    register_object("saved_view", find_view, argument="view_id")
    register_object("bulk_change", find_bulk_change, argument="change_id")


def _register_views() -> None:
    from accounts.viewers import ViewerFact
    from accounts.viewers import register as register_fact
    from portfolio import presenters, viewing
    from portfolio.selectors import views

    register_fact(ViewerFact(views.DEFAULTS, views.default_addresses))
    register_fact(ViewerFact(views.BOOKMARKED, views.bookmarked))
    viewing.register(
        viewing.ViewPage(
            key="catalogue",
            label="Products",
            url_name="portfolio:product_list",
            keeps=(
                *("q", "portfolio", "function", "stage", "kind", "team", "manager", "mine"),
                *("archived", "sort", "columns", "as_of"),
            ),
            order=20,
            standing=(("sort", "name"),),
            offered=presenters.offered_columns,
            usual=presenters.usual_columns,
        )
    )


def _register_panels() -> None:
    from portfolio.panels import ProductPanel, register
    from portfolio.views.needed import PANEL, needed_summary
    from portfolio.views.releases import news_summary

    register(
        ProductPanel(PANEL, "Decisions, risks", "portfolio:needed_list", 55, summary=needed_summary)
    )
    register(ProductPanel("news", "News", "portfolio:release_list", 70, summary=news_summary))


def _register_feed() -> None:
    from accounts.feeds import FeedPurpose, register
    from portfolio import selectors
    from portfolio.views import feeds

    register(
        FeedPurpose(
            key=feeds.RELEASES,
            label="News",
            url_name="portfolio:release_feed",
            about="Its release notes, wins and lessons as an Atom feed for your reader.",
            product_names=selectors.product_names,
            order=30,
        )
    )


def _register_navigation() -> None:
    from core.navigation import NavigationItem, register

    register(NavigationItem("products", "Products", "portfolio:product_list", "box", 20))
    register(
        NavigationItem(
            "portfolios", "Portfolios", "portfolio:portfolio_list", "building-community", 30
        )
    )
    register(
        NavigationItem(
            "views", "Views and bookmarks", "portfolio:view_list", "bookmark", 8, place="user"
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
    from core.history import HistorySource, register, register_restorer
    from portfolio import selectors
    from portfolio.selectors.history import import_changes
    from portfolio.services.restoring import RECORDS

    register(HistorySource("portfolio.product", "The product", selectors.product_changes))
    register(HistorySource("portfolio.member", "Its members", selectors.member_changes))
    register(
        HistorySource("portfolio.dependency", "What it is built on", selectors.dependency_changes)
    )
    register(HistorySource("portfolio.release", "Release notes", selectors.release_changes))
    register(HistorySource("portfolio.needed", "Decisions needed", selectors.needed_changes))
    register(HistorySource("portfolio.risk", "Risks", selectors.risk_changes))
    register(HistorySource("portfolio.import", "Imports of the product", import_changes))
    for record in RECORDS:
        register_restorer(record.restorer())


def _register_flags() -> None:
    from portfolio import selectors
    from portfolio.flags import FlagSource, register
    from portfolio.selectors import records

    register(
        FlagSource(
            "portfolio.no_manager",
            selectors.no_manager_flags,
            order=10,
            of_loaded=selectors.no_manager_flag,
        )
    )
    register(
        FlagSource(
            "portfolio.record",
            selectors.unconfirmed_flags,
            order=90,
            of_loaded=selectors.unconfirmed_flag,
            loads=records.LOADS,
        )
    )


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


def _register_search() -> None:
    from core import commands
    from core.search import SearchSource, register
    from portfolio.selectors import found

    register(SearchSource("products", "Products", 10, found.find_products, "box"))
    register(SearchSource("teams", "Teams", 40, found.find_teams, "users"))
    register(
        SearchSource("portfolios", "Portfolios", 45, found.find_portfolios, "building-community")
    )
    add = "portfolio:product_create"
    commands.register(commands.Command("product_create", "Add product", add, "new create", 10))


def _watch_tables() -> None:
    from core.kept import watch

    names = "portfolio team businessfunction product membership portfoliolead"
    of_views = "savedview defaultview bookmark"
    watch(*(f"portfolio_{name}" for name in f"{names} {of_views}".split()))


def _register_steps() -> None:
    from django.urls import reverse

    from core.checklist import Step, register
    from portfolio.selectors.start import has_products

    register(
        Step(
            key="product",
            label="Name a product",
            why="Anything a team builds for colleagues: a tool, a service, a platform.",
            action="Add a product",
            order=10,
            done=has_products,
            url=lambda _user: reverse("portfolio:product_create"),
        )
    )
