"""Two days beside each other: what moved, by product and by KPI, and nothing made up."""

import csv
import datetime as dt
import io
import re

import pytest
import time_machine

from health import services
from tests.factories.accounts import AdministratorFactory, UserFactory
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

THEN = days_ago(60)


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def reader(client):
    client.force_login(AdministratorFactory(name="Ada"))
    return client


def pair(name, then, now, **fields):
    """A product with a stored snapshot on each day; (status, health) or None for none."""
    product = make_product(name, **fields)
    for ago, state in ((60, then), (0, now)):
        if state:
            status, health, *reason = state
            make_snapshot(
                product, ago=ago, status=status, health=health, reason=reason[0] if reason else ""
            )
    return product


@pytest.fixture
def company():
    pair("Faller", ("healthy", 88.0), ("at_risk", 51.6, "eNPS is 38 points behind plan: −17"))
    pair("Riser", ("watch", 70.0), ("healthy", 90.4))
    pair("Steady", ("watch", 70.2), ("watch", 69.9))
    pair("Newcomer", ("unknown", None, "Nothing is measured yet"), ("healthy", 85.0))
    pair("Fader", ("healthy", 82.0), ("unknown", 40.0, "Every figure is too old"))
    pair("Dark", ("unknown", None, "No KPI yet"), ("unknown", None, "No KPI yet"))
    pair("Ended", ("watch", 65.0), ("retired", None))
    pair("Gone", ("watch", 65.0), None, archived_on=days_ago(3))


def compare(client, query="", status=200):
    return open_page(client, f"/compare/?with={THEN}{query}", status=status)


def lines(page):
    """Name → words of each cell."""
    return {
        row.select_one("th a").text: [
            " ".join(cell.get_text(" ", strip=True).split()) for cell in row("td")
        ]
        for row in page.soup.select("#rows tr")
    }


def test_every_product_says_what_became_of_it(reader, company):
    found = lines(compare(reader))
    assert found == {
        "Faller": ["Healthy", "88", "At risk", "52", "−36", "eNPS is 38 points behind plan: −17"],
        "Steady": [
            "Watch",
            "70",
            "Watch",
            "70",
            "±0",
            "Nothing costs points: every KPI is on plan",
        ],
        "Riser": [
            "Watch",
            "70",
            "Healthy",
            "90",
            "+20",
            "Nothing costs points: every KPI is on plan",
        ],
        "Newcomer": [
            *("Unknown", "–", "Healthy", "85", "–"),
            "New: not known on 22 Sep (nothing is measured yet)",
        ],
        "Fader": [
            *("Healthy", "82", "Unknown", "–", "–"),
            "Not known on 21 Nov: every figure is too old",
        ],
        "Dark": ["Unknown", "–", "Unknown", "–", "–", "Not known on either day: no KPI yet"],
        "Ended": ["Watch", "65", "Retired", "–", "–", "Retired since, so no longer rated"],
        "Gone": ["Watch", "65", "archived", "–", "–", "Archived on 18 Nov"],
    }
    assert list(found)[:3] == ["Faller", "Steady", "Riser"]  # the largest fall first


def test_counts_by_status_then_and_now(reader, company):
    page = compare(reader)
    rows = [
        [" ".join(cell.get_text(" ", strip=True).split()) for cell in row(["th", "td"])]
        for row in page.soup.select("section[aria-labelledby=counts] tbody tr")
    ]
    assert rows == [
        ["Healthy", "2", "2", "±0"],
        ["Watch", "4", "1", "−3"],
        ["At risk", "0", "1", "+1"],
        ["Unknown", "2", "2", "±0"],
        ["Retired", "0", "1", "+1"],
    ]
    assert (
        "1 product fell, 1 product rose; 1 product became known, 1 product can no longer be told, "
        "1 product went into the archive."
    ) in page.text


