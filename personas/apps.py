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
        _register_extra()
        _register_navigation()
        _register_steps()
        for key, label, fetch in (
            ("fit", "Fit to goals", selectors.fit_history),
            ("audience", "Audiences", selectors.audience_history),
            ("audience_count", "People of audiences", selectors.audience_count_history),
        ):
            history.register(history.HistorySource(f"personas.{key}", label, fetch))
        _register_import()
        seeders.register(seeders.DemoSeeder("personas", 25, demo.seed, demo.remove))


def _register_extra() -> None:
    from personas import selectors, services
    from personas.forms import release_fields
    from portfolio.extras import ReleaseExtra, register

    register(
        ReleaseExtra(
            key="personas",
            label="For",
            fields=release_fields,
            keep=services.set_release_personas,
            shown=selectors.release_mentions,
            order=10,
        )
    )


def _register_navigation() -> None:
    from core import commands
    from core.navigation import NavigationItem, register

    add = "personas:persona_create"
    commands.register(commands.Command("persona_create", "Add persona", add, "new create", 20))
    register(NavigationItem("personas", "Personas", "personas:persona_list", "user", 33))


def _register_import() -> None:
    from imports import kinds
    from personas.services.loading import PERSONAS

    kinds.register(PERSONAS)


def _register_steps() -> None:
    from django.urls import reverse

    from core.checklist import Step, register
    from personas import policies
    from personas.models import Persona

    register(
        Step(
            key="persona",
            label="Describe one persona by its goal",
            why="Whose work it is for, and what they want to get done: then you see who is served.",
            action="Add a persona",
            order=50,
            done=lambda _user: Persona.objects.exists(),
            url=lambda _user: reverse("personas:persona_create"),
            is_optional=True,
            visible_to=policies.may_edit_personas,
        )
    )
