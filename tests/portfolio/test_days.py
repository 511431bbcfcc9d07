"""Days on pages of products are days of the organisation."""

from __future__ import annotations

import csv
import datetime as dt

import pytest
import time_machine
from django.urls import reverse

from activity.models import Event
from portfolio.models import BulkChange, BulkChangeRow
from tests.factories.accounts import AdministratorFactory
from tests.factories.portfolio import ProductFactory
from tests.zones import EVENING, HERE, NOW, THERE, house_in_auckland, words_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _now():
    house_in_auckland()
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def product():
    return ProductFactory(name="Shift Planner", slug="shift-planner", updated_at=EVENING)


@pytest.fixture
def reader(client):
    """Somebody in whose zone it was another day."""
    person = AdministratorFactory(time_zone="America/Los_Angeles")
    client.force_login(person)
    return person


def test_the_catalogue_says_when_a_product_was_changed(client, reader, product):
    words = words_of(client.get(reverse("portfolio:product_list")), "tbody tr")
    assert THERE in words
    assert HERE not in words
    answer = client.get(reverse("portfolio:product_export"))
    lines = list(csv.DictReader(answer.getvalue().decode("utf-8-sig").splitlines()))
    assert [line["Changed"] for line in lines] == ["2026-11-22"]


def test_the_overview_says_when_something_happened(client, reader, product):
    Event.objects.create(
        at=EVENING, verb="changed", subject_type="x", subject_id="1",
        subject_label="The label", product_id=product.pk,
    )  # fmt: skip
    shown = words_of(client.get(product.get_absolute_url()), "time")
    assert f"{THERE} 2026" in shown
    assert f"{HERE} 2026" not in shown


def test_a_change_of_many_says_until_when_it_can_be_taken_back(client, reader, product):
    change = BulkChange.objects.create(at=EVENING, by=reader, fields={"stage": "growth"})
    BulkChangeRow.objects.create(change=change, product=product, before={}, after={})
    words = words_of(client.get(reverse("portfolio:bulk_detail", args=[change.pk])))
    day = EVENING.date() + dt.timedelta(days=31)
    assert f"until {day.day} {day:%B %Y}" in words
    assert "21 Nov 2026, 04:30 Los Angeles time" in words
