"""Templates of KPIs: what is offered, what is added at once, and what is worth a warning."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from health.selectors import current_settings
from kpis import services
from kpis.models import Kpi, Metric
from kpis.presenters.templates import ambition_words
from kpis.rules import DayValue, Direction
from kpis.selectors.templates import offers
from kpis.services import KpiPlan, PlanRefused
from kpis.services.templates import OnePlanRefused, add_kpis
from kpis.stages import current_factors, factor_words
from kpis.templates import ambition, best_change, is_backwards, templates
from portfolio.models import StaleMark
from tests.factories.kpis import NOW, TODAY, KpiFactory, MeasurementFactory, builtin_metric
from tests.factories.portfolio import MembershipFactory, PersonFactory, ProductFactory
from tests.htmx import open_page

DAY = dt.timedelta(days=1)
SENT = {
    "add_enps": "on", "baseline_enps": "−5", "target_enps": "10",
    "add_error_rate": "on", "baseline_error_rate": "4", "target_error_rate": "2",
    "target_date": "2027-06-30",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def product():
    return ProductFactory(name="Shift Planner", slug="shift-planner", stage="sunset")


@pytest.fixture
def dana(client, product):
    person = MembershipFactory(user__name="Dana", product=product, role="manager").user
    client.force_login(person)
    return person


@pytest.fixture
def address(product):
    return reverse("kpis:template_list", args=[product.slug])


def values(*pairs):
    """(days ago, value), oldest first."""
    return [DayValue(TODAY - ago * DAY, float(value)) for ago, value in pairs]


# --- Rules ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("direction", "baseline", "target", "expected"),
    [("up", 10, 20, False), ("up", 20, 10, True), ("up", 10, 10, False), ("down", 10, 20, True),
     ("down", 20, 10, False), ("none", 20, 10, False), ("up", None, 10, False),
     ("up", 10, None, False)],
)  # fmt: skip
def test_a_target_on_the_worse_side_is_told(direction, baseline, target, expected):
    assert is_backwards(Direction(direction), baseline, target) is expected


@pytest.mark.parametrize(
    ("series", "towards", "best"),
    [
        ([(56, 10), (28, 12), (0, 11)], 1, 2),
        ([(56, 10), (28, 12), (0, 11)], -1, 1),
        ([(56, 10), (28, 9), (0, 8)], 1, 0),
        ([(27, 10), (0, 90)], 1, None),
        ([(60, 10), (30, 12), (0, 15)], 1, 3),
        ([], 1, None),
    ],
)
def test_the_best_change_lies_within_four_weeks(series, towards, best):
    assert best_change(values(*series), towards) == best


@pytest.mark.parametrize(
    ("target", "left", "times"),
    [
        (15, None, 2.0),  # 4 more at once, the best four weeks brought 2
        (19, 4 * 28, 1.0),  # 8 more in sixteen weeks: 2 in each four
        (19, 7, 4.0),  # less than four weeks left count as four
        (11, 28, None),  # it is there
        (9, 28, 2.0),  # down, where the best was 1
        (None, 28, None),
    ],
)
def test_ambition_is_told_in_the_best_four_weeks_so_far(target, left, times):
    series = values((56, 10), (28, 12), (0, 11))
    day = TODAY + left * DAY if left else None
    assert ambition(series, target, day, TODAY) == times


def test_nothing_is_said_where_nobody_can_know():
    assert ambition([], 5, None, TODAY) is None
    assert ambition(values((0, 3)), 5, None, TODAY) is None
    assert ambition(values((28, 3), (0, 3)), 5, None, TODAY) == float("inf")


@pytest.mark.parametrize(
    ("times", "words"),
    [(None, ""), (3.0, ""), (3.1, "asks for 3.1 times"), (float("inf"), "In no four weeks")],
)
def test_only_more_than_three_times_is_a_warning(times, words):
    assert (words in ambition_words(times)) and bool(ambition_words(times)) is bool(words)


@pytest.mark.parametrize(
    ("factor", "words"),
    [(0, "does not count"), (0.5, "counts half"), (1, "counts in full"),
     (1.5, "counts one and a half times"), (3.2, "counts 3.2 times")],
)  # fmt: skip
def test_factors_are_said_in_words(factor, words):
    assert factor_words(factor) == words


@pytest.mark.django_db
def test_every_template_names_a_metric_and_says_everything():
    known = {metric.code for metric in Metric.objects.filter(is_builtin=True)} or {
        builtin_metric(one.metric).code for one in templates()
    }
    assert {one.metric for one in templates()} <= known
    for one in templates():
        assert 1 <= one.weight <= 5
        assert all((one.kind, one.tells, one.measure, one.baseline, one.target)), one.metric
    assert len({one.metric for one in templates()}) == len(templates())


# --- What is offered -----------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_stage_says_what_stands_first(product):
    KpiFactory(product=product, metric=builtin_metric("enps"))
    found = offers(product, current_settings().settings, TODAY)
    assert [one.metric.code for one in found[:5]] == [
        "enps", "error_rate", "autonomy", "mastery", "purpose",
    ]  # fmt: skip
    assert found[-1].metric.code == "time_to_proficiency"  # counts nothing in sunset
    assert [one.metric.code for one in found if one.row] == ["enps"]
    assert {one.metric.group for one in found if one.is_expected} == {
        "satisfaction", "quality", "return",
    }  # fmt: skip


@pytest.mark.django_db
def test_the_factors_in_force_come_from_health():
    assert current_factors().stage_factor("sunset", "proficiency") == 0
    assert current_factors().stage_factor("rollout", "adoption") == 1.5


# --- Adding --------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_all_or_nothing_is_added(product, dana):
    good, bad = builtin_metric("enps"), builtin_metric("error_rate")
    wanted = [(good, KpiPlan(cadence=91)), (bad, KpiPlan(cadence=28, target=400))]
    with pytest.raises(OnePlanRefused) as caught:
        add_kpis(product=product, wanted=wanted, by=dana, now=NOW)
    assert (caught.value.metric, caught.value.refusal.field) == (bad, "target")
    assert isinstance(caught.value.refusal, PlanRefused)
    assert not Kpi.objects.exists()
    assert not StaleMark.objects.exists()


@pytest.mark.django_db
def test_adding_twice_adds_once(product, dana):
    wanted = [(builtin_metric("enps"), KpiPlan(cadence=91, baseline=1, target=9))]
    assert len(add_kpis(product=product, wanted=wanted, by=dana, now=NOW)) == 1
    other = [(builtin_metric("enps"), KpiPlan(cadence=91, baseline=5, target=6))]
    assert add_kpis(product=product, wanted=other, by=dana, now=NOW) == []
    assert Kpi.objects.get().baseline == 1


# --- The page ------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_several_are_added_at_once_and_the_form_may_come_twice(client, dana, product, address):
    sent = SENT | {"owner_enps": str(dana.pk)}
    for _ in range(2):
        response = client.post(address, sent)
        assert response["Location"] == reverse("kpis:kpi_list", args=[product.slug])
    enps, errors = Kpi.objects.order_by("metric__code")
    assert (enps.baseline, enps.target, enps.owner, enps.weight) == (-5, 10, dana, 4)
    assert (enps.is_guardrail, enps.cadence, enps.next_review) == (True, 91, TODAY + 91 * DAY)
    assert (errors.target_date, errors.owner) == (dt.date(2027, 6, 30), None)
    page = open_page(client, reverse("kpis:kpi_list", args=[product.slug]))
    assert "measured already" in page.text or "KPIs" in page.text


@pytest.mark.django_db
@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"baseline_enps": "3"},  # typed, not ticked
        SENT | {"target_enps": "400"},
        SENT | {"target_date": "2020-01-01"},
        SENT | {"baseline_error_rate": "many"},
        SENT | {"owner_enps": "999999"},
    ],
)
def test_one_wrong_answer_adds_nothing_and_loses_nothing(client, dana, address, sent):
    response = client.post(address, sent)
    assert response.status_code == 422
    assert not Kpi.objects.exists()
    if "target_error_rate" in sent:
        assert 'value="2"' in response.content.decode()


@pytest.mark.django_db
def test_a_doubtful_target_is_asked_about_once(client, dana, address):
    sent = SENT | {"target_enps": "-20"}
    response = client.post(address, sent)
    assert response.status_code == 422
    assert "worse side of the baseline" in response.content.decode()
    assert not Kpi.objects.exists()
    assert client.post(address, sent | {"is_sure": "on"}).status_code == 302
    assert Kpi.objects.count() == 2


@pytest.mark.django_db
def test_what_is_measured_is_marked_with_a_warning_where_it_asks_for_much(
    client, dana, product, address
):
    services.ensure_partitions(TODAY - 60 * DAY, TODAY)
    kpi = KpiFactory(product=product, metric=builtin_metric("enps"), baseline=0, target=50)
    for ago, value in ((56, 1), (28, 2), (0, 3)):
        MeasurementFactory(kpi=kpi, date=TODAY - ago * DAY, value=value)
    page = open_page(client, address)
    assert "Measured already: from 0 to 50." in page.text
    assert "asks for 47 times the best four weeks so far" in page.text
    assert page.soup.select_one('[name="add_enps"]') is None


@pytest.mark.django_db
def test_the_list_and_its_empty_state_lead_there(client, dana, product, address):
    listed = reverse("kpis:kpi_list", args=[product.slug])
    assert open_page(client, listed).soup.find("a", href=address)
    KpiFactory(product=product)
    assert open_page(client, listed).soup.find("a", href=address)


@pytest.mark.django_db
def test_whoever_only_reads_adds_nothing(client, address):
    client.force_login(PersonFactory())
    assert client.get(address).status_code == 403


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 3])
def test_the_page_costs_the_same_whatever_is_measured(client, dana, product, address, count):
    for code in ("enps", "mau", "roi")[:count]:
        KpiFactory(product=product, metric=builtin_metric(code))
        MembershipFactory(product=product)
    client.get(reverse("kpis:metric_list"))  # the first request of a session writes it
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    assert len(captured) == 11, "\n".join(q["sql"][:90] for q in captured)
