"""One person over all products, and what the page does not say to whom."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from bs4 import BeautifulSoup
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Department, Organisation
from stakeholders.models import ConfidentialRead
from stakeholders.services.merges import merge_people
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
    MoveFactory,
    PersonFactory,
    PlacementFactory,
    SnoozeFactory,
    TouchpointFactory,
)

pytestmark = pytest.mark.django_db
QUERIES = 9


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def stores():
    return PortfolioFactory(name="Stores", slug="stores")


@pytest.fixture
def okoye():
    return PersonFactory(
        name="D. Okoye",
        email="okoye@example.org",
        role="Head of stores",
        department=Department.objects.create(name="Stores"),
        audience="executive",
        time_zone="Africa/Lagos",
        locale="en",
    )


@pytest.fixture
def lead(client, stores):
    """The lead of Stores, signed in."""
    person = AccountFactory(name="Lea", email="lea@example.com")
    LeadFactory(user=person, portfolio=stores)
    client.force_login(person)
    return person


def place(person, product, ago=60, **values):
    since = TODAY - dt.timedelta(days=ago)
    return PlacementFactory(product=product, person=person, since=since, **values)


def soup_of(client, person):
    response = client.get(f"/stakeholders/people/{person.pk}/")
    assert response.status_code == 200
    return BeautifulSoup(response.content, "html.parser")


def words_of(tag):
    return " ".join(tag.get_text(" ").split())


def bytes_of(client, person):
    """The answer with its headers, without what differs from answer to answer: the form's token."""
    response = client.get(f"/stakeholders/people/{person.pk}/")
    soup = BeautifulSoup(response.content, "html.parser")
    for tag in soup.select('[name="csrfmiddlewaretoken"], [name="csrf-token"]'):
        tag.decompose()
    headers = {name: value for name, value in response.items() if name != "Content-Length"}
    return response.status_code, headers, str(soup).encode()


def rows_of(soup):
    return [
        [words_of(cell) for cell in row.find_all(["th", "td"])]
        for row in soup.table.tbody.find_all("tr")
    ]


def test_a_lead_sees_the_places_on_the_maps_they_may_open(client, lead, okoye, stores):
    planner = ProductFactory(name="Shift Planner", slug="planner", portfolio=stores)
    till = ProductFactory(name="Till", slug="till", portfolio=stores)
    placement = place(okoye, planner, involvement=20, power=80)
    TouchpointFactory(product=planner, person=okoye, day=TODAY - dt.timedelta(days=41))
    place(okoye, till, ago=3, involvement=70, power=60, every=14, plan_reason="Busy")
    place(okoye, ProductFactory(name="Secret Desk"), ago=300)
    soup = soup_of(client, okoye)
    assert rows_of(soup) == [
        ["Shift Planner", "Lion involvement 20, power 80",
         "Personal briefing every 28 days Executive brief", "41 days ago 13 days late", "0.46",
         "Log a contact about Shift Planner Snooze about Shift Planner"],
        ["Till", "Elephant involvement 70, power 60",
         "Roadmap meeting every 14 days Roadmap digest",
         "never, placed 3 days ago due 2 Dec", "0.00",
         "Log a contact about Till Snooze about Till"],
    ]  # fmt: skip
    text = words_of(soup.main)
    assert "2 maps. Owed in four weeks: 1 briefing and 2 roadmap meetings." in text
    assert "Attention debt: 0.46." in text
    assert "Secret" not in text
    assert soup.table.a["href"] == f"/products/planner/map/{placement.pk}/"


def test_the_directorys_facts_stand_above(client, lead, okoye):
    text = words_of(soup_of(client, okoye).main)
    for fact in (
        "okoye@example.org",
        "Head of stores",
        "Stores",
        "Executive",
        "Africa/Lagos",
        "en",
    ):
        assert fact in text


def test_zones_stand_for_animals_where_these_are_hidden(client, lead, okoye, stores):
    Organisation.objects.update_or_create(pk=1, defaults={"shows_animals": False})
    place(okoye, ProductFactory(portfolio=stores), involvement=20, power=80)
    text = words_of(soup_of(client, okoye))
    assert "Keep satisfied" in text
    assert "Lion" not in text


def test_somebody_who_is_owed_nothing(client, lead, okoye, stores):
    place(okoye, ProductFactory(name="Till", portfolio=stores), involvement=20, power=20)
    soup = soup_of(client, okoye)
    assert rows_of(soup)[0][2:5] == ["No personal contact Newsletter", "–", "–"]
    text = words_of(soup.main)
    assert "1 map. No personal contact is owed. No attention debt." in text


# What the page does not say


def place_somewhere(person):
    """On a map that is nobody's here, with everything that can hang on a place."""
    product = ProductFactory(name="Elsewhere")
    place(person, product, ago=300, note="CANARY", plan_reason="CANARY")
    TouchpointFactory(product=product, person=person, note="CANARY")
    SnoozeFactory(product=product, person=person, reason="CANARY")
    MoveFactory(product=product, person=person, why="CANARY")
    return product


