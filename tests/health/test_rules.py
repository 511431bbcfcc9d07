"""The formula: every worked example of domain.md §4, and what must hold for any numbers."""

import datetime as dt
import json
import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from health.rules import (
    RETIRED,
    Audience,
    AudienceUse,
    Health,
    KpiFact,
    KpiPlan,
    Part,
    ProductPlan,
    Settings,
    Status,
    Window,
    earned_adoption,
    expected_progress,
    freshness,
    is_hold,
    kpi_score,
    problems,
    progress,
    score_product,
    sentence,
    signal,
    status_of,
    trend,
    why_unknown,
)
from portfolio.rules import Choice, Exchange

DAY = dt.date(2026, 7, 1)
START, END = dt.date(2026, 1, 1), dt.date(2026, 12, 29)  # DAY is half-time
SETTINGS = Settings()


def kpi(code="enps", group="satisfaction", **values):
    base = {"kpi_id": sum(map(ord, code)), "code": code, "group": group, "name": code}
    plan = {"direction": "up", "baseline": 10.0, "target": 20.0, "baseline_date": START}
    return KpiPlan(**{**base, **plan, **values})


def points(value, *, day=DAY, **plan):
    return kpi_score(kpi(**plan), KpiFact(value, day), day).points


def product(*kpis, **values):
    return ProductPlan(
        **{"stage": "growth", "choice": "optional", "exchange": "money", **values}, kpis=kpis
    )


def facts(plan, *values, age=0):
    last = DAY - dt.timedelta(days=age)
    known = [
        (one, value) for one, value in zip(plan.kpis, values, strict=True) if value is not None
    ]
    return {one.kpi_id: KpiFact(value, last) for one, value in known}


def scored(plan, *values, age=0, settings=SETTINGS):
    return score_product(plan, facts(plan, *values, age=age), DAY, settings)


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


# Health, confidence, status ----------------------------------------------------------------------


def test_a_mandated_tool_that_measures_only_log_ins_is_unknown():
    plan = product(kpi("mau", "adoption"), stage="mature", choice="mandated", exchange="none")
    health = scored(plan, 20.0)
    assert (health.weight, health.full) == (pytest.approx(0.225), pytest.approx(11.25))
    assert health.confidence == pytest.approx(2)
    assert health.status == Status.UNKNOWN
    assert health.health == 100  # kept, but not shown
    assert health.shown is None
    assert why_unknown(health, plan, SETTINGS) == "Only use is measured, and it is mandated"


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


# Earned adoption ---------------------------------------------------------------------------------


def test_earned_adoption_example():
    uses = [
        AudienceUse(Audience("malcolm", "mandated", "none", 2000), 1940),
        AudienceUse(Audience("dilbert", "optional", "effort", 300), 90),
    ]
    found = earned_adoption(uses, SETTINGS)
    assert (round(found.raw * 100, 1), round(found.earned * 100, 1)) == (88.3, 65.3)
    assert found.is_noise is False


def test_mandated_people_alone_are_noise_and_one_audience_earns_what_is_raw():
    uses = [AudienceUse(Audience("malcolm", "mandated", "money", 100), 140)]
    found = earned_adoption(uses, SETTINGS)
    assert (found.raw, found.earned, found.is_noise) == (1, pytest.approx(1), True)
    assert found.is_single is True
    assert earned_adoption([], SETTINGS) is None


def test_earned_adoption_at_its_edges():
    forced = Audience("malcolm", "mandated", "money", 100)  # a signal of exactly 0.2
    free = Audience("dilbert", "optional", "money", 100)
    both = earned_adoption([AudienceUse(forced, 100), AudienceUse(free, 500)], SETTINGS)
    assert (both.raw, both.earned, both.is_noise, both.is_single) == (1, 1, False, False)
    mandated = earned_adoption([AudienceUse(forced, 1), AudienceUse(forced, 2)], SETTINGS)
    assert (mandated.signal, mandated.is_noise) == (pytest.approx(0.2), True)
    # An audience that nobody has measured: not 0, and noise is told all the same.
    unknown = earned_adoption([AudienceUse(free, 50), AudienceUse(forced, None)], SETTINGS)
    assert (unknown.raw, unknown.earned, unknown.is_noise) == (None, None, False)
    assert earned_adoption([AudienceUse(forced, None)], SETTINGS).is_noise is True
    # Nobody belongs to it: it counts nowhere, measured or not.
    empty = AudienceUse(Audience("nobody", "mandated", "none", 0), None)
    assert earned_adoption([AudienceUse(free, 50), empty], SETTINGS).raw == 0.5
    assert earned_adoption([empty], SETTINGS) is None


@given(
    st.lists(
        st.builds(
            AudienceUse,
            st.builds(
                Audience,
                persona=st.just("p"),
                choice=st.sampled_from([choice.value for choice in Choice]),
                exchange=st.sampled_from([exchange.value for exchange in Exchange]),
                head_count=st.integers(1, 10_000),
            ),
            st.floats(0, 20_000),
        ),
        min_size=1,
        max_size=6,
    )
)
def test_earned_adoption_lies_between_its_audiences(uses):
    found = earned_adoption(uses, SETTINGS)
    shares = [use.counted / use.audience.head_count for use in uses]
    low, high = min(shares) - 1e-9, max(shares) + 1e-9
    assert low <= found.earned <= high
    assert low <= found.raw <= high
    if len({(use.audience.choice, use.audience.exchange) for use in uses}) == 1:
        assert found.earned == pytest.approx(found.raw)  # all as free: earned is raw


# Settings and plain values -----------------------------------------------------------------------


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
        replace(plan, kpis=(replace(plan.kpis[0], exemptions=(3,)), plan.kpis[1])),
        replace(plan, kpis=(replace(plan.kpis[0], window=Window(days=7)), plan.kpis[1])),
    ]
    assert len({one.mark() for one in [plan, *others]}) == 5


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


# What holds for any numbers ----------------------------------------------------------------------

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
    scaled = replace(plan, baseline=baseline * factor, target=target * factor)
    one = kpi_score(plan, KpiFact(float(value), DAY), DAY)
    other = kpi_score(scaled, KpiFact(value * factor, DAY), DAY)
    assert one.points == other.points


@given(products(ordinary), st.sampled_from([2, 4]))
def test_only_the_ratio_of_base_weights_matters_to_health(given_product, times):
    plan, known = given_product
    heavier = tuple(replace(one, weight=one.weight * times) for one in plan.kpis)
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
