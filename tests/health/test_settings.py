"""Settings: a form, a preview that is what the roll-up then gives, a history, no lost change."""

import random
import re

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import given
from hypothesis import settings as thorough
from hypothesis import strategies as st

from accounts.models import User
from core.demo import seeders
from core.versions import Conflict
from health import rules, services
from health.forms import PATHS, SettingsForm, field_name, texts_of
from health.models import HealthSettings, HealthSnapshot
from health.selectors import current_settings, preview_settings, score_days, score_under
from portfolio.models import Product, StaleMark
from tests.factories.accounts import confirm
from tests.factories.health import (
    NOW,
    TODAY,
    days_ago,
    make_kpi,
    make_product,
    mark,
    measure,
)

pytestmark = pytest.mark.django_db
FORM, PREVIEW, APPLY = "/settings/health/", "/settings/health/preview/", "/settings/health/apply/"


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def ada():
    return User.objects.create(email="ada@example.com", name="Ada", role="administrator")


@pytest.fixture
def signed_in(client, ada):
    client.force_login(ada)
    confirm(client)
    return client


def some_products():
    """Of every stage, choice and exchange, with good, bad, old and missing figures."""
    draw = random.Random(7)
    products = []
    for number, stage in enumerate(("discovery", "pilot", "rollout", "growth", "mature", "sunset")):
        for value in (15, 55, 70, 95):
            product = make_product(
                f"Tool {number} {value}",
                stage=stage,
                choice=draw.choice(("optional", "default", "mandated")),
                exchange=draw.choice(("money", "effort", "none")),
            )
            score = make_kpi(product, "score", is_guardrail=value == 15)
            measure(score, value, ago=draw.choice((0, 10, 50)))
            minutes = make_kpi(product, "minutes", metric={"group": "productivity"})
            measure(minutes, draw.uniform(0, 100), ago=30)
            people = make_kpi(product, "use", metric={"group": "adoption"})
            if value != 55:
                measure(people, draw.uniform(0, 100), ago=5)
            products.append(product)
    return products


def roll_up_all():
    ids = list(Product.objects.values_list("pk", flat=True))
    services.roll_up(product_ids=ids, now=NOW)


def stored_today():
    rows = HealthSnapshot.objects.filter(day=TODAY)
    return {row.product_id: row for row in rows}


def shown(row):
    return None if row.status in ("unknown", "retired") else row.health


def hold_against_the_roll_up(candidate, by=None):
    """Preview, put in force, roll up: status, health and reason are those of the preview."""
    before = stored_today()
    found = preview_settings(candidate, current_settings(), TODAY)
    services.save_settings(values=candidate.as_dict(), by=by, now=NOW)
    roll_up_all()
    after = stored_today()
    moved = {one.product_id: one for one in found.moves}
    assert found.products == len(after)
    for pk, row in after.items():
        if pk in moved:
            one = moved[pk]
            assert (one.was, one.was_health) == (before[pk].status, shown(before[pk]))
            assert (one.then, one.then_health) == (row.status, shown(row))
            assert one.reason[:300] == row.reason
        else:
            assert row.status == before[pk].status
    shifts = [
        abs(shown(row) - shown(before[pk]))
        for pk, row in after.items()
        if pk not in moved and shown(row) is not None and shown(row) != shown(before[pk])
    ]
    assert found.shifted == len(shifts)
    assert found.furthest == pytest.approx(max(shifts, default=0))
    return found


# Rules -------------------------------------------------------------------------------------------


def test_every_value_has_a_field_and_comes_back():
    flat = rules.flat(rules.Settings())
    assert len(flat) == len(PATHS) == 6 + 3 + 3 + 6 * 7
    assert rules.from_flat(flat) == rules.Settings()
    assert field_name(("stage_factors", "pilot", "quality")) == "factor_pilot_quality"


def test_a_problem_stands_at_its_field():
    wrong = rules.Settings(healthy_from=50, watch_from=60, choice_factors={"optional": 2})
    assert [(one.field, one.words) for one in rules.field_problems(wrong)] == [
        (("watch_from",), "Watch must not start above healthy."),
        (("choice_factors", "optional"), "Signal values: enter 0 to 1."),
    ]


def test_a_factor_of_a_group_that_has_no_field_is_kept():
    base = rules.from_flat({("stage_factors", "growth", "of our own"): 3.0})
    form = SettingsForm({**texts_of(base), "watch_from": "50"}, base=base)
    assert form.is_valid()
    assert form.candidate.stage_factor("growth", "of our own") == 3
    assert form.changes == {"watch_from": "50"}


