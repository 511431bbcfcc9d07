"""What audiences do to health: the signal of adoption, as of the day that they were counted."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine

from health.models import HealthSnapshot
from health.selectors import plans
from health.services import roll_up
from personas.services import set_audience
from tests.factories.accounts import AdministratorFactory
from tests.factories.health import NOW, TODAY, make_kpi, make_product, mark, measure
from tests.factories.personas import AudienceCountFactory, PersonaFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def product():
    """A mandated tool without exchange that measures its adoption alone."""
    found = make_product("Shift Planner", stage="growth", choice="mandated", exchange="none")
    measure(make_kpi(found, "mau", baseline=0, target=100), 50, ago=1)
    return found


def add(product, name, choice, exchange, people, since=TODAY):
    set_audience(
        product=product,
        persona=PersonaFactory(name=name),
        version=0,
        fields={"choice": choice, "exchange": exchange, "evidence": "", "tested_on": TODAY},
        head_count=people,
        from_date=since,
        by=AdministratorFactory(),
        now=NOW,
    )


def confidence(product, now=NOW):
    mark(product, ago=(NOW - now).days)
    roll_up(product_ids=[product.pk], now=now)
    return HealthSnapshot.objects.get(product=product, day=now.date()).confidence


def test_adoption_is_heard_as_the_audiences_are_free(product):
    forced = confidence(product)  # signal 0.2 × 0.75
    add(product, "Rosa", "mandated", "none", 2000)
    add(product, "Malcolm", "optional", "effort", 300)
    assert confidence(product) == pytest.approx(forced / 0.15 * 570 / 2300)


def test_an_audience_without_people_changes_nothing(product):
    forced = confidence(product)
    add(product, "Malcolm", "optional", "effort", None)
    add(product, "Rosa", "optional", "effort", 0)
    assert confidence(product) == pytest.approx(forced)


def test_people_count_from_their_day_on(product):
    add(product, "Malcolm", "optional", "effort", 300, since=TODAY - dt.timedelta(days=9))
    audience = product.audiences.get()
    AudienceCountFactory(audience=audience, from_date=TODAY - dt.timedelta(days=2), head_count=400)
    plan = plans([product.pk])[product.pk]

    def people(ago):
        day = TODAY - dt.timedelta(days=ago)
        return [(one.persona, one.head_count) for one in plan.on(day).audiences]

    assert people(10) == []
    assert people(9) == people(3) == [("Malcolm", 300)]
    assert people(2) == people(0) == [("Malcolm", 400)]


def test_a_change_of_today_never_rewrites_yesterday(product):
    add(product, "Malcolm", "optional", "effort", 300)
    yesterday = NOW - dt.timedelta(days=1)
    before = confidence(product, yesterday)
    add(product, "Rosa", "mandated", "none", 2000)
    confidence(product)
    row = HealthSnapshot.objects.get(product=product, day=yesterday.date())
    assert row.confidence == pytest.approx(before)