def test_whoever_may_open_none_of_the_maps_can_not_tell_whether_there_are_any(
    client, lead, okoye, stores
):
    ProductFactory(portfolio=stores)
    before = bytes_of(client, okoye)
    place_somewhere(okoye)
    assert bytes_of(client, okoye) == before
    assert b"CANARY" not in before[2]


@pytest.mark.parametrize("role", ["administrator", "lead", "manager", "grant"])
@pytest.mark.parametrize("known_by", ["account", "e-mail", "merge"])
def test_one_sees_of_oneself_the_directorys_facts_alone(client, role, known_by, stores):
    product = ProductFactory(portfolio=stores)
    factory = AdministratorFactory if role == "administrator" else AccountFactory
    user = factory(name="Ada", email="ada@example.com")
    if role == "lead":
        LeadFactory(user=user, portfolio=stores)
    elif role != "administrator":
        work = "manager" if role == "manager" else "contributor"
        MembershipFactory(user=user, product=product, role=work, stakeholder_grant=role == "grant")
    own = PersonFactory(
        name="Ada",
        email="Ada@Example.com" if known_by == "e-mail" else "a.d@example.com",
        user=user if known_by == "account" else None,
    )
    if known_by == "merge":
        PersonFactory(email="ada@example.com", merged_into=own)
    client.force_login(user)
    before = bytes_of(client, own)
    placement = place(own, product, ago=300, note="CANARY")
    TouchpointFactory(product=product, person=own, note="CANARY")
    SnoozeFactory(product=product, person=own, reason="CANARY")
    place_somewhere(own)
    assert bytes_of(client, own) == before
    type(placement).objects.update(involvement=90, power=10)
    assert bytes_of(client, own) == before
    soup = soup_of(client, own)
    assert "Ada@Example.com".casefold() in words_of(soup).casefold() or known_by != "e-mail"
    assert not soup.find("table")
    assert [link["href"] for link in soup.select(".page-actions a")] == []


def test_a_control_of_the_two_tests_above(client, lead, okoye, stores):
    """The bytes differ where the viewer may open the map."""
    before = bytes_of(client, okoye)
    place(okoye, ProductFactory(portfolio=stores))
    assert bytes_of(client, okoye) != before


# Who may do what there


def test_links_stand_for_what_one_may_do(client, lead, okoye):
    here = f"/stakeholders/people/{okoye.pk}/"
    links = [link["href"] for link in soup_of(client, okoye).select(".page-actions a")]
    assert links == [f"{here}edit/", f"{here}merge/"]
    client.force_login(AdministratorFactory())
    links = [link["href"] for link in soup_of(client, okoye).select(".page-actions a")]
    assert links == [f"{here}edit/", f"{here}merge/", f"{here}record/", f"{here}erase/"]


def test_a_merge_can_be_undone_from_the_page_and_the_gone_record_leads_to_it(client, lead, okoye):
    gone = PersonFactory(name="Daisy O.")
    merge = merge_people(kept=okoye, gone=gone, by=lead, now=NOW)
    soup = soup_of(client, okoye)
    assert soup.find("a", href=f"/stakeholders/merges/{merge.pk}/undo/")
    assert "Daisy O." in words_of(soup.main)
    response = client.get(f"/stakeholders/people/{gone.pk}/")
    assert (response.status_code, response["Location"]) == (302, okoye.get_absolute_url())


def test_an_erased_person_and_an_unknown_one_have_no_page(client, lead):
    erased = PersonFactory(erased_at=NOW)
    for key in (erased.pk, erased.pk + 1000, 999999999999999999999):
        assert client.get(f"/stakeholders/people/{key}/").status_code == 404


def test_an_employee_may_not_open_it(client, okoye):
    client.force_login(AccountFactory())
    assert client.get(f"/stakeholders/people/{okoye.pk}/").status_code == 403


def test_an_administrators_reading_is_kept_with_the_person(client, okoye):
    ProductFactory()
    admin = AdministratorFactory()
    client.force_login(admin)
    client.get(f"/stakeholders/people/{okoye.pk}/")
    read = ConfidentialRead.objects.get()
    assert (read.user, read.person, read.product) == (admin, okoye, None)


@pytest.mark.parametrize("maps", [1, 60])
def test_the_page_costs_as_many_queries_for_one_map_as_for_sixty(client, lead, okoye, stores, maps):
    for _ in range(maps):
        product = ProductFactory(portfolio=stores)
        place(okoye, product)
        TouchpointFactory(product=product, person=okoye)
    soup_of(client, okoye)
    with CaptureQueriesContext(connection) as found:
        soup_of(client, okoye)
    assert len(found) == QUERIES, [query["sql"][:120] for query in found]
