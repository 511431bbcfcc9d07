"""The accounts app."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Wires the app's registries and receivers."""

    name = "accounts"
    verbose_name = "Accounts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register policies, navigation and the people of the demo."""
        from accounts import personal, policies  # noqa: F401  # registers itself
        from accounts.services import create_demo_people, remove_demo_people
        from core import demo, kept, navigation

        kept.watch("accounts_user", "accounts_organisation")
        demo.register(demo.DemoSeeder("accounts", 10, create_demo_people, remove_demo_people))
        navigation.register(
            navigation.NavigationItem(
                key="people",
                label="People",
                url_name="accounts:person_list",
                icon="users",
                order=80,
                visible_to=policies.administrator,
            )
        )
        navigation.register(
            navigation.NavigationItem(
                key="profile",
                label="Your profile",
                url_name="accounts:profile",
                icon="user",
                order=10,
                place="user",
            )
        )
        _register_settings()


def _register_settings() -> None:
    from functools import partial

    from accounts import policies, settings_tabs, viewers
    from accounts.consequences import Consequence, register
    from accounts.selectors import house_value
    from accounts.services import day_words
    from core import navigation

    navigation.register(
        navigation.NavigationItem(
            key="settings",
            label="Settings",
            url_name="accounts:organisation_edit",
            icon="settings",
            order=85,
            visible_to=policies.administrator,
            place="user",
        )
    )
    register(Consequence("accounts", 10, tell=day_words))
    for fact, field in (
        (viewers.HOUSE_NAME, "name"),
        (viewers.HOUSE_CURRENCY, "currency"),
        (viewers.HOUSE_ZONE, "time_zone"),
    ):
        viewers.register(viewers.ViewerFact(fact, partial(house_value, field)))
    for key, label, url_name, order in (
        ("organisation", "Organisation", "accounts:organisation_edit", 10),
        ("history", "History", "accounts:organisation_history", 90),
    ):
        settings_tabs.register(settings_tabs.SettingsTab(key, label, url_name, order))
