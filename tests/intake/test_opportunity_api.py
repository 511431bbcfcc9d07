"""Opportunities over JSON."""

from __future__ import annotations

import pytest

from tests.factories.accounts import UserFactory
from tests.factories.intake import (
    EvidenceFactory,
    OpportunityFactory,
    RequestFactory,
    RequestLinkFactory,
    VoiceFactory,
)
from tests.factories.portfolio import MembershipFactory, ProductFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def product():
    return ProductFactory.create(slug="planner", visibility="company")


def ask(client, query=""):
    return client.get(f"/api/v1/products/planner/opportunities{query}")


def test_readers_get_the_problem_its_weight_and_the_decision_alone(client, product):
    row = OpportunityFactory.create(product=product, decision="later", decision_reason="First X")
    request = RequestFactory.create(product=product, goal="Secret goal")
    RequestLinkFactory.create(request=request, opportunity=row)
    VoiceFactory.create(request=request, name="Ana Asker", times=6, per="month", minutes=60)
    client.force_login(UserFactory.create())
    answer = ask(client)
    (item,) = answer.json()["items"]
    assert (item["problem"], item["decision"], item["reason"]) == (row.problem, "later", "First X")
    assert (item["pull_hours"], item["breadth"]) == (6.0, "only you so far")
    assert "Ana" not in answer.content.decode()
    assert "Secret" not in answer.content.decode()


def test_pages_follow_each_other_and_end(client, product):
    made = [row.pk for row in OpportunityFactory.create_batch(5, product=product)]
    OpportunityFactory.create(product=product, merged_into_id=made[0])
    OpportunityFactory.create()
    client.force_login(UserFactory.create())
    found, url = [], "?limit=2"
    while url:
        page = client.get(url).json() if url.startswith("/") else ask(client, url).json()
        assert page["total"] == 5
        found += [item["id"] for item in page["items"]]
        url = page["next"]
    assert found == made


@pytest.mark.parametrize(
    ("query", "count"), [("", 3), ("?decision=undecided", 2), ("?decision=no", 1)]
)
def test_one_decision_at_a_time(client, product, query, count):
    OpportunityFactory.create_batch(2, product=product)
    OpportunityFactory.create(product=product, decision="no")
    client.force_login(UserFactory.create())
    assert ask(client, query).json()["total"] == count


@pytest.mark.parametrize("query", ["?decision=maybe", "?after=x", "?limit=0", f"?after={'9' * 30}"])
def test_what_makes_no_sense_is_said(client, product, query):
    client.force_login(UserFactory.create())
    assert ask(client, query).status_code == 422


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_nothing_is_written_here(client, product, method):
    user = UserFactory.create()
    MembershipFactory.create(user=user, product=product, role="manager")
    client.force_login(user)
    answer = getattr(client, method)("/api/v1/products/planner/opportunities")
    assert answer.status_code == 405


@pytest.mark.parametrize("rows", [1, 4])
def test_a_fixed_number_of_queries(client, product, rows, django_assert_num_queries):
    for row in OpportunityFactory.create_batch(rows, product=product):
        EvidenceFactory.create(opportunity=row)
    client.force_login(UserFactory.create())
    with django_assert_num_queries(10):
        ask(client)
