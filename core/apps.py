"""The core app."""

from django.apps import AppConfig


class CoreConfig(AppConfig):
    """No domain: what every other app needs."""

    name = "core"
    verbose_name = "Core"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the system checks, and what search finds without any table."""
        from core import checks  # noqa: F401  # registers itself
        from core.commands import find_commands, find_pages
        from core.search import SearchSource, register

        register(SearchSource("pages", "Pages", 60, find_pages, "layout-dashboard"))
        register(SearchSource("commands", "Actions", 50, find_commands, "plus"))
        _register_shortcuts()


def _register_shortcuts() -> None:
    from core.shortcuts import Shortcut, register

    register(Shortcut("search", ("/",), "search, or say what to do", order=200))
    with_control = ("Ctrl", "K")
    register(
        Shortcut("palette", with_control, "the same, also in a field", order=210, is_single=False)
    )
    register(Shortcut("shortcuts", ("?",), "this list", order=220))
    register(Shortcut("leave", ("Esc",), "close what is open", order=230, is_single=False))
