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
        from health import receivers  # noqa: F401
