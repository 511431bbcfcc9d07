"""The health of a product: weights, confidence, status, guardrails, the sentence (domain.md §4)."""

import datetime as dt

import pytest

from health.rules import (
    RETIRED,
    Health,
    KpiFact,
    Part,
    Settings,
    Status,
    score_product,
    sentence,
    status_of,
    trend,
    why_unknown,
)
from tests.health.formula import DAY, SETTINGS, facts, kpi, product, scored


def test_health_is_the_weighted_mean_and_losses_explain_it():
    plan = product(kpi("enps"), kpi("task_completion", "completion", weight=1))
    health = scored(plan, 16.0, 20.0)
    assert health.health == pytest.approx((3 * 60 + 1 * 100) / 4)
    assert [round(line.lost, 6) for line in health.lines] == [30, 0]
    assert 100 - health.health == pytest.approx(sum(line.lost for line in health.lines))
    assert [line.code for line in health.losses()] == ["enps"]
    # Growth also expects adoption and productivity.
    assert health.missing_groups == ("adoption", "productivity")
    assert health.full == pytest.approx(3 + 1 + 3 * 1.5 + 3)
    assert health.confidence == pytest.approx(100 * 4 / 11.5)


def test_a_kpi_without_a_value_adds_its_full_share_below():
    plan = product(kpi("enps"), kpi("task_completion", "completion"))
    health = scored(plan, 20.0, None)
    assert health.health == 100
    assert health.full == pytest.approx(3 + 3 + 4.5 + 3)
    assert [line.part for line in health.lines] == [Part.SCORED, Part.NO_VALUE]


def test_an_untargeted_kpi_stays_out_and_its_group_is_missing():
    plan = product(kpi("enps", target=None))
    health = scored(plan, 20.0)
    assert health.health is None
    assert health.lines[0].part == Part.UNTARGETED
    assert "satisfaction" in health.missing_groups


def test_a_group_whose_only_kpis_are_exempt_is_not_expected():
    plan = product(kpi("enps", exemptions=(7,)), kpi("task_completion", "completion"))
    health = scored(plan, 0.0, 20.0)
    assert health.health == 100
    assert "satisfaction" not in health.missing_groups
    assert health.full == pytest.approx(3 + 4.5 + 3)


def test_a_group_with_an_exempt_and_an_untargeted_kpi_is_expected():
    plan = product(kpi("enps", exemptions=(7,)), kpi("mastery", target=None))
    assert "satisfaction" in scored(plan, 20.0, 4.0).missing_groups


def test_nothing_expected_and_nothing_there_is_confidence_0():
    none = Settings(stage_factors={"growth": dict.fromkeys(SETTINGS.stage_factors["growth"], 0.0)})
    health = scored(product(kpi()), 20.0, settings=none)
    assert (health.confidence, health.status, health.health) == (0, Status.UNKNOWN, None)


@pytest.mark.parametrize(
    ("health", "confidence", "status"),
    [
        (80, 25, Status.HEALTHY),
        (80 - 4e-10, 25 - 4e-10, Status.HEALTHY),
        (79.99999999, 100, Status.WATCH),
        (60, 100, Status.WATCH),
        (59.9, 100, Status.AT_RISK),
        (100, 24.9999, Status.UNKNOWN),
        (None, 100, Status.UNKNOWN),
        (0, 25, Status.AT_RISK),
    ],
)
def test_thresholds(health, confidence, status):
    assert status_of(health, confidence, SETTINGS) == status


def guarded(points_of_guardrail, points_of_rest, *, age=0, **plan):
    """Growth; the rest weighs nine times the guardrail."""
    fine = kpi("enps", baseline=0.0, target=100.0, weight=5)
    done = kpi("workflow_minutes", "productivity", baseline=0.0, target=100.0, weight=5)
    guard = kpi(
        "task_completion",
        "completion",
        **{
            "weight": 1,
            "baseline": 0.0,
            "target": 100.0,
            "is_guardrail": True,
            "cadence": 28,
            **plan,
        },
    )
    every = product(fine, done, guard)
    values = facts(every, points_of_rest, points_of_rest, points_of_guardrail)
    if values.get(guard.kpi_id):
        last = DAY - dt.timedelta(days=age)
        values[guard.kpi_id] = KpiFact(points_of_guardrail, last)
    return score_product(every, values, DAY, SETTINGS)


