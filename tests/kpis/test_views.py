"""Pages of the kpis app: what they answer to whom, what they show, what they cost."""

import csv
import datetime as dt
import io

import pytest
import time_machine
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core.audit import acting_as
from kpis import services
from kpis.models import Exemption, Kpi, Measurement, MeasurementChange, Metric, SegmentWeight
from kpis.rules import ValueOutOfBounds
from kpis.services import KpiPlan
from portfolio.models import StaleMark
from tests.factories.kpis import (
    NOW,
    TODAY,
    ExemptionFactory,
    KpiFactory,
    MeasurementFactory,
    MetricFactory,
    SegmentWeightFactory,
    builtin_metric,
)
from tests.factories.portfolio import (
    AdministratorFactory,
    MembershipFactory,
    PersonFactory,
    ProductFactory,
    ReleaseFactory,
)
from tests.htmx import Page, difference, open_page, parse, send_form, swap

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def product():
    return ProductFactory(name="Shift Planner", slug="shift-planner")


@pytest.fixture
def dana(client, product):
    """The product's manager, signed in."""
    person = PersonFactory(name="Dana")
    MembershipFactory(user=person, product=product, role="manager")
    client.force_login(person)
    return person


@pytest.fixture
def kpi(product):
    services.ensure_partitions(TODAY - 400 * DAY, TODAY)
    return KpiFactory(product=product, metric=builtin_metric("digital_take_up"))


def url(name, *args, **query):
    return reverse(f"kpis:{name}", args=args, query=query or None)


def text(response):
    from bs4 import BeautifulSoup

    soup = BeautifulSoup(response.content.decode(), "html.parser")
    return " ".join(soup.get_text(" ").split()).replace("\u00a0", " ")


def numbered(count, product):
    """KPIs with a plan, values, a segment and an exemption each."""
    for number in range(count):
        kpi = KpiFactory(product=product, baseline=1, target=9, metric__code=f"m{number}")
        for back in range(4):
            MeasurementFactory(kpi=kpi, date=TODAY - back * DAY, segment="EU" if back else "")
        ExemptionFactory(kpi=kpi)
        SegmentWeightFactory(kpi=kpi, segment="EU")


# --- Queries -----------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(("name", "queries"), [("kpi_list", 8), ("record", 10), ("metric_list", 4)])
def test_lists_cost_the_same_whatever_they_hold(client, dana, product, name, queries, count):
    numbered(count, product)
    args = [] if name == "metric_list" else [product.slug]
    client.get(url(name, *args))  # the first request of a session writes it
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url(name, *args)).status_code == 200
    assert len(captured) == queries, "\n".join(q["sql"][:90] for q in captured)


@pytest.mark.parametrize("count", [1, 3])
def test_a_kpi_costs_the_same_however_many_values_it_has(client, dana, product, kpi, count):
    for back in range(count):
        MeasurementFactory(kpi=kpi, date=TODAY - back * DAY, entered_by=dana.pk)
        services.record_measurement(kpi=kpi, date=TODAY - back * DAY, value=50, by=dana, now=NOW)
        ExemptionFactory(kpi=kpi, approver=dana)
        SegmentWeightFactory(kpi=kpi, segment=f"s{back}")
    client.get(url("metric_list"))  # the first request of a session writes it
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url("kpi_detail", product.slug, kpi.pk)).status_code == 200
    assert len(captured) == 21, "\n".join(q["sql"][:90] for q in captured)


def test_releases_are_marked_on_the_chart(client, dana, product, kpi):
    for back in (0, 20, 40):
        MeasurementFactory(kpi=kpi, date=TODAY - back * DAY)
    ReleaseFactory(product=product, day=TODAY - 10 * DAY, title="Rosters can be copied")
    ReleaseFactory(product=product, day=TODAY - 9 * DAY, title="Ours", audience="team")
    ReleaseFactory(product=product, day=TODAY - 8 * DAY, title="Draft", published_at=None)
    address = url("kpi_detail", product.slug, kpi.pk)
    for person, seen in ((dana, "1 2"), (PersonFactory(), "1")):
        client.force_login(person)
        page = open_page(client, address)
        numbers = [text.text for text in page.soup.select(".chart-page .chart-badge-words")]
        assert numbers == (["1–2"] if seen == "1 2" else ["1"])
        assert "Rosters can be copied" in page.text
        assert ("Ours" in page.text) == (person is dana)
        assert "Draft" not in page.text


# --- Rights ------------------------------------------------------------------------------------

UNDER_A_KPI = [
    ("kpi_detail", "view"), ("kpi_edit", "edit"), ("kpi_delete", "edit"),
    ("measurement_create", "edit"), ("measurement_export", "view"), ("chart_export", "view"),
    ("exemption_create", "manage"), ("segment_weights", "edit"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "needs"), UNDER_A_KPI)
