"""Settings, plans and explanations as rows keep them."""

import datetime as dt
import json
from dataclasses import replace

import pytest

from health.rules import (
    Audience,
    Health,
    KpiPlan,
    ProductPlan,
    Settings,
    Window,
    problems,
)
from tests.health.formula import END, SETTINGS, kpi, product, scored


def test_settings_survive_json():
    stored = json.loads(json.dumps(SETTINGS.as_dict()))
    assert Settings.from_dict(stored) == SETTINGS
    assert Settings.from_dict({}) == SETTINGS
    assert problems(SETTINGS) == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"watch_from": 90.0},
        {"healthy_from": 101.0},
        {"guardrail_risk_below": 60.0},
        {"choice_factors": {"optional": 1.5}},
        {"stage_factors": {"growth": {"quality": -1.0}}},
    ],
)
def test_settings_that_make_no_sense(wrong):
    assert len(problems(replace(SETTINGS, **wrong))) == 1


def test_plan_and_explanation_survive_json():
    plan = product(
        kpi("enps", target_date=END, exemptions=(3, 4)),
        kpi("mau", "adoption", baseline_date=None, is_guardrail=True),
        audiences=(Audience("malcolm", "default", "none", 12),),
    )
    assert ProductPlan.from_dict(json.loads(json.dumps(plan.as_dict()))) == plan
    health = scored(plan, 17.0, 11.0)
    stored = json.loads(json.dumps(health.explanation()))
    back = Health.from_explanation(health.status, health.health, health.confidence, stored, plan)
    assert back == health


def test_explanations_with_a_dict_for_each_line_are_still_read():
    """As rows were stored before the columns; such a line also held what its plan says."""
    plan = product(kpi("enps"), kpi("mau", "adoption"))
    health = scored(plan, 17.0, 11.0)
    stored = json.loads(json.dumps(health.explanation()))
    columns = stored["lines"]
    rows = zip(*columns.values(), strict=True)
    stored["lines"] = [{**dict(zip(columns, row, strict=True)), "code": "enps"} for row in rows]
    back = Health.from_explanation(health.status, health.health, health.confidence, stored, plan)
    assert back == health


def test_plans_with_the_same_mark_are_equal_and_others_differ():
    plan = product(kpi("enps", target_date=END), kpi("mau", "adoption"))
    again = ProductPlan.from_dict(json.loads(json.dumps(plan.as_dict())))
    assert (again.mark(), len(plan.mark())) == (plan.mark(), 32)
    others = [
        replace(plan, stage="sunset"),
        replace(plan, kpis=plan.kpis[:1]),
        replace(plan, kpis=(plan.kpis[0]._replace(exemptions=(3,)), plan.kpis[1])),
        replace(plan, kpis=(plan.kpis[0]._replace(window=Window(days=7)), plan.kpis[1])),
    ]
    assert len({one.mark() for one in [plan, *others]}) == 5


def test_the_mark_of_a_plan_stays_as_snapshots_hold_it():
    window = Window("sum", 7, is_summed=True, weights=(("Stores", 2.0),))
    kpi = KpiPlan(7, "dau", "adoption", baseline=1.5, baseline_date=dt.date(2026, 3, 2),
                  exemptions=(3,), window=window)  # fmt: skip
    audiences = (Audience("Planner", "optional", "none", 12),)
    plan = ProductPlan("growth", "mandated", "none", audiences, (kpi,))
    assert plan.mark() == "e0b2c0ca5fbd102ab16972d17a377f86"


def test_a_plan_without_a_withdrawn_kpi():
    plan = product(kpi("enps"), kpi("mau", "adoption"))
    gone = plan.kpis[0].kpi_id
    assert plan.without({gone}).kpis == plan.kpis[1:]
    assert plan.without({-1}) is plan
    assert plan.with_news(replace(plan)) is plan


def test_a_stored_plan_takes_in_what_it_does_not_know_and_nothing_else():
    then = product(kpi("enps", target=20.0), kpi("autonomy"))
    now = product(kpi("enps", target=90.0, exemptions=(5,)), kpi("mau", "adoption"), stage="mature")
    merged = then.with_news(now)
    assert merged.stage == "growth"
    assert [one.code for one in merged.kpis] == ["autonomy", "enps", "mau"]
    assert merged.kpis[1].target == 20.0
    assert merged.kpis[1].exemptions == (5,)
