"""All maps side by side: who waits, what products owe, where contacts go, who carries too much."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from bs4 import BeautifulSoup
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Organisation
from stakeholders.presenters.mix import mix_warning
from stakeholders.rules import Animal, ContactKind
from stakeholders.selectors import overview as selectors
from stakeholders.selectors.overview import Share
from tests.factories.portfolio import (
    AdministratorFactory,
    LeadFactory,
    MembershipFactory,
    PortfolioFactory,
    ProductFactory,
)
from tests.factories.portfolio import PersonFactory as AccountFactory
from tests.factories.stakeholders import (
    NOW,
    TODAY,
    PersonFactory,
    PlacementFactory,
    SnoozeFactory,
    TouchpointFactory,
)
from tests.htmx import difference, open_page, send_form

pytestmark = pytest.mark.django_db
URL = "/stakeholders/"
LION = {"involvement": 20, "power": 80}
ELEPHANT = {"involvement": 80, "power": 80}
MONKEY = {"involvement": 80, "power": 20}
DEER = {"involvement": 20, "power": 20}
QUERIES = 7


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def stores():
    return PortfolioFactory(name="Stores", slug="stores")


@pytest.fixture
def product(stores):
    return ProductFactory(name="Shift Planner", slug="shift-planner", portfolio=stores)


@pytest.fixture
def lead(client, stores):
    """The lead of Stores, signed in."""
    person = AccountFactory(name="Lea", email="lea@example.com")
    LeadFactory(user=person, portfolio=stores)
    client.force_login(person)
    return person


def place(product, name, ago, **place):
    """Somebody on a map for `ago` days."""
    person = place.pop("person", None) or PersonFactory(name=name)
    since = TODAY - dt.timedelta(days=ago)
    return PlacementFactory(product=product, person=person, since=since, **{**LION, **place})


def touch(placement, ago, kind="briefing"):
    return TouchpointFactory(
        product=placement.product,
        person=placement.person,
        kind=kind,
        day=TODAY - dt.timedelta(days=ago),
    )


def page_of(client, query=""):
    response = client.get(URL + query)
    assert response.status_code == 200
    return BeautifulSoup(response.content, "html.parser")


def words_of(tag):
    return " ".join(tag.get_text(" ").split())


def rows_of(soup, caption):
    table = next(t for t in soup.find_all("table") if caption in t.caption.get_text())
    return [
        [words_of(cell) for cell in row.find_all(["th", "td"])]
        for row in table.tbody.find_all("tr")
    ]


# Selectors


def test_quiet_lions_stand_first_by_their_debt(lead, product):
    briefed = place(product, "Briefed", 300)
    touch(briefed, 28)
    late = place(product, "Late", 300)
    touch(late, 41)
    place(product, "Never", 84)
    place(product, "Elephant", 300, **ELEPHANT)
    found = selectors.quiet_lions(selectors.standings(lead, TODAY))
    assert [(one.person.name, round(one.due.debt, 2)) for one in found] == [
        ("Never", 2.0),
        ("Late", 0.46),
    ]


def test_a_digest_or_a_mail_makes_no_lion_less_quiet_and_a_snooze_does(lead, product):
    mailed, snoozed = place(product, "Mailed", 41), place(product, "Snoozed", 38)
    touch(mailed, 1, kind="mail")
    SnoozeFactory(product=product, person=snoozed.person)  # ten days
    found = selectors.quiet_lions(selectors.standings(lead, TODAY))
    assert [one.person.name for one in found] == ["Mailed"]


def test_debts_are_summed_by_animal_and_product(lead, product, stores):
    place(product, "A", 56)
    place(product, "B", 42)
    place(product, "C", 14, **ELEPHANT)
    place(product, "D", 300, **DEER)
    other = ProductFactory(name="Zebra", portfolio=stores)
    place(other, "E", 84, **MONKEY)
    found = selectors.product_debts(selectors.standings(lead, TODAY))
    assert [(one.product.name, one.people, one.late, one.total) for one in found] == [
        ("Shift Planner", 4, 3, 2.5),
        ("Zebra", 1, 1, 2.0),
    ]
    assert found[0].by_animal == {
        Animal.LION: 1.5,
        Animal.ELEPHANT: 1.0,
        Animal.MONKEY: 0,
        Animal.DEER: 0,
    }


def test_products_of_one_debt_stand_by_name(lead, stores):
    for name in ("b", "A", "c"):
        place(ProductFactory(name=name, portfolio=stores), name, 1)
    found = selectors.product_debts(selectors.standings(lead, TODAY))
    assert [one.product.name for one in found] == ["A", "b", "c"]


def test_the_mix_counts_people_and_the_contacts_of_ninety_days(lead, product):
    lion, deer = place(product, "Lion", 200), place(product, "Deer", 200, **DEER)
    place(product, "Monkey", 200, **MONKEY)
    for ago in (0, 89, 90):
        touch(lion, ago)
    touch(deer, 5, kind="mail")
    TouchpointFactory(product=product, day=TODAY)  # somebody who is on the map no more
    TouchpointFactory(product=product, person=lion.person, day=TODAY + dt.timedelta(days=1))
    found = selectors.attention_mix(lead, selectors.standings(lead, TODAY), TODAY)
    assert found == [
        Share(Animal.LION, 1, 2),
        Share(Animal.ELEPHANT, 0, 0),
        Share(Animal.MONKEY, 1, 0),
        Share(Animal.DEER, 1, 1),
    ]


def test_whoever_is_on_three_maps_is_told_with_what_they_are_owed(lead, stores):
    busy, calm = PersonFactory(name="Busy"), PersonFactory(name="Calm")
    products = [ProductFactory(name=name, portfolio=stores) for name in ("A", "B", "C")]
    for product, where in zip(products, (LION, LION, ELEPHANT), strict=True):
        place(product, "", 56 if product.name == "B" else 1, person=busy, **where)
    for product in products[:2]:
        place(product, "", 1, person=calm)
    (found,) = selectors.burdens(selectors.standings(lead, TODAY))
    assert found.person == busy
    assert [one.product.name for one in found.standings] == ["B", "A", "C"]
    assert found.owed == {ContactKind.BRIEFING: 2.0, ContactKind.MEETING: 4.0}
    assert found.debt == 1.0


def test_a_plan_without_contact_owes_nothing(lead, stores):
    person = PersonFactory()
    for name in ("A", "B", "C"):
        place(ProductFactory(name=name, portfolio=stores), "", 300, person=person, contact="none")
    (found,) = selectors.burdens(selectors.standings(lead, TODAY))
    assert (found.owed, found.debt) == ({}, 0)


def test_a_lion_of_two_mandated_products_may_be_torn(lead, stores):
    torn, calm, elephant = (PersonFactory(name=name) for name in ("Torn", "Calm", "Elephant"))
    for name, choice in (("B", "mandated"), ("A", "mandated"), ("C", "optional")):
        product = ProductFactory(name=name, portfolio=stores, choice=choice)
        place(product, "", 1, person=torn)
        place(product, "", 1, person=elephant, **ELEPHANT)
        if name != "A":
            place(product, "", 1, person=calm)
    found = selectors.torn(selectors.standings(lead, TODAY))
    assert [(who.name, [one.name for one in where]) for who, where in found] == [
        ("Torn", ["A", "B"])
    ]


def test_only_living_products_whose_map_one_may_open_count(lead, product, stores):
    place(product, "Mine", 300)
    place(ProductFactory(name="Elsewhere"), "Theirs", 300)
    place(ProductFactory(name="Archived", portfolio=stores, archived_on=TODAY), "Old", 300)
    assert [one.person.name for one in selectors.standings(lead, TODAY)] == ["Mine"]


def test_a_contributor_sees_the_maps_for_which_they_have_the_grant():
    user = AccountFactory()
    for name, role, grant in (
        ("Managed", "manager", False),
        ("Granted", "contributor", True),
        ("Not granted", "contributor", False),
    ):
        product = ProductFactory(name=name)
        MembershipFactory(user=user, product=product, role=role, stakeholder_grant=grant)
        place(product, name, 300)
    found = selectors.standings(user, TODAY)
    assert sorted(one.person.name for one in found) == ["Granted", "Managed"]


# Nobody counts themself


@pytest.mark.parametrize("known_by", ["account", "e-mail", "merge"])
def test_the_page_is_the_same_whether_the_viewer_is_on_the_maps_or_not(client, known_by, stores):
    admin = AdministratorFactory(name="Ada", email="ada@example.com")
    client.force_login(admin)
    products = [ProductFactory(name=name, portfolio=stores) for name in ("A", "B", "C")]
    for product in products:
        touch(place(product, "Somebody", 41), 30)
    own = PersonFactory(
        name="Ada",
        email="ADA@example.com" if known_by == "e-mail" else "a.d@example.com",
        user=admin if known_by == "account" else None,
    )
    if known_by == "merge":
        PersonFactory(email="ada@example.com", merged_into=own)
    before = bytes_of(client, URL)
    for product in products:
        touch(place(product, "", 300, person=own), 80)
        SnoozeFactory(product=product, person=own)
    assert bytes_of(client, URL) == before
    products[0].placements.filter(person=own).update(involvement=90, power=90)
    assert bytes_of(client, URL) == before


def bytes_of(client, url):
    """The answer without what differs from answer to answer: the form's token."""
    soup = BeautifulSoup(client.get(url).content, "html.parser")
    for tag in soup.select('[name="csrfmiddlewaretoken"], [name="csrf-token"]'):
        tag.decompose()
    return str(soup).encode()


