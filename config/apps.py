"""The project package as an app, so that its commands are found."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class ConfigConfig(AppConfig):
    """Holds management commands that know every app."""

    name = "config"
    verbose_name = "Homegrown"

    def ready(self) -> None:
        """Register every task now.

        Left to itself Celery does so at the first message, inside somebody's request, and a
        failure half-way would leave some tasks unknown until the process ends.
        """
        from config.celery import app

        autodiscover_modules("tasks")
        app.finalize()
