"""The chart on a KPI's page: its period, its points, its marks, the same numbers three times."""

import csv
import datetime as dt
import io
import re
from urllib.parse import parse_qsl

import pgtrigger
import pytest
import time_machine
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core.audit import event_model
from core.timeline import Reading
from kpis import selectors, services
from kpis.forms import asked_period
from kpis.models import Kpi, Measurement, Metric
from kpis.selectors import ChartPeriod
from kpis.selectors.chart import MOST_POINTS
from tests.factories.kpis import (
    NOW,
    TODAY,
    AnnotationFactory,
    KpiFactory,
    MeasurementFactory,
    MetricFactory,
    SegmentWeightFactory,
)
from tests.factories.portfolio import (
    MembershipFactory,
    PersonFactory,
    ProductFactory,
    ReleaseFactory,
)
from tests.htmx import difference, open_page, send

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
YEAR = ChartPeriod(TODAY - 364 * DAY, TODAY)


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def product():
    return ProductFactory(name="Shift Planner", slug="shift-planner")


@pytest.fixture
def kpi(product):
    services.ensure_partitions(TODAY - 6000 * DAY, TODAY)
    return KpiFactory(product=product, metric__unit="%", metric__name="Completion", cadence=7)


@pytest.fixture
def dana(client, product):
    """The product's manager, signed in."""
    person = PersonFactory(name="Dana")
    MembershipFactory(user=person, product=product, role="manager")
    client.force_login(person)
    return person


def measure(kpi, values, segment="", every=1):
    """Values, the last one today, one every so many days."""
    entries = [
        Measurement(kpi_id=kpi.pk, date=TODAY - every * ago * DAY, segment=segment, value=value,
                    source="form", entered_at=NOW)
        for ago, value in enumerate(reversed(values))
    ]  # fmt: skip
    Measurement.objects.bulk_create(entries)


def turned(model, pk, days_ago):
    """Date the newest change of a row back: its trigger knows the real clock alone."""
    events = event_model(model).objects.filter(pgh_obj_id=pk)
    newest = events.order_by("-pgh_id").first()
    with pgtrigger.ignore(f"{events.model._meta.label}:append_only"):
        events.filter(pk=newest.pk).update(pgh_created_at=NOW - days_ago * DAY)


# --- The period in the address -----------------------------------------------------------------


def asked(query, oldest=None):
    return asked_period(QueryDict(query), TODAY, oldest)


@pytest.mark.parametrize(
    ("query", "first", "last", "key"),
    [
        ("", TODAY - 364 * DAY, TODAY, "52"),
        ("weeks=13", TODAY - 91 * DAY, TODAY, "13"),
        ("weeks=26", TODAY - 182 * DAY, TODAY, "26"),
        ("weeks=all", TODAY - 900 * DAY, TODAY, "all"),
        ("from=2026-01-01&to=2026-02-01", dt.date(2026, 1, 1), dt.date(2026, 2, 1), ""),
        ("from=2026-01-01", dt.date(2026, 1, 1), TODAY, ""),
        ("to=2026-02-01", TODAY - 900 * DAY, dt.date(2026, 2, 1), ""),
        ("from=2026-01-01&to=2026-02-01&weeks=13", dt.date(2026, 1, 1), dt.date(2026, 2, 1), ""),
        ("from=&to=&weeks=", TODAY - 364 * DAY, TODAY, "52"),
    ],
)
def test_the_address_names_the_period(query, first, last, key):
    assert asked(query, TODAY - 900 * DAY).period == ChartPeriod(first, last, key)


def test_all_of_a_young_series_is_at_least_a_quarter():
    for oldest in (None, TODAY - 3 * DAY):
        assert asked("weeks=all", oldest).period == ChartPeriod(TODAY - 91 * DAY, TODAY, "all")
        early = asked("to=2026-02-01", oldest).period
        assert early == ChartPeriod(dt.date(2025, 11, 2), dt.date(2026, 2, 1))


