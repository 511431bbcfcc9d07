"""What people set on lists: columns, bookmarks, the height of rows; the CSV of what is shown."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from portfolio.models import Bookmark, Product
from tests.factories.health import make_product, make_snapshot
from tests.factories.portfolio import (
    AdministratorFactory,
    FunctionFactory,
    MembershipFactory,
    PersonFactory,
    ProductFactory,
)
from tests.htmx import difference, open_page, parse, send_form

pytestmark = pytest.mark.django_db


@pytest.fixture
def ana(client: Client) -> User:
    """Signed in, somebody without any rights of her own."""
    user = PersonFactory(name="Ana")
    client.force_login(user)
    client.get("/profile/")  # the session's first request saves it
    return user


def rows_of(client: Client, address: str) -> list[list[str]]:
    text = client.get(address).content.decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text)))


def shown(soup: BeautifulSoup) -> list[list[str]]:
    """The table as the page shows it: heads, then rows."""
    heads = [head.text.strip() for head in soup.select("#results thead th")]
    rows = [
        [row.select_one("th a").text, *(cell.get_text(" ", strip=True) for cell in row("td"))]
        for row in soup.select("#results tbody tr")
    ]
    return [heads, *rows]


def star(product: Product) -> str:
    return reverse("portfolio:bookmark", args=[product.slug])


# Columns

CATALOGUE = "slug,kind,team,portfolio,stage,status,function,people_word"
BOARD = "slug,status,stage,portfolio,function,people_word"


@pytest.mark.parametrize(
    ("page", "file", "columns"),
    [("/products/", "/products.csv", CATALOGUE), ("/", "/board.csv", BOARD)],
)
@pytest.mark.parametrize("sort", ["name", "-name", "people", "nonsense"])
def test_the_csv_equals_the_page(
    client: Client, ana: User, page: str, file: str, columns: str, sort: str
) -> None:
    for n in range(5):
        product = make_product(f"Tool {n}", function=f"Function {n % 2}", head_count=100 - n)
        make_snapshot(product, status="watch", health=60 + n)
    ProductFactory(name="Secret", visibility="team")
    query = f"?columns={columns}&sort={sort}&q=tool"
    soup = open_page(client, page + query).soup
    link = soup.find("a", string=lambda text: text and "CSV" in text) or soup.select_one(
        f'a[href^="{file}"]'
    )
    assert link["href"] == f"{file}{query}".replace(",", "%2C")
    told = rows_of(client, link["href"])
    on_page = [[one if one != "–" else "" for one in row] for row in shown(soup)]
    assert len(told) == 6
    assert [[cell.lower() for cell in row] for row in told] == [
        [cell.lower() for cell in row] for row in on_page
    ]


@pytest.mark.parametrize(("page", "file"), [("/products/", "/products.csv"), ("/", "/board.csv")])
def test_the_usual_columns_are_those_of_the_csv(
    client: Client, ana: User, page: str, file: str
) -> None:
    make_snapshot(make_product("Tool"))
    heads = shown(open_page(client, page).soup)[0]
    pictures = {"26 weeks"}
    assert rows_of(client, file)[0] == [head for head in heads if head not in pictures]


@pytest.mark.parametrize("columns", ["nonsense", ",,,", "slug'--", "\0", "x" * 5000])
def test_unknown_columns_are_ignored(client: Client, ana: User, columns: str) -> None:
    ProductFactory(name="Tool")
    for page in ("/products/", "/"):
        usual = shown(open_page(client, page).soup)[0]
        response = client.get(page, {"columns": columns})
        assert shown(parse(response.content.decode()))[0] == (
            ["Product", "Address"] if columns == "slug" else usual
        )


def test_the_name_stands_first_and_each_column_once(client: Client, ana: User) -> None:
    ProductFactory(name="Tool")
    soup = open_page(client, "/products/?columns=stage,slug,stage,name,x").soup
    assert shown(soup)[0] == ["Product", "Stage", "Address"]


def test_columns_stay_while_one_filters_and_sorts(client: Client, ana: User) -> None:
    ProductFactory(name="Tool")
    page = open_page(client, "/products/?columns=stage,slug")
    page = send_form(client, page, "#filters", q="tool")
    assert "columns=stage%2Cslug" in page.url
    assert difference(page, open_page(client, page.url)) == ""
    assert "columns=stage%2Cslug" in page.soup.select_one("th a.sort")["href"]


def asked(client: Client, address: str) -> int:
    """How many queries a page costs; tests/performance says how many that may be."""
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return len(queries)


def test_columns_that_nobody_shows_cost_nothing(client: Client, ana: User) -> None:
    for _ in range(3):
        make_snapshot(ProductFactory())
    client.get("/products/?columns=stage")
    with_health = asked(client, "/products/?columns=stage,health")
    assert asked(client, "/products/?columns=stage,slug") == with_health - 1


def test_the_form_of_columns_works_without_scripts(client: Client, ana: User) -> None:
    listed = open_page(client, "/products/?columns=stage,slug&stage=pilot&sort=-name")
    address = listed.soup.find("a", string="Choose columns")["href"]
    form = open_page(client, address).soup.select_one(".column-form")
    labels = [one.text.strip() for one in form.select("label")]
    assert labels[:2] == ["Stage", "Address"]
    assert [one["value"] for one in form.select("input[checked]")] == ["stage", "slug"]
    assert form.select_one("#up-stage") is None
    assert form.select_one("#down-slug") is None
    hidden = {one["name"]: one["value"] for one in form.select("input[type=hidden]")}
    sent: dict[str, Any] = {**hidden, "show": ["stage", "slug", "team"]}
    moved = client.get(form["action"], sent | {"up": "slug"})
    again = parse(moved.content.decode())
    assert [one["value"] for one in again.select("input[checked]")] == ["slug", "stage", "team"]
    done = client.get(form["action"], sent | {"show": ["slug", "stage", "team"], "go": "1"})
    assert done["Location"] == "/products/?stage=pilot&sort=-name&columns=slug,stage,team"
    headers = {"HX-Request": "true", "HX-Target": "column-form"}
    part = client.get(form["action"], sent | {"down": "stage"}, headers=headers)
    assert b"<html" not in part.content
    usual = parse(moved.content.decode()).find("a", string="The usual ones")
    assert usual["href"] == "/products/?stage=pilot&sort=-name"


def test_no_column_ticked_is_the_usual_ones(client: Client, ana: User) -> None:
    done = client.get(
        reverse("portfolio:view_columns"), {"page": "board", "chosen": "1", "go": "1"}
    )
    assert done["Location"] == "/?all=1"


# Bookmarks


def test_a_star_is_kept_and_taken_away_however_often_it_is_sent(client: Client, ana: User) -> None:
    product = ProductFactory(name="Rota")
    ProductFactory(name="Till")
    for _ in range(2):
        assert client.post(star(product), {"keep": "yes"})["Location"] == (
            product.get_absolute_url()
        )
        assert Bookmark.objects.get().product == product
    for address in ("/products/", "/", product.get_absolute_url(), "/views/"):
        pressed = open_page(client, address).soup.select('.star[aria-pressed="true"]')
        assert [one["aria-label"] for one in pressed] == ["Bookmark Rota"], address
    for _ in range(2):
        client.post(star(product), {"keep": "no"}, headers={"Referer": "http://testserver/?q=x"})
        assert not Bookmark.objects.exists()
    assert not open_page(client, "/products/").soup.select('.star[aria-pressed="true"]')


def test_the_star_leads_back_to_the_list_and_never_away(client: Client, ana: User) -> None:
    product = ProductFactory()
    for referer, there in (
        ("http://testserver/products/?q=x", "/products/?q=x"),
        ("https://elsewhere.example/", product.get_absolute_url()),
    ):
        answer = client.post(star(product), headers={"Referer": referer})
        assert answer["Location"] == there


def test_htmx_gets_the_star_that_a_reload_shows(client: Client, ana: User) -> None:
    ProductFactory()
    button = open_page(client, "/products/").soup.select_one(".star")
    headers = {"HX-Request": "true", "HX-Target": button["id"]}
    answer = client.post(button["hx-post"], {"keep": button["value"]}, headers=headers)
    reloaded = open_page(client, "/products/").soup.select_one(".star")
    assert parse(answer.content.decode()) == parse(str(reloaded))


def test_what_one_may_not_see_can_not_be_bookmarked_or_shown(client: Client, ana: User) -> None:
    secret = ProductFactory(name="Secret", visibility="team")
    assert client.post(star(secret)).status_code == 404
    Bookmark.objects.create(user=ana, product=secret, since=secret.updated_at)
    for address in ("/products/?mine=bookmarks", "/?mine=bookmarks", "/views/"):
        assert "Secret" not in open_page(client, address).text


@pytest.mark.parametrize("page", ["/products/", "/", "/compare/"])
def test_lists_of_ones_own(client: Client, ana: User, page: str) -> None:
    kept = make_product("Kept")
    managed = make_product("Managed")
    MembershipFactory(user=ana, product=managed, role="manager")
    MembershipFactory(user=ana, product=make_product("Helped"), role="contributor")
    Bookmark.objects.create(user=ana, product=kept, since=kept.updated_at)
    Bookmark.objects.create(user=AdministratorFactory(), product=managed, since=kept.updated_at)
    for product in Product.objects.all():
        make_snapshot(product)
        make_snapshot(product, ago=28)

    def names(mine: str) -> set[str]:
        soup = open_page(client, f"{page}?mine={mine}").soup
        return {row.text for row in soup.select("#rows th a bdi")}

    assert names("bookmarks") == {"Kept"}
    assert names("managed") == {"Managed"}
    assert names("nonsense") == names("") == {"Kept", "Managed", "Helped"}
    form = send_form(client, open_page(client, page), "#filters", mine="bookmarks")
    assert difference(form, open_page(client, form.url)) == ""


@pytest.mark.parametrize("page", ["/products/", "/"])
def test_stars_cost_no_query(client: Client, ana: User, page: str) -> None:
    products = [ProductFactory(function=FunctionFactory()) for _ in range(3)]
    for product in products:
        make_snapshot(product)
    client.get(page)
    without = asked(client, f"{page}?sort=name")
    for product in products:
        Bookmark.objects.create(user=ana, product=product, since=product.updated_at)
    assert asked(client, f"{page}?sort=-name") == without


# The height of rows


def test_the_height_of_rows_is_remembered(client: Client, ana: User) -> None:
    page = open_page(client, "/products/")
    assert page.soup.html["data-density"] == "comfortable"
    form = page.soup.select_one("[data-density-form]")
    back = {"Referer": "http://testserver/products/?q=x"}
    for _ in range(2):
        answer = client.post(form["action"], {"density": "compact"}, headers=back)
        assert answer["Location"] == "/products/?q=x"
    for address in ("/products/", "/", "/views/", "/profile/"):
        assert open_page(client, address).soup.html["data-density"] == "compact"
    pressed = open_page(client, "/").soup.select('.density-switch [aria-pressed="true"]')
    assert [one["value"] for one in pressed] == ["compact"]
    client.post(form["action"], {"density": "huge"})
    ana.refresh_from_db()
    assert ana.density == "compact"


def test_the_height_of_rows_stands_in_the_profile(client: Client, ana: User) -> None:
    page = open_page(client, "/profile/")
    assert page.soup.select_one("[name=density][value=comfortable]").has_attr("checked")
    client.post("/profile/", {"name": "Ana", "theme": "auto", "density": "compact"})
    ana.refresh_from_db()
    assert ana.density == "compact"