# The page


def test_the_page_says_first_who_has_not_been_briefed(client, lead, product):
    late = place(product, "Okoye", 300)
    touch(late, 41)
    place(product, "Sato", 84)
    soup = page_of(client)
    assert words_of(soup.h2) == "2 people with the biggest say have not been briefed in time."
    assert rows_of(soup, "biggest say") == [
        ["Sato", "Shift Planner", "Personal briefing every 28 days",
         "never, placed 84 days ago 56 days late", "2.00",
         "Log a contact with Sato Snooze Sato"],
        ["Okoye", "Shift Planner", "Personal briefing every 28 days",
         "41 days ago 13 days late", "0.46", "Log a contact with Okoye Snooze Okoye"],
    ]  # fmt: skip
    card = f"/products/shift-planner/map/{late.pk}/"
    links = {words_of(link): link["href"] for link in soup.find_all("a")}
    assert links["Log a contact with Okoye"] == f"{card}contacts/new/?kind=briefing"
    assert links["Snooze Okoye"] == f"{card}snooze/"


def test_somebody_who_waits_on_two_maps_is_one_person(client, lead, product, stores):
    okoye = PersonFactory()
    place(product, "", 60, person=okoye)
    place(ProductFactory(portfolio=stores), "", 60, person=okoye)
    title = "1 person with the biggest say has not been briefed in time, on 2 maps in all."
    assert words_of(page_of(client).h2) == title