@pytest.mark.parametrize(
    ("query", "where", "words"),
    [
        ("weeks=5", "problem", "There is no such period."),
        ("weeks=²", "problem", "There is no such period."),
        ("from=soon", "first_problem", "Enter a day, like"),
        ("from=2026-02-30", "first_problem", "Enter a day, like"),
        ("to=2027-01-01", "last_problem", "has not come yet"),
        ("from=1066-10-14", "first_problem", "Enter a day from 1900 on."),
        ("from=2026-02-01&to=2026-02-01", "last_problem", "Enter a day after the first one."),
    ],
)
def test_nonsense_is_said_and_never_another_period(client, dana, kpi, query, where, words):
    found = asked(query)
    assert found.period is None
    assert words in getattr(found, where)
    page = client.get(f"{kpi.get_absolute_url()}?{query}")
    assert page.status_code == 422
    assert words in page.content.decode()
    assert "<title>Error: Completion" in page.content.decode()
    assert "chart-page" not in page.content.decode()
    export = client.get(f"{chart_csv(kpi)}?{query}")
    assert (export.status_code, export["Content-Type"]) == (422, "text/plain; charset=utf-8")


def chart_csv(kpi):
    return reverse("kpis:chart_export", args=[kpi.product.slug, kpi.pk])


# --- Points ------------------------------------------------------------------------------------


def test_a_year_of_days_is_shown_day_by_day(kpi):
    measure(kpi, [float(n) for n in range(365)])
    found = selectors.course(kpi, YEAR)
    assert (found.step, found.found) == (1, 365)
    assert found.readings[0] == Reading(TODAY - 364 * DAY, 0.0)
    assert found.readings[-1] == Reading(TODAY, 364.0)


def test_more_days_become_means_of_weeks_and_the_newest_stays_itself(kpi):
    measure(kpi, [float(n) for n in range(1000)])
    found = selectors.course(kpi, ChartPeriod(TODAY - 999 * DAY, TODAY))
    assert (found.step, found.found) == (7, 1000)
    assert len(found.readings) <= 145
    assert found.readings[-1] == Reading(TODAY, 999.0)
    # 21 November 2026 is a Saturday: the mean before it is of Monday to Friday.
    assert found.readings[-2] == Reading(TODAY - DAY, 996.0, TODAY - 5 * DAY, 5)
    assert found.readings[-3] == Reading(TODAY - 6 * DAY, 990.0, TODAY - 12 * DAY, 7)
    assert sum(reading.amount for reading in found.readings) == 1000


@pytest.mark.parametrize("days", [400, 2000, 6000])
def test_there_are_never_many_more_points_than_can_be_seen(kpi, days):
    measure(kpi, [1.0] * days)
    found = selectors.course(kpi, ChartPeriod(TODAY - days * DAY, TODAY))
    assert len(found.readings) <= MOST_POINTS + 2
    assert {reading.value for reading in found.readings} == {1.0}


def test_no_mean_spans_a_change_of_the_definition(kpi):
    measure(kpi, [0.0] * 600 + [100.0] * 400)
    changed = TODAY - 399 * DAY
    found = selectors.course(kpi, ChartPeriod(TODAY - 999 * DAY, TODAY), [changed])
    assert {reading.value for reading in found.readings} == {0.0, 100.0}


@pytest.mark.parametrize(
    ("aggregation", "value"), [("mean", (10 * 3 + 20) / 4), ("sum", 30), ("last", 17.5)]
)
def test_a_day_without_a_value_for_everyone_is_put_together_from_segments(
    product, aggregation, value
):
    services.ensure_partitions(TODAY - 10 * DAY, TODAY)
    metric = MetricFactory(aggregation="mean" if aggregation == "last" else aggregation)
    kpi = KpiFactory(product=product, metric=metric)
    weight = 1 / 3 if aggregation == "last" else 3
    SegmentWeightFactory(kpi=kpi, segment="EU", weight=weight)
    measure(kpi, [10.0], "EU")
    measure(kpi, [20.0], "US")
    MeasurementFactory(kpi=kpi, date=TODAY - DAY, segment="EU", value=5)
    MeasurementFactory(kpi=kpi, date=TODAY - DAY, segment="", value=6)
    found = selectors.course(kpi, YEAR)
    assert [reading.value for reading in found.readings] == [6, pytest.approx(value)]
    # What the top of the page says is the same.
    newest = selectors.kpi_row(kpi, TODAY).latest
    assert newest.value == pytest.approx(found.readings[-1].value)


def test_segments_of_weight_0_say_nothing_together(kpi):
    SegmentWeightFactory(kpi=kpi, segment="EU", weight=0)
    measure(kpi, [10.0], "EU")
    assert selectors.course(kpi, YEAR).readings == []


def test_the_largest_numbers_break_nothing(kpi):
    SegmentWeightFactory(kpi=kpi, segment="a", weight=1.7e308)
    for segment in ("a", "b"):
        measure(kpi, [1.7e308, 5e-324, -1.7e308] * 200, segment)
    period = ChartPeriod(TODAY - 600 * DAY, TODAY)
    found = selectors.course(kpi, period)
    assert found.step == 7
    assert selectors.segments_over(kpi, period, found).found == 2


