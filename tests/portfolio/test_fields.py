"""Fields of a product changed where they stand: in the list and as a page without scripts."""

from __future__ import annotations

import datetime as dt
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client

from accounts.models import User
from portfolio import services
from portfolio.models import BulkChange, Product
from tests.factories.portfolio import (
    NOW,
    AdministratorFactory,
    MembershipFactory,
    PersonFactory,
    ProductFactory,
    TeamFactory,
)
from tests.htmx import Page, difference, open_page, swap

pytestmark = pytest.mark.django_db

LIST = "/products/"
DAY = dt.timedelta(days=1)


@pytest.fixture
def administrator(client: Client) -> User:
    user: User = AdministratorFactory()
    client.force_login(user)
    return user


def url(product: Product, name: str, back: str = LIST, **more: str) -> str:
    return f"/products/{product.slug}/field/{name}/?" + urlencode(
        {"in": "list", "next": back, **more}
    )


def ask(client: Client, page: Page, address: str, status: int = 200, **data: Any) -> Page:
    """What htmx does with the field: get or send it, and put the answer into its place."""
    _, slug, _, name = address.partition("?")[0].strip("/").split("/")
    key = f"field-{Product.objects.get(slug=slug).pk}-{name}"
    headers = {"HX-Request": "true", "HX-Target": key, "HX-Current-URL": page.url}
    send = client.post if data else client.get
    response = send(address, data or None, headers=headers)
    assert response.status_code == status, response.status_code
    place = response.headers.get("HX-Retarget", f"#{key}").removeprefix("#")
    swap(page.soup, response, place, "outerHTML")
    return page


def standing(product: Product, name: str, **typed: Any) -> dict[str, Any]:
    """What the form sends: it was opened just now."""
    value = getattr(product, f"{name}_id" if name == "team" else name)
    was = "" if value is None else value
    return {"version": product.version, "was": was, name: typed.get("value", was)}


@pytest.mark.parametrize(
    ("name", "value"), [("name", "Rota Desk"), ("stage", "growth"), ("head_count", "2,140")]
)
def test_a_swapped_field_equals_the_reloaded_page(
    client: Client, administrator: User, name: str, value: str
) -> None:
    product = ProductFactory(name="Shift Planner", updated_at=NOW - 40 * DAY)
    ProductFactory(name="Another one")
    page = open_page(client, LIST)
    page = ask(client, page, url(product, name))
    assert page.soup.select_one(f"form.inline [name={name}]") is not None
    page = ask(client, page, url(product, name), **standing(product, name, value=value))
    for toast in page.soup.select(".toast"):
        assert "is saved" in toast.text
        toast.decompose()
    assert difference(page, open_page(client, LIST)) == ""
    product.refresh_from_db()
    assert str(getattr(product, name)) == value.replace(",", "")


def test_a_swapped_line_keeps_the_columns_of_its_page(client: Client, administrator: User) -> None:
    product = ProductFactory(updated_at=NOW - 40 * DAY)
    rosters = ProductFactory(team=TeamFactory(name="Rosters")).team
    back = f"{LIST}?" + urlencode({"columns": "updated,stage,managers,team"})
    page = open_page(client, back)
    sent = standing(product, "team", value=rosters.pk)
    page = ask(client, page, url(product, "team", back), **sent)
    page.soup.select_one(".toast").decompose()
    assert page.soup.select_one(f"#row-{product.pk}").text.count("Rosters") == 2
    assert difference(page, open_page(client, back)) == ""


def test_leaving_puts_back_what_stood_there(client: Client, administrator: User) -> None:
    product = ProductFactory()
    page = open_page(client, LIST)
    ask(client, page, url(product, "stage"))
    ask(client, page, url(product, "stage", leave="1"))
    assert difference(page, open_page(client, LIST)) == ""


