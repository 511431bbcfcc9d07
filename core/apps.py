"""The core app."""

from django.apps import AppConfig


class CoreConfig(AppConfig):
    """No domain: what every other app needs."""

    name = "core"
    verbose_name = "Core"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the system checks."""
        from core import checks  # noqa: F401  # registers itself
