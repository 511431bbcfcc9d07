"""Confirm or edit: when a record is due, who is asked, what one click says and how it is undone."""

from __future__ import annotations

import datetime as dt
from urllib.parse import urlsplit

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Organisation
from activity.models import Event
from portfolio import selectors, services
from portfolio.flags import flags_of, flags_on
from portfolio.models import Product
from portfolio.rules import is_record_due
from tests.factories.portfolio import (
    MADE,
    NOW,
    AdministratorFactory,
    LeadFactory,
    MembershipFactory,
    PersonFactory,
    ProductFactory,
)
from tests.htmx import open_page

pytestmark = pytest.mark.django_db
TODAY = NOW.date()
DAY = dt.timedelta(days=1)
LONG_AGO = NOW - 200 * DAY


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


def stale(**fields):
    """In its first stage, so that nothing but the record is to be looked over."""
    return ProductFactory(**{"updated_at": LONG_AGO, "stage_since": MADE.date(), **fields})


@pytest.fixture
def dana():
    return PersonFactory(name="Dana")


@pytest.fixture
def product(dana):
    product = stale(name="Shift Planner", slug="shift-planner")
    MembershipFactory(user=dana, product=product, role="manager")
    return product


def confirm_url(product, **query):
    return reverse("portfolio:product_confirm", args=[product.slug], query=query or None)


def undo_url(response, client):
    page = open_page(client, response["Location"])
    form = page.soup.select_one('form[action*="undo="]')
    return form["action"] if form else ""


# --- When it is due ------------------------------------------------------------------------------


@pytest.mark.parametrize(("age", "due"), [(0, False), (179, False), (180, True), (500, True)])
def test_a_record_is_due_after_180_days(age, due):
    assert is_record_due(TODAY - age * DAY, TODAY) is due


@pytest.mark.parametrize(
    ("changed", "confirmed", "due"),
    [(200, None, True), (180, None, True), (179, None, False), (200, 10, False),
     (200, 180, True), (10, 300, False)],
)  # fmt: skip
def test_a_change_counts_like_a_confirmation(dana, changed, confirmed, due):
    product = stale(
        updated_at=NOW - changed * DAY,
        confirmed_on=TODAY - confirmed * DAY if confirmed is not None else None,
    )
    MembershipFactory(user=dana, product=product, role="manager")
    assert list(selectors.stale_records(dana, TODAY)) == ([product] if due else [])
    told = [flag.key for flag in flags_of([product.pk], TODAY)[product.pk]]
    assert told == (["record_not_confirmed"] if due else [])
    loaded = selectors.find_product(dana, product.slug)
    assert [flag.key for flag in flags_on(loaded, TODAY)] == told


def test_days_are_those_of_the_organisations_zone(dana):
    Organisation.objects.filter(pk=1).update(time_zone="Pacific/Auckland")
    evening = dt.datetime(2026, 5, 24, 23, 0, tzinfo=dt.UTC)  # the 25th in Auckland
    product = stale(updated_at=evening)
    MembershipFactory(user=dana, product=product, role="manager")
    due = dt.date(2026, 5, 25) + 180 * DAY
    assert not selectors.stale_records(dana, due - DAY)
    assert [one.record_on for one in selectors.stale_records(dana, due)] == [dt.date(2026, 5, 25)]


@pytest.mark.parametrize("fields", [{"stage": "retired"}, {"archived_on": TODAY}])
def test_what_nobody_uses_is_not_asked_about(dana, fields):
    product = stale(**fields)
    MembershipFactory(user=dana, product=product, role="manager")
    assert not selectors.stale_records(dana, TODAY)
    assert not flags_of([product.pk], TODAY)[product.pk]
    assert not flags_on(selectors.find_product(dana, product.slug), TODAY)


def test_its_manager_is_asked_and_where_there_is_none_the_lead(product, dana):
    lead = LeadFactory(portfolio=product.portfolio).user
    orphan = stale(name="Orphan", portfolio=product.portfolio)
    helper = MembershipFactory(product=product).user
    assert list(selectors.stale_records(dana, TODAY)) == [product]
    assert list(selectors.stale_records(lead, TODAY)) == [orphan]
    for person in (helper, AdministratorFactory()):
        assert not selectors.stale_records(person, TODAY)


# --- Confirming ----------------------------------------------------------------------------------


def test_confirming_says_who_and_when_and_changes_no_version(product, dana):
    for moved in (True, False):
        assert services.confirm_product(product=product, by=dana, now=NOW) is moved
    product.refresh_from_db()
    assert (product.confirmed_on, product.confirmed_by, product.version) == (TODAY, dana, 1)
    assert product.updated_at == LONG_AGO
    assert Event.objects.filter(verb="confirmed").count() == 1