@pytest.mark.parametrize(
    ("typed", "value"),
    [("72,5", None), (" 72.5 ", 72.5), ("７２", 72.0), ("70 %", 70.0), ("", 80.0)],
)
def test_numbers_as_people_write_them(typed, value):
    base = rules.Settings()
    form = SettingsForm({**texts_of(base), "healthy_from": typed}, base=base)
    assert form.is_valid() is (value is not None)
    if value is not None:
        assert form.candidate.healthy_from == value


# Preview -----------------------------------------------------------------------------------------


def test_what_is_previewed_is_what_the_roll_up_gives(ada):
    some_products()
    for product in Product.objects.all():
        mark(product)
    roll_up_all()
    factors = rules.default_factors()
    factors["growth"]["productivity"] = 0.0
    factors["mature"]["adoption"] = 4.0
    found = hold_against_the_roll_up(
        rules.Settings(healthy_from=90, watch_from=72, unknown_below=30, stage_factors=factors), ada
    )
    assert len(found.moves) > 3
    assert found.shifted > 1


def test_what_is_previewed_of_the_demo_company_is_what_the_roll_up_gives(ada):
    for seeder in seeders():
        seeder.seed(NOW)
    for product in Product.objects.live(TODAY):
        mark(product)
    roll_up_all()
    found = hold_against_the_roll_up(rules.Settings(healthy_from=92, watch_from=85), ada)
    assert found.moves


percent = st.floats(0, 100).map(lambda number: round(number, 3))
share = st.floats(0, 1).map(lambda number: round(number, 3))


@st.composite
def any_settings(draw):
    watch, healthy = sorted((draw(percent), draw(percent)))
    red, amber = sorted((draw(percent), draw(percent)))
    drawn = {
        ("healthy_from",): healthy,
        ("watch_from",): watch,
        ("unknown_below",): draw(percent),
        ("guardrail_watch_below",): amber,
        ("guardrail_risk_below",): red,
    }
    rest = [path for path in PATHS.values() if path not in drawn]
    factor = st.one_of(st.sampled_from([0.0, 1.0]), st.floats(0, 100).map(lambda n: round(n, 2)))
    for path in draw(st.lists(st.sampled_from(rest), max_size=12, unique=True)):
        drawn[path] = draw(factor if path[0] == "stage_factors" else share)
    return rules.from_flat(drawn)


def test_any_settings_previewed_are_what_the_roll_up_gives():
    some_products()

    @thorough(max_examples=15)
    @given(any_settings())
    def check(candidate):
        cache.clear()
        for product in Product.objects.all():
            mark(product)
        roll_up_all()
        hold_against_the_roll_up(candidate)

    check()


def test_the_settings_in_force_score_as_the_roll_up_does():
    products = some_products()
    ids = [product.pk for product in products]
    (found,) = score_under(ids, TODAY, [current_settings()])
    assert found == score_days({pk: [TODAY] for pk in ids}, TODAY)


def test_a_preview_stores_nothing_and_is_not_worked_out_twice(ada):
    some_products()
    candidate = rules.Settings(healthy_from=99)
    rows = HealthSettings.objects.count()
    first = preview_settings(candidate, current_settings(), TODAY)
    with CaptureQueriesContext(connection) as queries:
        assert preview_settings(candidate, current_settings(), TODAY) == first
    assert len(queries) == 2  # the settings in force, the version of the data
    assert HealthSettings.objects.count() == rows
    assert not HealthSnapshot.objects.exists()
    mark(Product.objects.first())
    measure(Product.objects.first().kpis.first(), 1)
    with CaptureQueriesContext(connection) as queries:
        preview_settings(candidate, current_settings(), TODAY)
    assert len(queries) > 2


# Services ----------------------------------------------------------------------------------------


def test_past_days_keep_their_settings(ada):
    product = make_product()
    measure(make_kpi(product), 70, ago=3)
    mark(product, ago=3)
    roll_up_all()
    old = current_settings().pk
    new = services.save_settings(values={"healthy_from": 65.0}, by=ada, now=NOW)
    mark(product, ago=3)
    roll_up_all()
    by_day = HealthSnapshot.objects.order_by("day").values_list("day", "settings_id")
    assert dict(by_day) == {days_ago(3): old, days_ago(2): old, days_ago(1): old, TODAY: new.pk}


def test_settings_chosen_on_others_are_a_conflict(ada):
    on = current_settings().pk
    theirs = services.save_settings(values={"watch_from": 50.0}, by=ada, now=NOW, on=on)
    with pytest.raises(Conflict) as told:
        services.save_settings(values={"watch_from": 40.0}, by=ada, now=NOW, on=on)
    assert told.value.theirs == theirs
    again = services.save_settings(values={"watch_from": 50.0}, by=ada, now=NOW, on=on)
    assert again == theirs


# Pages -------------------------------------------------------------------------------------------


def typed(**changes):
    return {"on": str(current_settings().pk), **texts_of(current_settings().settings), **changes}