def test_segments_are_the_most_measured_ones_on_the_same_days(kpi):
    for index in range(10):
        measure(kpi, [float(index)] * (index + 1), f"s{index}")
    found = selectors.course(kpi, YEAR)
    segments = selectors.segments_over(kpi, YEAR, found)
    assert segments.found == 10
    assert list(segments.readings) == [f"s{index}" for index in range(2, 10)]
    assert len(segments.readings["s9"]) == 10


# --- What changed ------------------------------------------------------------------------------


def test_turns_are_told_by_day_and_only_of_what_the_chart_shows(kpi):
    for days_ago, target in ((30, 40.0), (30, 50.0), (10, 60.0)):
        Kpi.objects.filter(pk=kpi.pk).update(target=target)
        turned(Kpi, kpi.pk, days_ago)
    Kpi.objects.filter(pk=kpi.pk).update(weight=5)
    turned(Kpi, kpi.pk, 5)
    Metric.objects.filter(pk=kpi.metric_id).update(upper=100.0, name="Other name")
    turned(Metric, kpi.metric_id, 20)
    turns = selectors.turns_of(kpi, YEAR)
    told = [(t.day, [(c.name, c.before, c.after) for c in t.changes]) for t in turns.plans]
    assert told == [
        (TODAY - 30 * DAY, [("target", None, 50.0)]),
        (TODAY - 10 * DAY, [("target", 50.0, 60.0)]),
    ]
    (definition,) = turns.definitions
    assert [(c.name, c.before, c.after) for c in definition.changes] == [("upper", None, 100.0)]


def test_a_definition_that_changed_tears_the_line_and_says_so(client, dana, kpi):
    measure(kpi, [10.0] * 8, every=7)
    Metric.objects.filter(pk=kpi.metric_id).update(
        direction="down", definition="New words", lower=0.0
    )
    turned(Metric, kpi.metric_id, 20)
    page = open_page(client, kpi.get_absolute_url())
    (path,) = page.soup.select(".chart-page .chart-line")
    assert path["d"].count("M") == 2
    words = (
        "Definition changed what it means is worded differently; "
        "smallest value from none to 0 %; direction from up is better to down is better"
    )
    assert words in page.text.replace("\xa0", " ")


def test_everything_that_happened_is_numbered_in_its_order(client, dana, product, kpi):
    measure(kpi, [10.0] * 8, every=7)
    Kpi.objects.filter(pk=kpi.pk).update(target=40.0)
    turned(Kpi, kpi.pk, 15)
    ReleaseFactory(product=product, day=TODAY - 25 * DAY, title="Rosters can be copied")
    AnnotationFactory(product=product, day=TODAY - 35 * DAY, kind="mandate", text="Mandatory")
    AnnotationFactory(product=product, kpi=kpi, day=TODAY - 5 * DAY, text="<b>Closed</b>")
    AnnotationFactory(product=product, kpi=KpiFactory(product=product), text="Elsewhere")
    page = open_page(client, kpi.get_absolute_url())
    lines = [" ".join(li.text.split()) for li in page.soup.select(".chart-marks li")]
    assert [line.replace("\xa0", " ") for line in lines] == [
        "1 17 Oct Mandate Mandatory Edit “Mandatory”",
        "2 27 Oct Release Rosters can be copied",
        "3 6 Nov Plan changed target from none to 40 %",
        "4 16 Nov Marked <b>Closed</b> Edit “<b>Closed</b>”",
    ]
    badges = [text.text for text in page.soup.select(".chart-page .chart-badge-words")]
    assert badges == ["1", "2", "3", "4"]
    table = [" ".join(tr.text.split()) for tr in page.soup.select(".figure-table tbody tr")]
    assert any("1: Mandate: Mandatory" in row for row in table)


def test_whoever_only_reads_sees_marks_and_no_way_to_change_them(client, product, kpi):
    AnnotationFactory(product=product, day=TODAY - 35 * DAY, text="Mandatory")
    client.force_login(PersonFactory())
    page = open_page(client, kpi.get_absolute_url())
    assert "Mandatory" in page.text
    assert not page.soup.select('#chart a[href*="edit"], #chart a[href*="annotations/new"]')


# --- One truth three times ---------------------------------------------------------------------


