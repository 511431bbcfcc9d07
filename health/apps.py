"""The health app."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig


class HealthConfig(AppConfig):
    """Wires the app's registries and receivers."""

    name = "health"
    verbose_name = "Health"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Listen for stale products; bring the board, the panel, the columns and the flags."""
        from health import personal, receivers  # noqa: F401  # register and connect themselves

        _register_pages()
        _register_columns()
        _register_views()
        _register_flags()
        _register_notes()
        _register_stages()
        _register_previews()
        _watch_tables()
        _register_demo()
        _register_settings()
        _register_steps()


def _register_pages() -> None:
    from core import navigation
    from health.views.product import product_summary
    from portfolio import panels

    navigation.register(
        navigation.NavigationItem("board", "Board", "health:board", "layout-dashboard", 10)
    )
    panels.register(
        panels.ProductPanel(
            "health",
            "Health",
            "health:product_health",
            10,
            summary=product_summary,
            takes_day=True,
        )
    )


def _register_columns() -> None:
    from health.presenters import columns
    from health.selectors import newest_figure
    from portfolio.columns import ColumnSource, register

    register(ColumnSource("health", 10, columns.COLUMNS, columns.health_cells, newest_figure))


def _register_views() -> None:
    from health import presenters
    from portfolio.viewing import ViewPage, register

    filters = ("q", "portfolio", "function", "stage", "status", "mine")
    register(
        ViewPage(
            key="board",
            label="Board",
            url_name="health:board",
            keeps=(*filters, "sort", "columns", "as_of"),
            order=10,
            standing=(("sort", "status"),),
            offered=presenters.offered_columns,
            usual=presenters.usual_columns,
        )
    )
    register(
        ViewPage(
            key="compare",
            label="Compare",
            url_name="health:compare",
            keeps=(*filters, "sort", "as_of", "with"),
            order=15,
            standing=(("sort", "change"),),
        )
    )


def _register_flags() -> None:
    from health.selectors import flags
    from portfolio.flags import FlagSource, register

    register(FlagSource("health.snapshot", flags.snapshot_flags, order=20))
    register(FlagSource("health.kpi_review", flags.review_flags, order=40))


def _register_previews() -> None:
    from health.views.outlook import plan_outlook
    from kpis.previews import PlanPreview, register

    register(PlanPreview("health", plan_outlook))


def _register_stages() -> None:
    from health import selectors
    from kpis.stages import StageSource, register

    register(StageSource("health", lambda: selectors.current_settings().settings))


def _register_notes() -> None:
    from health.views.adoption import adoption_notes
    from kpis.notes import NoteSource, register

    register(NoteSource("health.adoption", adoption_notes))


def _register_demo() -> None:
    from core.demo import DemoSeeder, register
    from health import demo

    register(DemoSeeder("health", 40, demo.seed, demo.remove))


def _register_settings() -> None:
    from accounts import consequences
    from accounts.settings_tabs import SettingsTab, register
    from core import history
    from health.selectors import recompute_history, zone_told
    from health.services import day_changed

    register(SettingsTab("health", "Health", "health:settings", 20, "health:settings_history"))
    consequences.register(consequences.Consequence("health", 40, tell=zone_told, apply=day_changed))
    history.register(history.HistorySource("recompute", "Days worked out again", recompute_history))


def _watch_tables() -> None:
    from core.kept import watch

    watch("health_healthsnapshot")


def _register_steps() -> None:
    from core.checklist import Step, register
    from core.navigation import NavigationItem
    from core.navigation import register as register_page
    from health.selectors.start import has_health
    from portfolio.selectors.start import product_step_url

    register(
        Step(
            key="health",
            label="See its first health",
            why="Homegrown works it out from the value and the target, within a minute.",
            action="See its health",
            order=40,
            done=has_health,
            url=lambda user: product_step_url(user, "health:product_health"),
        )
    )
    register_page(
        NavigationItem(
            "start", "First steps", "health:start", "check", 70, visible_to=_may_add, place="user"
        )
    )


def _may_add(user: Any) -> bool:
    return bool(user.is_authenticated and user.is_administrator)