@pytest.mark.parametrize(
    ("sort", "first"),
    [
        ("", "Faller"), ("-change", "Riser"), ("name", "Dark"), ("-name", "Steady"),
        ("then", "Ended"), ("-then", "Faller"), ("now", "Faller"), ("-now", "Riser"),
        ("nonsense", "Faller"),
    ],
)  # fmt: skip
def test_sorts(reader, company, sort, first):
    assert next(iter(lines(compare(reader, f"&sort={sort}")))) == first


def test_filters_are_those_of_the_board(reader, company):
    assert set(lines(compare(reader, "&status=unknown"))) == {"Fader", "Dark"}
    assert set(lines(compare(reader, "&q=ris"))) == {"Riser"}
    assert set(lines(compare(reader, "&stage=pilot"))) == set()


def test_pages_by_key_hold_each_product_once(reader, company, monkeypatch):
    from health.selectors.compare import Comparison

    size = {"after": "", "before": "", "size": 3}
    monkeypatch.setattr(Comparison.page, "__kwdefaults__", size)
    for sort in ("change", "-change", "name", "-then", "now"):
        seen, page = [], compare(reader, f"&sort={sort}")
        while True:
            seen += list(lines(page))
            older = page.soup.select_one('#results a[rel="next"]')
            if older is None:
                break
            page = open_page(reader, f"/compare/{older['href']}")
        assert sorted(seen) == sorted(
            ("Faller", "Riser", "Steady", "Newcomer", "Fader", "Dark", "Ended", "Gone")
        )
        newer = open_page(reader, f"/compare/{page.soup.select_one('a[rel=prev]')['href']}")
        assert list(lines(newer)) == seen[3:6]


def test_the_csv_is_unrounded_and_empty_where_unknown(reader, company):
    text = reader.get(f"/compare.csv?with={THEN}&sort=name").content.decode("utf-8-sig")
    rows = {row["Product"]: row for row in csv.DictReader(io.StringIO(text))}
    assert len(rows) == 8
    faller, dark, gone = rows["Faller"], rows["Dark"], rows["Gone"]
    assert (faller["Health then"], faller["Health now"]) == ("88.0", "51.6")
    assert float(faller["Change"]) == 51.6 - 88
    assert (dark["Health then"], dark["Health now"], dark["Change"]) == ("", "", "")
    assert (rows["Fader"]["Status now"], rows["Fader"]["Health now"]) == ("unknown", "")
    assert (gone["Status now"], gone["Change"]) == ("archived", "")
    assert (faller["Then"], faller["Now"]) == (THEN.isoformat(), TODAY.isoformat())


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        (f"as_of={days_ago(60)}&with={days_ago(60)}", "Enter a day before 22 September 2026."),
        (f"as_of={days_ago(60)}&with={days_ago(1)}", "Enter a day before 22 September 2026."),
        ("with=nonsense", "Enter a day, like 2017-09-30."),
        ("with=2026-11-22", "22 November 2026 has not come yet. Enter today or an earlier day."),
    ],
)
def test_a_wrong_other_day_says_why(reader, company, query, reason):
    page = open_page(reader, f"/compare/?{query}", status=422)
    field = page.soup.select_one("input[name=with][type=date]")
    assert reason in page.soup.select_one(f"[id='{field['aria-describedby'].split()[-1]}']").text
    assert page.soup.select("tbody") == []
    assert reader.get(f"/compare.csv?{query}").content.decode() == f"{reason}\n"
    one = open_page(reader, f"/products/faller/health/?{query}", status=422)
    assert reason in one.text
    assert one.soup.select("tbody") == []


def test_without_another_day_it_is_28_days_before(reader):
    page = open_page(reader, "/compare/")
    assert page.soup.select_one("input[name=with][type=date]")["value"] == "2026-10-24"