@pytest.mark.parametrize(
    "query", ["", "weeks=13", "weeks=all", "segments=1", "weeks=all&segments=1"]
)
def test_picture_table_and_csv_hold_the_same_numbers(client, dana, kpi, query):
    measure(kpi, [round(50 + (n * 37 % 23) / 7, 3) for n in range(900)])
    measure(kpi, [float(n % 5) for n in range(40)], "EU", every=3)
    page = open_page(client, f"{kpi.get_absolute_url()}?{query}")
    answer = client.get(f"{chart_csv(kpi)}?{query}")
    lines = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    rows = page.soup.select(".figure-table tbody tr")
    names = ["Value", "EU"] if "segments" in query else ["Value"]
    shown = [[td.text for td in row.select("td")[: len(names)]] for row in rows][::-1]
    assert shown == [[said(line[name]) for name in names] for line in lines]
    values = [float(line["Value"]) for line in lines]
    for size in ("page", "broad", "slim", "phone"):
        heights = [
            -float(y)
            for path in page.soup.select(f".chart-{size} > .chart-line")
            for y in re.findall(r"[ML]-?[\d.]+ (-?[\d.]+)", path["d"])
        ]
        assert len(heights) == len(values)
        low, high = min(zip(values, heights, strict=True)), max(zip(values, heights, strict=True))
        for value, height in zip(values, heights, strict=True):
            share = (value - low[0]) / (high[0] - low[0])
            assert low[1] + share * (high[1] - low[1]) == pytest.approx(height, abs=0.11)


def said(cell):
    from core.formats import measure as words

    return words(float(cell), "%") if cell else "–"


def test_a_csv_is_safe_and_says_what_happened(client, dana, product, kpi):
    measure(kpi, [10.0, 11.5], every=7)
    AnnotationFactory(product=product, day=TODAY - 3 * DAY, text='=HYPERLINK("x")')
    lines = client.get(chart_csv(kpi)).content.decode("utf-8-sig").splitlines()
    assert lines == [
        "From,To,Days measured,Value,What happened",
        "2026-11-14,2026-11-14,1,10.0,",
        '2026-11-18,2026-11-18,0,,"Marked: =HYPERLINK(""x"")"',
        "2026-11-21,2026-11-21,1,11.5,",
    ]


# --- The page ----------------------------------------------------------------------------------


@pytest.mark.parametrize("query", ["weeks=13", "weeks=all", "segments=1"])
def test_a_swapped_chart_is_the_reloaded_one(client, dana, kpi, query):
    measure(kpi, [float(n) for n in range(60)], every=7)
    page = open_page(client, kpi.get_absolute_url())
    link = page.soup.select_one(f'#chart a[hx-get$="{query}"]')
    asked_for = dict(parse_qsl(link["href"].removeprefix("?")))
    page = send(client, page, link, "get", page.url, asked_for)
    assert query in page.url
    assert difference(page, open_page(client, page.url)) == ""


def test_a_link_keeps_what_else_the_address_says(client, dana, kpi):
    measure(kpi, [1.0] * 40)
    address = f"{kpi.get_absolute_url()}?segments=1&before=2026-11-10&from=2026-01-01"
    page = open_page(client, address)
    links = {a.text: a["href"] for a in page.soup.select(".chart-periods a")}
    assert links["13 weeks"] == "?segments=1&before=2026-11-10&weeks=13"
    toggle = page.soup.select_one(".chart-toggle")
    assert (toggle.text, toggle["href"]) == (
        "Hide segments", "?before=2026-11-10&from=2026-01-01",
    )  # fmt: skip


def test_many_values_are_said_to_be_means(client, dana, kpi):
    measure(kpi, [float(n) for n in range(500)])
    page = open_page(client, f"{kpi.get_absolute_url()}?weeks=all")
    assert "500 days were measured: each point is the mean of a week" in page.text


@pytest.mark.parametrize("amount", [1, 3, 800])
def test_the_chart_asks_the_same_however_long_it_is(client, dana, product, kpi, amount):
    measure(kpi, [float(n) for n in range(amount)])
    measure(kpi, [float(n) for n in range(amount)], "EU")
    for ago in range(min(amount, 3)):
        AnnotationFactory(product=product, day=TODAY - ago * DAY)
        ReleaseFactory(product=product, day=TODAY - ago * DAY)
    address = f"{kpi.get_absolute_url()}?weeks=all&segments=1"
    client.get(address)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address, headers=HTMX).status_code == 200
    assert len(queries) == 16, "\n".join(q["sql"][:90] for q in queries)


HTMX = {"HX-Request": "true", "HX-Target": "chart"}