def test_pages_of_a_kpi_open_to_whom_they_should(client, product, kpi, name, needs):
    stranger, contributor = PersonFactory(), PersonFactory()
    MembershipFactory(user=contributor, product=product)
    allowed = {stranger: needs == "view", contributor: needs != "manage"}
    for person, may in (allowed | {AdministratorFactory(): True}).items():
        client.force_login(person)
        status = client.get(url(name, product.slug, kpi.pk)).status_code
        assert status == (200 if may else 403), person


@pytest.mark.parametrize(("name", "needs"), UNDER_A_KPI)
def test_a_kpi_is_not_found_under_another_product(client, kpi, name, needs):
    client.force_login(AdministratorFactory())
    other = ProductFactory()
    assert client.get(url(name, other.slug, kpi.pk)).status_code == 404


def test_products_out_of_sight_are_not_found(client, kpi):
    kpi.product.visibility = "team"
    kpi.product.save()
    client.force_login(PersonFactory())
    assert client.get(url("kpi_list", kpi.product.slug)).status_code == 404
    assert client.get(url("record", kpi.product.slug)).status_code == 404


@pytest.mark.parametrize("kpi_id", [0, 999_999, 2**63, 10**30])
def test_numbers_that_name_no_kpi_are_not_found(client, dana, product, kpi_id):
    assert client.get(f"/products/{product.slug}/kpis/{kpi_id}/").status_code == 404


@pytest.mark.parametrize("day", ["2026-02-30", "0000-01-01", "2026-13-01", "9999-99-99"])
def test_days_that_are_none_are_not_found(client, dana, product, kpi, day):
    address = f"/products/{product.slug}/kpis/{kpi.pk}/values/{day}/edit/"
    assert client.get(address).status_code == 404


@pytest.mark.parametrize("segment", ["nowhere", "\x00", "x" * 500, "\ud83d"])
def test_segments_without_a_value_are_not_found(client, dana, product, kpi, segment):
    MeasurementFactory(kpi=kpi)
    address = url("measurement_edit", product.slug, kpi.pk, TODAY)
    found = client.get(address, {"segment": segment.encode("utf-8", "replace").decode()})
    # A name of invisible characters alone is everyone's.
    assert found.status_code == (200 if segment == "\x00" else 404)


# --- Reading -----------------------------------------------------------------------------------


def test_the_list_says_how_each_kpi_does(client, dana, product, kpi):
    Kpi.objects.filter(pk=kpi.pk).update(baseline=10, target=80, is_guardrail=True)
    MeasurementFactory(kpi=kpi, date=TODAY - 7 * DAY, value=58)
    MeasurementFactory(kpi=kpi, value=60)
    KpiFactory(product=product, metric=builtin_metric("enps"))
    page = text(client.get(url("kpi_list", product.slug)))
    assert "2 KPIs, 1 behind plan, 1 without a value." in page
    assert "60 % 20 behind plan (80 % by now)" in page
    assert "+2 percentage points since 14 Nov" in page
    assert "guardrail" in page
    assert "we don't know yet untargeted: it has neither baseline nor target" in page


def test_the_product_page_leads_to_the_record_page_for_those_who_may(client, dana, product):
    page = client.get(product.get_absolute_url()).content.decode()
    assert url("record", product.slug) in page
    client.force_login(PersonFactory())
    page = client.get(product.get_absolute_url()).content.decode()
    assert url("record", product.slug) not in page


def test_an_empty_list_offers_the_first_step(client, dana, product):
    page = client.get(url("kpi_list", product.slug))
    assert "Nothing is measured yet" in text(page)
    assert url("kpi_create", product.slug) in page.content.decode()


def test_who_may_not_edit_is_offered_nothing(client, product, kpi):
    client.force_login(PersonFactory())
    MeasurementFactory(kpi=kpi)
    for page in (url("kpi_list", product.slug), url("kpi_detail", product.slug, kpi.pk)):
        body = client.get(page).content.decode()
        assert "/edit/" not in body
        assert "/record/" not in body
        assert "/delete/" not in body


def test_old_values_are_on_further_pages(client, dana, product, kpi):
    for back in range(70):
        MeasurementFactory(kpi=kpi, date=TODAY - back * DAY)
    seen, address = set(), url("kpi_detail", product.slug, kpi.pk)
    for rows in (30, 30, 10):
        page = open_page(client, address)
        ids = {row["id"] for row in page.soup.select("tbody tr[id^=value-]")}
        assert len(ids) == rows
        assert not ids & seen
        seen |= ids
        older = page.soup.select_one('[aria-labelledby=values] a[href*="before="]')
        address = older["href"] if older else None
    assert address is None
    assert len(seen) == 70


@pytest.mark.parametrize("before", ["", "yesterday", "2026-99-99", "0001-01-01", "\x00"])
def test_a_strange_place_in_the_list_is_no_problem(client, dana, product, kpi, before):
    address = url("kpi_detail", product.slug, kpi.pk)
    assert client.get(address, {"before": before}).status_code == 200


