"""Signing in to the demo."""

from __future__ import annotations

import pytest

from accounts.models import User
from accounts.services import create_demo_people
from core.models import OutboundMail
from tests.accounts.browsers import NOW, signed_in
from tests.factories.accounts import UserFactory


@pytest.fixture
def demo(db, settings):
    settings.DEMO = True
    create_demo_people(NOW)
    return User.objects.get(email="dana@demo.example")


def test_the_demo_is_entered_by_a_click(client, demo):
    page = client.get("/demo/").content.decode()
    assert page.count('name="person"') == 5
    response = client.post("/demo/", {"person": demo.pk})
    assert (response.status_code, response.headers["Location"]) == (302, "/")
    assert signed_in(client)


def test_only_ready_people_can_be_chosen(client, demo):
    for person in (UserFactory().pk, User.objects.get(email="mei@demo.example").pk, "x", ""):
        client.post("/demo/", {"person": person})
        assert not signed_in(client)


def test_demo_people_have_no_password_to_change_or_forget(client, demo):
    client.post("/accounts/password/reset/", {"email": demo.email})
    assert OutboundMail.objects.count() == 0
    client.force_login(demo)
    assert client.get("/accounts/password/change/").headers["Location"] == "/profile/"
