"""The activity app."""

from django.apps import AppConfig


class ActivityConfig(AppConfig):
    """Wires the app's registries and receivers."""

    name = "activity"
    verbose_name = "Activity"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Say what the log knows about people."""
        from activity import personal  # noqa: F401  # registers itself