def test_a_value_that_is_not_there_yet_is_said(client, dana, product, kpi):
    page = text(client.get(url("kpi_detail", product.slug, kpi.pk)))
    assert "No value yet. We don't know how it does." in page


def test_values_download_as_numbers(client, dana, product, kpi):
    MeasurementFactory(kpi=kpi, date=TODAY - DAY, value=0, note="=1+1", sample_size=7)
    MeasurementFactory(kpi=kpi, value=12.5, segment="EU")
    response = client.get(url("measurement_export", product.slug, kpi.pk))
    rows = list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))
    assert rows[1][:6] == ["2026-11-20", "", "0.0", "7", "form", "'=1+1"]
    assert rows[2][:4] == ["2026-11-21", "EU", "12.5", ""]


# --- The record page ---------------------------------------------------------------------------


@pytest.fixture
def enps(product):
    return KpiFactory(product=product, metric=builtin_metric("enps"))


def figures(*pairs, day="2026-11-20", **more):
    """What the record form sends."""
    return {"date": day, **{f"value_{kpi.pk}": value for kpi, value in pairs}, **more}


def test_figures_of_a_day_are_recorded_and_empty_ones_skipped(client, dana, product, kpi, enps):
    third = KpiFactory(product=product, metric=builtin_metric("volume"))
    sent = figures((kpi, "71,5 %"), (enps, "−12"), (third, ""))
    sent |= {f"sample_{kpi.pk}": "1 204", f"note_{kpi.pk}": "after the release"}
    response = client.post(url("record", product.slug), sent, follow=True)
    assert response.redirect_chain == [(product.get_absolute_url(), 302)]
    assert "2 values recorded. Health is being worked out." in text(response)
    rows = {row.kpi_id: row for row in Measurement.objects.all()}
    assert set(rows) == {kpi.pk, enps.pk}
    assert (rows[kpi.pk].value, rows[kpi.pk].sample_size) == (71.5, 1204)
    assert (rows[kpi.pk].note, rows[kpi.pk].entered_by) == ("after the release", dana.pk)
    assert rows[enps.pk].value == -12
    assert rows[enps.pk].date == TODAY - DAY
    assert StaleMark.objects.get().from_date == TODAY - DAY


def test_one_figure_can_be_taken_back_at_once(client, dana, product, kpi):
    MeasurementFactory(kpi=kpi, date=TODAY - DAY, value=60)
    sent = figures((kpi, "71"))
    client.post(url("record", product.slug), sent)
    client.post(undo_of(kpi_page(client, kpi)))
    assert Measurement.objects.get().value == 60


def test_saying_the_same_again_offers_to_undo_nothing(client, dana, product, kpi):
    for value in ("60", "71", "71"):
        page = open_page(client, product.get_absolute_url())
        client.post(url("record", product.slug), figures((kpi, value)))
    page = open_page(client, product.get_absolute_url())
    assert "1 value recorded" in page.soup.select("#toasts .toast")[-1].text
    assert page.soup.select("#toasts .toast")[-1].form is None


def test_one_wrong_figure_saves_none_and_keeps_everything_typed(client, dana, product, kpi, enps):
    sent = figures((kpi, "140"), (enps, "−12"), **{f"note_{enps.pk}": "kept <b>"})
    response = client.post(url("record", product.slug), sent)
    assert response.status_code == 422
    assert not Measurement.objects.exists()
    page = open_like(response)
    assert page.title.text.startswith("Error: ")
    assert page.find(id=f"id_value_{kpi.pk}")["value"] == "140"
    assert page.find(id=f"id_value_{kpi.pk}")["aria-invalid"] == "true"
    error = page.find(id=f"id_value_{kpi.pk}_error")
    words = f"{kpi.metric.name}: enter 100 or less."
    assert words in error.text
    assert words in page.find(class_="error-summary").text
    assert error["id"] in page.find(id=f"id_value_{kpi.pk}")["aria-describedby"]
    assert page.find(id=f"id_value_{enps.pk}")["value"] == "−12"
    assert page.find(id=f"id_note_{enps.pk}")["value"] == "kept <b>"


