"""The map of a product as a file, for whoever types their password once more."""

from __future__ import annotations

import csv
import io
import re

import pytest
import time_machine

from accounts.models import User
from stakeholders.models import ConfidentialRead, Person
from tests.factories.accounts import PASSWORD, AdministratorFactory, UserFactory
from tests.factories.personas import DepartmentFactory
from tests.factories.portfolio import MembershipFactory, ProductFactory
from tests.factories.stakeholders import NOW, PersonFactory, PlacementFactory
from tests.htmx import open_page

pytestmark = pytest.mark.django_db
MAP = "/products/shift-planner/map/"
FILE = f"{MAP}file/"


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def product():
    return ProductFactory(name="Shift Planner", slug="shift-planner")


@pytest.fixture
def dana(client, product):
    """The product manager, signed in."""
    user = UserFactory(name="Dana", email="dana@example.com", password=PASSWORD)
    MembershipFactory(user=user, product=product, role="manager", stakeholder_grant=True)
    client.force_login(user)
    return user


@pytest.fixture
def okoye(product):
    person = PersonFactory(name="Dana Okoye", email="okoye@example.com")
    return PlacementFactory(product=product, person=person, involvement=20, power=80)


@pytest.fixture
def sato(product):
    person = PersonFactory(name="M. Sato", email="sato@example.com")
    return PlacementFactory(product=product, person=person, involvement=70, power=70)


def rows_of(answer):
    """The lines of the file."""
    assert answer["Content-Type"].startswith("text/csv")
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


def take(client, url=FILE):
    return client.post(url, {"password": PASSWORD})


def test_the_page_says_what_the_file_will_hold(client, dana, okoye, sato):
    page = open_page(client, FILE)
    assert "2 people, with places, plans and notes" in page.text
    assert page.soup.select_one("main a.button-quiet")["href"] == MAP
    assert "Okoye" not in page.soup.select_one("main").text


def test_the_file_is_safe_and_complete(client, dana, okoye):
    okoye.person.name = "=Dana()"
    okoye.person.save()
    answer = take(client)
    (row,) = rows_of(answer)
    assert row["Person"] == "'=Dana()"
    assert (row["Zone"], row["Involvement"], row["Power"]) == ("Keep satisfied", "20", "80")
    assert (row["Personal contact"], row["Every … days"]) == ("Personal briefing", "28")
    words = set(re.findall(r"\w+", answer.content.decode("utf-8-sig").lower()))
    assert not {"lion", "late", "debt"} & words


def test_the_file_takes_the_password_once_more(client, dana, okoye):
    for given in ("", "not mine"):
        answer = client.post(FILE, {"password": given})
        assert (answer.status_code, answer["Content-Type"]) == (422, "text/html; charset=utf-8")
        assert "okoye@" not in answer.content.decode()
    assert "no-store" in client.get(FILE)["Cache-Control"]
    answer = take(client)
    assert len(rows_of(answer)) == 1
    assert "no-store" in answer["Cache-Control"]


def test_the_file_holds_what_the_filters_let_through(client, dana, okoye, sato):
    harbour = DepartmentFactory(name="Harbour")
    Person.objects.filter(pk=sato.person.pk).update(department=harbour)
    page = open_page(client, f"{MAP}?department={harbour.pk}")
    link = page.soup.select_one(f"a[href^='{FILE}']")["href"]
    assert "1 person, with places" in open_page(client, link).text
    assert [row["Person"] for row in rows_of(take(client, link))] == ["M. Sato"]


def test_people_of_the_demo_have_no_password_to_give(client, dana, okoye, settings):
    settings.DEMO = True
    User.objects.filter(pk=dana.pk).update(is_demo=True)
    assert open_page(client, FILE).soup.select_one("input[type=password]") is None
    assert len(rows_of(client.post(FILE))) == 1


def test_only_who_takes_the_file_has_read_it(client, product, okoye):
    client.force_login(AdministratorFactory(email="root@example.org", password=PASSWORD))
    client.get(FILE)
    client.post(FILE, {"password": "not mine"})
    assert not ConfidentialRead.objects.exists()
    take(client)
    assert [read.what for read in ConfidentialRead.objects.all()] == ["the map as a file"]
