"""Search: what it finds, in which order, and that it tells nobody of what they may not see."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from core.search import after_verbs, rank_of_words, search, typed, words_of
from tests.factories.kpis import KpiFactory, builtin_metric
from tests.factories.portfolio import (
    AdministratorFactory,
    LeadFactory,
    MembershipFactory,
    PersonFactory,
    PortfolioFactory,
    ProductFactory,
    TeamFactory,
)
from tests.factories.stakeholders import PersonFactory as StakeholderFactory

pytestmark = pytest.mark.django_db

PALETTE = {"HX-Request": "true", "HX-Target": "palette-results"}
# Literally what a search asks, by what is typed: the account, then each source once.
# Asking a team is a source that answers to its own verbs alone.
BUDGET = {
    "shift": 7,
    "record shift": 8,
    "": 3,
}


def titles(user: Any, text: str, limit: int = 5) -> dict[str, list[str]]:
    return {group.key: [hit.title for hit in group.hits] for group in search(user, text, limit)}


def first(user: Any, text: str) -> str:
    return search(user, text, 5)[0].hits[0].title


# Words


@pytest.mark.parametrize(
    ("text", "clean"),
    [("  shift   pl ", "shift pl"), ("a\x00b\x07c", "a b c"), ("x" * 200, "x" * 100), ("\t", "")],
)
def test_what_was_typed(text: str, clean: str) -> None:
    assert typed(text) == clean


def test_joining_words_are_left_out_unless_they_are_all_there_is() -> None:
    assert words_of("mau of the planner") == ["mau", "planner"]
    assert words_of("on") == ["on"]


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("record mau", "mau"),
        ("rec figures for shift planner", "shift planner"),
        ("record", ""),
        ("shift", None),
    ],
)
def test_what_stands_beside_a_verb(text: str, rest: str | None) -> None:
    assert after_verbs(text, ("record", "figures")) == rest


def test_labels_are_ranked_by_how_they_begin() -> None:
    found = [
        rank_of_words("Add product", text, also="new")
        for text in ("add product", "add", "prod", "new pr", "x")
    ]
    assert found == sorted(found, reverse=True)
    assert len(set(found)) == 5 and found[-1] == 0


# What is found


def test_products_by_prefix_before_the_middle_before_a_slip() -> None:
    user = PersonFactory()
    for name in ("Nightshift", "Shift Planner", "Workshift Planner Pro", "The Shift"):
        ProductFactory(name=name)
    assert titles(user, "shift")["products"][:2] == ["Shift Planner", "The Shift"]
    assert set(titles(user, "shift")["products"]) == {
        "Nightshift", "Shift Planner", "Workshift Planner Pro", "The Shift",
    }  # fmt: skip
    assert first(user, "planner shift") == "Shift Planner"
    assert first(user, "shift plannr") == "Shift Planner"
    assert titles(user, "zebra") == {}


def test_signs_that_mean_something_to_the_database_are_signs() -> None:
    user = PersonFactory()
    ProductFactory(name="100 % of it")
    ProductFactory(name="Other_thing")
    assert titles(user, "100 %")["products"] == ["100 % of it"]
    assert titles(user, "r_t")["products"] == ["Other_thing"]
    assert "products" not in titles(user, "\\")


def test_a_product_that_was_put_away_is_found_last_and_says_so() -> None:
    user = PersonFactory()
    ProductFactory(name="Shift", archived_on="2026-01-01")
    ProductFactory(name="Old Nightshift")
    hits = search(user, "shift", 5)[0].hits
    assert [hit.title for hit in hits] == ["Old Nightshift", "Shift"]
    assert hits[1].note.startswith("archived")


def test_teams_and_portfolios() -> None:
    user = PersonFactory()
    team = TeamFactory(name="Rosters")
    PortfolioFactory(name="Roster office", slug="roster-office")
    groups = {group.key: group.hits for group in search(user, "roster", 5)}
    assert [hit.url for hit in groups["teams"]] == [f"/products/?team={team.pk}"]
    assert [hit.url for hit in groups["portfolios"]] == ["/portfolios/roster-office/"]


def test_kpis_by_metric_and_product_own_ones_first() -> None:
    user = PersonFactory()
    mau = builtin_metric("mau")
    for name in ("Alpha", "Beta", "Gamma"):
        KpiFactory(product=ProductFactory(name=name), metric=mau)
    MembershipFactory(
        user=user, product=KpiFactory._meta.model.objects.get(product__name="Gamma").product
    )
    hits = {group.key: group.hits for group in search(user, "mau", 5)}["kpis"]
    assert [hit.note for hit in hits] == ["Gamma", "Alpha", "Beta"]
    assert [hit.note for hit in {g.key: g.hits for g in search(user, "mau of bet", 5)}["kpis"]] == [
        "Beta"
    ]
    assert "kpis" not in titles(user, "beta")  # the product is meant


def test_recording_is_offered_to_whoever_may_record() -> None:
    user, product = PersonFactory(), ProductFactory(name="Shift Planner", slug="shift")
    kpi = KpiFactory(product=product, metric=builtin_metric("mau"))
    ProductFactory(name="Shift Store")
    assert "records" not in titles(user, "record shift")
    MembershipFactory(user=user, product=product)
    groups = search(user, "record shift", 5)
    assert groups[0].key == "records"
    assert [(hit.title, hit.url) for hit in groups[0].hits] == [
        ("Record figures for Shift Planner", "/products/shift/record/")
    ]
    assert titles(user, "record")["records"] == ["Record figures for Shift Planner"]
    one = search(user, "record mau shift", 5)[0].hits[0]
    assert (one.title, one.url) == (
        f"Record {kpi.metric} for Shift Planner",
        f"/products/shift/kpis/{kpi.pk}/record/",
    )


def test_actions_follow_the_policies() -> None:
    employee, administrator, lead = PersonFactory(), AdministratorFactory(), LeadFactory().user
    assert "commands" not in titles(employee, "add product")
    assert first(administrator, "add prod") == "Add product"
    assert first(lead, "new product") == "Add product"


def test_pages_of_the_navigation() -> None:
    employee, administrator = PersonFactory(), AdministratorFactory()
    assert first(employee, "board") == "Board"
    assert "pages" not in titles(employee, "business functions")
    assert first(administrator, "business functions") == "Business functions"


def test_asking_the_team_of_a_product() -> None:
    ProductFactory(name="Shift Planner", slug="shift")
    hit = search(PersonFactory(), "request shift", 5)[0].hits[0]
    assert (hit.title, hit.url) == ("New request to Shift Planner", "/products/shift/ask/")


def test_an_empty_search_offers_own_products_and_pages() -> None:
    user = PersonFactory()
    ProductFactory(name="Somebody's")
    MembershipFactory(user=user, product=ProductFactory(name="Mine"))
    found = titles(user, "")
    assert found["products"] == ["Mine"]
    assert "Board" in found["pages"]


# Rights


def test_nobody_hears_of_products_that_they_may_not_see() -> None:
    hidden = ProductFactory(
        name="Secret Planner", visibility="team", portfolio=PortfolioFactory(name="P")
    )
    KpiFactory(product=hidden, metric=builtin_metric("mau"))
    stranger, member, lead = PersonFactory(), PersonFactory(), PersonFactory()
    MembershipFactory(user=member, product=hidden)
    LeadFactory(user=lead, portfolio=hidden.portfolio)
    gone = PersonFactory(is_active=False)
    asked = ("secret", "secret planner", "mau", "record secret", "request secret", "secrt planner")
    for user in (stranger, gone):
        for text in asked:
            told = [hit.title + hit.note for group in search(user, text, 20) for hit in group.hits]
            assert not any("Secret" in words for words in told), (text, told)
    for user in (member, lead, AdministratorFactory()):
        for text in asked:
            told = [hit.title + hit.note for group in search(user, text, 20) for hit in group.hits]
            assert any("Secret" in words for words in told), (text, told)


def test_the_directory_is_for_whoever_may_open_it() -> None:
    StakeholderFactory(name="Nadia Haddad", role="CFO")
    StakeholderFactory(name="Nadia Erased", erased_at="2026-01-01T00:00Z")
    employee, manager = PersonFactory(), MembershipFactory(role="manager").user
    assert titles(employee, "nadia") == {}
    assert titles(manager, "nadia")["people"] == ["Nadia Haddad"]


# The page


def test_the_page_without_scripts(client: Client) -> None:
    client.force_login(PersonFactory())
    assert "Find anything by a few letters" in client.get("/search/").content.decode()
    ProductFactory(name="Shift <b>Planner", slug="shift")
    page = client.get("/search/", {"q": " shift  pl "})
    text = page.content.decode()
    assert 'href="/products/shift/"' in text and "Shift &lt;b&gt;Planner" in text
    assert "1 result for" in text and 'value="shift pl"' in text
    assert page["Cache-Control"] == "private, no-store"
    assert "Nothing found" in client.get("/search/", {"q": "zebra"}).content.decode()
    assert client.post("/search/").status_code == 405


def test_the_palette_gets_a_list_alone(client: Client) -> None:
    client.force_login(PersonFactory())
    for n in range(7):
        ProductFactory(name=f"Shift {n}")
    text = client.get("/search/", {"q": "shift"}, headers=PALETTE).content.decode()
    assert "<html" not in text and 'role="listbox"' in text
    assert text.count('role="option"') == 5
    assert 'data-found="5 results, and more"' in text and 'data-q="shift"' in text
    assert "5+" in text
    whole = client.get("/search/", {"q": "shift"}, headers={"HX-Request": "true"})
    assert "<html" in whole.content.decode()


def test_strangers_sign_in_first(client: Client) -> None:
    assert client.get("/search/", {"q": "x"}).status_code == 302


@pytest.mark.parametrize("text", list(BUDGET))
def test_a_search_costs_as_much_for_many_products_as_for_one(client: Client, text: str) -> None:
    user = MembershipFactory(role="manager", product__name="Shift one").user
    client.force_login(user)
    client.get("/search/")
    found = []
    for n in range(2):
        with CaptureQueriesContext(connection) as queries:
            client.get("/search/", {"q": text}, headers=PALETTE)
        found.append([query["sql"] for query in queries])
        for name in ("Shift A", "Shift B", "Shift C"):
            product = ProductFactory(name=f"{name} {n}")
            KpiFactory(product=product, metric=builtin_metric("mau"))
            MembershipFactory(user=user, role="manager", product=product)
    assert [len(queries) for queries in found] == [BUDGET[text]] * 2, "\n".join(found[0])
