"""The imports app."""

from django.apps import AppConfig


class ImportsConfig(AppConfig):
    """Wires the app into the registries of the floors below."""

    name = "imports"
    verbose_name = "Imports"
    default_auto_field = "django.db.models.BigAutoField"
