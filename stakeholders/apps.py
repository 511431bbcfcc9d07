"""The stakeholders app."""

from __future__ import annotations

from typing import Any

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
        _register_search()
        _register_steps()
        _register_settings()


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


def _register_settings() -> None:
    from accounts.settings_tabs import SettingsTab, register

    register(SettingsTab("maps", "Maps", "stakeholders:settings", 30))


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


def _register_search() -> None:
    from core import commands
    from core.search import SearchSource, register
    from stakeholders.selectors.found import find_people

    register(SearchSource("people", "People", 25, find_people, "user"))
    add = "stakeholders:person_create"
    commands.register(commands.Command("person_create", "Enter person", add, "new add", 30))


def _register_steps() -> None:
    from core.checklist import Step, register
    from portfolio.selectors.start import product_step_url
    from stakeholders import policies
    from stakeholders.models import Placement

    def three_are_placed(user: Any) -> bool:
        # Without their own place: whoever placed two people must not learn of a third.
        placed = Placement.objects.seen_by(user)
        return len(placed.order_by().values_list("pk", flat=True)[:3]) == 3

    register(
        Step(
            key="stakeholders",
            label="Place three people on the map",
            why="Who has a say and who is touched by it: then each gets what they need to know.",
            action="Open the map",
            order=60,
            done=three_are_placed,
            url=lambda user: product_step_url(user, "stakeholders:map_detail"),
            is_optional=True,
            visible_to=policies.uses_maps,
        )
    )
