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
        from core import demo, navigation

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