def test_the_way_there_from_board_and_product(reader, company):
    board = open_page(reader, f"/?as_of={days_ago(5)}&stage=growth&sort=name")
    link = board.soup.find("a", string="Compare with…")["href"]
    assert link == f"/compare/?as_of={days_ago(5)}&stage=growth"
    page = open_page(reader, link)
    assert f"as_of={days_ago(5)}" in page.soup.select_one("#rows a")["href"]
    product = open_page(reader, "/products/faller/health/")
    link = product.soup.find("a", string="Compare with…")["href"]
    assert link == "?with=2026-10-24"
    assert "What moved since 24 Oct" in open_page(reader, f"/products/faller/health/{link}").text


def test_the_swapped_page_is_the_reloaded_page(reader, company):
    page = compare(reader)
    page = send_form(reader, page, "#filters", q="a", status="unknown")
    assert difference(page, open_page(reader, page.url)) == ""
    page = send_form(reader, page, ".as-of-bar form", **{"with": "2026-10-01"})
    assert "q=a" in page.url and "with=2026-10-01" in page.url
    assert difference(page, open_page(reader, page.url)) == ""


@pytest.mark.parametrize("products", [1, 3, 60])
def test_a_fixed_number_of_queries(client, products, django_assert_num_queries):
    client.force_login(UserFactory())
    for n in range(products):
        pair(f"Tool {n}", ("watch", 70.0), ("healthy", 80.0 + n / 10))
    address = f"/compare/?as_of={days_ago(1)}&with={days_ago(70)}"
    client.get(address)
    with django_assert_num_queries(17):  # the rows come from the cache, the reasons are worked out
        client.get(address)
    client.get(f"/compare/?with={THEN}")
    with django_assert_num_queries(8):  # one of today, one kept for all
        client.get(f"/compare/?with={THEN}")


def test_each_product_says_why_it_moved_and_the_points_add_up(reader, planner):
    mark(planner, ago=100)
    services.roll_up(product_ids=[planner.pk], now=NOW)
    services.roll_up_as_of(product_ids=[planner.pk], day=THEN, now=NOW)
    *_, change, words = lines(compare(reader))["Shift Planner"]
    told = words.replace("\xa0", " ")
    assert "score: from 90" in told
    points = [float(one.replace("−", "-")) for one in re.findall(r"\(([+−][\d.]+)\)", told)]
    assert round(sum(points)) == int(change.replace("−", "-"))
    answer = reader.get(f"/compare.csv?with={THEN}").content.decode("utf-8-sig")
    (line,) = csv.DictReader(io.StringIO(answer))
    assert line["What happened"].replace("\xa0", " ") == told


def test_the_board_and_the_product_lead_to_the_week_before(reader, planner):
    mark(planner, ago=100)
    services.roll_up(product_ids=[planner.pk], now=NOW)
    for address, place in (
        ("/?q=Shift", "/compare/?q=Shift&with=2026-11-14"),
        (
            planner.get_absolute_url(),
            f"/products/{planner.slug}/health/?with=2026-11-14",
        ),
    ):
        page = open_page(reader, address)
        (link,) = [a for a in page.soup("a") if a.text == "What moved since 14 Nov"]
        assert link["href"] == place
        assert open_page(reader, place).soup


def test_strangers_see_nothing_of_a_team_s_product(client, company):
    pair("Secret", ("healthy", 88.0), ("at_risk", 20.0), visibility="team")
    client.force_login(UserFactory())
    for address in (f"/compare/?with={THEN}", f"/compare.csv?with={THEN}"):
        assert "Secret" not in client.get(address).content.decode()
    assert client.get(f"/products/secret/health/?with={THEN}").status_code == 404


def test_the_demo_is_listed_and_not_counted(reader, company):
    pair("Made up", ("healthy", 88.0), ("at_risk", 20.0), is_demo=True)
    page = compare(reader)
    assert "Made up" in lines(page)
    assert "1 product fell," in page.text
    assert "1 demo product in the list but not in these totals." in page.text


# One product -------------------------------------------------------------------------------------


