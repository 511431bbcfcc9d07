"""The health app."""

from __future__ import annotations

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
        _register_flags()
        _register_notes()
        _register_demo()


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


def _register_flags() -> None:
    from health.selectors import flags
    from portfolio.flags import FlagSource, register

    register(FlagSource("health.snapshot", flags.snapshot_flags, order=20))
    register(FlagSource("health.kpi_review", flags.review_flags, order=40))


def _register_notes() -> None:
    from health.views.adoption import adoption_notes
    from kpis.notes import NoteSource, register

    register(NoteSource("health.adoption", adoption_notes))


def _register_demo() -> None:
    from core.demo import DemoSeeder, register
    from health import demo

    register(DemoSeeder("health", 40, demo.seed, demo.remove))
