"""Days on pages of KPIs are days of the organisation."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine

from kpis import services
from tests.factories.kpis import KpiFactory, MeasurementFactory, builtin_metric
from tests.factories.portfolio import MembershipFactory, PersonFactory
from tests.zones import EVENING, HERE, NOW, THERE, house_in_auckland, words_of

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 10, 5)


@pytest.fixture
def page(client):
    house_in_auckland()
    services.ensure_partitions(DAY, NOW.date())
    person = PersonFactory(time_zone="America/Los_Angeles")
    member = MembershipFactory(user=person, role="manager")
    kpi = KpiFactory(product=member.product, metric=builtin_metric("mau"))
    MeasurementFactory(kpi=kpi, date=DAY, value=3, entered_at=EVENING)
    client.force_login(person)
    with time_machine.travel(NOW, tick=False):
        return client.get(kpi.get_absolute_url())


def test_the_list_of_values_says_on_which_day_each_came_in(page):
    words = words_of(page, ".table-values tbody")
    assert THERE in words
    assert HERE not in words
