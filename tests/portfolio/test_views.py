"""Pages: what they answer to whom, what they show, and how many queries they cost."""

from __future__ import annotations

import csv
import io
import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from portfolio import services
from portfolio.columns import Cell, ColumnSource, ListColumn
from portfolio.models import Membership, Portfolio, Product, Team
from tests.factories.portfolio import (
    NOW,
    AdministratorFactory,
    DependencyFactory,
    FunctionFactory,
    LeadFactory,
    MembershipFactory,
    PersonFactory,
    PortfolioFactory,
    ProductFactory,
    TeamFactory,
)
from tests.htmx import Page, difference, open_page, parse, send_form, tree

pytestmark = pytest.mark.django_db


@pytest.fixture
def administrator(client: Client) -> User:
    """Signed in."""
    user = AdministratorFactory(name="Ines")
    client.force_login(user)
    return user


def url(name: str, *args: Any) -> str:
    return reverse(f"portfolio:{name}", args=args)


def rows_of(page: Page) -> Any:
    """The rows of the list, but for where their fields lead back to: the address of the page."""
    rows = str(page.soup.select_one("tbody"))
    return tree(parse(re.sub(r"(?<=next=)[^&\"]+", "", rows)))


def answers(product: Product, **changes: Any) -> dict[str, Any]:
    """What the form of this product sends."""
    names = "name slug kind work_type stage choice exchange mission description link visibility"
    sent = {name: getattr(product, name) for name in names.split()}
    sent |= {"portfolio": product.portfolio_id, "version": product.version, "needs": ""}
    return sent | changes


# Catalogue


def test_swapped_equals_reloaded(client: Client, administrator: User) -> None:
    function = FunctionFactory()
    for n in range(3):
        ProductFactory(name=f"Shift {n}", function=function, stage="pilot", head_count=n)
        ProductFactory(name=f"Price {n}")
    page = open_page(client, url("product_list"))
    for typed in (
        {"q": "shift"},
        {"stage": "pilot"},
        {"q": "nothing like it"},
        {"q": "", "stage": "", "function": function.pk},
        {"archived": True, "function": ""},
    ):
        page = send_form(client, page, "#filters", **typed)
        assert difference(page, open_page(client, page.url)) == "", typed
    assert page.url == "/products/?archived=on&sort=name"


def test_filtering_keeps_the_order_and_paging_keeps_both(
    client: Client, administrator: User
) -> None:
    for n in range(60):
        ProductFactory(name=f"Shift {n:02}")
    page = open_page(client, f"{url('product_list')}?sort=-name")
    page = send_form(client, page, "#filters", q="shift")
    assert "sort=-name" in page.url
    following = page.soup.select_one('#results a[rel="next"]')["href"]
    second = open_page(client, url("product_list") + following)
    rows = [row.text for row in second.soup.select('tbody th a[id^="title-"]')]
    assert rows == [f"Shift {n:02}" for n in range(9, -1, -1)]
    back = second.soup.select_one('#results a[rel="prev"]')["href"]
    first = open_page(client, url("product_list") + back)
    assert rows_of(first) == rows_of(page)


