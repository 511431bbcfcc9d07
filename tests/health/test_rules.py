"""The formula for one KPI: progress, score, hold, freshness, signal, weight (domain.md §4)."""

import datetime as dt

import pytest

from health.rules import (
    Audience,
    KpiFact,
    Status,
    expected_progress,
    freshness,
    is_hold,
    kpi_score,
    signal,
    why_unknown,
)
from tests.health.formula import DAY, END, SETTINGS, START, kpi, points, product, scored

# Progress and score ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "expected"), [(15.0, 100.0), (12.0, 70.0), (7.0, 20.0), (20.0, 100.0), (-90.0, 0.0)]
)
def test_half_time_examples(value, expected):
    assert expected_progress(DAY, START, END) == 0.5
    assert points(value, target_date=END) == pytest.approx(expected)


@pytest.mark.parametrize(("value", "done", "expected"), [(24.0, 0.6, 60.0), (0.0, 3.0, 100.0)])
def test_down_metric_without_a_date(value, done, expected):
    plan = kpi(direction="down", baseline=30.0, target=20.0)
    score = kpi_score(plan, KpiFact(value, DAY), DAY)
    assert (score.progress, score.expected) == (pytest.approx(done), 1.0)
    assert score.points == pytest.approx(expected)


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (dt.date(2025, 12, 31), 0.0),
        (START, 0.0),
        (DAY, 0.5),
        (END, 1.0),
        (dt.date(2030, 1, 1), 1.0),
    ],
)
def test_expected_progress_runs_from_the_baseline_date_to_the_target_date(day, expected):
    assert expected_progress(day, START, END) == pytest.approx(expected)


def test_an_open_target_date_means_now():
    assert expected_progress(START, START, None) == 1.0


def test_the_first_measurement_stands_in_for_a_missing_baseline_date():
    plan = kpi(baseline_date=None, target_date=END)
    fact = KpiFact(12.0, DAY, first=START)
    assert kpi_score(plan, fact, DAY).points == pytest.approx(70)


@pytest.mark.parametrize(
    ("direction", "baseline", "target", "value", "expected"),
    [
        ("up", 85.0, 80.0, 79.0, 87.5),
        ("up", 85.0, 80.0, 72.0, 0.0),
        ("up", 85.0, 80.0, 80.0, 100.0),
        ("up", 79.49, 80.0, 78.97, 87.125),
        ("down", 0.0, 0.0, 0.4, 60.0),
        ("down", 0.0, 0.0, -3.0, 100.0),
        ("none", 50.0, 50.0, 52.5, 50.0),
        ("none", 50.0, 50.0, 47.5, 50.0),
        ("up", -30.0, -40.0, -42.0, 50.0),
    ],
)
def test_hold_examples(direction, baseline, target, value, expected):
    found = points(value, direction=direction, baseline=baseline, target=target)
    assert found == pytest.approx(expected)


@pytest.mark.parametrize(
    ("direction", "baseline", "target", "holds"),
    [
        ("up", 72.0, 80.0, False),  # one whole band short
        ("up", 72.01, 80.0, True),
        ("up", 90.0, 80.0, True),
        ("down", 88.0, 80.0, False),
        ("down", 87.9, 80.0, True),
        ("down", 60.0, 80.0, True),
        ("up", -1.0, 0.0, False),  # the band of target 0 is one unit
        ("up", -0.9, 0.0, True),
        ("none", 79.9, 80.0, False),
        ("none", 80.0, 80.0, True),
    ],
)
def test_who_holds(direction, baseline, target, holds):
    assert is_hold(direction, baseline, target) is holds


def test_a_kpi_without_direction_goes_the_way_of_its_target():
    assert points(24.0, direction="none", baseline=30.0, target=20.0) == pytest.approx(60)


@pytest.mark.parametrize(
    ("age", "expected"), [(0, 1), (28, 1), (42, 0.75), (56, 0.5), (84, 0), (90, 0)]
)
def test_freshness(age, expected):
    assert freshness(age, 28) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("age", "stale", "dead"),
    [(28, False, False), (29, True, False), (83, True, False), (84, True, True)],
)
def test_stale_and_dead(age, stale, dead):
    line = scored(product(kpi(cadence=28)), 15.0, age=age).lines[0]
    assert (line.is_stale, line.is_dead, line.freshness > 0) == (stale, dead, not dead)


# Weight and signal -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("choice", "exchange", "expected"),
    [("optional", "money", 1), ("default", "effort", 0.54), ("mandated", "none", 0.15)],
)
def test_signal_of_adoption(choice, exchange, expected):
    plan = product(choice=choice, exchange=exchange)
    assert signal(plan, "adoption", SETTINGS) == pytest.approx(expected)
    assert signal(plan, "satisfaction", SETTINGS) == 1


def test_signal_is_weighted_by_head_count_over_audiences_with_people():
    audiences = (
        Audience("malcolm", "mandated", "none", 2000),
        Audience("dilbert", "optional", "effort", 300),
    )
    assert signal(product(audiences=audiences), "adoption", SETTINGS) == pytest.approx(570 / 2300)
    nobody = (Audience("malcolm", "mandated", "none", 0),)
    assert signal(product(audiences=nobody), "adoption", SETTINGS) == 1


def test_factors_of_the_stage_are_domain_md_s():
    table = """
        adoption .5 .5 1.5 1.5 .5 .5
        productivity .5 .75 1 1 1.25 .5
        satisfaction 1 1.25 1 1 1 1.5
        completion 1 1.25 1 1 .75 .5
        proficiency .5 .75 1 .75 .25 0
        quality .5 .5 .5 .75 1 1.5
        return 0 0 .25 .5 .75 1
    """
    stages = ["discovery", "pilot", "rollout", "growth", "mature", "sunset"]
    for row in table.split("\n")[1:-1]:
        group, *factors = row.split()
        found = [SETTINGS.stage_factor(stage, group) for stage in stages]
        assert found == [float(factor) for factor in factors]
    assert SETTINGS.stage_factor("growth", "courtesy") == 1


def test_weight_is_base_factor_signal_freshness():
    plan = product(kpi("mau", "adoption", weight=4), choice="default", exchange="effort")
    line = scored(plan, 15.0, age=42).lines[0]
    assert line.weight == pytest.approx(4 * 1.5 * 0.54 * 0.75)


def test_a_mandated_tool_that_measures_only_log_ins_is_unknown():
    plan = product(kpi("mau", "adoption"), stage="mature", choice="mandated", exchange="none")
    health = scored(plan, 20.0)
    assert (health.weight, health.full) == (pytest.approx(0.225), pytest.approx(11.25))
    assert health.confidence == pytest.approx(2)
    assert health.status == Status.UNKNOWN
    assert health.health == 100  # kept, but not shown
    assert health.shown is None
    assert why_unknown(health, plan, SETTINGS) == "Only use is measured, and it is mandated"
