"""The one switch of maps: whether they name the four animals."""

from __future__ import annotations

import pytest
import time_machine
from bs4 import BeautifulSoup

from accounts.models import Organisation
from accounts.selectors import organisation
from core.audit import event_model
from stakeholders.services.settings import show_animals
from tests.factories.portfolio import AdministratorFactory, LeadFactory
from tests.factories.portfolio import PersonFactory as AccountFactory
from tests.factories.stakeholders import NOW

pytestmark = pytest.mark.django_db
URL = "/stakeholders/settings/"


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def ada(client):
    person = AdministratorFactory(name="Ada")
    client.force_login(person)
    return person


def is_ticked(client):
    soup = BeautifulSoup(client.get(URL).content, "html.parser")
    return soup.find("input", {"name": "shows_animals"}).has_attr("checked")


def test_an_administrator_hides_the_animals_and_names_them_again(client, ada):
    assert is_ticked(client)
    response = client.post(URL, {}, follow=True)
    assert "Maps name their zones only." in response.content.decode()
    assert not organisation().shows_animals
    assert not is_ticked(client)
    client.post(URL, {"shows_animals": "on"})
    assert organisation().shows_animals


def test_who_changed_it_is_kept(client, ada):
    client.post(URL, {})
    event = event_model(Organisation).objects.latest("pgh_id")
    assert (event.pgh_label, event.shows_animals) == ("update", False)
    assert event.pgh_context.metadata["user"] == ada.pk


def test_saving_what_stands_there_leaves_no_trace(client, ada):
    events = event_model(Organisation).objects.count()
    response = client.post(URL, {"shows_animals": "on"}, follow=True)
    assert event_model(Organisation).objects.count() == events
    assert "Maps name" not in response.content.decode()


def test_the_row_of_the_organisation_may_be_missing():
    Organisation.objects.all().delete()
    assert show_animals(is_shown=False, by=AdministratorFactory(), now=NOW)
    assert not organisation().shows_animals
    assert not show_animals(is_shown=False, by=AdministratorFactory(), now=NOW)


def test_nothing_else_of_the_organisation_can_be_sent_along(client, ada):
    client.post(URL, {"shows_animals": "on", "name": "Evil", "time_zone": "Asia/Tokyo"})
    assert organisation().name == Organisation._meta.get_field("name").default


@pytest.mark.parametrize("method", ["get", "post"])
def test_only_administrators_reach_it(client, method):
    user = AccountFactory()
    LeadFactory(user=user)
    client.force_login(user)
    assert getattr(client, method)(URL).status_code == 403
    assert organisation().shows_animals