def test_the_csv_holds_what_is_shown(
    client: Client, administrator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = ColumnSource(
        "test",
        1,
        (ListColumn("test", "Trend", numeric=True),),
        lambda ids, as_of: {pk: [Cell("−5", -5)] for pk in ids},
    )
    monkeypatch.setattr("portfolio.columns._sources.entries", {"test": source})
    manager = MembershipFactory(
        role="manager", user__name="@Dana", product__name="=1+1", product__stage="pilot"
    )
    for n in range(60):
        ProductFactory(name=f"Shift {n:02}", stage="pilot", head_count=n)
    ProductFactory(name="Not asked for")
    response = client.get(f"{url('product_export')}?stage=pilot&sort=-name")
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Content-Disposition"] == 'attachment; filename="products.csv"'
    rows = list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"))))
    assert len(rows) == 61
    assert rows[0]["Product"] == "Shift 59"
    assert rows[0]["People"] == "59"
    assert rows[-1]["Product"] == "'=1+1"
    assert rows[-1]["Product manager"] == "'@Dana"
    assert rows[-1]["People"] == ""
    assert {row["Trend"] for row in rows} == {"-5"}
    page = open_page(client, f"{url('product_list')}?stage=pilot&sort=name")
    heads = [head.text.strip() for head in page.soup.select("thead th")]
    assert "Trend" in heads
    assert page.soup.select_one('a[href^="/products.csv"]')["href"] == (
        "/products.csv?stage=pilot&sort=name"
    )
    assert manager.product.name in page.text


@pytest.mark.parametrize("item_count", [1, 3])
def test_the_catalogue_costs_the_same_for_every_length(
    client: Client, administrator: User, item_count: int, django_assert_max_num_queries: Any
) -> None:
    for _ in range(item_count):
        MembershipFactory(role="manager")
    client.get(url("product_list"))  # the session's first request saves it
    with django_assert_max_num_queries(12) as queries:
        client.get(url("product_list"))
    COUNTED.setdefault("catalogue", set()).add(len(queries))
    assert len(COUNTED["catalogue"]) == 1


@pytest.mark.parametrize("item_count", [1, 3])
def test_the_product_page_costs_the_same_for_every_length(
    client: Client, administrator: User, item_count: int, django_assert_max_num_queries: Any
) -> None:
    product = ProductFactory()
    for _ in range(item_count):
        MembershipFactory(product=product, role="manager")
        DependencyFactory(product=product)
        DependencyFactory(needs=product)
    client.get(product.get_absolute_url())
    with django_assert_max_num_queries(15) as queries:
        client.get(product.get_absolute_url())
    COUNTED.setdefault("product", set()).add(len(queries))
    assert len(COUNTED["product"]) == 1


COUNTED: dict[str, set[int]] = {}


def test_an_empty_catalogue_says_how_to_begin(client: Client, administrator: User) -> None:
    page = open_page(client, url("product_list"))
    assert "No products yet" in page.text
    assert page.soup.select_one(f'#results a[href="{url("product_create")}"]')
    assert page.soup.select_one("table") is None
    client.force_login(PersonFactory())
    page = open_page(client, url("product_list"))
    assert page.soup.select_one(f'a[href="{url("product_create")}"]') is None


def test_a_filter_that_finds_nothing_offers_the_way_back(
    client: Client, administrator: User
) -> None:
    ProductFactory()
    page = open_page(client, f"{url('product_list')}?q=nothing")
    assert "No product fits" in page.text


# The page of a product


def test_the_page_tells_who_what_and_why(client: Client, administrator: User) -> None:
    product = MembershipFactory(
        role="manager", user__name="Dana", product__choice="mandated", product__head_count=2140
    ).product
    other = DependencyFactory(product=product, needs__name="Sign-on").needs
    page = open_page(client, product.get_absolute_url())
    for words in ("PM Dana", "2,140 users", "we say users, not customers", "Sign-on", "mandated"):
        assert words in page.text
    assert page.soup.select_one(f'a[href="{other.get_absolute_url()}"]')
    assert len(page.soup.select("h1")) == 1
    tabs = [tab.text.strip() for tab in page.soup.select(".product-header .tabs a")]
    assert (tabs[0], tabs[-2:]) == ("Overview", ["Members", "History"])


def test_a_reader_is_offered_nothing_that_is_not_theirs(client: Client) -> None:
    product = ProductFactory()
    client.force_login(PersonFactory())
    page = open_page(client, product.get_absolute_url())
    for name in ("product_edit", "product_members", "product_history", "product_delete"):
        assert page.soup.select_one(f'[href="{url(name, product.slug)}"]') is None
    forms = page.soup.select("#main form:not([method=get])")
    own = ("bookmark", "digest/follow")  # of the reader's own, nothing of the product's
    assert [form["action"] for form in forms] == [f"/products/{product.slug}/{x}/" for x in own]
    assert "No product manager" in page.text
    assert "Put it right" not in page.text


def test_an_old_address_redirects_every_page(client: Client, administrator: User) -> None:
    product = ProductFactory(slug="old")
    services.update_product(
        product_id=product.pk, version=1, fields={"slug": "fresh"}, by=administrator, now=NOW
    )
    for name in ("product_detail", "product_edit", "product_history"):
        response = client.get(url(name, "old") + "?x=1")
        assert response.status_code == 301
        assert response["Location"] == url(name, "fresh") + "?x=1"
    client.force_login(PersonFactory())
    Product.objects.update(visibility="team")
    assert client.get(url("product_detail", "old")).status_code == 404


# Forms


def test_creating_a_product_by_its_form(client: Client) -> None:
    manager = MembershipFactory(role="manager")
    client.force_login(manager.user)
    portfolio = manager.product.portfolio
    page = open_page(client, url("product_create"))
    token = page.soup.select_one('[name="token"]')["value"]
    sent = {
        "token": token, "name": "  Price\u200b  Desk ", "kind": "service",
        "portfolio": portfolio.pk,
        "visibility": "company", "stage": "pilot", "choice": "optional", "exchange": "effort",
        "head_count": "1,940", "link": "intranet.example/prices", "needs": manager.product.name,
    }  # fmt: skip
    for _ in range(2):  # a double click
        response = client.post(url("product_create"), sent)
        assert response.status_code == 302
        assert response["Location"] == "/products/price-desk/"
    product = Product.objects.get(slug="price-desk")
    assert (product.name, product.head_count) == ("Price Desk", 1940)
    assert product.link == "https://intranet.example/prices"
    assert product.people_word == "customers"
    assert list(product.depends_on.all()) == [manager.product]
    assert product.memberships.get().user == manager.user


def test_the_first_product_of_all_is_led_to_its_portfolio(
    client: Client, administrator: User
) -> None:
    page = open_page(client, url("product_create"))
    assert "A portfolio comes first" in page.text
    assert page.soup.select_one(f'main a[href="{url("portfolio_create")}"]')
    assert page.soup.select_one("main form") is None
    response = client.post(url("portfolio_create"), {"name": "Stores"}, follow=True)
    assert response.request["PATH_INFO"] == url("product_create")
    chosen = parse(response.content.decode()).select_one('[name="portfolio"] option[selected]')
    assert chosen.text == "Stores"


def test_a_wrong_form_keeps_what_was_typed(client: Client, administrator: User) -> None:
    product = ProductFactory(mission="Before")
    sent = answers(product, name="", mission="Half a sentence", head_count="many", needs="Nobody")
    response = client.post(url("product_edit", product.slug), sent)
    assert response.status_code == 422
    soup = parse(response.content.decode())
    assert soup.title.text.strip().startswith("Error: ")
    summary = soup.select_one(".error-summary")
    links = [link["href"] for link in summary.select("a")]
    assert sorted(links) == ["#id_head_count", "#id_name", "#id_needs"]
    assert all(soup.select_one(link) for link in links)
    assert soup.select_one("#id_mission")["value"] == "Half a sentence"
    assert soup.select_one("#id_head_count")["value"] == "many"
    product.refresh_from_db()
    assert product.mission == "Before"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", "x" * 201),
        ("mission", "x" * 301),
        ("description", "x" * 5001),
        ("link", "javascript:alert(1)"),
        ("link", "ftp://example.com/x"),
        ("slug", "排班"),
        ("slug", "new"),
        ("head_count", "-1"),
        ("head_count", "1.5"),
        ("head_count", "1e30"),
        ("head_count", "nan"),
        ("stage", "finished"),
        ("portfolio", "0"),
        ("portfolio", "x"),
        ("needs", "itself"),
    ],
)
def test_what_the_form_refuses(client: Client, administrator: User, field: str, value: str) -> None:
    product = ProductFactory(name="itself")
    response = client.post(url("product_edit", product.slug), answers(product, **{field: value}))
    assert response.status_code == 422
    errors = response.context["form"].errors
    assert set(errors) == {field}
    product.refresh_from_db()
    assert product.version == 1