def test_the_page_sums_debts_by_animal_and_product(client, lead, product, stores):
    place(product, "A", 56)
    place(ProductFactory(name="Zebra", portfolio=stores), "C", 14, **ELEPHANT)
    soup = page_of(client)
    assert rows_of(soup, "Attention debt") == [
        ["Shift Planner", "1", "1", "1.00", "–", "–", "–", "1.00"],
        ["Zebra", "1", "1", "–", "1.00", "–", "–", "1.00"],
        ["All products", "2", "2", "1.00", "1.00", "–", "–", "2.00"],
    ]
    assert "2 contacts are late, on 2 maps of 2." in words_of(soup)


def test_the_page_tells_when_nobody_waits(client, lead, product):
    place(product, "A", 1)
    text = words_of(page_of(client))
    assert "Everybody with the biggest say has been briefed in time." in text
    assert "No product owes anybody a contact today." in text
    assert "Nobody is on 3 maps or more." in text
    assert "No contact was noted in the last 90 days." in text


def test_animals_or_zones_name_the_groups_everywhere(client, lead, stores):
    Organisation.objects.update_or_create(pk=1, defaults={"shows_animals": False})
    person = PersonFactory()
    for name in ("A", "B", "C"):
        placement = place(ProductFactory(name=name, portfolio=stores), "", 60, person=person)
        touch(placement, 1, kind="mail")
    deer = place(placement.product, "Deer", 60, **DEER)
    for _ in range(3):
        touch(deer, 1, kind="mail")
    hidden = client.get(URL).content.decode().casefold()
    assert "keep satisfied" in hidden
    assert [
        word for word in ("lion", "elephant", "monkey", "deer</", " deer") if word in hidden
    ] == []
    Organisation.objects.update(shows_animals=True)
    shown = words_of(page_of(client))
    assert "Lions Elephants Monkeys Deer" in shown
    assert "Lion · Personal briefing every 28 days" in shown


def test_a_portfolio_narrows_the_page_as_a_reload_would(client, lead, product):
    other = PortfolioFactory(name="Tills", slug="tills")
    LeadFactory(user=lead, portfolio=other)
    place(product, "Okoye", 60)
    place(ProductFactory(name="Till", portfolio=other), "Lind", 60)
    page = open_page(client, URL)
    page = send_form(client, page, "#filters", portfolio=str(other.pk))
    assert page.url.endswith(f"{URL}?portfolio={other.pk}")
    assert difference(page, open_page(client, page.url)) == ""
    text = words_of(page.soup.select_one("#results"))
    assert "Lind" in text
    assert "Okoye" not in text


def test_a_portfolio_without_anybody_says_so(client, lead, product):
    other = PortfolioFactory(name="Tills", slug="tills")
    LeadFactory(user=lead, portfolio=other)
    ProductFactory(portfolio=other)
    place(product, "Okoye", 60)
    assert "No product of this portfolio" in words_of(page_of(client, f"?portfolio={other.pk}"))


