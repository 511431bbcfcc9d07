"""The health app."""

from django.apps import AppConfig


class HealthConfig(AppConfig):
    """Wires the app's registries and receivers."""

    name = "health"
    verbose_name = "Health"
    default_auto_field = "django.db.models.BigAutoField"