@pytest.mark.parametrize(
    ("guard", "rest", "status", "capped"),
    [
        (50.0, 100.0, Status.HEALTHY, False),
        (50.0 - 4e-10, 100.0, Status.HEALTHY, False),
        (49.0, 100.0, Status.WATCH, True),
        (25.0, 100.0, Status.WATCH, True),
        (24.0, 100.0, Status.AT_RISK, True),
        (30.0, 75.0, Status.WATCH, False),  # already watch
        (10.0, 80.0, Status.AT_RISK, True),
        (10.0, 40.0, Status.AT_RISK, False),  # already at risk
    ],
)
def test_guardrails_cap_the_status_and_never_the_number(guard, rest, status, capped):
    health = guarded(guard, rest)
    assert health.status == status
    assert health.health == pytest.approx((10 * rest + guard) / 11)
    assert (health.cap is not None) is capped
    if capped:
        assert health.cap.code == "task_completion"


@pytest.mark.parametrize(("age", "status"), [(83, Status.AT_RISK), (84, Status.HEALTHY)])
def test_a_stale_guardrail_still_caps_and_a_dead_one_is_missing(age, status):
    health = guarded(1.0, 100.0, age=age)
    assert health.status == status
    assert health.lines[2].is_missing_guardrail is (age == 84)


def test_a_guardrail_acts_whatever_its_stage_factor():
    zero = dict.fromkeys(SETTINGS.stage_factors["growth"], 1.0) | {"completion": 0.0}
    fine = kpi("enps", weight=5)
    guard = kpi("task_completion", "completion", is_guardrail=True)
    health = scored(
        product(fine, guard), 20.0, 10.0, settings=Settings(stage_factors={"growth": zero})
    )
    assert health.health == 100
    assert health.status == Status.AT_RISK


@pytest.mark.parametrize("plan", [{"exemptions": (1,)}, {"target": None}])
def test_a_guardrail_that_is_exempt_or_untargeted_is_missing(plan):
    health = guarded(1.0, 100.0, **plan)
    assert health.status == Status.HEALTHY
    assert health.lines[2].is_missing_guardrail


def test_a_guardrail_never_changes_unknown():
    plan = product(kpi("mau", "adoption", is_guardrail=True), choice="mandated", exchange="none")
    assert scored(plan, 0.0).status == Status.UNKNOWN


def test_retired_has_no_health():
    assert scored(product(kpi(), stage="retired"), 15.0) == RETIRED


def test_trend_needs_both_sides():
    known, unknown = Health(Status.WATCH, 70.0, 50.0), Health(Status.UNKNOWN, 90.0, 10.0)
    assert trend(known, Health(Status.AT_RISK, 52.5, 90.0)) == 17.5
    assert trend(known, unknown) is None
    assert trend(unknown, known) is None


# Words -------------------------------------------------------------------------------------------


def test_the_sentence_of_the_largest_loss():
    plan = product(kpi("enps", name="eNPS"), kpi("task_completion", "completion", weight=4))
    health = scored(plan, 17.8, 20.0)
    assert sentence(health.losses()[0]) == "eNPS is 22 points behind plan: −9"


def test_the_sentence_of_a_hold():
    plan = product(kpi("quality", "quality", name="First fix", baseline=85.0, target=80.0))
    assert (
        sentence(scored(plan, 76.9).losses()[0]) == "First fix is 3.1 below the level to hold: −39"
    )
    plan = product(
        kpi("errors", "quality", name="Errors", direction="down", baseline=0.0, target=0.0)
    )
    assert sentence(scored(plan, 0.4).losses()[0]) == "Errors is 0.4 above the level to hold: −40"


def test_equal_losses_are_ordered_by_code():
    plan = product(kpi("mastery"), kpi("autonomy"))
    assert [line.code for line in scored(plan, 15.0, 15.0).losses()] == ["autonomy", "mastery"]


@pytest.mark.parametrize(
    ("kpis", "values", "age", "words"),
    [
        ([], [], 0, "No KPI yet"),
        ([kpi()], [None], 0, "Nothing is measured yet"),
        ([kpi(target=None)], [4.0], 0, "No KPI has a baseline and a target"),
        ([kpi(exemptions=(1,))], [4.0], 0, "Every KPI is exempt"),
        ([kpi()], [15.0], 400, "Every figure is too old"),
        ([kpi(weight=1)], [15.0], 0, "Nobody measures adoption, productivity and completion"),
    ],
)
def test_why_unknown(kpis, values, age, words):
    plan = product(*kpis)
    assert why_unknown(scored(plan, *values, age=age), plan, SETTINGS) == words
