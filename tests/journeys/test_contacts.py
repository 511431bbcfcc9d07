"""The day's list and the card in a browser: accessible in every look; a click logs, one undoes."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from stakeholders.models import Touchpoint
from tests.factories.accounts import UserFactory
from tests.factories.portfolio import MembershipFactory, ProductFactory
from tests.factories.stakeholders import PersonFactory, PlacementFactory, TouchpointFactory
from tests.journeys.conftest import Open
from tests.journeys.looks import look_at

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
TODAY = "/stakeholders/today/"


@pytest.fixture
def dana():
    """A product manager with a quiet lion, somebody due soon and a suggestion."""
    product = ProductFactory(name="Shift Planner", slug="shift-planner")
    user = UserFactory(name="Dana", email="dana@example.com")
    MembershipFactory(user=user, product=product, role="manager")
    day = timezone.now().date()
    for name, involvement, power, waited in (
        ("Dayo Okoye", 20, 80, 41),
        ("Miku Sato", 80, 80, 4),
        ("Rada Ivanova", 80, 20, 9),
    ):
        placement = PlacementFactory(
            product=product,
            person=PersonFactory(name=name, role="Director of Stores"),
            involvement=involvement,
            power=power,
            note="Owns the budget of all stores.",
            since=day - dt.timedelta(days=waited),
            reviewed_on=day - dt.timedelta(days=400),
        )
        for back in (1, 2, 3):
            TouchpointFactory(
                product=product,
                person=placement.person,
                kind="mail",
                day=day - dt.timedelta(days=back),
                note="Asked for the date of the next release.",
                mood=-1,
                outcome="escalation",
            )
    return user


def test_every_page_is_accessible_in_every_look(visit: Open, dana) -> None:
    last = Touchpoint.objects.latest("pk")
    placement = last.product.placements.get(person=last.person)
    card = placement.get_absolute_url()
    pages = ("", "plan/", "snooze/", "suggestion/", "contacts/new/", f"contacts/{last.pk}/delete/")
    assert look_at(visit(dana), [TODAY, *(f"{card}{page}" for page in pages)]) == {}


def test_one_click_logs_and_undo_takes_it_back(visit: Open, dana) -> None:
    page = visit(dana).go(TODAY)
    page.get_by_role("button", name="Log it as done today: Dayo Okoye").click()
    logged = "A personal briefing with Dayo Okoye"
    expect(page.get_by_text(logged).first).to_be_visible()
    expect(page.locator("#today-waiting")).to_have_count(0)
    assert Touchpoint.objects.filter(kind="briefing").count() == 1
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("#today-waiting")).to_be_visible()
    assert not Touchpoint.objects.filter(kind="briefing").exists()
