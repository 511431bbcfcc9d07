"""The first steps: ticked off by data alone, shown to whom they are for, until health stands."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from core.checklist import step_lines
from tests.factories.accounts import AdministratorFactory, UserFactory
from tests.factories.health import make_snapshot
from tests.factories.kpis import KpiFactory, MeasurementFactory
from tests.factories.personas import PersonaFactory
from tests.factories.portfolio import MembershipFactory, ProductFactory
from tests.factories.stakeholders import PlacementFactory

pytestmark = pytest.mark.django_db

START = "/start/"


def done(user: Any) -> list[str]:
    return [line.key for line in step_lines(user) if line.is_done]


def next_of(user: Any) -> str:
    return next((line.key for line in step_lines(user) if line.is_next), "")


def test_each_step_ticks_itself_off(db: None) -> None:
    user = AdministratorFactory()
    assert (done(user), next_of(user)) == ([], "product")
    product = ProductFactory()
    assert (done(user), next_of(user)) == (["product"], "kpi")
    KpiFactory(product=product)  # without a target it says nothing
    assert next_of(user) == "kpi"
    kpi = KpiFactory(product=product, baseline=1, target=9)
    assert (done(user), next_of(user)) == (["product", "kpi"], "value")
    MeasurementFactory(kpi=kpi)
    assert (done(user), next_of(user)) == (["product", "kpi", "value"], "health")
    make_snapshot(product, status="unknown", health=None)
    assert next_of(user) == "health"
    make_snapshot(product, ago=1)
    assert (done(user), next_of(user)) == (["product", "kpi", "value", "health"], "")


def test_what_can_wait_is_ticked_off_as_well(db: None) -> None:
    user = AdministratorFactory()
    PersonaFactory()
    product = ProductFactory()
    for _ in range(2):
        PlacementFactory(product=product)
    assert done(user) == ["product", "persona"]
    PlacementFactory(product=product)
    assert done(user) == ["product", "persona", "stakeholders"]


def test_others_products_tick_nothing_off_and_lead_nowhere(db: None) -> None:
    kpi = KpiFactory(product=ProductFactory(visibility="team"), baseline=1, target=9)
    MeasurementFactory(kpi=kpi)
    manager = MembershipFactory(role="manager").user
    assert done(manager) == ["product"]
    hrefs = [line.url for line in step_lines(manager)]
    assert not any(kpi.product.slug in url for url in hrefs)


def test_whoever_may_not_see_maps_hears_nothing_of_them(db: None) -> None:
    keys = {line.key for line in step_lines(UserFactory())}
    assert keys == {"product", "kpi", "value", "health"}


def test_the_board_shows_them_until_the_first_health(client: Client) -> None:
    client.force_login(AdministratorFactory())
    assert "First steps</h2>" in client.get("/").content.decode()
    product = ProductFactory()
    assert "First steps</h2>" in client.get("/").content.decode()
    assert "First steps</h2>" not in client.get("/?q=x").content.decode()
    make_snapshot(product)
    assert "First steps</h2>" not in client.get("/").content.decode()


def test_they_are_for_those_who_may_add_a_product(client: Client) -> None:
    client.force_login(UserFactory())
    words = client.get("/").content.decode()
    assert "First steps</h2>" not in words
    assert "No products yet" in words


def test_put_away_is_remembered_and_taken_back(client: Client) -> None:
    user = AdministratorFactory()
    client.force_login(user)
    for _ in range(2):
        assert client.post(reverse("health:start_put_away")).status_code == 302
    user.refresh_from_db()
    assert user.start_put_away
    client.force_login(user)
    assert "First steps</h2>" not in client.get("/").content.decode()
    assert "Show them on the board again" in client.get(START).content.decode()
    client.post(reverse("health:start_put_back"))
    assert "First steps</h2>" in client.get("/").content.decode()
    assert client.get(reverse("health:start_put_away")).status_code == 405


@pytest.mark.parametrize("products", [1, 3])
def test_the_page_costs_the_same_however_much_there_is(
    client: Client, django_assert_num_queries: Any, products: int
) -> None:
    client.force_login(AdministratorFactory())
    ProductFactory.create_batch(products)
    with django_assert_num_queries(17):
        client.get(START)


def test_the_first_portfolio_leads_on_to_the_first_product(client: Client) -> None:
    client.force_login(AdministratorFactory())
    made = client.post(reverse("portfolio:portfolio_create"), {"name": "Store operations"})
    assert made["Location"] == reverse("portfolio:product_create")
    form = client.get(made["Location"]).content.decode()
    assert "selected>Store operations" in form