def test_the_word_for_the_people_is_shown_while_choosing(
    client: Client, administrator: User
) -> None:
    headers = {"HX-Request": "true", "HX-Target": "people-word"}
    response = client.get(
        url("product_create"), {"choice": "optional", "exchange": "effort"}, headers=headers
    )
    text = response.content.decode()
    assert "we say customers" in text
    assert "<html" not in text
    nonsense = client.get(url("product_create"), {"choice": "x"}, headers=headers)
    assert "we say users" in nonsense.content.decode()


def test_the_second_to_save_sees_both_versions(client: Client) -> None:
    first = AdministratorFactory(name="Ana First")
    product = ProductFactory(mission="Before", slug="planner")
    mine = answers(product, mission="My own sentence", stage="growth")
    client.force_login(first)
    client.post(url("product_edit", product.slug), answers(product, mission="Their sentence"))
    client.force_login(AdministratorFactory())
    response = client.post(url("product_edit", product.slug), mine)
    assert response.status_code == 409
    page = parse(response.content.decode())
    words = " ".join(page.text.split())
    assert "Ana First" in words
    rows = {
        row.th.text: [cell.text for cell in row.select("td")] for row in page.select("tbody tr")
    }
    assert rows == {
        "Mission": ["Their sentence", "My own sentence"],
        "Stage": ["Discovery", "Growth"],
    }
    product.refresh_from_db()
    assert (product.mission, product.stage) == ("Their sentence", "discovery")
    assert page.select_one("#id_mission")["value"] == "My own sentence"
    on_top = mine | {"version": page.select_one('[name="version"]')["value"]}
    assert client.post(url("product_edit", product.slug), on_top).status_code == 302
    product.refresh_from_db()
    assert (product.mission, product.stage) == ("My own sentence", "growth")


