"""The accounts app."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Wires the app's registries and receivers."""

    name = "accounts"
    verbose_name = "Accounts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the policies."""
        from accounts import policies  # noqa: F401