def test_nobody_on_any_map_says_what_to_do(client, lead, product):
    soup = page_of(client)
    assert words_of(soup.select_one(".empty-title")) == "Nobody is on a map yet"
    assert not soup.find("table")


@pytest.mark.parametrize(
    "query",
    [
        "portfolio=x", "portfolio=-1", "portfolio=9999999999999999999999", "portfolio=%00",
        "portfolio=1&portfolio=2", "page=x", "page=-1", "page=999999999999999999999",
        "waiting=%F0%9F%A6%81", "people=0", "page=1e9", "x=y", "portfolio[]=1", "page=%ff",
    ],
)  # fmt: skip
def test_queries_that_mean_nothing_change_nothing(client, lead, product, query):
    place(product, "Okoye", 60)
    text = words_of(page_of(client, f"?{query}").select_one("#results"))
    assert text == words_of(page_of(client).select_one("#results"))


def test_a_portfolio_that_is_not_theirs_is_as_one_that_is_none(client, lead, product):
    place(product, "Okoye", 60)
    other = ProductFactory().portfolio
    results = page_of(client, f"?portfolio={other.pk}").select_one("#results")
    assert "Okoye" in words_of(results)


def test_each_list_has_pages_of_its_own(client, lead, stores):
    products = [ProductFactory(name=f"Product {n:02}", portfolio=stores) for n in range(27)]
    for number, product in enumerate(products):
        place(product, f"Lion {number:02}", 60 + number)
    people = [PersonFactory(name=f"Busy {n:02}") for n in range(11)]
    for person in people:
        for product in products[:3]:
            place(product, "", 1, person=person, **DEER)
    first = page_of(client)
    assert len(rows_of(first, "biggest say")) == 10
    assert len(rows_of(first, "Attention debt")) == 26  # and the sums
    assert "1 to 10 of 27 contacts" in words_of(first)
    second = page_of(client, "?waiting=3&page=2&people=2")
    assert next(row[0] for row in rows_of(second, "biggest say")) == "Lion 06"
    assert [row[0] for row in rows_of(second, "Attention debt")] == [
        "Product 01", "Product 00", "All products",
    ]  # fmt: skip
    assert rows_of(second, "Attention debt")[-1] == rows_of(first, "Attention debt")[-1]
    assert [words_of(h3) for h3 in second.select(".burdens h3")] == ["Busy 10"]


@pytest.mark.parametrize("people", [1, 60])
def test_the_page_costs_as_many_queries_for_one_person_as_for_sixty(client, lead, product, people):
    for number in range(people):
        touch(place(product, f"Person {number}", 40 + number), number)
    client.get(URL)
    with CaptureQueriesContext(connection) as found:
        client.get(URL)
    assert len(found) == QUERIES, [query["sql"][:150] for query in found]


# Words


@pytest.mark.parametrize(
    ("deer", "lions", "warns"),
    [(0, 0, False), (1, 4, False), (2, 7, True), (1, 3, True), (3, 0, True)],
)
def test_more_than_a_fifth_on_those_with_little_say_is_remarked(deer, lions, warns):
    mix = [Share(Animal.LION, 1, lions), Share(Animal.DEER, 1, deer)]
    assert bool(mix_warning(mix, shows_animals=True)) is warns


def test_the_remark_says_how_many_and_names_no_animal_where_they_are_hidden():
    mix = [Share(Animal.LION, 1, 7), Share(Animal.DEER, 1, 1), Share(Animal.MONKEY, 1, 2)]
    shown, hidden = (mix_warning(mix, shows_animals=shows) for shows in (True, False))
    assert shown.startswith("3 of 10 contacts (30\N{NO-BREAK SPACE}%) went to deer and monkeys,")
    assert "“Keep informed” and “Keep involved”" in hidden


# Who may


@pytest.mark.parametrize(
    ("role", "grant", "status"),
    [
        (None, False, 403),
        ("contributor", False, 403),
        ("contributor", True, 200),
        ("manager", False, 200),
    ],
)
def test_whoever_has_a_map_may_open_the_overview(client, product, role, grant, status):
    user = AccountFactory()
    if role:
        MembershipFactory(user=user, product=product, role=role, stakeholder_grant=grant)
    client.force_login(user)
    assert client.get(URL).status_code == status
    navigation = words_of(BeautifulSoup(client.get("/products/").content, "html.parser").header)
    assert ("Stakeholders" in navigation) is (status == 200)


def test_the_navigation_costs_no_query_of_its_own(client, lead, product):
    client.get("/profile/")
    with CaptureQueriesContext(connection) as found:
        client.get("/profile/")
    assert sum("portfolio_membership" in query["sql"] for query in found) == 1
    assert (
        next(query["sql"] for query in found if "accounts_user" in query["sql"]).count("SELECT") > 1
    )
