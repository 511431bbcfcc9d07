"""The project package as an app, so that its commands are found."""

from django.apps import AppConfig


class ConfigConfig(AppConfig):
    """Holds management commands that know every app."""

    name = "config"
    verbose_name = "Homegrown"
