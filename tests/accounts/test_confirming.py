"""Roles and settings of the organisation take the password once more; nothing is lost by it."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from bs4 import BeautifulSoup

from accounts.models import User
from accounts.selectors import organisation
from tests.factories.accounts import PASSWORD, AdministratorFactory, UserFactory
from tests.factories.accounts import confirm as as_if_confirmed

NOW = dt.datetime(2026, 11, 23, 9, 0, tzinfo=dt.UTC)
ASK = "/accounts/reauthenticate/?next=%2Funsent%2F"


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def ines(db, client):
    user = AdministratorFactory(name="Ines", email="ines@example.org", password=PASSWORD)
    client.force_login(user)
    return user


@pytest.fixture
def bo(db):
    return UserFactory(name="Bo", email="bo@example.org")


def fields_of(client, url):
    """The form of a page as a browser would send it."""
    page = BeautifulSoup(client.get(url).content, "html.parser")
    form = page.select_one("main form[method=post]")
    values = {
        one["name"]: one.get("value", "")
        for one in form.select("input[name]")
        if one.get("type") not in ("radio", "checkbox") or one.has_attr("checked")
    }
    for one in form.select("select"):
        chosen = one.select_one("option[selected]") or one.select_one("option")
        values[one["name"]] = chosen["value"]
    return form.get("action") or url, values


def send(client, url, **changes):
    action, values = fields_of(client, url)
    return client.post(action, values | changes)


def confirm(client, password=PASSWORD, after="/unsent/"):
    return client.post("/accounts/reauthenticate/", {"password": password, "next": after})


def test_a_role_takes_the_password_and_what_was_chosen_waits(client, ines, bo):
    url = f"/people/{bo.pk}/edit/"
    asked = send(client, url, name="Bob", role="administrator")
    assert asked.url == ASK
    assert User.objects.get(pk=bo.pk).role == "employee"
    assert "needs your password once more" in client.get(asked.url).content.decode()
    assert confirm(client).url == "/unsent/"
    page = client.get("/unsent/").content.decode()
    assert "It needed your password once more" in page
    assert "data-send-at-once" in page
    assert send(client, "/unsent/").url == f"/people/{bo.pk}/"
    bo.refresh_from_db()
    assert (bo.name, bo.role) == ("Bob", "administrator")


def test_a_wrong_password_changes_nothing_and_the_form_still_waits(client, ines, bo):
    send(client, f"/people/{bo.pk}/edit/", role="administrator")
    refused = confirm(client, "another password")
    assert refused.status_code == 200  # as allauth answers, like the page to sign in
    assert "There is a problem" in refused.content.decode()
    assert send(client, "/unsent/").url == ASK  # sent without it, it asks again and is kept again
    confirm(client)
    send(client, "/unsent/")
    assert User.objects.get(pk=bo.pk).is_administrator


@pytest.mark.parametrize(("minutes", "is_asked"), [(9, False), (11, True)])
def test_it_holds_for_ten_minutes(client, ines, bo, minutes, is_asked):
    confirm(client)
    with time_machine.travel(NOW + dt.timedelta(minutes=minutes), tick=False):
        answer = send(client, f"/people/{bo.pk}/edit/", name="Bob")
    assert (answer.url == ASK) == is_asked


def test_it_holds_for_this_session_only(client, ines, bo):
    confirm(client)
    client.force_login(ines)  # rotates, and keeps what is the session's own
    client.logout()
    client.force_login(ines)
    assert send(client, f"/people/{bo.pk}/edit/", name="Bob").url == ASK


def test_the_walks_of_other_tests_are_taken_to_have_confirmed(client, ines, bo):
    as_if_confirmed(client)
    assert send(client, f"/people/{bo.pk}/edit/", name="Bob").url == f"/people/{bo.pk}/"


def test_only_an_invitation_to_administer_takes_it(client, ines):
    new = {"name": "Cy", "email": "cy@example.org"}
    assert send(client, "/people/invite/", **new, role="employee").url == "/people/"
    other = {"name": "Di", "email": "di@example.org"}
    assert send(client, "/people/invite/", **other, role="administrator").url == ASK
    assert not User.objects.filter(email="di@example.org").exists()
    confirm(client)
    send(client, "/unsent/")
    assert User.objects.get(email="di@example.org").is_administrator


def test_settings_of_the_organisation_take_it(client, ines):
    assert send(client, "/settings/", name="Lighthouse").url == ASK
    confirm(client)
    assert send(client, "/unsent/").url == "/settings/"
    assert organisation().name == "Lighthouse"


@pytest.mark.parametrize(
    "url", ["/office-hours/guests/", "/settings/health/preview/?healthy_from=65"]
)
def test_so_do_those_of_guests_and_of_health(client, ines, url):
    assert send(client, url).url == ASK
    confirm(client)
    assert send(client, "/unsent/").status_code == 302


def test_who_lost_the_role_meanwhile_saves_nothing(client, ines, bo):
    send(client, f"/people/{bo.pk}/edit/", role="administrator")
    User.objects.filter(pk=ines.pk).update(role="employee")
    confirm(client)
    assert send(client, "/unsent/").status_code == 403
    assert not User.objects.get(pk=bo.pk).is_administrator


def test_what_nobody_drew_for_them_is_not_kept(client, ines, bo):
    answer = client.post(f"/people/{bo.pk}/edit/", {"name": "Bob", "role": "administrator"})
    assert answer.url == f"/accounts/reauthenticate/?next=%2Fpeople%2F{bo.pk}%2Fedit%2F"


def test_who_has_no_password_is_not_asked(client, bo):
    client.force_login(AdministratorFactory())
    assert send(client, f"/people/{bo.pk}/edit/", name="Bob").url == f"/people/{bo.pk}/"
    assert client.get("/accounts/reauthenticate/").url == "/profile/"


@pytest.mark.parametrize(
    "after", ["https://example.com/", "//example.com", "/accounts/logout/", "/nowhere/"]
)
def test_it_leads_nowhere_else(client, ines, after):
    assert confirm(client, after=after).url == "/"
