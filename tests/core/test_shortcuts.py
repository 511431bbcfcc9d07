"""The list of keys: what a page has, and what is left for whoever has switched single keys off."""

from __future__ import annotations

import pytest
from django.test import Client

from core.shortcuts import shortcuts_of
from tests.factories.accounts import UserFactory


def keys_of(page: str, *, single_keys: bool = True) -> list[str]:
    return [" ".join(one.keys) for one in shortcuts_of(page, single_keys=single_keys)]


def test_a_page_lists_its_own_keys_before_those_of_all_pages() -> None:
    everywhere = keys_of("health:board")
    assert everywhere == ["/", "Ctrl K", "?", "Esc"]
    assert keys_of("intake:inbox")[0] == "j k"
    assert keys_of("intake:inbox")[-4:] == everywhere


def test_single_keys_are_left_out_where_they_are_off() -> None:
    assert keys_of("health:board", single_keys=False) == ["Ctrl K", "Esc"]


@pytest.mark.django_db
def test_the_page_holds_them(client: Client) -> None:
    user = UserFactory()
    client.force_login(user)
    assert "<kbd>Ctrl</kbd> <kbd>K</kbd>" in client.get("/search/").content.decode()
    assert "search, or say what to do" in client.get("/search/").content.decode()
    user.single_keys = False
    user.save(update_fields=["single_keys"])
    text = client.get("/search/").content.decode()
    assert "search, or say what to do" not in text and "data-single-keys" not in text


@pytest.mark.django_db
def test_strangers_get_no_list(client: Client) -> None:
    assert 'id="shortcuts"' not in client.get("/accounts/login/", follow=True).content.decode()
