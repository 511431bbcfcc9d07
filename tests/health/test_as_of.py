"""Any day on every page: the day that was asked for, or a plain reason why not; never another."""

import datetime as dt
import re

import pytest
import time_machine
from django.db import connections

from health import services
from health.models import HealthSnapshot
from health.selectors import reading_of
from tests.factories.accounts import AdministratorFactory
from tests.factories.health import (
    NOW,
    TODAY,
    days_ago,
    make_kpi,
    make_product,
    make_snapshot,
    mark,
    measure,
)
from tests.htmx import difference, open_page, send_form

pytestmark = pytest.mark.django_db

PAGES = (
    "/",
    "/products/",
    "/products/{slug}/",
    "/products/{slug}/kpis/",
    "/products/{slug}/health/",
)
FILES = ("/board.csv", "/products.csv", "/compare.csv")
WRONG = {
    "yesterday": "Enter a day, like 2017-09-30.",
    "30/09/2017": "Enter a day, like 2017-09-30.",
    "20260101": "Enter a day, like 2017-09-30.",
    "2026-W01-1": "Enter a day, like 2017-09-30.",
    "2026-02-30": "Enter a day, like 2017-09-30.",
    "٢٠٢٦-٠١-٠١": "Enter a day, like 2017-09-30.",
    "0001-01-01": "Enter a day from 1900 on.",
    "2026-11-22": "22 November 2026 has not come yet. Enter today or an earlier day.",
    "9999-12-31": "31 December 9999 has not come yet. Enter today or an earlier day.",
}
EARLY, LATE = days_ago(200), days_ago(100)


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def reader(client):
    client.force_login(AdministratorFactory(name="Ada"))
    return client


@pytest.fixture
def planner():
    """Healthy at 90 until LATE; then 20. Its last figure is 100 days old."""
    product = make_product("Shift Planner")
    for code, group in (("score", "satisfaction"), ("minutes", "productivity")):
        kpi = make_kpi(product, code, metric={"group": group})
        measure(kpi, 90, ago=(TODAY - EARLY).days)
        measure(kpi, 20, ago=(TODAY - LATE).days)
    return product


def words(page):
    return page.text.replace("\xa0", " ")


@pytest.mark.parametrize("page", [*PAGES, "/compare/"])
@pytest.mark.parametrize(("typed", "reason"), WRONG.items())
def test_a_wrong_day_says_why_beside_its_field_and_shows_no_other(
    reader, planner, page, typed, reason
):
    mark(planner, ago=300)
    services.roll_up(product_ids=[planner.pk], now=NOW)
    found = open_page(reader, f"{page.format(slug=planner.slug)}?as_of={typed}", status=422)
    field = found.soup.select_one("input[name=as_of][type=date]")
    assert field["aria-invalid"] == "true"
    assert reason in found.soup.select_one(f"[id='{field['aria-describedby'].split()[-1]}']").text
    assert found.soup.select("tbody, .kpi-tile, .health-tile, .heat-group") == []
    assert "As it stood" not in found.text


@pytest.mark.parametrize("file", FILES)
@pytest.mark.parametrize(("typed", "reason"), WRONG.items())
def test_a_wrong_day_gives_no_file(reader, planner, file, typed, reason):
    response = reader.get(f"{file}?as_of={typed}")
    assert response.status_code == 422
    assert response["Content-Type"].startswith("text/plain")
    assert response.content.decode() == f"{reason}\n"


@pytest.mark.parametrize("typed", ["", TODAY.isoformat(), f"  {TODAY} "])
def test_today_is_today_whether_it_is_named_or_not(reader, typed):
    make_snapshot(make_product("Tool"), health=88)
    page = open_page(reader, f"/?as_of={typed}")
    assert "As it stood" not in page.text
    assert page.soup.select_one("#rows a")["href"] == "/products/tool/"


def test_board_and_catalogue_stand_as_on_that_day(reader, planner):
    for path in ("/", "/products/"):
        early, late = (open_page(reader, f"{path}?as_of={day}") for day in (EARLY, LATE))
        assert "Healthy 90" in words(early)
        assert "At risk 20" in words(late)
        assert "As it stood on 5 May 2026 · back to today" in words(early)
        assert early.soup.select_one(".as-of-banner a")["href"] == path
    rows = reader.get(f"/products.csv?as_of={EARLY}").content.decode()
    assert "healthy,90.0," in rows
    assert not HealthSnapshot.objects.exists()


def test_trend_of_the_catalogue(reader, planner):
    page = words(open_page(reader, f"/products/?as_of={LATE}"))
    assert re.search(r"At risk 20 –", page)  # 28 days before, every figure was too old
    recent = make_kpi(make_product("Desk"), "score")
    for ago, value in ((128, 80), (100, 50)):
        measure(recent, value, ago=ago)
    other = make_kpi(recent.product, "minutes", metric={"group": "productivity"})
    for ago, value in ((128, 80), (100, 50)):
        measure(other, value, ago=ago)
    mark(other.product, ago=128)  # as whatever records a figure does
    assert "At risk 50 −30" in words(open_page(reader, f"/products/?as_of={LATE}"))


@pytest.mark.parametrize("panel", ["", "kpis/", "health/"])
def test_the_product_s_pages_show_no_later_figure(reader, planner, panel):
    page = open_page(reader, f"/products/{planner.slug}/{panel}?as_of={days_ago(101)}")
    text = words(page)
    assert "90" in text
    days = r"\d+ [A-Z][a-z]{2,8}( 2026)?"
    assert not re.search(r"\b20\b", re.sub(days, "", text.split("Overview")[1]))
    before = words(open_page(reader, f"/products/{planner.slug}/{panel}?as_of={days_ago(201)}"))
    assert "90" not in before
    assert "we don't know yet" in before.lower() or "we don't know" in before.lower()


