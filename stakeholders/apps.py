"""The stakeholders app."""

from __future__ import annotations

from django.apps import AppConfig


class StakeholdersConfig(AppConfig):
    """Wires the app into the registries of the floors below."""

    name = "stakeholders"
    verbose_name = "Stakeholders"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Policies, the panel, navigation, imports, the demo."""
        from stakeholders import personal, policies, receivers  # noqa: F401  # register themselves

        _register_navigation()
        _register_import()
        _register_confidential()
        _register_panel()
        _register_demo()


def _register_navigation() -> None:
    from accounts.viewers import ViewerFact
    from accounts.viewers import register as register_fact
    from core.navigation import NavigationItem, register
    from stakeholders.policies import HAS_MAPS, has_maps, uses_maps

    register_fact(ViewerFact(HAS_MAPS, has_maps))
    register(
        NavigationItem(
            "stakeholders", "Stakeholders", "stakeholders:overview", "map-2", 36, uses_maps
        )
    )


def _register_panel() -> None:
    """No summary: browsers keep the product's page, and nothing of maps may be kept."""
    from portfolio.panels import ProductPanel, register
    from stakeholders.policies import opens_map

    register(
        ProductPanel(
            key="map",
            label="Map",
            url_name="stakeholders:map_detail",
            order=45,
            visible_to=opens_map,
        )
    )


def _register_import() -> None:
    from imports import kinds
    from stakeholders.services.loading import PEOPLE

    kinds.register(PEOPLE)


def _register_demo() -> None:
    from core.demo import DemoSeeder, register
    from stakeholders import demo

    register(DemoSeeder("stakeholders", 27, demo.seed, demo.remove))


def _register_confidential() -> None:
    from portfolio.confidential import ConfidentialTables, register
    from stakeholders import querysets

    tables = ("placement", "move", "touchpoint", "snooze", "suggestionanswer")
    register(
        ConfidentialTables(
            key="map",
            labels=frozenset(f"stakeholders.{name}" for name in tables),
            opens=lambda user, pk: querysets.with_map(user).filter(pk=pk).exists(),
            seen=querysets.seen,
            instead="its stakeholder map",
        )
    )
