"""The page of the week's grid: what it shows to whom, its form without scripts, its JSON."""

import datetime as dt
import json

import pytest
import time_machine
from bs4 import BeautifulSoup
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Organisation
from kpis import services
from kpis.models import Measurement
from portfolio.models import Bookmark
from tests.factories.kpis import NOW, TODAY, KpiFactory, MeasurementFactory, MetricFactory
from tests.factories.portfolio import (
    AdministratorFactory,
    MembershipFactory,
    PersonFactory,
    ProductFactory,
)

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
WEEKS = [dt.date(2026, 11, 16) - 7 * DAY * back for back in reversed(range(8))]
SUNDAY = dt.date(2026, 11, 15)
GRID = "/grid/"


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def product():
    return ProductFactory(name="Shift Planner", slug="shift-planner", visibility="company")


@pytest.fixture
def dana(client, product):
    person = PersonFactory(name="Dana")
    MembershipFactory(user=person, product=product, role="manager")
    client.force_login(person)
    return person


@pytest.fixture
def kpi(product):
    services.ensure_partitions(TODAY - 400 * DAY, TODAY)
    return KpiFactory(product=product, metric=MetricFactory(name="Weekly users", lower=0))


def page(client, **query):
    return BeautifulSoup(client.get(GRID, query).content.decode(), "html.parser")


def names(soup):
    return [a.get_text() for a in soup.select(".grid-product a")]


def lines(soup):
    return [row.select_one("th a").get_text() for row in soup.select("tr[data-kpi]")]


def form(soup, **typed):
    """What the browser would send of the form, with some cells typed over."""
    found = {i["name"]: i.get("value", "") for i in soup.select("#grid input[name]")}
    return found | {name.replace("_", "-"): text for name, text in typed.items()}


def words(soup):
    return " ".join(soup.get_text(" ").split()).replace("\xa0", " ")


# --- What it shows -----------------------------------------------------------------------------


def test_shows_the_last_value_of_each_of_the_last_eight_weeks(client, dana, kpi):
    MeasurementFactory(kpi=kpi, date=SUNDAY - 3 * DAY, value=10)
    MeasurementFactory(kpi=kpi, date=SUNDAY - DAY, value=11.25, note="Survey")
    MeasurementFactory(kpi=kpi, date=SUNDAY, value=99, segment="EU")
    MeasurementFactory(kpi=kpi, date=SUNDAY - 7 * DAY, value=12, segment="EU")

    soup = page(client)

    cells = soup.select(f"tr[data-kpi='{kpi.pk}'] .grid-cell")
    assert [cell.get("value", "") for cell in cells] == ["", "", "", "", "", "", "11.25", ""]
    assert (cells[6]["title"], cells[5]["placeholder"]) == ("14 Nov 2026: Survey", "12")
    heads = [th.select_one("b").get_text() for th in soup.select("thead th.number")]
    assert (heads[0], heads[-2:]) == ("28 Sept" if heads[0] == "28 Sept" else "28 Sep", [
        "9 Nov", "This week",
    ])  # fmt: skip


def test_weeks_begin_where_the_organisation_says(client, dana, kpi):
    Organisation.objects.update_or_create(pk=1, defaults={"week_start": 6})
    MeasurementFactory(kpi=kpi, date=SUNDAY, value=7)
    cells = page(client).select(".grid-cell")
    assert cells[-1]["value"] == "7"


@pytest.mark.parametrize(
    ("weeks", "shown"), [("", 8), ("4", 4), ("1", 4), ("99", 26), ("-3", 8), ("٣", 8), ("x", 8)]
)
def test_the_address_says_how_many_weeks(client, dana, kpi, weeks, shown):
    assert len(page(client, weeks=weeks).select(".grid-cell")) == shown


def test_only_products_whose_figures_one_may_record(client, dana, kpi):
    KpiFactory(product=ProductFactory(name="Seen by all", visibility="company"))
    ProductFactory(name="Without KPI")
    assert names(page(client)) == ["Shift Planner"]
    client.force_login(AdministratorFactory())
    assert names(page(client)) == ["Seen by all", "Shift Planner"]
    client.force_login(PersonFactory())
    assert "You are in no product yet" in words(page(client))