# Archive, restore, delete


def test_archiving_offers_undo(client: Client, administrator: User) -> None:
    product = ProductFactory()
    response = client.post(url("product_archive", product.slug), follow=True)
    page = parse(response.content.decode())
    assert "Archived since" in page.text
    undo = page.select_one(".toast form")["action"]
    assert undo == url("product_restore", product.slug)
    client.post(undo)
    product.refresh_from_db()
    assert product.archived_on is None


def test_deleting_wants_the_name(client: Client, administrator: User) -> None:
    product = MembershipFactory(product__name="Shift Planner").product
    page = open_page(client, url("product_delete", product.slug))
    assert [item.text for item in page.soup.select(".consequences li")] == [
        "the product itself",
        "1 member",
    ]
    response = client.post(url("product_delete", product.slug), {"name": "Shift"})
    assert response.status_code == 422
    assert Product.objects.filter(pk=product.pk).exists()
    response = client.post(url("product_delete", product.slug), {"name": " shift planner"})
    assert response["Location"] == url("product_list")
    assert not Product.objects.filter(pk=product.pk).exists()


def test_reading_changes_nothing(client: Client, administrator: User) -> None:
    product = MembershipFactory().product
    for name in ("product_archive", "product_restore", "product_delete"):
        assert client.get(url(name, product.slug)).status_code == 200
    user_id = product.memberships.get().user_id
    assert client.get(url("membership_delete", product.slug, user_id)).status_code == 200
    assert client.get(url("membership_create", product.slug)).status_code == 405
    product.refresh_from_db()
    assert product.archived_on is None
    assert product.memberships.exists()


# Members