def test_without_scripts_it_is_a_page_that_leads_back(client: Client, administrator: User) -> None:
    product, team = ProductFactory(), TeamFactory()
    back = f"{LIST}?stage=discovery"
    page = open_page(client, url(product, "team", back))
    assert page.soup.h1.text == f"Team of {product.name}"
    answer = client.post(url(product, "team", back), standing(product, "team", value=team.pk))
    assert (answer.status_code, answer["Location"]) == (302, back)
    product.refresh_from_db()
    assert product.team == team


def test_nobody_is_led_elsewhere(client: Client, administrator: User) -> None:
    product = ProductFactory()
    for back in ("https://example.com/", "//example.com", "/\\example.com"):
        answer = client.post(url(product, "stage", back), standing(product, "stage", value="pilot"))
        assert answer["Location"] == product.get_absolute_url()
        product.refresh_from_db()


def test_a_conflict_shows_theirs_and_keeps_what_was_typed(
    client: Client, administrator: User
) -> None:
    product = ProductFactory(name="Shift Planner")
    opened = standing(product, "name", value="Mine")
    services.update_product(
        product_id=product.pk, version=1, fields={"name": "Theirs"}, by=administrator, now=NOW
    )
    page = open_page(client, LIST)
    page = ask(client, page, url(product, "name"), status=409, **opened)
    form = page.soup.select_one("form.inline")
    assert "has saved “Theirs” meanwhile" in form.text
    assert form.select_one("[name=name]")["value"] == "Mine"
    again = {tag["name"]: tag["value"] for tag in form.select("input[value]")}
    ask(client, page, url(product, "name"), **again)
    product.refresh_from_db()
    assert (product.name, product.version) == ("Mine", 3)


def test_another_field_that_was_changed_meanwhile_is_no_conflict(
    client: Client, administrator: User
) -> None:
    product = ProductFactory()
    opened = standing(product, "stage", value="growth")
    services.update_product(
        product_id=product.pk, version=1, fields={"mission": "Theirs"}, by=administrator, now=NOW
    )
    assert client.post(url(product, "stage"), opened).status_code == 302
    product.refresh_from_db()
    assert (product.stage, product.mission) == ("growth", "Theirs")


def test_the_manager_is_said_and_taken_back(client: Client, administrator: User) -> None:
    old = MembershipFactory(role="manager")
    product, heir = old.product, PersonFactory(name="Nadia Haddad")
    page = open_page(client, LIST)
    page = ask(client, page, url(product, "manager"))
    assert page.soup.select_one("[name=was]")["value"] == str(old.user_id)
    sent = {"version": 1, "was": old.user_id, "manager": heir.email}
    page = ask(client, page, url(product, "manager"), **sent)
    assert "Nadia Haddad" in page.soup.select_one("#rows").text
    assert [one.user for one in product.memberships.all()] == [heir]
    undo = page.soup.select_one(".toast form")["action"]
    assert undo == f"/products/bulk/{BulkChange.objects.get().pk}/undo/"
    client.post(undo)
    assert [one.user for one in product.memberships.all()] == [old.user]
    page = ask(client, open_page(client, LIST), url(product, "manager"), status=409,
               **{**sent, "was": heir.pk})  # fmt: skip
    assert f"It is managed by {old.user} meanwhile" in page.text


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("name", "", "Name is missing."),
        ("head_count", "many", "Enter a number"),
        ("manager", "nobody@example.com", "Nobody here has this e-mail address"),
    ],
)
def test_what_can_not_be_is_explained(
    client: Client, administrator: User, name: str, value: str, words: str
) -> None:
    product = ProductFactory()
    sent = {"version": 1, "was": "", name: value}
    page = ask(client, open_page(client, LIST), url(product, name), status=422, **sent)
    assert words in page.soup.select_one("form.inline").text


