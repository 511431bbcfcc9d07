"""The registry behind the primary navigation and the user menu, filled by the apps' ``ready()``.

The base layout lies below every app and so must not name their pages: apps bring their entries
here, and ``core.context.site`` turns them into links for the person who looks.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.urls import NoReverseMatch, reverse

from core.registry import Registry

Visitor = AbstractBaseUser | AnonymousUser
Place = Literal["main", "user"]


def signed_in(user: Visitor) -> bool:
    """The default of ``visible_to``: everyone with a session."""
    return user.is_authenticated


@dataclass(frozen=True, slots=True)
class NavigationItem:
    """One entry: ``order`` ascending from the left (or top), ``icon`` a name in the sprite."""

    key: str
    label: str
    url_name: str
    icon: str = ""
    order: int = 100
    visible_to: Callable[[Visitor], bool] = signed_in
    place: Place = "main"


@dataclass(frozen=True, slots=True)
class NavigationLink:
    """An entry resolved for one request."""

    key: str
    label: str
    url: str
    icon: str
    is_current: bool


_items = Registry[NavigationItem]("navigation entries")
register = _items.register


def registered() -> tuple[NavigationItem, ...]:
    """All entries in the order in which they are shown."""
    return tuple(_items)


def links_for(
    user: Visitor,
    path: str,
    *,
    place: Place = "main",
    items: Iterable[NavigationItem] | None = None,
) -> list[NavigationLink]:
    """The entries this person may see, the one whose pages ``path`` belongs to marked as current.

    An entry whose page does not exist in this installation is left out rather than breaking every
    page.
    """
    entries = registered() if items is None else items
    found = [
        (item, url)
        for item in entries
        if item.place == place and item.visible_to(user) and (url := _address(item.url_name))
    ]
    current = _current_url(path, [url for _, url in found])
    return [
        NavigationLink(item.key, item.label, url, item.icon, url == current) for item, url in found
    ]


def _address(url_name: str) -> str:
    try:
        return reverse(url_name)
    except NoReverseMatch:
        return ""


def _current_url(path: str, urls: Iterable[str]) -> str | None:
    """The longest address that ``path`` lies under; the home page only for itself."""
    matches = [url for url in urls if path == url or (url != "/" and path.startswith(url))]
    return max(matches, key=len, default=None)
