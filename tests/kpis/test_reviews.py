"""Reviews: when they are due and for whom, what counts now, what is kept, and plans still right."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Organisation
from activity.models import Event
from health.selectors import current_settings
from kpis import services
from kpis.models import Kpi, KpiReview
from kpis.presenters.reviews import last_review_words, still_right
from kpis.selectors import reviews
from kpis.services.reviews import StageMoved, Weighed, finish_review, plan_next_review
from kpis.stages import is_review_due, suggested_weight
from portfolio.flags import flags_of, flags_on
from portfolio.models import StaleMark
from portfolio.selectors import find_product
from portfolio.services import update_product
from tests.factories.kpis import NOW, TODAY, ExemptionFactory, KpiFactory, builtin_metric
from tests.factories.portfolio import MembershipFactory, PersonFactory, ProductFactory
from tests.htmx import open_page

DAY = dt.timedelta(days=1)
NEXT = TODAY + 91 * DAY


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def product():
    """Began as a pilot, is in growth since today."""
    product = ProductFactory(name="Shift Planner", slug="shift-planner", stage="pilot")
    return update_product(
        product_id=product.pk, version=1, fields={"stage": "growth"}, by=PersonFactory(), now=NOW
    )


@pytest.fixture
def dana(client, product):
    person = MembershipFactory(user__name="Dana", product=product, role="manager").user
    client.force_login(person)
    return person


@pytest.fixture
def mau(product):
    return KpiFactory(product=product, metric=builtin_metric("mau"), baseline=1, target=9, weight=1)


@pytest.fixture
def errors(product):
    return KpiFactory(product=product, metric=builtin_metric("error_rate"), weight=5)


def finish(product, by, weights=(), note="", stage="growth", next_review=NEXT, now=NOW):
    return finish_review(
        product=product, stage=stage, weights=dict(weights), next_review=next_review, note=note,
        by=by, now=now,
    )  # fmt: skip


def due_of(product, person):
    told = [flag.key for flag in flags_on(find_product(person, product.slug), TODAY)]
    many = [flag.key for flag in flags_of([product.pk], TODAY)[product.pk]]
    assert ("stage_review_due" in told) is ("stage_review_due" in many)
    return "stage_review_due" in told


# --- Rules ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("stage", "created", "reviewed", "due"),
    [(0, -9, None, True), (-9, -9, None, False), (0, -9, -1, True), (0, -9, 0, False),
     (-5, -9, -2, False), (-5, -9, -6, True)],
)  # fmt: skip
def test_a_review_is_due_from_the_change_until_it_is_done(stage, created, reviewed, due):
    on = TODAY + reviewed * DAY if reviewed is not None else None
    assert is_review_due(TODAY + stage * DAY, TODAY + created * DAY, on) is due


@pytest.mark.parametrize(
    ("weight", "factor", "suggested"),
    [(1, 1.5, 3), (1, 1, 3), (5, 1.5, 5), (5, 0.5, 3), (1, 0, 1), (3, 0.25, 3)],
)
def test_weights_are_suggested_by_what_the_stage_expects(weight, factor, suggested):
    assert suggested_weight(weight, factor) == suggested


# --- Due -----------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_it_is_due_after_a_change_of_stage_until_it_is_done(product, dana):
    assert due_of(product, dana)
    assert list(reviews.stage_reviews(dana, TODAY)) == [product]
    assert not reviews.stage_reviews(PersonFactory(), TODAY)
    finish(product, dana)
    assert not due_of(product, dana)
    assert not reviews.stage_reviews(dana, TODAY)


@pytest.mark.django_db
def test_a_review_of_another_stage_does_not_count(product, dana):
    finish(product, dana)
    moved = update_product(
        product_id=product.pk, version=2, fields={"stage": "mature"}, by=dana, now=NOW
    )
    assert due_of(moved, dana)


@pytest.mark.django_db
@pytest.mark.parametrize("fields", [{"stage": "retired"}, {"archived_on": TODAY}])
def test_what_nobody_uses_needs_no_review(product, dana, fields):
    type(product).objects.filter(pk=product.pk).update(**fields)
    assert not due_of(product, dana)


@pytest.mark.django_db
def test_a_product_in_its_first_stage_needs_none(dana):
    first = ProductFactory(stage_since=TODAY, created_at=NOW)
    MembershipFactory(user=dana, product=first, role="manager")
    assert not due_of(first, dana)


# --- What counts now -----------------------------------------------------------------------------


@pytest.mark.django_db
def test_it_says_what_counted_and_counts_and_what_nobody_measures(product, mau, errors):
    found = reviews.stage_review(product, current_settings().settings)
    assert found.stage_before == "pilot"
    assert [(row.kpi, row.before, row.now, row.suggested) for row in found.rows] == [
        (mau, 0.5, 1.5, 3),
        (errors, 0.5, 0.75, 3),
    ]
    assert [(str(one.group), one.before, one.now) for one in found.missing] == [
        ("productivity", 0.75, 1), ("satisfaction", 1.25, 1), ("completion", 1.25, 1),
    ]  # fmt: skip


@pytest.mark.django_db
def test_a_kpi_without_a_plan_measures_no_group(product):
    KpiFactory(product=product, metric=builtin_metric("mau"), baseline=1)
    found = reviews.stage_review(product, current_settings().settings)
    assert "adoption" in [str(one.group) for one in found.missing]


@pytest.mark.django_db
def test_without_history_nothing_is_said_of_before(mau):
    product = ProductFactory(stage="growth")
    assert reviews.stage_review(product, current_settings().settings).stage_before is None


# --- Done ----------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_done_weighs_marks_plans_the_next_one_and_is_told(product, dana, mau, errors):
    StaleMark.objects.all().delete()
    review = finish(
        product, dana, {mau.pk: Weighed(1, 4), errors.pk: Weighed(1, 5)}, note="Use counts."
    )
    assert (review.stage, review.by, review.note) == ("growth", dana, "Use counts.")
    told = Kpi.objects.order_by("pk").values_list("weight", "next_review", "version")
    assert list(told) == [(4, NEXT, 2), (5, NEXT, 2)]
    assert [(one.product_id, one.from_date) for one in StaleMark.objects.all()] == [
        (product.pk, TODAY)
    ]
    event = Event.objects.get(verb="went through the KPIs of")
    assert event.data["detail"] == "in growth: Use counts."


@pytest.mark.django_db
def test_without_a_new_weight_no_health_is_worked_out(product, dana, mau):
    StaleMark.objects.all().delete()
    finish(product, dana, {mau.pk: Weighed(1, 1)})
    assert not StaleMark.objects.exists()


@pytest.mark.django_db
def test_sent_twice_it_is_kept_once(product, dana, mau):
    for _ in range(2):
        finish(product, dana, {mau.pk: Weighed(1, 4)}, note="Once.")
    assert KpiReview.objects.count() == 1
    finish(product, dana, {mau.pk: Weighed(2, 4)}, note="Again.")
    assert KpiReview.objects.count() == 2


@pytest.mark.django_db
def test_somebody_elses_change_stops_all_of_it(product, dana, mau, errors):
    Kpi.objects.filter(pk=errors.pk).update(weight=2, version=2)
    with pytest.raises(services.KpiConflict):
        finish(product, dana, {mau.pk: Weighed(1, 4), errors.pk: Weighed(1, 3)})
    mau.refresh_from_db()
    assert (mau.weight, mau.next_review) == (1, None)
    assert not KpiReview.objects.exists()


@pytest.mark.django_db
def test_many_kpis_are_locked_in_one_order_and_written_at_once(product, dana, mau):
    """As the grid does it: two who hold some of the same KPIs must not wait for one another."""
    more = [KpiFactory(product=product, metric=builtin_metric(code)) for code in ("dau", "enps")]
    asked = {}
    for kpis in ([mau], [mau, *more]):
        version = Kpi.objects.get(pk=mau.pk).version
        weights = {kpi.pk: Weighed(version if kpi == mau else 1, 4) for kpi in kpis}
        day = NEXT + len(kpis) * DAY
        with CaptureQueriesContext(connection) as queries:
            finish(product, dana, weights, next_review=day)
        asked[len(kpis)] = [query["sql"] for query in queries if 'kpis_kpi"' in query["sql"]]
        assert set(Kpi.objects.filter(pk__in=weights).values_list("next_review", flat=True)) == {
            day
        }
    assert len(asked[1]) == len(asked[3])
    (lock,) = [sql for sql in asked[3] if "FOR NO KEY UPDATE" in sql]
    assert 'ORDER BY "kpis_kpi"."id" ASC' in lock


@pytest.mark.django_db
def test_a_stage_that_moved_stops_it(product, dana):
    with pytest.raises(StageMoved):
        finish(product, dana, stage="pilot")


# --- Plans ---------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_day_of_a_review_is_the_organisations(product, dana):
    Organisation.objects.update_or_create(pk=1, defaults={"time_zone": "Pacific/Auckland"})
    finish(product, dana, now=dt.datetime(2026, 11, 21, 20, tzinfo=dt.UTC))
    words = last_review_words(reviews.last_review(product), dt.date(2026, 11, 22))
    assert words.startswith("Last gone through on 22 Nov by Dana, ")


@pytest.mark.django_db
def test_a_plan_is_still_right_until_a_day(mau, dana):
    assert plan_next_review(kpi=mau, until=NEXT, by=dana, now=NOW)
    assert not plan_next_review(kpi=mau, until=NEXT, by=dana, now=NOW)
    mau.refresh_from_db()
    assert (mau.next_review, mau.version) == (NEXT, 2)
    assert plan_next_review(kpi=mau, until=None, by=dana, now=NOW)


@pytest.mark.django_db
def test_plans_wait_for_their_owner_else_for_whoever_looks_after_the_product(product, dana, mau):
    owner = PersonFactory()
    soon = KpiFactory(product=product, owner=owner, next_review=TODAY + 14 * DAY)
    late = KpiFactory(product=product, next_review=TODAY - DAY)
    KpiFactory(product=product, next_review=TODAY + 15 * DAY)
    assert list(reviews.plan_reviews(owner, TODAY)) == [soon]
    assert list(reviews.plan_reviews(dana, TODAY)) == [late]
    product.visibility = "team"
    product.save()
    assert not reviews.plan_reviews(owner, TODAY)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("ahead", "shown"), [(None, True), (-3, True), (14, True), (15, False), (91, False)]
)
def test_the_button_stands_where_a_review_is_near(mau, ahead, shown):
    mau.next_review = TODAY + ahead * DAY if ahead is not None else None
    assert still_right(mau, TODAY) == ("Still right until 20 Feb 2027" if shown else "")


# --- Pages ---------------------------------------------------------------------------------------


def url(name, *args, **query):
    return reverse(f"kpis:{name}", args=args, query=query or None)


def as_shown(page):
    """What the browser would send."""
    form = page.soup.select_one("form.record")
    found = {one["name"]: one.get("value", "") for one in form.select("input[name]")}
    for box in form.select("select"):
        chosen = box.select_one("option[selected]") or box.select_one("option")
        found[box["name"]] = chosen["value"]
    return found


@pytest.mark.django_db
def test_the_page_suggests_and_done_keeps(client, product, dana, mau, errors):
    assert "KPIs to go through" in open_page(client, product.get_absolute_url()).text
    page = open_page(client, url("review", product.slug))
    assert "From pilot to growth on 21 Nov" in page.text
    assert "counts half → counts one and a half times" in page.text
    assert "suggested; it is 1 now" in page.text
    assert page.soup.find("a", href=f"{url('template_list', product.slug)}#completion")
    sent = as_shown(page) | {"note": "Use counts."}
    for _ in range(2):
        assert client.post(url("review", product.slug), sent).status_code == 302
    assert KpiReview.objects.count() == 1
    mau.refresh_from_db()
    assert (mau.weight, mau.next_review) == (3, NEXT)
    page = open_page(client, url("review", product.slug))
    assert "Last gone through on 21 Nov by Dana, in growth: Use counts." in page.text


@pytest.mark.django_db
def test_a_conflict_loses_nothing_and_a_second_click_keeps_mine(client, product, dana, mau):
    sent = as_shown(open_page(client, url("review", product.slug))) | {"note": "Mine."}
    Kpi.objects.filter(pk=mau.pk).update(weight=2, version=7)
    response = client.post(url("review", product.slug), sent)
    assert response.status_code == 422
    page = response.content.decode()
    assert "its weight is 2 now" in page
    assert 'value="Mine."' in page
    again = sent | {f"version_{mau.pk}": "7"}
    assert 'value="7"' in page
    assert client.post(url("review", product.slug), again).status_code == 302
    mau.refresh_from_db()
    assert mau.weight == 3


@pytest.mark.django_db
@pytest.mark.parametrize(
    "wrong",
    [
        {"next_review": ""},
        {"next_review": "2026-11-21"},
        {"next_review": "soon"},
        {"stage": "pilot"},
    ],
)
def test_a_review_that_cannot_be_is_refused(client, product, dana, mau, wrong):
    sent = as_shown(open_page(client, url("review", product.slug))) | wrong
    assert client.post(url("review", product.slug), sent).status_code == 422
    assert not KpiReview.objects.exists()


@pytest.mark.django_db
def test_still_right_and_undo_on_the_page_of_the_kpi(client, product, dana, mau):
    page = open_page(client, mau.get_absolute_url())
    address = url("kpi_confirm", product.slug, mau.pk)
    assert page.soup.select_one(f'form[action="{address}"]')
    assert client.post(address)["Location"] == mau.get_absolute_url()
    mau.refresh_from_db()
    assert mau.next_review == NEXT
    page = open_page(client, mau.get_absolute_url())
    undo = page.soup.select_one('form[action*="until="]')["action"]
    assert client.post(undo).status_code == 302
    mau.refresh_from_db()
    assert mau.next_review is None
    assert client.post(f"{address}?until=1000-01-01").status_code == 302
    mau.refresh_from_db()
    assert mau.next_review is None


@pytest.mark.django_db
def test_all_that_is_due_stands_on_one_page(client, product, dana, mau):
    assert "Stages that changed" in open_page(client, url("review_list")).text
    finish(product, dana)
    assert "Nothing waits for you" in open_page(client, url("review_list")).text
    KpiFactory(product=product, next_review=TODAY - 3 * DAY, metric__name="Calm")
    ExemptionFactory(kpi=mau, state="asked", asked_by=PersonFactory(name="Chidi"))
    page = open_page(client, url("review_list"))
    assert "overdue by 3 days" in page.text
    assert "Chidi asked for it" in page.text
    form = page.soup.select_one('form[action*="back=list"]')
    assert client.post(form["action"])["Location"] == url("review_list")


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_whatever_it_holds(client, dana, count):
    for _ in range(count):
        other = ProductFactory()
        MembershipFactory(user=dana, product=other, role="manager")
        kpi = KpiFactory(product=other, next_review=TODAY)
        ExemptionFactory(kpi=kpi, state="asked", asked_by=PersonFactory())
        ExemptionFactory(kpi=kpi, state="asked", asked_by=dana)
    client.get(url("metric_list"))  # the first request of a session writes it
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url("review_list")).status_code == 200
    assert len(captured) == 11, "\n".join(q["sql"][:90] for q in captured)


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 3])
def test_the_review_costs_the_same_whatever_it_holds(client, product, dana, count):
    for _ in range(count):
        KpiFactory(product=product, owner=PersonFactory())
    client.get(url("metric_list"))  # the first request of a session writes it
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url("review", product.slug)).status_code == 200
    assert len(captured) == 7, "\n".join(q["sql"][:90] for q in captured)


@pytest.mark.django_db
def test_whoever_only_reads_reviews_nothing(client, product, mau):
    client.force_login(PersonFactory())
    assert client.post(url("review", product.slug)).status_code == 403
    assert client.post(url("kpi_confirm", product.slug, mau.pk)).status_code == 403