@pytest.fixture
def planner():
    """Two KPIs of the same weight: score fell from 90 to 50, minutes stayed at 70 and aged."""
    product = make_product("Shift Planner")
    score = make_kpi(product, "score")
    minutes = make_kpi(product, "minutes", metric={"group": "productivity"}, cadence=40)
    measure(score, 90, ago=60)
    measure(score, 50, ago=0)
    measure(minutes, 70, ago=61)
    late = make_kpi(product, "late", metric={"group": "completion"})
    measure(late, 100, ago=0)
    return product


def moves(client, product, query=""):
    page = open_page(client, f"/products/{product.slug}/health/?with={THEN}{query}")
    section = page.soup.select_one("section[aria-labelledby=moves]")
    rows = {
        row.select_one("th").text.strip(): [cell.text.strip() for cell in row("td")]
        for row in section("tr")[1:]
    }
    return " ".join(section.text.replace("\xa0", " ").split()), rows


def test_every_kpi_says_what_it_did_to_health(reader, planner):
    mark(planner, ago=100)
    services.roll_up(product_ids=[planner.pk], now=NOW)
    text, rows = moves(reader, planner)
    assert "Health went from 80 (healthy) on 22 Sep to 74 (watch) on 21 Nov: −6." in text
    assert list(rows) == ["score", "minutes", "late"]
    assert rows["score"][:9] == ["90", "50", "0.90", "0.50", "90.0", "50.0", "5.0", "18.3", "+13.3"]
    assert rows["score"][9] == "From 90 to 50; costs 13.3 points more."
    assert (
        rows["minutes"][9] == "No newer figure; at 61\xa0d it counts less; costs 6.9 points less."
    )
    assert rows["late"][9] == "First measured: 100."
    changes = sum(float(row[8].replace("−", "-").replace("±", "")) for row in rows.values())
    lost = [sum(float(row[k]) for row in rows.values() if row[k] != "–") for k in (6, 7)]
    assert lost[1] - lost[0] == pytest.approx(changes, abs=0.11)
    assert changes == pytest.approx(80 - 73.66, abs=0.16)


def test_new_and_lost_kpis_and_unknown_days_are_told(reader):
    product = make_product("Price Desk")
    text, rows = moves(reader, product)
    assert rows == {}
    assert "Health was known neither on 22 Sep nor on 21 Nov" in text
    for code in ("score", "minutes"):
        measure(make_kpi(product, code, metric={"group": "satisfaction"}), 90)
    measure(make_kpi(product, "late", metric={"group": "completion"}), 90)
    mark(product)
    services.roll_up(product_ids=[product.pk], now=NOW)
    text, rows = moves(reader, product)
    assert "Health was not known on 22 Sep (Nothing is measured yet); on 21 Nov it was 90" in text
    assert rows["score"][-1].startswith("First measured: 90")


def test_reasons_beside_the_figures(reader, planner):
    services.roll_up_as_of(product_ids=[planner.pk], day=THEN, now=NOW)
    planner.stage = "mature"
    planner.save()
    mark(planner)
    services.roll_up(product_ids=[planner.pk], now=NOW)
    text, _ = moves(reader, planner)
    assert "The stage went from growth to mature, which matters." in text


@pytest.mark.parametrize("kpis", [1, 9])
def test_one_product_costs_the_same_for_any_number_of_kpis(reader, kpis, django_assert_num_queries):
    product = make_product("Shift Planner")
    for n in range(kpis):
        measure(make_kpi(product, f"metric{n}"), 50, ago=70)
    address = f"/products/{product.slug}/health/?as_of={days_ago(1)}&with={THEN}"
    reader.get(address)
    with django_assert_num_queries(25):
        reader.get(address)


def test_words_are_of_the_days_that_were_asked_for(reader, planner):
    page = open_page(reader, f"/products/{planner.slug}/health/?as_of={days_ago(30)}&with={THEN}")
    assert "No newer figure; at 30 d it counts less" in page.text
    assert page.soup.select_one("input[name=with]")["value"] == THEN.isoformat()
    assert dt.date.fromisoformat(page.soup.select_one("input[name=as_of]")["value"]) == days_ago(30)
