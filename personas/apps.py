"""The personas app."""

from __future__ import annotations

from django.apps import AppConfig


class PersonasConfig(AppConfig):
    """Wires the app into the registries of the floors below."""

    name = "personas"
    verbose_name = "Personas"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Policies, the panel, navigation, the source of the history page, the demo."""
        from core import demo as seeders
        from core import history
        from personas import demo, personal, policies, selectors  # noqa: F401  # some register themselves
        from portfolio import panels

        panels.register(
            panels.ProductPanel(
                key="personas",
                label="Personas",
                url_name="personas:product_personas",
                order=40,
            )
        )
        _register_navigation()
        for key, label, fetch in (
            ("fit", "Fit to goals", selectors.fit_history),
            ("audience", "Audiences", selectors.audience_history),
            ("audience_count", "People of audiences", selectors.audience_count_history),
        ):
            history.register(history.HistorySource(f"personas.{key}", label, fetch))
        _register_import()
        seeders.register(seeders.DemoSeeder("personas", 25, demo.seed, demo.remove))


def _register_navigation() -> None:
    from core.navigation import NavigationItem, register

    register(NavigationItem("personas", "Personas", "personas:persona_list", "user", 33))


def _register_import() -> None:
    from imports import kinds
    from personas.services.loading import PERSONAS

    kinds.register(PERSONAS)