def test_rights_are_those_of_the_forms(client: Client) -> None:
    member = MembershipFactory()
    client.force_login(member.user)
    product, other = member.product, ProductFactory()
    assert client.get(url(product, "stage")).status_code == 200
    assert client.get(url(product, "manager")).status_code == 403
    assert client.get(url(product, "mission")).status_code == 404
    assert client.get(url(other, "stage")).status_code == 403
    page = open_page(client, LIST)
    edits = {link["href"].partition("?")[0] for link in page.soup.select(".inline-edit")}
    names = ("name", "stage", "head_count")
    assert edits == {f"/products/{product.slug}/field/{name}/" for name in names}
    assert [box["value"] for box in page.soup.select("[name=pick]")] == [str(product.pk)]


def test_who_may_change_nothing_sees_no_controls(client: Client) -> None:
    client.force_login(PersonFactory())
    ProductFactory()
    page = open_page(client, LIST)
    assert page.soup.select(".inline-edit, [name=pick], #bulk") == []


def test_the_bar_takes_ticks_the_page_or_all(client: Client, administrator: User) -> None:
    ProductFactory.create_batch(52, stage="pilot")
    page = open_page(client, f"{LIST}?stage=pilot")
    bar = page.soup.select_one("#bulk")
    assert [b["value"] for b in bar.select("button")] == ["ticked", "page", "all"]
    assert len(page.soup.select("[name=pick][form=bulk]")) == 50
    kept = {tag["name"]: tag["value"] for tag in bar.select("input[type=hidden]")}
    assert kept["stage"] == "pilot"
    for take, amount in (("page", 50), ("all", 52)):
        found = client.get(bar["action"], {**kept, "take": take}).content
        assert f"Change {amount} products" in found.decode()


def test_as_of_another_day_nothing_is_changed(client: Client, administrator: User) -> None:
    ProductFactory()
    page = open_page(client, f"{LIST}?as_of=2026-01-15")
    assert page.soup.select("#rows tr")
    assert page.soup.select(".inline-edit, [name=pick], #bulk") == []


def test_the_header_of_a_product_is_changed_where_it_stands(
    client: Client, administrator: User
) -> None:
    product = ProductFactory(name="Shift Planner", team=None)
    address = product.get_absolute_url()
    page = open_page(client, address)
    header = page.soup.select_one(".product-header")
    links = {link["href"].partition("?")[0] for link in header.select(".inline-edit")}
    names = ("name", "stage", "team", "head_count", "manager")
    assert links == {f"{address}field/{name}/" for name in names}
    assert header.h1.text == "Shift Planner"
    for link in header.select(".inline-edit"):
        assert page.soup.find(id=link["aria-describedby"]) is not None
    there = url(product, "head_count", address, **{"in": "head"})
    ask(client, page, there)
    assert page.soup.select_one("form.inline[data-refresh] [name=head_count]") is not None
    ask(client, page, url(product, "head_count", address, **{"in": "head", "leave": "1"}))
    assert difference(page, open_page(client, address)) == ""
    key = f"field-{product.pk}-head_count"
    sent = standing(product, "head_count", value="2,140")
    answer = client.post(there, sent, headers={"HX-Request": "true", "HX-Target": key})
    assert (answer["HX-Refresh"], answer.content) == ("true", b"")  # the whole page speaks of it
    page = open_page(client, address)
    assert "2,140" in page.soup.select_one(f"#{key}").text
    assert "is saved" in page.soup.select_one(".toast").text


def test_the_header_offers_what_one_may_change_today(client: Client) -> None:
    member = MembershipFactory(role="contributor")
    address = member.product.get_absolute_url()
    for user, names in ((member.user, {"name", "stage", "team", "head_count"}), (None, set())):
        client.force_login(user or PersonFactory())
        soup = open_page(client, address).soup
        links = [link["href"].partition("?")[0] for link in soup.select(".inline-edit")]
        assert links == [
            f"{address}field/{name}/"
            for name in ("name", "stage", "team", "head_count")
            if name in names
        ]
    client.force_login(member.user)
    soup = open_page(client, f"{address}?as_of=2026-01-15").soup
    assert soup.select(".inline-edit") == []