def hidden(response):
    found = re.findall(
        r'<input type="hidden" name="(\w+)" value="([^"]*)"', response.content.decode()
    )
    return {name: value for name, value in found if name in ("on", *PATHS)}


def test_the_form_leads_to_the_preview_and_that_puts_them_in_force(signed_in, ada):
    product = make_product("Shift Planner")
    measure(make_kpi(product), 70)
    measure(make_kpi(product, "minutes", metric={"group": "productivity"}), 70)
    mark(product)
    roll_up_all()
    answer = signed_in.post(FORM, typed(healthy_from=" 65 "))
    assert answer.status_code == 302
    assert answer.url.startswith(PREVIEW)
    page = signed_in.get(answer.url)
    text = page.content.decode()
    assert "1 of 1 product would change its status today." in text
    assert "Shift Planner" in text
    assert HealthSettings.objects.count() == 1
    done = signed_in.post(APPLY, hidden(page))
    assert done.url == FORM
    row = HealthSettings.objects.latest()
    assert (row.values["healthy_from"], row.created_by) == (65, ada.pk)
    assert StaleMark.objects.filter(product=product, from_date=TODAY).exists()
    twice = signed_in.post(APPLY, hidden(page))
    assert twice.url == FORM
    assert HealthSettings.objects.count() == 2


def test_a_wrong_value_is_told_at_its_field(signed_in):
    answer = signed_in.post(FORM, typed(factor_pilot_quality="lots", watch_from="90"))
    assert answer.status_code == 422
    text = answer.content.decode()
    assert 'href="#id_factor_pilot_quality"' in text
    assert 'href="#id_watch_from"' in text
    assert 'value="lots"' in text
    assert HealthSettings.objects.count() == 1


def test_one_field_or_all_go_back_to_the_default(signed_in):
    given_values = typed(healthy_from="70", watch_from="61")
    one = signed_in.post(FORM, {**given_values, "back": "healthy_from"}).content.decode()
    assert re.search(r'name="healthy_from" value="80"', one)
    assert re.search(r'name="watch_from" value="61"', one)
    every = signed_in.post(FORM, {**given_values, "defaults": "1"}).content.decode()
    assert re.search(r'name="watch_from" value="60"', every)


def test_nothing_changed_is_said(signed_in):
    answer = signed_in.post(FORM, typed(), follow=True)
    assert "These settings are in force already." in answer.content.decode()


def test_whoever_is_slower_sees_theirs_and_keeps_what_was_typed(signed_in, ada):
    page = signed_in.get(signed_in.post(FORM, typed(healthy_from="70")).url)
    sent = hidden(page)
    bob = User.objects.create(email="bob@example.com", name="Bob", role="administrator")
    theirs = services.save_settings(values={"watch_from": 33.0}, by=bob, now=NOW)
    late = signed_in.post(APPLY, sent)
    assert late.status_code == 409
    text = late.content.decode()
    assert "Bob put other settings in force" in text
    assert "Watch from: 60 → 33" in text
    assert HealthSettings.objects.latest() == theirs
    kept = hidden(late)
    assert kept == {"on": str(theirs.pk), "healthy_from": "70"}
    assert signed_in.post(APPLY, kept).status_code == 302
    values = HealthSettings.objects.latest().values
    assert (values["healthy_from"], values["watch_from"]) == (70, 33)


def test_the_history_says_who_changed_what_and_offers_it_again(signed_in, ada):
    services.save_settings(values={"watch_from": 50.0}, by=ada, now=NOW)
    first = HealthSettings.objects.order_by("pk").first()
    text = signed_in.get(reverse("health:settings_history")).content.decode()
    assert "Watch from" in text
    assert "<del>60</del>" in text
    assert "<ins>50</ins>" in text
    assert "Ada" in text
    assert f'href="{FORM}?from={first.pk}"' in text
    again = signed_in.get(f"{FORM}?from={first.pk}").content.decode()
    assert 'name="watch_from" value="60"' in again


@pytest.mark.parametrize(
    "query", ["on=x", "on=99999999999999999999", "on=999&healthy_from=%00", "from=-1"]
)
def test_nonsense_in_the_address_breaks_nothing(signed_in, query):
    for path in (FORM, PREVIEW):
        assert signed_in.get(f"{path}?{query}").status_code in (200, 302, 422)


@pytest.mark.parametrize(
    ("path", "queries"),
    [(FORM, 2), ("/settings/health/history/", 5), (f"{PREVIEW}?healthy_from=99", 15)],
)
def test_as_many_queries_for_one_product_as_for_many(signed_in, path, queries):
    some_products()
    signed_in.get(FORM)  # the session of today
    with CaptureQueriesContext(connection) as found:
        assert signed_in.get(path).status_code == 200
    assert len(found) == queries, "\n".join(one["sql"][:150] for one in found)
