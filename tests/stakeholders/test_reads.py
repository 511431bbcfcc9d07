"""What administrators have opened, as administrators read it."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from bs4 import BeautifulSoup
from django.db import connection
from django.test.utils import CaptureQueriesContext

from stakeholders.models import ConfidentialRead
from tests.factories.portfolio import AdministratorFactory, ProductFactory
from tests.factories.portfolio import PersonFactory as AccountFactory
from tests.factories.stakeholders import NOW, PersonFactory
from tests.htmx import difference, open_page, send_form

pytestmark = pytest.mark.django_db
URL = "/stakeholders/reads/"
QUERIES = 3


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def ada(client):
    """An administrator, signed in."""
    person = AdministratorFactory(name="Ada", email="ada@example.com")
    client.force_login(person)
    return person


def read(by, ago=0, **values):
    return ConfidentialRead.objects.create(
        user=by,
        user_label=by.email,
        at=NOW - dt.timedelta(hours=ago),
        **{"what": "the map", **values},
    )


def lines_of(client, query=""):
    response = client.get(URL + query)
    assert response.status_code == 200
    soup = BeautifulSoup(response.content, "html.parser")
    rows = soup.table.tbody.find_all("tr") if soup.table else []
    return [
        [" ".join(cell.get_text(" ").split()) for cell in row.find_all(["th", "td"])]
        for row in rows
    ]


def test_readings_stand_newest_first(client, ada):
    ben = AdministratorFactory(name="Ben", email="ben@example.com")
    read(ben, 2, product=ProductFactory(name="Till"))
    read(ada, 1, person=PersonFactory(name="Lind"), what="a person over all maps")
    assert lines_of(client) == [
        ["Ada ada@example.com", "A person over all maps", "–", "Lind", "21 Nov 2026, 11:00 UTC"],
        ["Ben ben@example.com", "The map", "Till", "–", "21 Nov 2026, 10:00 UTC"],
    ]


@pytest.mark.parametrize("known_by", ["account", "e-mail", "merge"])
def test_what_is_about_oneself_is_left_out(client, ada, known_by):
    ben = AdministratorFactory(name="Ben")
    own = PersonFactory(
        email="ADA@example.com" if known_by == "e-mail" else "a.d@example.com",
        user=ada if known_by == "account" else None,
    )
    part = PersonFactory(email="part@example.com", merged_into=own)
    if known_by == "merge":
        type(part).objects.filter(pk=part.pk).update(email="ada@example.com")
    read(ben)
    before = lines_of(client)
    read(ben, person=own, product=ProductFactory(), what="a card")
    read(ben, person=part, what="a record")
    assert lines_of(client) == before
    client.force_login(ben)
    assert len(lines_of(client)) == 3


def test_what_is_gone_is_still_told(client, ada):
    ben, product = AdministratorFactory(email="ben@example.com"), ProductFactory()
    read(ben, product=product, person=PersonFactory())
    ben.delete()
    product.delete()
    ConfidentialRead.objects.update(person=None)
    assert lines_of(client)[0][:4] == ["no longer there ben@example.com", "The map", "–", "–"]


@pytest.mark.parametrize(
    ("text", "found"),
    [("ben", 1), ("BEN till", 1), ("till", 1), ("lind", 1), ("card", 1), ("nobody", 0), ("%", 0)],
)
def test_words_find_the_reader_the_product_the_person_or_the_page(client, ada, text, found):
    ben = AdministratorFactory(name="Ben", email="b@example.com")
    read(ben, product=ProductFactory(name="Till"))
    read(ada, person=PersonFactory(name="Lind"), what="a card")
    assert len(lines_of(client, f"?q={text}")) == found


def test_a_search_swaps_in_what_a_reload_shows(client, ada):
    read(ada, product=ProductFactory(name="Till"))
    read(ada, 1, product=ProductFactory(name="Planner"))
    page = send_form(client, open_page(client, URL), "#filters", q="till")
    assert page.url.endswith("?q=till")
    assert difference(page, open_page(client, page.url)) == ""
    assert "Planner" not in page.soup.select_one("#results").get_text()


def test_long_lists_have_pages(client, ada):
    for hour in range(51):
        read(ada, hour)
    assert len(lines_of(client)) == 50
    assert len(lines_of(client, "?page=2")) == 1


@pytest.mark.parametrize(
    "query", ["q=%00", "q=%ff", "q=" + "x" * 5000, "page=x", "page=-1", "q[]=1", "page=9e99"]
)
def test_queries_that_mean_nothing_break_nothing(client, ada, query):
    assert client.get(f"{URL}?{query}").status_code == 200


def test_an_empty_list_says_what_will_stand_there(client, ada):
    assert "Nothing has been opened yet" in client.get(URL).content.decode()
    assert "No reading fits" in client.get(f"{URL}?q=x").content.decode()


def test_reading_the_list_is_no_reading(client, ada):
    ProductFactory()
    client.get(URL)
    assert not ConfidentialRead.objects.exists()


def test_only_administrators_read_it(client):
    client.force_login(AccountFactory())
    assert client.get(URL).status_code == 403


@pytest.mark.parametrize("rows", [1, 40])
def test_it_costs_as_many_queries_for_one_line_as_for_forty(client, ada, rows):
    for hour in range(rows):
        read(ada, hour, product=ProductFactory(), person=PersonFactory())
    lines_of(client)
    with CaptureQueriesContext(connection) as found:
        lines_of(client)
    assert len(found) == QUERIES, [query["sql"][:120] for query in found]
