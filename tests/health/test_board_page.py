"""The board: answer first, nothing shown that is not known."""

import csv
import io
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from health import services
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
from tests.health.pages import board, names_of, results_of, rolled_up, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_now")]


def test_strangers_are_asked_to_sign_in(client):
    assert board(client).status_code == 302
    assert client.get("/board.csv").status_code == 302


def test_an_empty_board_says_what_it_is_for(signed_in):
    page = board(signed_in)
    assert page.status_code == 200
    assert "No products yet" in text_of(page)


def test_no_match_offers_the_way_back(signed_in):
    make_product("Shift Planner")
    page = board(signed_in, "?q=nothing")
    assert "No product fits" in text_of(page)
    assert "1 product" not in text_of(page)


def test_summary_counts_changes_and_who_fell(signed_in):
    fell, rose, steady, new = (make_product(name) for name in ("Fell", "Rose", "Steady", "New"))
    make_snapshot(fell, ago=28, status="watch", health=70)
    make_snapshot(fell, status="at_risk", health=52, trend=-18)
    make_snapshot(rose, ago=30, status="watch", health=70)
    make_snapshot(rose, status="healthy", health=88, trend=18)
    make_snapshot(steady, ago=60, status="at_risk", health=20)
    make_snapshot(new, status="unknown", health=99, confidence=12, reason="No KPI yet")
    words = text_of(board(signed_in))
    assert "4 products Healthy 1 +1 since 24 Oct Watch 0 −2" in words
    assert "At risk 2 +1" in words
    assert "Unknown 1" in words
    assert "One product fell below watch since 24 Oct: Fell" in words


def test_a_row_tells_everything_at_a_glance(signed_in):
    product = make_product(
        "Shift Planner", function="Operations", people_word="users", head_count=2140
    )
    make_snapshot(
        product,
        ago=2,
        status="at_risk",
        health=51.6,
        confidence=71.2,
        trend=-14.2,
        reason="eNPS is 38 points behind plan: −17",
        measured_on=days_ago(3),
    )
    words = text_of(board(signed_in))
    row = words[words.index("Shift Planner Operations · growth") :]
    assert row.startswith(
        "Shift Planner Operations · growth At risk 52 71 % −14 – "
        "eNPS is 38 points behind plan: −17 2,140 users 3 d"
    )


def test_what_is_unknown_shows_no_number_and_no_trend(signed_in):
    product = make_product("Price Desk")
    make_snapshot(product, status="unknown", health=93.0, confidence=12.0, reason="No KPI yet")
    make_product("Just made")
    page = board(signed_in)
    assert "93" not in text_of(page)
    words = text_of(page)
    assert "Unknown – 12 % –" in words
    assert "Not worked out yet" in words
    assert "Unknown 2" in words


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("", ["Bad", "Fine", "Good", "Dark"]),
        ("-status", ["Dark", "Good", "Fine", "Bad"]),
        ("health", ["Bad", "Fine", "Good", "Dark"]),
        ("-health", ["Good", "Fine", "Bad", "Dark"]),
        ("name", ["Bad", "Dark", "Fine", "Good"]),
        ("trend", ["Good", "Bad", "Fine", "Dark"]),
        ("-people", ["Bad", "Fine", "Good", "Dark"]),
        ("nonsense", ["Bad", "Fine", "Good", "Dark"]),
    ],
)
def test_sort_stands_in_the_address_and_unknown_comes_last(signed_in, sort, expected):
    make_snapshot(make_product("Good", head_count=10), health=90, trend=-3)
    make_snapshot(make_product("Bad", head_count=30), status="at_risk", health=20, trend=1)
    make_snapshot(make_product("Fine", head_count=20), status="watch", health=70, trend=2)
    make_snapshot(make_product("Dark"), status="unknown", health=99)
    assert names_of(board(signed_in, f"?sort={sort}")) == expected


def test_filters_narrow_the_table_and_status_keeps_the_counts(signed_in):
    one = make_product("Shift Planner", function="Operations", stage="growth")
    make_snapshot(one, status="at_risk", health=20)
    make_snapshot(make_product("Price Desk", function="Sales", stage="pilot"), health=90)
    asked = {
        f"?function={one.function_id}": ["Shift Planner"],
        "?stage=pilot": ["Price Desk"],
        "?status=at_risk": ["Shift Planner"],
        "?q=price": ["Price Desk"],
        f"?portfolio={one.portfolio_id}": ["Shift Planner", "Price Desk"],
        "?stage=nonsense&function=abc&portfolio=99999": ["Shift Planner", "Price Desk"],
    }
    for query, expected in asked.items():
        assert names_of(board(signed_in, query)) == expected, query
    words = text_of(board(signed_in, "?status=at_risk"))
    assert "2 products Healthy 1 Watch 0 At risk 1" in words


def test_pages_follow_each_other_without_gap_or_repetition(signed_in, monkeypatch):
    for number in range(7):
        make_snapshot(make_product(f"Tool {number}"), health=70 + number % 3)
    from health.selectors import board as module

    monkeypatch.setattr(module.Board.look, "__kwdefaults__", {"after": "", "before": "", "size": 3})
    seen, address = [], ""
    for _ in range(3):
        page = board(signed_in, address)
        seen += names_of(page)
        found = re.search(r'rel="next" href="([^"]+)"', page.content.decode())
        address = found.group(1).replace("&amp;", "&") if found else None
    assert address is None
    assert sorted(seen) == [f"Tool {number}" for number in range(7)]
    back = re.search(r'rel="prev" href="([^"]+)"', page.content.decode()).group(1)
    assert names_of(board(signed_in, back.replace("&amp;", "&"))) == seen[3:6]