def open_like(response):
    return parse(response.content.decode())


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"date": "2026-11-20"}, "Enter at least one value."),
        ({"date": "2026-11-22", "value": "5"}, "Enter a day up to 21 November 2026."),
        ({"date": "1999-12-31", "value": "5"}, "Enter a day from 1 January 2000 on."),
        ({"date": "", "value": "5"}, "Day is missing."),
        ({"date": "soon", "value": "5"}, "Enter a day, like 2026-11-21."),
        ({"date": "2026-11-20", "note": "why"}, "enter the value that the rest"),
        ({"date": "2026-11-20", "value": "5", "sample": "1.5"}, "enter a whole number."),
        ({"date": "2026-11-20", "value": "5", "sample": "-1"}, "enter 0 or more."),
        ({"date": "2026-11-20", "value": "5", "sample": "9" * 12}, "or less."),
        ({"date": "2026-11-20", "value": "5", "note": "x" * 501}, "at most 500 characters"),
    ],
)
def test_what_is_wrong_is_said_in_plain_words(client, dana, product, kpi, sent, words):
    sent = {name if name == "date" else f"{name}_{kpi.pk}": value for name, value in sent.items()}
    response = client.post(url("record", product.slug), sent)
    assert response.status_code == 422
    assert words in text(response)
    assert not Measurement.objects.exists()


HOSTILE = [
    "NaN", "-inf", "Infinity", "1e400", "-1e400", "1e-400", "1_000", "0x1F", "9" * 500, "\x00",
    "\ud800".encode("utf-8", "replace").decode(), "<script>alert(1)</script>", "{{7*7}}", "½", "5²",
    "' OR 1=1 --", "٣٤", "１２", "-0", "\u202e12", "12\n13", "1,2,3", "𝟙𝟚", "\ufeff", "😀", "١٢٫٥",
]  # fmt: skip


@pytest.mark.parametrize("value", HOSTILE)
@pytest.mark.parametrize("page", ["record", "measurement_create", "kpi_edit", "segment_weights"])
def test_hostile_numbers_are_read_right_or_refused(client, dana, product, kpi, page, value):
    sent = {
        "record": {f"value_{kpi.pk}": value, f"sample_{kpi.pk}": value, "date": "2026-11-20"},
        "measurement_create": {"value": value, "sample_size": value, "date": "2026-11-20"},
        "kpi_edit": {"baseline": value, "target": value, "cadence": value, "weight": "3",
                     "version": "1"},
        "segment_weights": {"new_segment": "EU", "new_weight": value},
    }[page]  # fmt: skip
    args = [product.slug] if page == "record" else [product.slug, kpi.pk]
    response = client.post(url(page, *args), sent)
    assert response.status_code in (302, 422)
    values = [row.value for row in Measurement.objects.all()]
    assert set(values) <= {34.0, 12.0, 0.0}


TEXTS = [
    "\x00", "a\x00b", "\u202eabc", "<img src=x onerror=alert(1)>", "{% debug %}", "%s%n", "😀" * 80,
    "e\u0301", "\u200b", "'; DROP TABLE kpis_kpi; --", "\n\n", "x" * 80, "İ", "﷽", "-1+1", "=A1",
]  # fmt: skip


@pytest.mark.parametrize("words", TEXTS)
def test_hostile_texts_are_stored_clean_or_refused(client, dana, product, kpi, words):
    sent = {"value": "5", "segment": words, "note": words, "date": "2026-11-20"}
    response = client.post(url("measurement_create", product.slug, kpi.pk), sent)
    assert response.status_code in (302, 422)
    for row in Measurement.objects.all():
        assert "\x00" not in row.note + row.segment
        page = client.get(url("kpi_detail", product.slug, kpi.pk)).content.decode()
        assert "<img" not in page
        edit = url("measurement_edit", product.slug, kpi.pk, row.date, **(
            {"segment": row.segment} if row.segment else {}
        ))  # fmt: skip
        assert client.get(edit).status_code == 200


@pytest.mark.parametrize(
    "day",
    ["0001-01-01", "9999-12-31", "10000-01-01", "2026-02-29", "24:00", "21/11/26", "1e9", "٣"],
)
def test_hostile_days_are_refused_beside_the_field(client, dana, product, kpi, day):
    assert client.post(url("record", product.slug), figures((kpi, "5"), day=day)).status_code == 422
    plan = {"target_date": day, "baseline_date": day, "next_review": day, "weight": "3"}
    response = client.post(url("kpi_edit", product.slug, kpi.pk), {**plan, "version": "1"})
    assert response.status_code == 422
    exemption = {"reason": "x", "starts_on": day, "ends_on": day, "approver": dana.pk}
    response = client.post(url("exemption_create", product.slug, kpi.pk), exemption)
    assert response.status_code == 422


def test_the_page_names_what_stands_already(client, dana, product, kpi, enps):
    MeasurementFactory(kpi=kpi, date=TODAY - DAY, value=61)
    page = text(client.get(url("record", product.slug)))
    assert "last 61 % on 20 Nov" in page
    assert "no value yet, in points" in page
    page = text(client.get(url("record", product.slug), {"date": "2026-11-20"}))
    assert "61 % stands for 20 Nov already; a new one replaces it." in page


@pytest.mark.parametrize("day", ["2999-01-01", "1000-01-01", "x"])
def test_a_strange_day_in_the_address_is_today(client, dana, product, kpi, day):
    page = open_page(client, url("record", product.slug, date=day))
    assert page.soup.find(id="id_date")["value"] == "2026-11-21"


