"""The imports app."""

from django.apps import AppConfig


class ImportsConfig(AppConfig):
    """Wires the app into the registries of the floors below."""

    name = "imports"
    verbose_name = "Imports"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Tell the floors below who may import and how an import is found."""
        from core.policies import register_object
        from imports import (
            policies,  # noqa: F401  # registers itself
            selectors,
        )

        register_object("import_run", selectors.find_run, argument="run_id")
