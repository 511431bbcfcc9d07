"""The project package as an app, so that its commands are found."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class ConfigConfig(AppConfig):
    """Holds management commands that know every app."""

    name = "config"
    verbose_name = "Homegrown"

    def ready(self) -> None:
        """Register every task now, and the entry of the API's page.

        Left to itself Celery does so at the first message, inside somebody's request, and a
        failure half-way would leave some tasks unknown until the process ends.
        """
        from config.celery import app
        from core import navigation

        navigation.register(
            navigation.NavigationItem("api", "API", "api_docs", "link", 70, place="user")
        )
        autodiscover_modules("tasks")
        app.finalize()