def test_without_kpis_there_is_nothing_to_record(client, dana, product):
    assert "There is nothing to record yet" in text(client.get(url("record", product.slug)))
    response = client.post(url("record", product.slug), {"date": "2026-11-20"})
    assert response.status_code == 422


# --- One value: enter, correct, delete, undo -----------------------------------------------------


def unlike_reloaded(client, page, kpi):
    """How the part that changes differs from a reload; where the focus goes is no difference."""
    for marked in page.soup.select("#kpi [data-focus]"):
        del marked["data-focus"]
    reloaded = kpi_page(client, kpi)
    parts = [Page(one.soup.select_one("#kpi"), one.url) for one in (page, reloaded)]
    return difference(*parts)


def kpi_page(client, kpi):
    return open_page(client, kpi.get_absolute_url())


def test_a_value_entered_in_the_page_shows_as_if_reloaded(client, dana, kpi):
    page = kpi_page(client, kpi)
    page = send_form(client, page, ".record-one", value="61", note="n")
    assert "61 % recorded for 21 Nov 2026. Health is being worked out." in page.text.replace(
        "\u00a0", " "
    )
    assert unlike_reloaded(client, page, kpi) == ""
    assert "61" in page.soup.select_one(".kpi-value").text


def test_a_wrong_value_keeps_what_was_typed(client, dana, kpi):
    page = send_form(client, kpi_page(client, kpi), ".record-one", value="140", note="kept")
    assert "Enter 100 or less." in page.text
    assert page.soup.find(id="id_value")["value"] == "140"
    assert page.soup.find(id="id_note")["value"] == "kept"


def correct(client, kpi, value, day=TODAY):
    """Open the editor in the row, type, save; the page with the answer in it."""
    page = kpi_page(client, kpi)
    address = url("measurement_edit", kpi.product.slug, kpi.pk, day)
    row = page.soup.select_one(f'a[hx-get="{address}"]').find_parent("tr")["id"]
    answer = client.get(address, headers={"HX-Request": "true", "HX-Target": row})
    swap(page.soup, answer, row, "outerHTML")
    ids = [element["id"] for element in page.soup.select("[id]")]
    assert len(ids) == len(set(ids))
    return send_form(client, page, f"#{row} form", value=value)


def test_a_correction_in_the_row_shows_as_if_reloaded(client, dana, kpi):
    MeasurementFactory(kpi=kpi, value=60.25)
    page = correct(client, kpi, "65,5")
    assert unlike_reloaded(client, page, kpi) == ""
    assert "60.25 % 65.5 % Dana" in page.text.replace("\u00a0", " ")
    assert Measurement.objects.get().value == 65.5


def test_a_correction_that_is_refused_stays_in_its_row(client, dana, kpi):
    MeasurementFactory(kpi=kpi, value=60.25)
    address = url("measurement_edit", kpi.product.slug, kpi.pk, TODAY)
    headers = {"HX-Request": "true", "HX-Target": "kpi"}
    response = client.post(address, {"value": "much"}, headers=headers)
    assert response.status_code == 422
    assert response["HX-Retarget"] == "#value-2026-11-21-everyone"
    row = open_like(response).find("tr")
    assert row["id"] == "value-2026-11-21-everyone"
    assert row.find("input", {"name": "value"})["value"] == "much"


def test_the_editor_shows_every_digit(client, dana, kpi):
    MeasurementFactory(kpi=kpi, value=60.123456789)
    page = open_page(client, url("measurement_edit", kpi.product.slug, kpi.pk, TODAY))
    assert page.soup.find(id="id_correct_value")["value"] == "60.123456789"


def undo_of(page):
    return page.soup.select_one("#toasts form")["action"]


def test_every_change_can_be_undone(client, dana, kpi):
    entered = send_form(client, kpi_page(client, kpi), ".record-one", value="61")
    corrected = correct(client, kpi, "65")
    client.post(undo_of(corrected))
    assert Measurement.objects.get().value == 61
    delete = url("measurement_delete", kpi.product.slug, kpi.pk, TODAY)
    client.post(delete)
    assert not Measurement.objects.exists()
    client.post(undo_of(kpi_page(client, kpi)))
    assert Measurement.objects.get().value == 61
    client.post(undo_of(entered))
    assert not Measurement.objects.exists()


def test_without_scripts_every_step_is_a_page(client, dana, kpi):
    create = url("measurement_create", kpi.product.slug, kpi.pk)
    assert client.get(create).status_code == 200
    response = client.post(create, {"date": "2026-11-21", "value": "61", "segment": "E & U"})
    assert response.status_code == 302
    edit = url("measurement_edit", kpi.product.slug, kpi.pk, TODAY, segment="E & U")
    assert client.get(edit).status_code == 200
    assert client.post(edit, {"value": "62"}).status_code == 302
    assert "What stood here before" in text(client.get(edit))
    delete = url("measurement_delete", kpi.product.slug, kpi.pk, TODAY, segment="E & U")
    assert "Delete the value for 21 Nov 2026, E & U" in text(client.get(delete))
    assert client.post(delete, follow=True).status_code == 200
    assert not Measurement.objects.exists()


