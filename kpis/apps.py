"""The kpis app."""

from django.apps import AppConfig


class KpisConfig(AppConfig):
    """Wires the app's registries and receivers."""

    name = "kpis"
    verbose_name = "KPIs"
    default_auto_field = "django.db.models.BigAutoField"