@pytest.mark.parametrize(
    "query",
    [
        "?after=%00",
        "?after=bm9uc2Vuc2U",
        "?before=x&sort=name",
        "?q=%00",
    ],
)
def test_nonsense_in_the_address_is_the_first_page(signed_in, query):
    make_snapshot(make_product("Shift Planner"))
    page = board(signed_in, query)
    assert page.status_code in (200, 400)
    if page.status_code == 200 and "q=" not in query:
        assert names_of(page) == ["Shift Planner"]


def test_products_that_a_person_may_not_read_are_not_there(signed_in):
    make_snapshot(make_product("Secret", visibility="team"), status="at_risk")
    make_snapshot(make_product("Open"))
    words = text_of(board(signed_in))
    assert "Secret" not in words
    assert "1 product " in words
    assert "Secret" not in signed_in.get("/board.csv").content.decode()


def test_archived_products_are_on_no_board(signed_in):
    make_snapshot(make_product("Gone", archived_on=TODAY))
    assert "Gone" not in text_of(board(signed_in))
    assert "Gone" not in signed_in.get("/board.csv").content.decode()


def test_demo_products_are_left_out_of_totals_once_there_is_a_real_one(signed_in):
    make_snapshot(make_product("Demo tool", is_demo=True))
    assert "1 product Healthy 1" in text_of(board(signed_in))
    make_snapshot(make_product("Real tool"), status="watch", health=70)
    words = text_of(board(signed_in))
    assert "1 product Healthy 0 Watch 1" in words
    assert "1 demo product in the list but not in these totals." in words
    assert sorted(names_of(board(signed_in))) == ["Demo tool", "Real tool"]


def test_retired_products_are_listed_and_not_counted(signed_in):
    make_snapshot(make_product("Old", stage="retired"), status="retired", health=None)
    words = text_of(board(signed_in))
    assert "no products Healthy 0" in words
    assert "Retired 1" in words


@pytest.mark.parametrize("query", ["", "?status=at_risk&sort=-health", "?q=tool"])
def test_the_swapped_page_is_the_reloaded_page(signed_in, query):
    for number in range(3):
        make_snapshot(make_product(f"Tool {number}"), status="at_risk", health=number)
    swapped = board(signed_in, query, HX_Request="true", HX_Target="results")
    assert b"<html" not in swapped.content
    assert results_of(swapped) == results_of(board(signed_in, query))


def test_csv_holds_what_is_shown_and_no_number_that_is_not_known(signed_in):
    make_snapshot(make_product("=Good"), health=88.25, trend=3.5)
    make_snapshot(make_product("Dark"), status="unknown", health=77.5, confidence=12)
    rows = list(
        csv.DictReader(io.StringIO(signed_in.get("/board.csv").content.decode("utf-8-sig")))
    )
    assert [(row["Product"], row["Status"], row["Health"], row["Trend"]) for row in rows] == [
        ("'=Good", "healthy", "88.25", "3.5"),
        ("Dark", "unknown", "", ""),
    ]
    only = signed_in.get("/board.csv?status=unknown").content.decode()
    assert "Good" not in only


@pytest.mark.parametrize("count", [1, 3, 60])
def test_the_number_of_queries_does_not_grow(signed_in, count, django_assert_num_queries):
    for number in range(count):
        product = make_product(f"Tool {number}", function=f"Function {number % 5}")
        for ago in (0, 5, 28):
            make_snapshot(product, ago=ago)
    board(signed_in)
    with django_assert_num_queries(7):
        board(signed_in)


def test_old_numbers_are_named_with_one_click_to_their_day(signed_in):
    product = make_product("Tax office")
    score = make_kpi(product, "score")
    minutes = make_kpi(product, "minutes", metric={"group": "productivity"})
    measure(score, 90, ago=300)
    measure(minutes, 70, ago=300)
    mark(product)
    services.roll_up(product_ids=[product.pk], now=NOW)
    page = board(signed_in)
    words = text_of(page)
    day = days_ago(300)
    assert f"Newest numbers: {day.day} Jan 2026" in words
    assert "Every figure is too old" in words
    then = text_of(board(signed_in, f"?as_of={day}"))
    assert "As it stood on 25 January 2026 · back to today" in then
    assert "Healthy 80 44 %" in then
    assert "Newest numbers" not in then


def test_a_day_without_snapshots_is_worked_out_and_stored_ones_are_read(signed_in):
    product = make_product("Tool")
    make_snapshot(product, ago=100, status="watch", health=61)
    assert "Watch 61" in text_of(board(signed_in, f"?as_of={days_ago(100)}"))
    assert "Unknown –" in text_of(board(signed_in, f"?as_of={days_ago(99)}"))


def test_the_board_reads_snapshots_and_never_the_measurements(signed_in):
    rolled_up(make_product("Shift Planner"), 90, 70)
    for address in ("/", "/board.csv", "/?sort=-trend&q=shift"):
        with CaptureQueriesContext(connection) as queries:
            signed_in.get(address)
        assert not [one for one in queries if "kpis_measurement" in one["sql"]]