def test_filters_of_the_address(client, dana, kpi, product):
    other = ProductFactory(name="Atlas", slug="atlas")
    MembershipFactory(user=dana, product=other, role="contributor")
    rare = KpiFactory(product=other, cadence=90, metric__name="Cost", owner=None)
    MeasurementFactory(kpi=rare, date=TODAY - 90 * DAY)
    own = KpiFactory(product=other, metric__name="Speed", owner=dana)
    MeasurementFactory(kpi=own, date=TODAY - 8 * DAY)
    Bookmark.objects.create(user=dana, product=other, since=NOW)

    assert names(page(client)) == ["Atlas", "Shift Planner"]
    assert names(page(client, product="atlas")) == ["Atlas"]
    assert names(page(client, q="shift")) == ["Shift Planner"]
    assert names(page(client, q="cost")) == ["Atlas"]
    assert names(page(client, mine="bookmarks")) == ["Atlas"]
    assert lines(page(client, owner="me")) == ["Speed", "Weekly users"]
    assert lines(page(client, due="1")) == ["Speed", "Weekly users"]
    assert "No figure fits" in words(page(client, q="nothing such"))


@pytest.mark.parametrize("count", [1, 3])
def test_costs_the_same_whatever_it_holds(client, dana, product, kpi, count):
    for number in range(count):
        more = ProductFactory(name=f"P{number}")
        MembershipFactory(user=dana, product=more)
        for each in KpiFactory.create_batch(count, product=more):
            MeasurementFactory(kpi=each, date=SUNDAY)
            MeasurementFactory(kpi=each, date=SUNDAY, segment="EU")
    client.get(GRID)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(GRID).status_code == 200
    assert len(captured) == 8, "\n".join(q["sql"][:120] for q in captured)


def test_pages_go_by_product(client, dana):
    for number in range(13):
        more = ProductFactory(name=f"P{number:02}")
        MembershipFactory(user=dana, product=more)
        KpiFactory(product=more)
    first = page(client)
    assert (len(names(first)), "1 to 12 of 13 products" in words(first)) == (12, True)
    assert names(page(client, page="2")) == ["P12"]


# --- The form ----------------------------------------------------------------------------------


def test_saves_what_is_right_explains_what_is_wrong_and_keeps_what_was_typed(client, dana, kpi):
    last, this = f"cell-{kpi.pk}-6", f"cell-{kpi.pk}-7"
    sent = form(page(client)) | {last: "12,5", this: "<many>"}

    answer = client.post(GRID, sent)

    assert answer.status_code == 422
    soup = BeautifulSoup(answer.content.decode(), "html.parser")
    assert Measurement.objects.get().value == 12.5
    wrong = soup.select_one(f"#{this}")
    assert (wrong["value"], wrong["aria-invalid"]) == ("<many>", "true")
    assert soup.select_one(f"#{wrong['aria-describedby']}").get_text().startswith("Enter a number")
    summary = soup.select_one(".error-summary a")
    assert summary["href"] == f"#{this}"
    assert "Weekly users of Shift Planner, This week: Enter a number" in summary.get_text()
    assert "1 value saved" in words(soup)
    assert soup.title.get_text().startswith("Error: ")


def test_saving_goes_back_to_the_same_address_with_undo(client, dana, kpi):
    sent = form(page(client, weeks="4")) | {f"cell-{kpi.pk}-2": "12"}
    answer = client.post(f"{GRID}?weeks=4", sent, follow=True)
    assert answer.redirect_chain == [(f"{GRID}?weeks=4", 302)]
    soup = BeautifulSoup(answer.content.decode(), "html.parser")
    undo = soup.select_one(".toast form")["action"]

    back = client.post(undo, HTTP_REFERER="http://testserver/grid/?weeks=4")

    assert (back.url, Measurement.objects.count()) == ("/grid/?weeks=4", 0)
    assert client.post(undo).status_code == 302
    assert Measurement.objects.count() == 0


def test_untouched_cells_are_not_sent_on_even_if_they_changed_meanwhile(client, dana, kpi):
    row = MeasurementFactory(kpi=kpi, date=SUNDAY, value=1000.5)
    sent = form(page(client)) | {f"cell-{kpi.pk}-7": "3"}
    Measurement.objects.filter(pk=row.pk).update(value=7)

    assert client.post(GRID, sent).status_code == 302
    values = Measurement.objects.order_by("date").values_list("value", flat=True)
    assert list(values) == [7, 3]


def test_a_conflict_shows_theirs_keeps_mine_and_saving_again_takes_mine(client, dana, kpi):
    sent = form(page(client)) | {f"cell-{kpi.pk}-6": "5"}
    erik = PersonFactory(name="Erik")
    MeasurementFactory(kpi=kpi, date=SUNDAY, value=4, entered_by=erik.pk)

    answer = client.post(GRID, sent)

    soup = BeautifulSoup(answer.content.decode(), "html.parser")
    assert "Erik has saved 4 points for 15 Nov 2026 meanwhile. Save again" in words(soup)
    assert soup.select_one(f"#cell-{kpi.pk}-6")["value"] == "5"
    assert client.post(GRID, form(soup)).status_code == 302
    assert Measurement.objects.get().value == 5


