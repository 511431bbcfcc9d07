"""What must hold for any numbers that the formula is given."""

import datetime as dt
import json
import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from health.rules import (
    Health,
    KpiFact,
    kpi_score,
    progress,
    score_product,
)
from tests.health.formula import DAY, END, SETTINGS, START, kpi, product

numbers = st.floats(allow_nan=False, allow_infinity=False)
ordinary = st.floats(-1e6, 1e6)
groups = st.sampled_from(sorted(SETTINGS.stage_factors["growth"]))


@st.composite
def kpi_plans(draw, values=numbers):
    dated = draw(st.booleans())
    return kpi(
        draw(st.sampled_from(["a", "b", "c", "d", "e", "f"])),
        draw(groups),
        direction=draw(st.sampled_from(["up", "down", "none"])),
        baseline=draw(st.none() | values),
        target=draw(st.none() | values),
        target_date=draw(st.dates(END, dt.date(2030, 1, 1))) if dated else None,
        weight=draw(st.integers(1, 5)),
        cadence=draw(st.integers(1, 100)),
        is_guardrail=draw(st.booleans()),
        exemptions=(1,) if draw(st.integers(0, 5)) == 0 else (),
    )


@st.composite
def products(draw, values=numbers):
    kpis = draw(st.lists(kpi_plans(values), max_size=6, unique_by=lambda one: one.code))
    plan = product(
        *kpis,
        stage=draw(st.sampled_from(sorted(SETTINGS.stage_factors))),
        choice=draw(st.sampled_from(["optional", "default", "mandated"])),
        exchange=draw(st.sampled_from(["money", "effort", "none"])),
    )
    known = {}
    for one in kpis:
        value, age = draw(st.none() | values), draw(st.integers(0, 300))
        if value is not None:
            known[one.kpi_id] = KpiFact(value, DAY - dt.timedelta(days=age), first=START)
    return plan, known


@given(products())
def test_every_number_is_finite_and_bounded(given_product):
    plan, known = given_product
    health = score_product(plan, known, DAY, SETTINGS)
    assert 0 <= health.confidence <= 100
    assert health.health is None or 0 <= health.health <= 100
    for line in health.lines:
        assert line.points is None or 0 <= line.points <= 100
        assert 0 <= line.freshness <= 1
    text = json.dumps(health.explanation(), allow_nan=False)
    back = Health.from_explanation(
        health.status, health.health, health.confidence, json.loads(text), plan
    )
    assert back == health


@given(products(ordinary), st.randoms())
def test_the_order_of_kpis_does_not_matter(given_product, random):
    plan, known = given_product
    shuffled = list(plan.kpis)
    random.shuffle(shuffled)
    one = score_product(plan, known, DAY, SETTINGS)
    other = score_product(replace(plan, kpis=tuple(shuffled)), known, DAY, SETTINGS)
    assert one.status == other.status
    assert one.confidence == pytest.approx(other.confidence)
    assert one.health == pytest.approx(other.health)


@given(kpi_plans(ordinary), ordinary, ordinary)
def test_the_better_direction_never_lowers_the_score(plan, first, second):
    if not plan.is_targeted or plan.direction == "none":
        return
    worse, better = sorted([first, second], reverse=plan.direction == "down")
    low = kpi_score(plan, KpiFact(worse, DAY), DAY)
    high = kpi_score(plan, KpiFact(better, DAY), DAY)
    assert low.points <= high.points


@given(
    st.integers(-1000, 1000),
    st.integers(-1000, 1000).filter(bool),
    st.integers(-1000, 1000),
    st.sampled_from([2.0, 0.5, 1024.0]),
)
def test_the_unit_does_not_matter(baseline, target, value, factor):
    """Powers of two scale floats exactly; a target of 0 has a band of its own and is left out."""
    plan = kpi(baseline=float(baseline), target=float(target), target_date=END)
    scaled = plan._replace(baseline=baseline * factor, target=target * factor)
    one = kpi_score(plan, KpiFact(float(value), DAY), DAY)
    other = kpi_score(scaled, KpiFact(value * factor, DAY), DAY)
    assert one.points == other.points


@given(products(ordinary), st.sampled_from([2, 4]))
def test_only_the_ratio_of_base_weights_matters_to_health(given_product, times):
    plan, known = given_product
    heavier = tuple(one._replace(weight=one.weight * times) for one in plan.kpis)
    one = score_product(plan, known, DAY, SETTINGS)
    other = score_product(replace(plan, kpis=heavier), known, DAY, SETTINGS)
    assert one.health == pytest.approx(other.health)


@given(products(ordinary))
def test_exempt_is_absent_save_for_what_its_group_is_excused_from(given_product):
    plan, known = given_product
    left = tuple(one for one in plan.kpis if not one.is_exempt)
    with_exempt = score_product(plan, known, DAY, SETTINGS)
    without = score_product(replace(plan, kpis=left), known, DAY, SETTINGS)
    assert with_exempt.health == without.health
    assert with_exempt.weight == without.weight
    excused = {one.group for one in plan.kpis} - {one.group for one in left}
    missing = [group for group in without.missing_groups if group not in excused]
    assert list(with_exempt.missing_groups) == missing


@given(products(ordinary))
def test_losses_add_up(given_product):
    plan, known = given_product
    health = score_product(plan, known, DAY, SETTINGS)
    if health.health is not None:
        assert sum(line.lost for line in health.lines) == pytest.approx(
            100 - health.health, abs=1e-6
        )


@given(numbers, numbers, numbers)
def test_progress_is_finite(value, baseline, target):
    if baseline != target:
        assert math.isfinite(progress(value, baseline, target))


@given(products(ordinary))
def test_the_formula_is_what_domain_md_says(given_product):
    from tests.health import oracle

    plan, known = given_product
    kpis = [
        {
            "code": one.code,
            "group": one.group,
            "direction": one.direction,
            "baseline": one.baseline,
            "target": one.target,
            "baseline_date": one.baseline_date,
            "target_date": one.target_date,
            "weight": one.weight,
            "cadence": one.cadence,
            "guardrail": one.is_guardrail,
            "aggregation": "last",
            "exempt": [(DAY, DAY)] if one.is_exempt else [],
        }
        for one in plan.kpis
    ]
    values = {
        one.code: {(known[one.kpi_id].last, ""): (known[one.kpi_id].value, None)}
        for one in plan.kpis
        if one.kpi_id in known
    }
    about = {"stage": plan.stage, "choice": plan.choice, "exchange": plan.exchange}
    status, number, confidence = oracle.health(about, kpis, values, DAY)
    health = score_product(plan, known, DAY, SETTINGS)
    assert health.status == status
    assert health.confidence == pytest.approx(confidence)
    assert health.health == pytest.approx(number, abs=1e-6)
