"""The health of a product on its page: the explanation adds up, and unknown says why."""

import pytest
from django.urls import reverse

from health import services
from tests.factories.health import (
    NOW,
    days_ago,
    exempt,
    make_kpi,
    make_product,
    mark,
    measure,
)
from tests.health.pages import board, rolled_up, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_now")]


def health_page(client, product, query=""):
    return client.get(reverse("health:product_health", args=[product.slug]) + query)


def test_the_explanation_adds_up_before_the_reader_s_eyes(signed_in):
    product = rolled_up(make_product("Shift Planner"), 90, 70)
    words = text_of(health_page(signed_in, product))
    assert "80 of 100 Healthy" in words
    assert "minutes is 30 points behind plan −15" in words
    assert "Σ weight × score ÷ Σ weight = 480.00 ÷ 6.000 80.0" in words
    assert "what is missing (adoption, completion)" in words
    assert "6.000 ÷ 13.500 44.4 %" in words
    assert "3 × 1 × 1 × 1" in words
    assert "Settings in force since" in words


def test_a_stranger_to_a_team_s_product_gets_404(signed_in):
    product = make_product("Secret", visibility="team")
    assert health_page(signed_in, product).status_code == 404


def test_another_day_is_worked_out_on_request(signed_in):
    product = make_product("Tax office")
    measure(make_kpi(product, "score"), 90, ago=300)
    measure(make_kpi(product, "minutes", metric={"group": "productivity"}), 70, ago=300)
    words = text_of(health_page(signed_in, product, f"?as_of={days_ago(300)}"))
    assert "80 of 100 Healthy" in words
    assert "As it stood on 25 January 2026 · back to today" in words
    assert "Worked out just now with the settings in force." in words


def test_before_the_first_roll_up_the_page_says_so(signed_in):
    assert "Health is on its way" in text_of(health_page(signed_in, make_product()))


def test_the_overview_shows_card_tiles_and_gaps(administrator):
    product = make_product("Shift Planner", choice="mandated", exchange="none", head_count=2000)
    done = make_kpi(
        product, "task_done", metric={"group": "completion"}, is_guardrail=True, weight=5
    )
    minutes = make_kpi(product, "minutes", metric={"group": "productivity", "unit": "minutes"})
    mau = make_kpi(product, "mau", target=2000.0)
    late = make_kpi(product, "late", metric={"group": "quality"})
    dead = make_kpi(product, "dead", metric={"group": "quality"})
    loose = make_kpi(product, "loose", metric={"group": "quality"}, target=None)
    strike = make_kpi(product, "strike", metric={"group": "quality"})
    make_kpi(product, "empty", metric={"group": "quality"})
    exempt(strike, ago=3, until=-3)
    for kpi, value, ago in [
        (done, 10, 0),
        (minutes, 97, 0),
        (mau, 1960, 0),
        (late, 100, 63),
        (dead, 100, 84),
        (loose, 5, 0),
    ]:
        measure(kpi, value, ago=ago)
    mark(product)
    services.roll_up(product_ids=[product.pk], now=NOW)
    words = text_of(administrator.get(product.get_absolute_url()))
    assert "task_done is 90 points behind plan" in words
    assert "98 % use it every month. Mandated: no signal." in words
    assert "What is missing Satisfaction expected while growing Add a KPI" in words
    assert "empty has no figure yet Record" in words
    assert "What is stale late 63 d old Record" in words
    assert "What no longer counts dead last measured 29 Aug 2026 Record" in words
    assert "Without a target loose stays out of health Set a target" in words
    assert "Exempt strike until 24 Nov: Strike. Look" in words
    assert "97 minutes" in words
    assert "Stale data dead is 84 d old, and 1 more KPI" in words


def test_the_guardrail_that_caps_is_named(signed_in):
    product = make_product("Returns Desk")
    rolled_up(product, 100, 100)
    guard = make_kpi(
        product,
        "errors",
        metric={"group": "quality", "name": "Error rate"},
        is_guardrail=True,
        weight=1,
    )
    measure(guard, 20)
    mark(product)
    services.roll_up(product_ids=[product.pk], now=NOW)
    words = text_of(health_page(signed_in, product))
    assert "Held at “at risk” by guardrail: Error rate (score 20)" in words
    assert "Held at “at risk” by guardrail: Error rate" in text_of(board(signed_in))


def test_unknown_says_why_and_shows_no_number(signed_in):
    product = make_product("Price Desk", choice="mandated", exchange="none", stage="mature")
    measure(make_kpi(product, "mau"), 93)
    mark(product)
    services.roll_up(product_ids=[product.pk], now=NOW)
    words = text_of(health_page(signed_in, product))
    assert "We don't know Unknown" in words
    assert "Only use is measured, and it is mandated." in words
    assert "of 100" not in words


@pytest.mark.parametrize("kpis", [1, 3, 12])
def test_the_explanation_costs_the_same_for_any_number_of_kpis(
    signed_in, kpis, django_assert_num_queries
):
    product = make_product("Shift Planner")
    for number in range(kpis):
        measure(make_kpi(product, f"metric{number}"), 50)
    mark(product, ago=35)
    services.roll_up(product_ids=[product.pk], now=NOW)
    health_page(signed_in, product)
    with django_assert_num_queries(4):
        health_page(signed_in, product)


@pytest.mark.parametrize("page", ["portfolio:product_detail", "health:product_health"])
def test_the_page_follows_the_worker_only_while_there_is_something_to_wait_for(signed_in, page):
    product = make_product("Shift Planner")
    mark(product)
    waiting = signed_in.get(reverse(page, args=[product.slug])).content.decode()
    assert "Health is being worked out" in waiting
    assert f'hx-get="{reverse(page, args=[product.slug])}"' in waiting
    assert 'id="health-now"' in waiting
    services.roll_up(product_ids=[product.pk], now=NOW)
    settled = signed_in.get(reverse(page, args=[product.slug])).content.decode()
    assert "Health is being worked out" not in settled
    assert 'id="health-now"' in settled


def test_an_earlier_day_waits_for_nothing(signed_in):
    product = make_product("Shift Planner")
    mark(product)
    page = health_page(signed_in, product, f"?as_of={days_ago(9)}")
    assert "being worked out" not in text_of(page)
