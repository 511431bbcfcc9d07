"""The map at sixty people: literal counts of queries, and what goes over the wire."""

from __future__ import annotations

import datetime as dt
import gzip
from collections.abc import Iterator

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from portfolio.models import Product
from tests.factories.accounts import UserFactory
from tests.factories.portfolio import LeadFactory, MembershipFactory
from tests.factories.stakeholders import (
    NOW,
    TODAY,
    MoveFactory,
    PersonFactory,
    PlacementFactory,
    TouchpointFactory,
)

pytestmark = pytest.mark.django_db
MAP = "/products/shift-planner/map/"
# Literally what the map asks; acceptance allows twelve.
BUDGET = {
    "": 10,
    "?view=table": 10,
    "full/": 10,
    "?who=first": 11,
    "?on=2026-10-01": 11,
    "?who=first&on=2026-10-01": 12,
}
MOST_BYTES = 200 * 1024


@pytest.fixture(autouse=True)
def _frozen() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def product(client: Client) -> Product:
    """Its manager is signed in."""
    user = UserFactory()
    membership = MembershipFactory(
        user=user, role="manager", stakeholder_grant=True, product__slug="shift-planner"
    )
    product: Product = membership.product
    LeadFactory(portfolio=product.portfolio)
    client.force_login(user)
    client.get("/profile/")  # the first request of a session writes it
    return product


def crowd(product: Product, amount: int) -> int:
    """So many people all over the map, half of them late, one with a suggestion; the key of the
    first place.
    """
    placements = []
    for number in range(amount):
        place = number * 37 % 101, number * 61 % 101
        person = PersonFactory(name=f"Given{number} Family{number}", role="Keeps the shop running")
        placements.append(
            PlacementFactory(
                product=product,
                person=person,
                involvement=place[0],
                power=place[1],
                since=TODAY - dt.timedelta(days=number * 3),
                note="Has been here for a long time",
            )
        )
        MoveFactory(product=product, person=person, at=NOW - dt.timedelta(days=90))
        for _ in range(0 if number else 3):
            TouchpointFactory(product=product, person=person, day=TODAY, outcome="escalation")
        if number % 2:
            TouchpointFactory(product=product, person=person)
    return int(placements[0].pk)


@pytest.mark.parametrize("people", [3, 60])
@pytest.mark.parametrize("query", BUDGET)
def test_the_map_keeps_to_its_budget(
    client: Client, product: Product, query: str, people: int
) -> None:
    first = crowd(product, people)
    address = MAP + query.replace("first", str(first))
    with CaptureQueriesContext(connection) as captured:
        response = client.get(address)
    assert response.status_code == 200
    assert len(captured) == BUDGET[query], "\n".join(q["sql"][:160] for q in captured)
    assert len(gzip.compress(response.content, 6)) <= MOST_BYTES
