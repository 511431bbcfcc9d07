"""The note beside the newest number: shown everywhere it stands, missed in so many words."""

import datetime as dt

import pytest
import time_machine
from django.urls import reverse

from kpis import selectors, services
from tests.factories.kpis import NOW, TODAY, KpiFactory, MeasurementFactory
from tests.factories.portfolio import MembershipFactory, PersonFactory, ProductFactory
from tests.htmx import open_page

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def kpi():
    services.ensure_partitions(TODAY - 40 * DAY, TODAY)
    return KpiFactory(product__slug="shift-planner", metric__name="Completion")


@pytest.fixture
def dana(client, kpi):
    person = PersonFactory(name="Dana")
    MembershipFactory(user=person, product=kpi.product, role="manager")
    client.force_login(person)
    return person


def listed(client, **query):
    page = open_page(client, reverse("kpis:kpi_list", args=["shift-planner"], query=query or None))
    note = page.soup.select_one(".kpi-note")
    return " ".join(note.text.split()) if note else None


def test_the_note_of_the_newest_value_is_the_one_that_counts(client, dana, kpi):
    assert listed(client) is None  # there is no number to explain
    MeasurementFactory(kpi=kpi, date=TODAY - 7 * DAY, note="Two stores were closed")
    assert listed(client) == "Two stores were closed"
    MeasurementFactory(kpi=kpi, date=TODAY)
    assert listed(client) == "No note yet Add one to the newest value of Completion"
    # On an earlier day it is that day's, and nothing is asked for.
    assert listed(client, as_of=str(TODAY - DAY)) == "Two stores were closed"


@pytest.mark.parametrize(
    ("notes", "words"),
    [
        ({"": "All of it", "EU": "Half of it"}, "All of it"),
        ({"": "", "EU": "Half of it"}, "EU: Half of it"),
        ({"EU": "Strike", "US": "Thanksgiving"}, "EU: Strike; US: Thanksgiving"),
        ({"EU": "", "US": ""}, ""),
    ],
)
def test_the_note_is_everyones_else_the_segments(kpi, notes, words):
    for segment, note in notes.items():
        MeasurementFactory(kpi=kpi, date=TODAY, segment=segment, note=note)
    MeasurementFactory(kpi=kpi, date=TODAY - DAY, note="Long ago")
    assert selectors.kpi_row(kpi, TODAY).note == words


def test_the_way_to_add_one_leads_to_the_value_it_belongs_to(client, dana, kpi):
    MeasurementFactory(kpi=kpi, date=TODAY, segment="EU")
    page = open_page(client, kpi.get_absolute_url())
    address = page.soup.select_one(".kpi-note a")["href"]
    client.post(address, {"value": "10", "note": "A strike"})
    page = open_page(client, kpi.get_absolute_url())
    assert page.soup.select_one(".kpi-note").text == "EU: A strike"
    assert "No note yet" not in page.text


def test_only_the_newest_value_misses_a_note_in_the_table(client, dana, kpi):
    for ago in range(3):
        MeasurementFactory(kpi=kpi, date=TODAY - ago * DAY)
    page = open_page(client, kpi.get_absolute_url())
    rows = page.soup.select("[id^=value-]")
    assert ["No note yet" in row.text for row in rows] == [True, False, False]


def test_whoever_may_not_add_one_reads_that_it_is_missing(client, kpi):
    MeasurementFactory(kpi=kpi, date=TODAY)
    client.force_login(PersonFactory())
    assert listed(client) == "No note yet"
    assert not open_page(client, kpi.get_absolute_url()).soup.select(".kpi-note a")


def test_a_note_is_text(client, dana, kpi):
    MeasurementFactory(kpi=kpi, date=TODAY, note="<b>Bold</b>")
    assert listed(client) == "<b>Bold</b>"


def test_another_product_has_its_own(client, dana, kpi):
    MeasurementFactory(kpi=kpi, date=TODAY)
    other = KpiFactory(product=ProductFactory(), metric=kpi.metric)
    MeasurementFactory(kpi=other, date=TODAY, note="Theirs")
    assert listed(client) == "No note yet Add one to the newest value of Completion"