def test_links_between_the_pages_keep_the_day(reader, planner):
    query = f"?as_of={EARLY}"
    board = open_page(reader, f"/{query}")
    links = {a["href"] for a in board.soup.select("#rows a, .heat-grid a")}
    assert links == {f"/products/{planner.slug}/{query}"}
    page = open_page(reader, f"/products/{planner.slug}/{query}")
    tabs = {a.text.strip(): a["href"] for a in page.soup.select(".tabs a")}
    for name, path in (("Overview", ""), ("KPIs", "kpis/"), ("Health", "health/")):
        assert tabs[name] == f"/products/{planner.slug}/{path}{query}"
    assert tabs["History"] == f"/products/{planner.slug}/history/"
    assert page.soup.select_one(f'a[href="/products/{planner.slug}/health/{query}"]')
    assert page.soup.select_one(".breadcrumbs a")["href"] == f"/products/{query}"
    kept = board.soup.select_one("input[name=as_of][type=hidden][form=filters]")
    assert kept["value"] == EARLY.isoformat()
    assert board.soup.select_one('a[href^="/board.csv"]')["href"] == f"/board.csv{query}"
    sorted_by = board.soup.select_one("th a.sort")["href"]
    assert f"as_of={EARLY}" in sorted_by


@pytest.mark.parametrize("path", ["/", "/products/", "/compare/"])
@pytest.mark.parametrize("day", [days_ago(3).isoformat(), "nonsense", ""])
def test_the_swapped_page_is_the_reloaded_page(reader, planner, path, day):
    page = open_page(reader, f"{path}?q=shift")
    page = send_form(reader, page, ".as-of-bar form", as_of=day)
    assert "q=shift" in page.url
    status = 422 if day == "nonsense" else 200
    assert difference(page, open_page(reader, page.url, status=status)) == ""
    if day != "nonsense":
        page = send_form(reader, page, "#filters", q="planner")
        assert difference(page, open_page(reader, page.url)) == ""
        assert (f"as_of={day}" in page.url) == bool(day)


def test_what_was_archived_later_is_still_there(reader):
    product = make_product("Gone", archived_on=days_ago(50))
    measure(make_kpi(product, "score"), 90, ago=60)
    for path in ("/", "/products/"):
        assert "Gone" in words(open_page(reader, f"{path}?as_of={days_ago(51)}"))
        assert "Gone" not in words(open_page(reader, f"{path}?as_of={days_ago(50)}"))
    archived = "/products/?archived=on"
    assert "Gone" in words(open_page(reader, f"{archived}&as_of={days_ago(50)}"))
    assert "Gone" not in words(open_page(reader, f"{archived}&as_of={days_ago(51)}"))


@pytest.mark.parametrize(
    "path", ["/", "/products/", "/products/{slug}/", "/products/{slug}/health/"]
)
def test_old_numbers_lead_to_their_day_from_every_page(reader, planner, path):
    mark(planner, ago=300)
    services.roll_up(product_ids=[planner.pk], now=NOW)
    address = path.format(slug=planner.slug)
    page = open_page(reader, address)
    assert "Newest numbers: 13 Aug 2026" in words(page)
    link = page.soup.find("a", string=re.compile("Show that day"))["href"]
    then = open_page(reader, f"{address}{link}")
    assert "As it stood on 13 August 2026" in words(then)
    assert "Newest numbers" not in then.text


def test_a_kept_day_is_read_and_another_is_worked_out_once(
    reader, planner, django_assert_num_queries
):
    make_snapshot(planner, ago=7, status="watch", health=61)
    assert "Watch 61" in words(open_page(reader, f"/products/?as_of={days_ago(7)}"))
    address = f"/products/?as_of={EARLY}"
    open_page(reader, address)
    with django_assert_num_queries(10):  # worked out once: the second time it comes from the cache
        open_page(reader, address)
    measure(make_kpi(planner, "late"), 0, ago=200)
    mark(planner, ago=200)
    assert "Healthy 90" not in words(open_page(reader, address))


def test_a_day_seen_while_somebody_writes_is_worked_out_again(planner):
    other = connections["default"].copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("BEGIN; LOCK TABLE portfolio_stalemark IN ROW EXCLUSIVE MODE")
            before = reading_of(EARLY, TODAY)
    finally:
        other.close()
    measure(make_kpi(planner, "late"), 0, ago=200)  # its mark has had its number before
    assert reading_of(EARLY, TODAY) != before


@pytest.mark.parametrize("kpis", [1, 9])
def test_a_product_on_a_day_costs_the_same_for_any_number_of_kpis(
    reader, kpis, django_assert_num_queries
):
    product = make_product("Shift Planner")
    for n in range(kpis):
        measure(make_kpi(product, f"metric{n}"), 50, ago=40)
    address = f"/products/{product.slug}/?as_of={days_ago(40)}"
    open_page(reader, address)
    with django_assert_num_queries(20):
        open_page(reader, address)


def test_the_past_asks_for_nothing_to_be_done(reader, planner):
    """Flags and remedies speak of today."""
    mark(planner, ago=300)
    services.roll_up(product_ids=[planner.pk], now=NOW)
    today = open_page(reader, f"/products/{planner.slug}/")
    then = open_page(reader, f"/products/{planner.slug}/?as_of={LATE}")
    assert "Needs attention" in today.text
    assert "Needs attention" not in then.text
    assert "being worked out" not in then.text
    assert dt.date.fromisoformat(then.soup.select_one("input[name=as_of]")["value"]) == LATE