def test_reading_changes_nothing(client, dana, product, kpi):
    MeasurementFactory(kpi=kpi)
    for name in ("measurement_edit", "measurement_delete"):
        client.get(url(name, product.slug, kpi.pk, TODAY))
    assert client.get(url("measurement_put_back", product.slug, kpi.pk, 1)).status_code == 405
    assert (Measurement.objects.count(), MeasurementChange.objects.count()) == (1, 0)


def test_what_was_changed_since_is_not_put_back(client, dana, product, kpi):
    MeasurementFactory(kpi=kpi, value=60)
    client.post(url("measurement_delete", product.slug, kpi.pk, TODAY))
    MeasurementFactory(kpi=kpi, value=70)
    change = MeasurementChange.objects.get()
    back = url("measurement_put_back", product.slug, kpi.pk, change.pk)
    assert "Not put back. This value has been changed since." in text(
        client.post(back, follow=True)
    )
    assert Measurement.objects.get().value == 70
    unknown = url("measurement_put_back", product.slug, kpi.pk, change.pk + 999)
    assert client.post(unknown).status_code == 404


# --- Plans -------------------------------------------------------------------------------------


def test_a_kpi_is_added(client, dana, product):
    metric = builtin_metric("task_completion")
    sent = {"metric": metric.pk, "baseline": "40", "target": "90", "weight": "4"}
    response = client.post(url("kpi_create", product.slug), sent)
    kpi = Kpi.objects.get()
    assert response["Location"] == kpi.get_absolute_url()
    assert (kpi.baseline, kpi.target, kpi.weight, kpi.cadence) == (40, 90, 4, metric.cadence)


def test_a_kpi_that_cannot_be_is_refused(client, dana, product, kpi):
    taken = {"metric": kpi.metric_id, "weight": "3"}
    assert client.post(url("kpi_create", product.slug), taken).status_code == 422
    metric = builtin_metric("task_completion")
    high = client.post(url("kpi_create", product.slug), {"metric": metric.pk, "weight": "3",
                                                         "target": "101"})  # fmt: skip
    assert (high.status_code, "Enter 100 or less." in text(high)) == (422, True)
    assert client.post(url("kpi_create", product.slug), {}).status_code == 422
    assert Kpi.objects.count() == 1


def test_a_plan_is_changed(client, dana, product, kpi):
    page = open_page(client, url("kpi_edit", product.slug, kpi.pk))
    assert "Without a baseline date the plan begins on 1 Jan 2026" in page.text
    sent = {"version": "1", "target": "90", "weight": "5", "cadence": "7", "is_guardrail": "on",
            "owner": dana.pk, "if_it_drops": "Call the desk."}  # fmt: skip
    assert client.post(page.url, sent).status_code == 302
    kpi.refresh_from_db()
    assert (kpi.target, kpi.weight, kpi.is_guardrail, kpi.owner) == (90, 5, True, dana)
    assert "Call the desk." in text(client.get(kpi.get_absolute_url()))


def test_two_edits_lose_nothing(client, dana, product, kpi):
    with acting_as(dana):
        theirs = KpiPlan(cadence=7, target=50.0)
        services.update_kpi(kpi_id=kpi.pk, version=1, plan=theirs, by=dana, now=NOW)
    sent = {"version": "1", "target": "60", "weight": "3", "cadence": "7", "if_it_drops": "Mine"}
    response = client.post(url("kpi_edit", product.slug, kpi.pk), sent)
    assert response.status_code == 409
    page = open_like(response)
    assert "Dana changed this plan" in text(response)
    assert "Target 50 60" in text(response)
    assert page.find(id="id_if_it_drops").text.strip() == "Mine"
    assert page.find(id="id_version")["value"] == "2"
    assert Kpi.objects.get().target == 50
    again = client.post(url("kpi_edit", product.slug, kpi.pk), {**sent, "version": "2"})
    assert again.status_code == 302
    assert Kpi.objects.get().target == 60


def test_fields_outside_the_form_can_not_be_set(client, dana, product, kpi):
    other = ProductFactory()
    sent = {"version": "1", "weight": "3", "cadence": "7", "product": other.pk, "id": "77",
            "created_on": "2001-01-01", "metric": builtin_metric("enps").pk}  # fmt: skip
    client.post(url("kpi_edit", product.slug, kpi.pk), sent)
    same = Kpi.objects.get(pk=kpi.pk)
    assert (same.product_id, same.metric_id, same.created_on) == (
        product.pk, kpi.metric_id, kpi.created_on,
    )  # fmt: skip