def test_a_member_is_added_removed_and_put_back(client: Client, administrator: User) -> None:
    product, person = ProductFactory(), PersonFactory(email="kofi@example.com", name="Kofi")
    sent = {"person": "KOFI@example.com ", "role": "manager", "shape": "T"}
    page = client.post(url("membership_create", product.slug), sent, follow=True)
    assert "Kofi is a member." in page.content.decode()
    member = product.memberships.get()
    assert (member.user, member.role, member.shape) == (person, "manager", "T")
    again = client.post(url("membership_create", product.slug), sent | {"role": "contributor"})
    assert again.status_code == 422
    removed = client.post(url("membership_delete", product.slug, person.pk), follow=True)
    assert not product.memberships.exists()
    undo = parse(removed.content.decode()).select_one(".toast form")["action"]
    other = ProductFactory()
    client.post(undo.replace(product.slug, other.slug))
    assert not other.memberships.exists()
    client.post(undo)
    member = product.memberships.get()
    assert (member.user, member.role, member.shape) == (person, "manager", "T")
    client.post(f"{url('membership_create', product.slug)}?undo=forged")
    assert Membership.objects.count() == 1


def test_changing_a_member_can_be_undone(client: Client, administrator: User) -> None:
    member = MembershipFactory(role="manager", shape="I")
    address = url("membership_edit", member.product.slug, member.user_id)
    page = client.post(address, {"role": "contributor", "stakeholder_grant": "on"}, follow=True)
    member.refresh_from_db()
    assert (member.role, member.shape, member.stakeholder_grant) == ("contributor", "", True)
    client.post(parse(page.content.decode()).select_one(".toast form")["action"])
    member.refresh_from_db()
    assert (member.role, member.shape, member.stakeholder_grant) == ("manager", "I", False)


@pytest.mark.parametrize(
    ("visibility", "lands"), [("company", "product_detail"), ("team", "product_list")]
)
def test_removing_oneself_lands_where_one_may_read(
    client: Client, visibility: str, lands: str
) -> None:
    member = MembershipFactory(role="manager", product__visibility=visibility)
    client.force_login(member.user)
    product = member.product
    page = client.post(url("membership_delete", product.slug, member.user_id), follow=True)
    args = (product.slug,) if lands == "product_detail" else ()
    assert page.redirect_chain[-1][0] == url(lands, *args)
    assert page.status_code == 200


def test_members_of_another_product_are_not_found(client: Client, administrator: User) -> None:
    member, other = MembershipFactory(), ProductFactory()
    for name in ("membership_edit", "membership_delete"):
        assert client.post(url(name, other.slug, member.user_id)).status_code == 404
    assert Membership.objects.count() == 1


@pytest.mark.parametrize("email", ["nobody@example.com", "gone@example.com", "", "x\0y"])
def test_only_colleagues_who_can_sign_in_join(
    client: Client, administrator: User, email: str
) -> None:
    PersonFactory(email="gone@example.com", is_active=False)
    product = ProductFactory()
    sent = {"person": email, "role": "manager"}
    response = client.post(url("membership_create", product.slug), sent)
    assert response.status_code == 422
    assert not product.memberships.exists()


# Who may


@pytest.mark.parametrize(
    ("role", "expected"),
    [
        ("manager", {"product_edit": 200, "product_members": 200, "product_history": 200}),
        ("contributor", {"product_edit": 200, "product_members": 403, "product_history": 403}),
        ("", {"product_edit": 403, "product_members": 403, "product_history": 403}),
    ],
)
def test_rights_on_one_product(client: Client, role: str, expected: dict[str, int]) -> None:
    product = ProductFactory()
    user = MembershipFactory(product=product, role=role).user if role else PersonFactory()
    client.force_login(user)
    found = {name: client.get(url(name, product.slug)).status_code for name in expected}
    assert found == expected
    Product.objects.update(visibility="team")
    client.force_login(PersonFactory())
    for name in ("product_detail", *expected):
        assert client.get(url(name, product.slug)).status_code == 404


# History


