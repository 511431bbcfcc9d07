"""The intake app."""

from __future__ import annotations

from django.apps import AppConfig


class IntakeConfig(AppConfig):
    """Wires the app into the registries of the floors below."""

    name = "intake"
    verbose_name = "Intake"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Policies, the panel, navigation, flags, the demo."""
        from intake import personal, policies, receivers  # noqa: F401  # register themselves

        _register_addresses()
        _register_navigation()
        _register_settings()
        _register_panel()
        _register_history()
        _register_demo()
        _register_forms()
        _register_extra()
        _register_chips()
        _register_bookings()
        _register_opportunities()
        _register_files()
        _register_search()
        _register_shortcuts()


def _register_addresses() -> None:
    from core.policies import register_object
    from intake.selectors.addressed import load_booking, load_request, load_waiting

    register_object("wish", load_request, argument="reference")
    register_object("booking", load_booking, argument="uid")
    register_object("waiting", load_waiting, argument="uid")


def _register_settings() -> None:
    from accounts.settings_tabs import SettingsTab, register

    register(SettingsTab("guests", "Requests from guests", "intake:guest_settings", 40))


def _register_history() -> None:
    from core.history import HistorySource, register
    from intake.selectors import history

    register(HistorySource("intake.series", "Series of office hours", history.series_history))
    register(HistorySource("intake.sessions", "Office hours", history.session_history))


def _register_demo() -> None:
    from core.demo import DemoSeeder, register
    from intake import demo

    register(DemoSeeder("intake", 35, demo.seed, demo.remove))


def _register_navigation() -> None:
    from accounts.viewers import ViewerFact
    from accounts.viewers import register as register_fact
    from core.navigation import NavigationItem, register
    from intake.policies import HAS_INBOX, has_inbox, works_through_intake

    register_fact(ViewerFact(HAS_INBOX, has_inbox))
    register(NavigationItem("inbox", "Inbox", "intake:inbox", "inbox", 34, works_through_intake))
    register(
        NavigationItem("requests", "My requests", "intake:request_list", "message", 5, place="user")
    )


def _register_panel() -> None:
    from intake.views.overview import product_summary
    from portfolio.panels import ProductPanel, register

    register(
        ProductPanel(
            key="intake",
            label="Intake",
            url_name="intake:intake_overview",
            order=50,
            summary=product_summary,
            action_label="Ask",
            action_url_name="intake:request_start",
            action_policy="product.view",
            action_icon="message",
        )
    )


def _register_forms() -> None:
    from core.unsent import register

    for page in ("request_step", "request_all", "request_join"):
        register(f"intake:{page}")


def _register_extra() -> None:
    from intake.forms.releases import release_fields
    from intake.selectors.shipping import solved_mentions
    from intake.services.shipping import set_solved
    from portfolio.extras import ReleaseExtra, register

    register(
        ReleaseExtra(
            key="solved",
            label="Solves",
            fields=release_fields,
            keep=set_solved,
            shown=solved_mentions,
            order=20,
        )
    )


def _register_chips() -> None:
    from intake.presenters.debt import debt_chips
    from personas.chips import ChipSource, register

    register(ChipSource("intake.debt", debt_chips))


def _register_bookings() -> None:
    from accounts.feeds import FeedPurpose
    from accounts.feeds import register as register_feed
    from core.navigation import NavigationItem, register
    from portfolio.selectors import product_names

    register(
        NavigationItem(
            key="bookings",
            label="Your bookings",
            url_name="intake:my_bookings",
            icon="calendar-event",
            order=6,
            place="user",
        )
    )
    about = "The sessions that the product’s team holds."
    register_feed(
        FeedPurpose("hours", "Office hours", "intake:hours_feed", about, product_names, order=10)
    )
    about = "The sessions that you hold, with who comes and their requests."
    register_feed(FeedPurpose("host", "Office hours you hold", "intake:host_feed", about, order=20))


def _register_opportunities() -> None:
    from core.history import HistorySource
    from core.history import register as register_history
    from intake.selectors import histories
    from intake.selectors.flags import SHIPPED, order_flag, order_flags
    from intake.selectors.orders import shipped_of_product
    from portfolio.flags import FlagSource, register

    register(
        FlagSource(
            key="intake.order_taker",
            flags=order_flags,
            order=60,
            of_loaded=order_flag,
            loads={SHIPPED: shipped_of_product()},
        )
    )
    register_history(
        HistorySource("intake.opportunity", "Opportunities", histories.opportunity_history)
    )


def _register_files() -> None:
    from core.stored_files import StoredFiles, register
    from intake.services.storing import forget_files_of

    register(StoredFiles("intake", forget_files_of))


def _register_search() -> None:
    from core.search import SearchSource, register
    from intake.selectors.found import find_asking

    register(SearchSource("asking", "New requests", 35, find_asking, "message"))


def _register_shortcuts() -> None:
    from core.shortcuts import Shortcut, register

    pages = frozenset({"intake:inbox"})
    for order, (keys, does) in enumerate(
        (
            (("j", "k"), "next, previous request"),
            (("Enter",), "read it"),
            (("u",), "understood: write down the problem"),
            (("l",), "link to an opportunity"),
            (("a",), "answer"),
            (("d",), "the same as another"),
            (("i",), "need info: ask back"),
            (("s",), "put off"),
            (("x",), "tick it"),
        )
    ):
        register(Shortcut(f"inbox {keys[0]}", keys, does, pages, order))