def test_what_was_typed_for_a_kpi_that_is_gone_is_told(client, dana, kpi):
    sent = form(page(client)) | {f"cell-{kpi.pk}-6": "512"}
    KpiFactory(product=kpi.product)
    kpi.delete()
    answer = client.post(GRID, sent)
    assert answer.status_code == 422
    soup = BeautifulSoup(answer.content.decode(), "html.parser")
    assert "You typed “512”. This KPI is no longer here." in words(soup)


@pytest.mark.parametrize(
    "junk",
    [
        {},
        {"weeks": "x y", "cell-1-0": "5"},
        {"weeks": "2026-11-09", "cell--0": "5", "cell-1-": "5", "cell-1-7": "5", "cell-²-0": "1"},
        {"weeks": "2026-11-09", "cell-99999999999999999999-0": "5", "cell-1-²": "5"},
    ],
)
def test_junk_saves_nothing(client, dana, kpi, junk):
    assert client.post(GRID, junk).status_code == 302
    assert Measurement.objects.count() == 0


# --- The script's cells ------------------------------------------------------------------------


def send(client, *cells):
    url = reverse("kpis:grid_save")
    return client.post(url, json.dumps({"cells": cells}), content_type="application/json")


def test_cells_in_json_are_answered_in_order_with_undo(client, dana, kpi):
    cell = {"kpi": kpi.pk, "week": "2026-11-09", "text": "71,5", "was": ""}
    wrong = {"kpi": kpi.pk, "week": "2026-11-16", "text": "many"}
    answer = send(client, cell, wrong).json()

    assert [one["state"] for one in answer["cells"]] == ["saved", "wrong"]
    assert answer["cells"][0] | {"kpi": 0} == {
        "kpi": 0, "week": "2026-11-09", "state": "saved", "why": "", "text": "71.5",
        "was": "2026-11-15=71.5", "title": "15 Nov 2026",
    }  # fmt: skip
    assert answer["said"] == "1 value saved. Health is being worked out."
    undone = client.post(answer["undo"], HTTP_ACCEPT="application/json").json()
    assert (undone["said"], undone["cells"][0]["was"]) == ("1 value taken back.", "")
    again = client.post(answer["undo"], HTTP_ACCEPT="application/json").json()
    assert again["said"] == "Nothing was taken back. 1 value changed since, left alone."


@pytest.mark.parametrize(
    "body",
    [
        "", "[]", "{}", '{"cells": 5}', '{"cells": [1]}', '{"cells": [{}]}',
        '{"cells": [{"kpi": true, "week": "2026-11-09", "text": "1"}]}',
        '{"cells": [{"kpi": 1, "week": "soon", "text": "1"}]}',
        '{"cells": [{"kpi": 99999999999999999999, "week": "2026-11-09", "text": "1"}]}',
        "[" * 5000,
    ],
)  # fmt: skip
def test_what_are_no_cells_is_refused(client, dana, body):
    answer = client.post(reverse("kpis:grid_save"), body, content_type="application/json")
    assert answer.status_code == 400


@pytest.mark.parametrize("kind", ["multipart/form-data; boundary=x", "text/plain", ""])
def test_cells_that_are_no_json_are_refused(client, dana, kind):
    body = b"--x\r\nContent-Disposition: form-data; name=cells\r\n\r\n[]\r\n--x--"
    answer = client.generic("POST", reverse("kpis:grid_save"), body, content_type=kind)
    assert answer.status_code == 400


def test_a_mark_that_no_page_could_hold_is_another_persons(client, dana):
    body = '{"cells": [], "whose": "\\ud800"}'
    answer = client.post(reverse("kpis:grid_save"), body, content_type="application/json")
    assert answer.status_code == 409


def test_the_longest_page_is_saved_as_one_form(client, dana, product):
    metrics = [MetricFactory() for _ in range(30)]
    for more in (MembershipFactory(user=dana, role="manager").product for _ in range(2)):
        for metric in metrics:
            KpiFactory(product=more, metric=metric)
    for metric in metrics:
        KpiFactory(product=product, metric=metric)
    fields = page(client, weeks=26).select("#grid [name]")
    sent = {field["name"]: field.get("value", "") for field in fields}
    assert len(sent) > 3 * 30 * 26
    assert client.post(f"{GRID}?weeks=26", sent).status_code == 302


def test_undo_of_another_browser_is_nothing(client, dana, kpi):
    cell = {"kpi": kpi.pk, "week": "2026-11-09", "text": "5"}
    undo = send(client, cell).json()["undo"]
    client.force_login(AdministratorFactory())
    assert client.post(undo, HTTP_ACCEPT="application/json").json()["cells"] == []
    assert Measurement.objects.count() == 1
