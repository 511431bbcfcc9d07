"""Who sees which entry, and which one is current."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory, override_settings
from django.urls import path

from core import navigation
from core.context import site
from core.navigation import NavigationItem, links_for


def page(request):
    raise AssertionError


urlpatterns = [
    path("", page, name="board"),
    path("products/", page, name="products"),
    path("products/archive/", page, name="archive"),
    path("profile/", page, name="profile"),
]

ITEMS = [
    NavigationItem(key="board", label="Board", url_name="board", order=10),
    NavigationItem(key="products", label="Products", url_name="products", order=20),
    NavigationItem(key="archive", label="Archive", url_name="archive", order=30),
    NavigationItem(key="gone", label="Gone", url_name="nowhere", order=40),
    NavigationItem(key="profile", label="Profile", url_name="profile", place="user"),
]


class Person:
    is_authenticated = True
    is_administrator = False


@pytest.fixture(autouse=True)
def _own_pages(settings):
    settings.ROOT_URLCONF = __name__


@pytest.fixture
def registry(monkeypatch):
    monkeypatch.setattr(navigation._items, "entries", {})


def current(path_):
    return [link.key for link in links_for(Person(), path_, items=ITEMS) if link.is_current]


def test_pages_that_do_not_exist_are_left_out():
    assert [link.key for link in links_for(Person(), "/", items=ITEMS)] == [
        "board",
        "products",
        "archive",
    ]


def test_the_user_menu_is_its_own_place():
    links = links_for(Person(), "/", place="user", items=ITEMS)
    assert [(link.label, link.url) for link in links] == [("Profile", "/profile/")]


def test_the_closest_entry_is_current_and_the_board_only_itself():
    assert current("/") == ["board"]
    assert current("/products/") == ["products"]
    assert current("/products/shift-planner/") == ["products"]
    assert current("/products/archive/2026/") == ["archive"]
    assert current("/elsewhere/") == []


def test_entries_are_for_those_who_may_see_them():
    secret = NavigationItem(
        key="people",
        label="People",
        url_name="products",
        visible_to=lambda user: user.is_administrator,
    )
    assert links_for(Person(), "/", items=[secret]) == []
    assert links_for(AnonymousUser(), "/", items=ITEMS) == []


@pytest.mark.usefixtures("registry")
def test_entries_come_in_their_order_and_keys_are_unique():
    for item in reversed(ITEMS):
        navigation.register(item)
    navigation.register(ITEMS[0])
    assert [item.key for item in navigation.registered()][:3] == ["board", "products", "archive"]
    with pytest.raises(ValueError, match="board"):
        navigation.register(NavigationItem(key="board", label="Other", url_name="products"))


@pytest.mark.usefixtures("registry")
def test_every_page_knows_the_site():
    navigation.register(ITEMS[1])
    request = RequestFactory().get("/products/")
    request.user = Person()
    with override_settings(DEMO=False):
        here = site(request)["homegrown"]
    assert here.name == "Homegrown"
    assert [link.is_current for link in here.navigation] == [True]
    assert here.demo_sign_in_url == here.sign_out_url == ""


@pytest.mark.usefixtures("registry")
def test_a_request_without_a_person_has_no_navigation():
    navigation.register(ITEMS[1])
    assert site(RequestFactory().get("/"))["homegrown"].navigation == []
