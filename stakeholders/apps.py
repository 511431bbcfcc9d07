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
        from stakeholders import personal, policies  # noqa: F401  # register themselves
        from stakeholders import receivers  # noqa: F401  # hears of accounts