def test_history_tells_before_and_after_in_words(client: Client, administrator: User) -> None:
    product = ProductFactory(stage="pilot", slug="planner")
    client.post(url("product_edit", "planner"), answers(product, stage="growth", mission="New"))
    client.post(
        url("membership_create", "planner"),
        {"person": PersonFactory(name="Kofi").email, "role": "manager"},
    )
    open_page(client, url("product_detail", "planner"))  # where the toasts are told
    page = open_page(client, url("product_history", "planner"))
    assert "Ines" in page.text
    for words in ("from Pilot → to Growth", "member Kofi", "Product manager"):
        assert words in page.text
    page = send_form(client, page, "#filters", source="portfolio.member")
    assert "member Kofi" in page.text
    assert "Pilot" not in page.soup.select_one("#results").text
    assert difference(page, open_page(client, page.url)) == ""


def test_history_has_pages(client: Client, administrator: User) -> None:
    product = ProductFactory()
    source = "?source=portfolio.product&before=2999-01-01T00:00:00%2B00:00"
    page = open_page(client, url("product_history", product.slug) + source)
    assert len(page.soup.select(".history-entry")) == 1
    for nonsense in ("x", "2026-01-01", "0001-01-01T00:00:00+23:59", "\0"):
        response = client.get(url("product_history", product.slug), {"before": nonsense})
        assert response.status_code == 200


# Portfolios, teams, functions, leavers


def test_structure_is_written_by_administrators(client: Client, administrator: User) -> None:
    client.post(url("portfolio_create"), {"name": "Store operations"})
    portfolio = Portfolio.objects.get()
    assert portfolio.slug == "store-operations"
    assert client.post(url("portfolio_create"), {"name": "STORE operations"}).status_code == 422
    client.post(url("team_create"), {"name": "Rosters"})
    team = Team.objects.get()
    assert client.post(url("team_create"), {"name": "rosters"}).status_code == 422
    client.post(url("team_edit", team.pk), {"name": "Shifts"})
    team.refresh_from_db()
    assert team.name == "Shifts"
    client.force_login(PersonFactory())
    for name in ("portfolio_create", "team_create", "function_create", "demo_remove"):
        assert client.post(url(name), {"name": "Mine"}).status_code == 403
    for name in ("portfolio_list", "team_list", "function_list"):
        assert client.get(url(name)).status_code == 200
    assert client.get(portfolio.get_absolute_url()).status_code == 200


def test_leads_are_set_and_may_edit_their_portfolio(client: Client, administrator: User) -> None:
    portfolio, person = PortfolioFactory(), PersonFactory(name="Omar")
    page = client.post(
        url("lead_create", portfolio.slug), {"person": person.email}, follow=True
    ).content.decode()
    assert "Omar leads" in page
    lead = portfolio.leads.get()
    page = client.post(url("lead_delete", portfolio.slug, lead.pk), follow=True).content.decode()
    assert not portfolio.leads.exists()
    client.post(parse(page).select_one(".toast form")["action"])
    assert portfolio.leads.get().user == person
    client.force_login(person)
    sent = {"name": "Renamed", "description": ""}
    assert client.post(url("portfolio_edit", portfolio.slug), sent).status_code == 302
    other = LeadFactory().portfolio
    assert client.post(url("portfolio_edit", other.slug), sent).status_code == 403


def test_a_leaver_hands_over(client: Client, administrator: User) -> None:
    leaver, heir = PersonFactory(name="Lea"), PersonFactory(name="Hal")
    product = MembershipFactory(user=leaver, role="manager", product__name="Price Desk").product
    LeadFactory(user=leaver)
    page = open_page(client, url("hand_over", leaver.pk))
    assert "Product manager of Price Desk" in page.text
    assert client.post(url("hand_over", leaver.pk), {"heir": leaver.email}).status_code == 422
    done = client.post(url("hand_over", leaver.pk), {"heir": heir.email}, follow=True)
    assert "Hal has taken over 1 product and 1 portfolio from Lea." in done.content.decode()
    assert product.memberships.get().user == heir


