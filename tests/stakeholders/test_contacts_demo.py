"""The contacts of the demo: somebody waits, somebody is due, something is suggested."""

from __future__ import annotations

import tomllib

import pytest

from accounts.models import User
from accounts.services import create_demo_people
from portfolio import demo as company
from portfolio.models import Product
from stakeholders import demo
from stakeholders.models import Placement, Snooze, Touchpoint
from stakeholders.rules import SuggestionKey
from stakeholders.selectors.today import today_for
from tests.factories.stakeholders import NOW, TODAY

pytestmark = pytest.mark.django_db
LISTED = tomllib.loads(demo.COMPANY.read_text())["map"]


@pytest.fixture(autouse=True)
def _seeded():
    create_demo_people(NOW)
    company.seed(NOW)
    demo.seed(NOW)


def listed(kind):
    return [row for one in LISTED for row in one.get(kind, ())]


def names(standings):
    return [one.placement.person.name for one in standings]


def test_every_line_of_the_list_is_told():
    assert Touchpoint.objects.count() == len(listed("contacts"))
    assert Snooze.objects.count() == len(listed("snoozes"))
    assert Placement.objects.exclude(plan_reason="").count() == len(listed("plans"))
    assert not Touchpoint.objects.filter(day__gt=TODAY).exists()
    assert not Touchpoint.objects.filter(by=None).exists()


def test_the_day_begins_with_the_quiet_lion_last_met_41_days_ago():
    dana = User.objects.get(email="dana@demo.example")
    planner = Product.objects.get(slug="shift-planner")
    found = today_for(dana, TODAY, planner)
    first = found.waiting[0]
    assert (first.placement.person.name, first.due.days) == ("Dayo Okoye", 41)
    assert names(found.waiting)[:2] == ["Dayo Okoye", "Hugo Blanc"]
    assert {"Omar Haddad", "Miku Sato"} <= set(names(found.soon))
    assert names(found.snoozed) == ["Luis Ortega"]
    assert set(names(found.unreviewed)) == {"Ravi Menon", "Ella Frost"}
    assert {(one.placement.person.name, one.key) for one in found.suggestions} == {
        ("Rada Ivanova", SuggestionKey.MORE_POWER),
        ("Hugo Blanc", SuggestionKey.LESS_POWER),
    }


def test_removing_takes_contacts_snoozes_and_plans_along():
    demo.remove()
    assert not Touchpoint.objects.exists()
    assert not Snooze.objects.exists()