def test_undo_restores_what_stood_before_and_nobody_elses_word(product, dana):
    other = PersonFactory()
    before = TODAY - 190 * DAY
    Product.objects.update(confirmed_on=before, confirmed_by=other)
    services.confirm_product(product=product, by=dana, now=NOW)
    undo = {"product": product, "on": before, "who": other.pk, "now": NOW}
    assert not services.unconfirm_product(**undo, by=other)
    assert services.unconfirm_product(**undo, by=dana)
    product.refresh_from_db()
    assert (product.confirmed_on, product.confirmed_by) == (before, other)
    assert not services.unconfirm_product(**undo, by=dana)


# --- Pages ---------------------------------------------------------------------------------------


def test_one_click_confirms_and_undo_takes_it_back(client, product, dana):
    client.force_login(dana)
    page = open_page(client, product.get_absolute_url())
    assert "Record not confirmed" in page.text
    assert "to be confirmed" in page.text
    assert page.soup.find("a", href=confirm_url(product))
    assert "Shift Planner still right?" in open_page(client, confirm_url(product)).text
    response = client.post(confirm_url(product))
    assert response["Location"] == product.get_absolute_url()
    undo = undo_url(response, client)
    page = open_page(client, product.get_absolute_url())
    assert "Record not confirmed" not in page.text
    assert "confirmed on 20 Nov by Dana" in page.text
    assert client.post(undo).status_code == 302
    product.refresh_from_db()
    assert product.confirmed_on is None


@pytest.mark.parametrize("value", ["", "x", "WzEsMl0:1a:b"])
def test_an_undo_that_we_did_not_write_changes_nothing(client, product, dana, value):
    client.force_login(dana)
    services.confirm_product(product=product, by=dana, now=NOW)
    assert client.post(confirm_url(product, undo=value)).status_code == 302
    product.refresh_from_db()
    assert product.confirmed_on == TODAY


def test_an_undo_of_another_product_changes_nothing(client, product, dana):
    other = stale()
    MembershipFactory(user=dana, product=other, role="manager")
    client.force_login(dana)
    undo = undo_url(client.post(confirm_url(product)), client)
    services.confirm_product(product=other, by=dana, now=NOW)
    client.post(f"{confirm_url(other)}?{urlsplit(undo).query}")
    other.refresh_from_db()
    assert other.confirmed_on == TODAY


def test_whoever_only_reads_cannot_confirm(client, product):
    client.force_login(PersonFactory())
    assert client.post(confirm_url(product)).status_code == 403
    page = open_page(client, product.get_absolute_url())
    assert "Record not confirmed" in page.text
    assert not page.soup.find("a", href=confirm_url(product))


def test_the_list_confirms_in_place(client, product, dana):
    client.force_login(dana)
    address = reverse("portfolio:stale_list")
    page = open_page(client, address)
    assert "Shift Planner" in page.text
    form = page.soup.select_one(f'form[action="{confirm_url(product, back="list")}"]')
    response = client.post(form["action"])
    assert response["Location"] == address
    assert "Every record is fresh" in open_page(client, address).text


@pytest.mark.parametrize("amount", [1, 3])
def test_the_list_costs_the_same_whatever_it_holds(client, dana, amount):
    for _ in range(amount):
        MembershipFactory(user=dana, product=stale(), role="manager")
    client.force_login(dana)
    client.get(reverse("portfolio:team_list"))  # the first request of a session writes it
    with CaptureQueriesContext(connection) as captured:
        assert client.get(reverse("portfolio:stale_list")).status_code == 200
    assert len(captured) == 4, "\n".join(q["sql"][:90] for q in captured)


def test_many_records_have_pages(client, dana):
    for _ in range(26):
        MembershipFactory(user=dana, product=stale(), role="manager")
    client.force_login(dana)
    page = open_page(client, reverse("portfolio:stale_list"))
    assert "1 to 25 of 26 products" in page.text
    last = open_page(client, reverse("portfolio:stale_list", query={"page": 2}))
    assert len(last.soup.select("tbody tr")) == 1


def test_no_product_can_take_the_address_of_the_list(dana):
    fields = {"portfolio": ProductFactory().portfolio, "name": "Stale", "slug": "stale"}
    with pytest.raises(services.AddressTaken):
        services.create_product(fields=fields, by=AdministratorFactory(), now=NOW)