# Hostile input

HOSTILE = [
    "\0", "a\0b", "\u202eesrever\u202c", "x" * 10_000, "🦁" * 200, "=cmd|' /C calc'!A0",
    "<script>alert(1)</script>",
    "{{ 7|add:7 }}{% debug %}", "'; DROP TABLE portfolio_product; --", "\ufeff\u200b",
    "ﬁ", "%s%n", "../../etc/passwd",
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_breaks_a_form_or_a_page(client: Client, administrator: User, text: str) -> None:
    product = ProductFactory()
    for field in (
        "name",
        "mission",
        "description",
        "link",
        "slug",
        "needs",
        "head_count",
        "version",
    ):
        sent = answers(product, **{field: text})
        response = client.post(url("product_edit", product.slug), sent)
        assert response.status_code in (302, 409, 422), field
        product.refresh_from_db()
    for name in ("product_detail", "product_edit", "product_history", "product_delete"):
        response = client.get(url(name, product.slug))
        assert response.status_code == 200
        assert b"<script>alert" not in response.content
    for name in ("product_list", "product_export"):
        for key in ("q", "portfolio", "manager", "stage", "sort", "after", "before", "archived"):
            assert client.get(url(name), {key: text}).status_code == 200, key
    for name in ("portfolio_create", "team_create", "function_create"):
        assert client.post(url(name), {"name": text}).status_code in (302, 422)
        assert client.get(url(name.replace("_create", "_list"))).status_code == 200


def test_lookups_cannot_be_smuggled_into_the_query(client: Client, administrator: User) -> None:
    ProductFactory(name="Only")
    page = open_page(client, f"{url('product_list')}?members__password__startswith=x&pk=0")
    assert "Only" in page.text


def test_filtering_twice_alike_pushes_one_address(client: Client, administrator: User) -> None:
    headers = {
        "HX-Request": "true",
        "HX-Target": "results",
        "HX-Current-URL": "http://testserver/products/?q=shift&sort=name",
    }
    sent = {"q": "shift", "stage": "", "sort": "name"}
    again = client.get(url("product_list"), sent, headers=headers)
    assert again["HX-Push-Url"] == "false"
    other = client.get(url("product_list"), sent | {"q": "price"}, headers=headers)
    assert other["HX-Push-Url"] == "/products/?q=price&sort=name"


def test_going_back_gets_the_whole_page(client: Client, administrator: User) -> None:
    headers = {
        "HX-Request": "true",
        "HX-Target": "results",
        "HX-History-Restore-Request": "true",
    }
    assert b"<html" in client.get(url("product_list"), headers=headers).content


def test_the_demo_goes_and_what_is_real_stays(client: Client, administrator: User) -> None:
    administrator.set_password("a real one, so the made-up people may go")
    administrator.save()
    client.force_login(administrator)
    made_up = ProductFactory(is_demo=True, portfolio__is_demo=True, team=TeamFactory(is_demo=True))
    MembershipFactory(product=made_up, user__is_demo=True)
    real = ProductFactory(portfolio=PortfolioFactory(is_demo=True))
    page = open_page(client, url("demo_remove"))
    assert [item.text for item in page.soup.select(".consequences li")] == [
        "1 product",
        "1 team",
        "1 portfolio",
        "1 person",
    ]
    client.post(url("demo_remove"))
    assert list(Product.objects.all()) == [real]
    assert list(Portfolio.objects.all()) == [real.portfolio]
    assert not Team.objects.filter(is_demo=True).exists()
    assert list(User.objects.all()) == [administrator]


@pytest.mark.parametrize("stay", [True, False])
def test_removing_the_demo_says_whether_its_people_stay(
    client: Client, administrator: User, stay: bool
) -> None:
    if stay:
        PersonFactory(is_demo=True)
    page = client.post(url("demo_remove"), follow=True).content.decode()
    assert "The made-up company is gone." in page
    assert ("Its people stay until an administrator of your own" in page) is stay