def test_only_people_of_the_product_can_own_a_kpi(client, dana, product, kpi):
    sent = {"version": "1", "weight": "3", "cadence": "7", "owner": PersonFactory().pk}
    assert client.post(url("kpi_edit", product.slug, kpi.pk), sent).status_code == 422


def test_a_kpi_goes_after_its_name_was_typed(client, dana, product, kpi):
    MeasurementFactory(kpi=kpi)
    address = url("kpi_delete", product.slug, kpi.pk)
    assert "1 value" in text(client.get(address))
    assert client.post(address, {"name": "something"}).status_code == 422
    assert client.post(address, {"name": "digital take-up"}).status_code == 302
    assert (Kpi.objects.count(), MeasurementChange.objects.count()) == (0, 1)


# --- Terms -------------------------------------------------------------------------------------


def test_a_kpi_is_exempted_and_counts_again(client, dana, product, kpi):
    sent = {"reason": "Strike.", "starts_on": "2026-11-15", "ends_on": "2026-12-01",
            "approver": dana.pk}  # fmt: skip
    assert client.post(url("exemption_create", product.slug, kpi.pk), sent).status_code == 302
    page = text(client.get(kpi.get_absolute_url()))
    assert "15 Nov to 1 Dec ends in 10 days Strike. Approved by Dana" in page
    exemption = Exemption.objects.get()
    end = url("exemption_end", product.slug, kpi.pk, exemption.pk)
    assert client.get(end).status_code == 200
    assert client.post(end).status_code == 302
    exemption.refresh_from_db()
    assert exemption.ends_on == TODAY - DAY


@pytest.mark.parametrize(
    "changes", [{"reason": ""}, {"ends_on": "2026-11-14"}, {"approver": ""}, {"approver": "0"}]
)
def test_an_exemption_that_cannot_be_is_refused(client, dana, product, kpi, changes):
    sent = {"reason": "Strike.", "starts_on": "2026-11-15", "ends_on": "2026-12-01",
            "approver": dana.pk} | changes  # fmt: skip
    assert client.post(url("exemption_create", product.slug, kpi.pk), sent).status_code == 422
    assert not Exemption.objects.exists()


def test_segments_are_weighed(client, dana, product, kpi):
    MeasurementFactory(kpi=kpi, segment="EU")
    sent = {"weight_0": "2,5", "new_segment": "US", "new_weight": "0"}
    assert client.post(url("segment_weights", product.slug, kpi.pk), sent).status_code == 302
    assert dict(SegmentWeight.objects.values_list("segment", "weight")) == {"EU": 2.5, "US": 0}
    for wrong in ({"weight_0": "-1", "weight_1": "1"}, {"weight_0": "", "weight_1": "1"},
                  {"weight_0": "1", "weight_1": "1", "new_segment": "X"}):  # fmt: skip
        assert client.post(url("segment_weights", product.slug, kpi.pk), wrong).status_code == 422


# --- Metrics -----------------------------------------------------------------------------------


def test_the_catalogue_holds_the_built_in_metrics(client, dana):
    builtin_metric("dau")
    page = text(client.get(url("metric_list")))
    assert "15 metrics" in page
    assert "Digital take-up digital_take_up Up is better" in page


def test_a_metric_names_only_products_in_sight(client, kpi):
    hidden = KpiFactory(metric=kpi.metric, product=ProductFactory(name="Secret", visibility="team"))
    client.force_login(PersonFactory())
    page = text(client.get(kpi.metric.get_absolute_url()))
    assert kpi.product.name in page
    assert hidden.product.name not in page


METRIC = {
    "name": "Escalations", "code": "escalations", "direction": "down", "aggregation": "sum",
    "window_days": "28", "group": "quality", "cadence": "7", "lower": "0",
}  # fmt: skip


def test_metrics_are_added_and_changed(client, product):
    client.force_login(AdministratorFactory())
    assert client.post(url("metric_create"), METRIC).status_code == 302
    edit = url("metric_edit", "escalations")
    assert client.get(edit).status_code == 200
    assert client.post(edit, METRIC | {"code": "other", "upper": "500"}).status_code == 302
    metric = Metric.objects.get(code="escalations")
    assert (metric.upper, metric.is_builtin) == (500, False)


@pytest.mark.parametrize(
    "changes",
    [{"code": "enps"}, {"code": "a b"}, {"name": ""}, {"upper": "0"}, {"upper": "inf"},
     {"window_days": "0"}, {"window_days": "367"}, {"cadence": "x"}, {"direction": "sideways"}],
)  # fmt: skip
def test_a_metric_that_cannot_be_is_refused(client, changes):
    builtin_metric("enps")
    client.force_login(AdministratorFactory())
    assert client.post(url("metric_create"), METRIC | changes).status_code == 422
    assert not Metric.objects.filter(name="Escalations").exists()


