"""What every page knows: the product's name, the navigation and the addresses of a few pages of
higher floors.
"""

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from core.navigation import NavigationLink, links_for
from core.shortcuts import Shortcut, shortcuts_of

PRODUCT_NAME = "Homegrown"


@dataclass(frozen=True, slots=True)
class Site:
    """The part of a page that is the same everywhere. An empty address means: not in this
    installation.
    """

    name: str
    navigation: list[NavigationLink]
    user_navigation: list[NavigationLink]
    home_url: str
    sign_in_url: str
    sign_out_url: str
    help_url: str
    is_demo: bool
    demo_sign_in_url: str
    demo_mail_url: str
    demo_remove_url: str
    shortcuts: list[Shortcut]
    house_zone: str


def site(request: HttpRequest) -> dict[str, Site]:
    """Context processor: ``{{ homegrown }}``; allauth's pages bring a ``site`` of their own.

    Costs no query beyond loading the signed-in person.
    """
    user = getattr(request, "user", None)
    is_demo = bool(getattr(settings, "DEMO", False))
    return {
        "homegrown": Site(
            name=PRODUCT_NAME,
            navigation=links_for(user, request.path) if user else [],
            user_navigation=links_for(user, request.path, place="user") if user else [],
            home_url="/",
            sign_in_url=_address("account_login"),
            sign_out_url=_address("account_logout"),
            help_url=_address("help"),
            is_demo=is_demo,
            demo_sign_in_url=_address("accounts:demo_sign_in") if is_demo else "",
            demo_mail_url=_address("dev_mail_list") if is_demo else "",
            demo_remove_url=_address("portfolio:demo_remove") if is_demo else "",
            shortcuts=_shortcuts(request) if user and user.is_authenticated else [],
            house_zone=getattr(user, "house_zone", "") or "UTC",
        )
    }


def _shortcuts(request: HttpRequest) -> list[Shortcut]:
    page = request.resolver_match.view_name if request.resolver_match else ""
    return shortcuts_of(page, single_keys=getattr(request.user, "single_keys", True))


def _address(url_name: str) -> str:
    """Pages of higher floors are looked up by name and may be missing."""
    try:
        return reverse(url_name)
    except NoReverseMatch:
        return ""
