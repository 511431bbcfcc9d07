"""Products over JSON: the catalogue's filters, order and pages; strangers find nothing."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from core.problems import KIND
from portfolio import services
from portfolio.models import Product
from tests.factories.portfolio import (
    NOW,
    AdministratorFactory,
    LeadFactory,
    MembershipFactory,
    PersonFactory,
    PortfolioFactory,
    ProductFactory,
)

pytestmark = pytest.mark.django_db

LIST = "/api/v1/products"


@pytest.fixture
def administrator(client: Client) -> User:
    person = AdministratorFactory()
    client.force_login(person)
    return person


def slugs(answer: Any) -> list[str]:
    return [item["slug"] for item in answer.json()["items"]]


def problem(answer: Any) -> dict[str, Any]:
    """The body of a refusal, which has the form of RFC 9457."""
    assert answer["Content-Type"] == KIND
    body = json.loads(answer.content)
    assert set(body) - {"errors"} == {"type", "title", "status", "detail"}
    assert body["status"] == answer.status_code
    return body


def test_a_product_tells_what_it_is_and_null_where_nobody_knows(
    client: Client, administrator: User
) -> None:
    ProductFactory(slug="rota", name="Rota", mission="No gaps", portfolio__name="Stores")
    answer = client.get(f"{LIST}/rota")
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("application/json")
    found = answer.json()
    assert found == client.get(LIST).json()["items"][0]
    assert (found["name"], found["mission"], found["portfolio"]) == ("Rota", "No gaps", "Stores")
    assert found["url"] == "/products/rota/"
    nothing = ("function", "team", "head_count", "archived_on", "status", "health", "trend")
    assert [found[name] for name in nothing] == [None] * len(nothing)
    assert found["managers"] == []


def test_without_a_session_it_says_so_in_json(client: Client) -> None:
    ProductFactory(slug="rota")
    for address in (LIST, f"{LIST}/rota", f"{LIST}/rota/health", "/api/v1/openapi.json"):
        for headers in ({}, {"HX-Request": "true"}):
            answer = client.get(address, headers=headers)
            assert answer.status_code == 401
            assert "Sign in" in problem(answer)["detail"]
            assert answer["WWW-Authenticate"].startswith("Cookie")
            assert "Location" not in answer
            assert "HX-Redirect" not in answer


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_it_can_only_be_read(administrator: User, method: str) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(administrator)
    ProductFactory(slug="rota")
    for address in (LIST, f"{LIST}/rota", f"{LIST}/rota/health"):
        answer = getattr(client, method)(address, "{}", content_type="application/json")
        assert answer.status_code == 405
        assert answer["Allow"] == "GET"
        problem(answer)


def test_everybody_sees_what_they_see_on_the_pages(client: Client) -> None:
    portfolio = PortfolioFactory()
    hidden = ProductFactory(slug="hidden", visibility="team", portfolio=portfolio)
    ProductFactory(slug="open")
    lead, member = LeadFactory(portfolio=portfolio), MembershipFactory(product=hidden)
    for person, sees in ((PersonFactory(), False), (lead.user, True), (member.user, True)):
        client.force_login(person)
        answer = client.get(LIST)
        assert slugs(answer) == (["hidden", "open"] if sees else ["open"])
        assert answer.json()["total"] == 1 + sees
        for address in (f"{LIST}/hidden", f"{LIST}/hidden/health"):
            answer = client.get(address)
            assert answer.status_code == (200 if sees else 404)
            if not sees:
                assert problem(answer) == problem(client.get(f"{LIST}/no-such-product"))


def test_an_old_address_leads_to_the_new_one(client: Client, administrator: User) -> None:
    product = ProductFactory(slug="old")
    services.update_product(
        product_id=product.pk, version=1, fields={"slug": "new-one"}, by=administrator, now=NOW
    )
    answer = client.get(f"{LIST}/old/health?as_of=2026-01-01")
    assert answer.status_code == 301
    assert answer["Location"] == f"{LIST}/new-one/health?as_of=2026-01-01"


def test_filters_and_order_of_the_catalogue(client: Client, administrator: User) -> None:
    pilot = ProductFactory(slug="a", name="Beta", stage="pilot", head_count=5)
    ProductFactory(slug="b", name="alpha", stage="mature", head_count=9)
    ProductFactory(slug="c", name="Gone", archived_on=NOW.date())
    asked = {
        "": ["b", "a"],
        "?sort=-name": ["a", "b"],
        "?sort=-people": ["b", "a"],
        "?stage=pilot": ["a"],
        "?q=bet": ["a"],
        f"?portfolio={pilot.portfolio_id}": ["a"],
        "?archived=on": ["c"],
        "?archived=on&as_of=2026-11-19": [],
        "?as_of=2026-11-19": ["b", "a", "c"],
    }
    for query, expected in asked.items():
        assert slugs(client.get(LIST + query)) == expected, query


@pytest.mark.parametrize("sort", ["name", "-name", "stage", "people", "-updated"])
def test_pages_hold_each_product_once(client: Client, administrator: User, sort: str) -> None:
    for n in range(7):
        ProductFactory(slug=f"p{n}", head_count=n % 3 or None)
    seen, address = [], f"{LIST}?limit=3&sort={sort}"
    while address:
        answer = client.get(address)
        seen += slugs(answer)
        last, address = answer, answer.json()["next"]
    assert sorted(seen) == [f"p{n}" for n in range(7)]
    assert slugs(client.get(last.json()["previous"])) == seen[3:6]
    assert client.get(f"{LIST}?limit=3&sort={sort}").json()["previous"] is None


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("as_of=yesterday", "as_of"),
        ("as_of=9999-12-31", "as_of"),
        ("as_of=1514764800", "as_of"),
        ("limit=0", "limit"),
        ("limit=201", "limit"),
        ("limit=many", "limit"),
        ("stage=nonsense", "stage"),
        ("portfolio=x", "portfolio"),
        ("manager=999999", "manager"),
        ("sort=luck", "sort"),
        ("after=zz", "after"),
        ("before=W10", "before"),
        ("sort=people&after=WyJhIiwgMV0", "after"),
    ],
)
def test_what_makes_no_sense_is_told_by_name(
    client: Client, administrator: User, query: str, name: str
) -> None:
    ProductFactory(slug="rota")
    answer = client.get(f"{LIST}?{query}")
    assert answer.status_code == 422
    assert [error["name"] for error in problem(answer)["errors"]] == [name]
    if name == "as_of":
        for address in (f"{LIST}/rota", f"{LIST}/rota/health"):
            assert problem(client.get(f"{address}?{query}")) == problem(answer)


@pytest.mark.parametrize("products", [1, 3, 40])
def test_a_fixed_number_of_queries(
    client: Client, administrator: User, products: int, django_assert_num_queries: Any
) -> None:
    for n in range(products):
        MembershipFactory(role="manager", product__slug=f"p{n}")
    client.get(LIST)
    with django_assert_num_queries(6):
        client.get(LIST)
    with django_assert_num_queries(4):
        client.get(f"{LIST}/p0")


def test_nothing_at_an_unknown_address_is_json_too(client: Client, administrator: User) -> None:
    for address in ("/api/", "/api/v1/", "/api/v1/nowhere", "/api/v2/products", f"{LIST}/"):
        assert problem(client.get(address))["title"] == "Not Found"


def test_the_description_names_every_field_that_is_answered(
    client: Client, administrator: User
) -> None:
    ProductFactory(slug="rota")
    described = client.get("/api/v1/openapi.json").json()
    assert described["openapi"].startswith("3.1")
    one = f"{LIST}/{{slug}}"
    assert set(described["paths"]) == {LIST, one, f"{one}/health", f"{one}/opportunities"}
    schemas = described["components"]["schemas"]
    answered = client.get(f"{LIST}/rota").json()
    assert set(schemas["Product"]["properties"]) == set(answered)
    health = client.get(f"{LIST}/rota/health").json()
    assert set(schemas["ProductHealth"]["properties"]) == set(health)
    for path in described["paths"].values():
        assert set(path["get"]["responses"]) == {"200", "401", "404", "405", "422"}
        assert path["get"]["security"]


def test_the_page_for_people_tells_the_same(client: Client, administrator: User) -> None:
    page = client.get("/docs/api/").content.decode()
    described = client.get("/api/v1/openapi.json").json()
    for address, path in described["paths"].items():
        assert f"GET {address}" in page
        for parameter in path["get"]["parameters"]:
            assert f"<code>{parameter['name']}</code>" in page
    assert "items.health" in page
    assert "kpis.points_lost" in page
    assert "<script>" not in page
    assert Product.objects.count() == 0
