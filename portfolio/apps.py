"""The portfolio app."""

from django.apps import AppConfig


class PortfolioConfig(AppConfig):
    """Wires the app's registries and receivers."""

    name = "portfolio"
    verbose_name = "Portfolio"
    default_auto_field = "django.db.models.BigAutoField"
