"""The organisation's settings: what follows is told first, nobody's change is lost."""

import datetime as dt
import re

import pytest
import time_machine
from django.urls import reverse

from accounts import services
from accounts.models import Organisation
from accounts.selectors import organisation
from core.versions import Conflict
from health.services import roll_up
from portfolio.models import Product, StaleMark
from tests.factories.accounts import AdministratorFactory
from tests.factories.health import make_kpi, make_product, measure
from tests.htmx import parse

pytestmark = pytest.mark.django_db
PAGE = "/settings/"
NOW = dt.datetime(2026, 11, 21, 12, 0, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def ines(client):
    user = AdministratorFactory(name="Ines")
    client.force_login(user)
    return user


def form(**changes):
    house = organisation()
    values = {
        "version": house.version,
        "name": house.name,
        "currency": house.currency,
        "time_zone": house.time_zone,
        "week_start": house.week_start,
        "earliest_date": house.earliest_date.isoformat(),
        "days_ahead": house.days_ahead,
    }
    return {**values, **changes}


def seen_in(response):
    return re.search(r'name="seen" value="(\w+)"', response.content.decode())[1]


def text_of(response):
    return re.sub(r"\s+", " ", response.content.decode())


def test_words_are_saved_at_once_and_stand_where_they_belong(client, ines):
    product = make_product("Shift Planner", run_cost=12000)
    before = client.get(product.get_absolute_url()).content.decode()
    assert "12,000 a year" in before
    assert "site-house" not in before
    answer = client.post(PAGE, form(name=" Lighthouse  Retail ", currency="£"))
    assert answer.url == PAGE
    page = client.get(product.get_absolute_url()).content.decode()
    assert "£12,000 a year" in page
    assert '<span class="site-house">Lighthouse Retail</span>' in page
    client.post(PAGE, form(currency="CHF"))
    assert "12,000\xa0CHF a year" in client.get(product.get_absolute_url()).content.decode()


def test_what_a_time_zone_changes_is_told_first_and_then_done(client, ines):
    product = make_product()
    roll_up(product_ids=[product.pk], now=NOW)
    StaleMark.objects.all().delete()
    told = client.post(PAGE, form(time_zone="Pacific/Auckland"))
    text = text_of(told)
    assert "Today becomes 22 November 2026: it is 01:00 in Pacific/Auckland." in text
    assert "Health of 1 product is worked out again" in text
    assert "Digests are drafted on Fridays at 06:00 of the new zone" in text
    assert "Values may be entered up to 22 November 2026; now it is 21 November 2026." in text
    assert organisation().time_zone == "UTC"
    done = client.post(PAGE, form(time_zone="Pacific/Auckland", seen=seen_in(told)))
    assert done.status_code == 302
    assert organisation().time_zone == "Pacific/Auckland"
    assert StaleMark.objects.get().from_date == dt.date(2026, 11, 21)


def test_what_was_seen_of_one_change_does_not_save_another(client, ines):
    told = client.post(PAGE, form(time_zone="Pacific/Auckland"))
    again = client.post(PAGE, form(time_zone="America/Lima", seen=seen_in(told)))
    assert again.status_code == 200
    assert "in America/Lima." in text_of(again)
    assert organisation().time_zone == "UTC"


def test_no_value_may_lie_before_the_earliest_date(client, ines):
    kpi = make_kpi(make_product())
    measure(kpi, 1, ago=10)
    measure(kpi, 2, ago=5)
    refused = client.post(PAGE, form(earliest_date="2026-11-14"))
    assert refused.status_code == 422
    assert (
        "1 value lies before it, the oldest on 11 November 2026. Choose an earlier day."
        in text_of(refused)
    )
    assert client.post(PAGE, form(earliest_date="2026-11-11")).status_code == 302
    assert organisation().earliest_date == dt.date(2026, 11, 11)


def test_fewer_days_ahead_leave_what_lies_beyond(client, ines):
    Organisation.objects.update_or_create(pk=1, defaults={"days_ahead": 30})
    measure(make_kpi(make_product()), 1, ago=-20)
    told = client.post(PAGE, form(days_ahead="10"))
    assert "1 value beyond it stays as it is." in text_of(told)
    client.post(PAGE, form(days_ahead="10", seen=seen_in(told)))
    assert organisation().days_ahead == 10


def test_whoever_saves_second_sees_theirs_and_keeps_what_was_typed(client, ines):
    stale = form(name="Mine")
    bo = AdministratorFactory(name="Bo")
    other = client_of(bo)
    other.post(PAGE, form(name="Theirs", currency="€"))
    late = client.post(PAGE, stale)
    assert late.status_code == 409
    text = text_of(late)
    assert "Bo changed this while you were typing." in text
    assert "saved now “Theirs”, you typed “Mine”" in text
    assert 'value="Mine"' in text
    assert organisation().name == "Theirs"
    version = re.search(r'name="version" value="(\d+)"', text)[1]
    assert client.post(PAGE, {**stale, "version": version}).status_code == 302
    assert organisation().name == "Mine"


def client_of(user):
    from django.test import Client

    found = Client()
    found.force_login(user)
    return found


def test_the_same_form_twice_changes_once(client, ines):
    sent = form(name="Once")
    for _ in range(2):
        assert client.post(PAGE, sent).status_code == 302
    assert organisation().version == 2


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"name": ""}, "Name is missing."),
        ({"time_zone": "Mars/Base"}, "Select a valid choice"),
        ({"days_ahead": "400"}, "Enter a whole number from 0 to 366."),
        ({"earliest_date": "1999-12-31"}, "Enter a day from 2000-01-01."),
    ],
)
def test_what_makes_no_sense_is_told_at_its_field(client, ines, changes, words):
    answer = client.post(PAGE, form(**changes))
    assert answer.status_code == 422
    assert words in text_of(answer)


def test_the_history_says_who_changed_what(client, ines):
    client.post(PAGE, form(name="Lighthouse Retail"))
    text = text_of(client.get(reverse("accounts:organisation_history")))
    assert "Ines" in text
    assert "<ins>Lighthouse Retail</ins>" in text
    assert reverse("health:settings_history") in text


def test_all_settings_stand_side_by_side(client, ines):
    names = (
        "accounts:organisation_edit", "health:settings", "stakeholders:settings",
        "intake:guest_settings", "accounts:organisation_history",
    )  # fmt: skip
    addresses = [reverse(name) for name in names]
    for address in addresses:
        tabs = parse(client.get(address).content.decode()).select("nav[aria-label=Settings] a")
        assert [link["href"] for link in tabs] == addresses
        assert [link["href"] for link in tabs if link.get("aria-current")] == [address]


def test_the_service_refuses_what_others_changed(ines):
    values = {"name": "One"}
    assert services.change_organisation(version=1, values=values, by=ines, now=NOW)
    assert not services.change_organisation(version=1, values=values, by=ines, now=NOW)
    with pytest.raises(Conflict):
        services.change_organisation(version=1, values={"name": "Two"}, by=ines, now=NOW)
    assert Product.objects.count() == StaleMark.objects.count() == 0