def test_bounds_that_values_break_are_refused_with_words(client, product):
    client.force_login(AdministratorFactory())
    metric = MetricFactory(code="escalations", lower=0)
    MeasurementFactory(kpi__metric=metric, value=80)
    response = client.post(url("metric_edit", "escalations"), METRIC | {"upper": "79"})
    assert response.status_code == 422
    assert "1 value lies outside these bounds. Correct them first." in text(response)


def test_managers_add_metrics_and_administrators_change_them(client, dana):
    assert client.get(url("metric_create")).status_code == 200
    assert client.get(url("metric_edit", builtin_metric("enps").code)).status_code == 403
    client.force_login(PersonFactory())
    assert client.get(url("metric_create")).status_code == 403


# --- What changes while a form is open -----------------------------------------------------------


def test_a_metric_narrowed_while_the_form_was_open_saves_nothing(client, dana, kpi, monkeypatch):
    def refuse(**_):
        raise ValueOutOfBounds("Enter 50 or less.")

    monkeypatch.setattr(services, "record_many", refuse)
    monkeypatch.setattr(services, "record_measurement", refuse)
    slug = kpi.product.slug
    sheet = client.post(url("record", slug), figures((kpi, "60")))
    assert (sheet.status_code, "Enter 50 or less." in text(sheet)) == (422, True)
    single = client.post(
        url("measurement_create", slug, kpi.pk), {"date": "2026-11-20", "value": "60"}
    )
    assert single.status_code == 422
    assert "Not saved. Enter 50 or less." in text(single)


def test_a_kpi_added_by_somebody_else_meanwhile_is_said(client, dana, product, monkeypatch):
    def taken(**_):
        raise services.KpiExists("It already has one.")

    monkeypatch.setattr(services, "create_kpi", taken)
    sent = {"metric": builtin_metric("enps").pk, "weight": "3"}
    response = client.post(url("kpi_create", product.slug), sent)
    assert (response.status_code, "It already has one." in text(response)) == (422, True)


def test_a_code_taken_meanwhile_is_said(client, monkeypatch):
    def taken(**_):
        raise IntegrityError

    monkeypatch.setattr(services, "create_metric", taken)
    client.force_login(AdministratorFactory())
    response = client.post(url("metric_create"), METRIC)
    assert "There is already a metric with this code." in text(response)


def test_dates_out_of_order_are_said_beside_the_field(client, dana, product, kpi):
    sent = {"weight": "3", "baseline_date": "2026-11-20", "target_date": "2026-11-20"}
    edited = client.post(url("kpi_edit", product.slug, kpi.pk), {**sent, "version": "1"})
    added = client.post(
        url("kpi_create", product.slug), {**sent, "metric": builtin_metric("enps").pk}
    )
    for response in (edited, added):
        assert response.status_code == 422
        assert "Enter a day after the baseline date, 20 November 2026." in text(response)


def test_a_metric_can_be_chosen_by_the_address(client, dana, product):
    metric = builtin_metric("enps")
    page = open_page(client, url("kpi_create", product.slug, metric="enps"))
    assert page.soup.select_one("#id_metric option[selected]")["value"] == str(metric.pk)


@pytest.mark.parametrize(
    ("fields", "values", "words"),
    [
        ({"baseline": 85, "target": 80}, [82], "At the level to hold (80 % by now)."),
        ({"baseline": 85, "target": 80}, [79], "1 below the level to hold (80 % by now)."),
        ({"baseline": 10, "target": 80}, [80], "On plan (80 % by now)."),
        ({"baseline": 10, "target": 80}, [], "The plan expects 80 % by now."),
        ({"target": 80}, [5], "Untargeted: it has no baseline."),
    ],
)
def test_the_page_says_how_it_does_in_words(client, dana, product, kpi, fields, values, words):
    Kpi.objects.filter(pk=kpi.pk).update(**fields)
    for value in values:
        MeasurementFactory(kpi=kpi, value=value)
    assert words in text(client.get(kpi.get_absolute_url()))


@pytest.mark.parametrize(
    ("back", "words"),
    [(8, "Stale: the newest value is 8 days old"), (21, "Dead: the newest value is 21 days old")],
)
def test_old_values_are_named(client, dana, kpi, back, words):
    MeasurementFactory(kpi=kpi, date=TODAY - back * DAY)
    assert words in text(client.get(kpi.get_absolute_url()))


def test_an_overdue_review_is_named(client, dana, kpi):
    Kpi.objects.filter(pk=kpi.pk).update(next_review=TODAY - DAY)
    assert "20 Nov, overdue" in text(client.get(kpi.get_absolute_url()))


def test_segments_of_head_counts_are_said_to_be_added(client, dana, product):
    kpi = KpiFactory(product=product, metric=builtin_metric("dau"))
    page = text(client.get(url("segment_weights", product.slug, kpi.pk)))
    assert "the values of its segments are added up" in page
