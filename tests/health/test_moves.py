"""Why health moved: what happened to each KPI, in words, with points that add up."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from health.presenters.reasons import happened, in_short, move_words
from health.rules import (
    Explained,
    KpiFact,
    KpiPlan,
    ProductPlan,
    Settings,
    Why,
    moves,
    score_product,
)

THEN, NOW = dt.date(2026, 7, 1), dt.date(2026, 7, 29)
DAY = dt.timedelta(days=1)
CODES = ("enps", "errors", "minutes")


def kpi(code="enps", **values):
    base = {"kpi_id": CODES.index(code) + 1, "code": code, "group": "satisfaction", "name": code}
    plan = {"baseline": 0.0, "target": 100.0, "baseline_date": THEN - 90 * DAY, "unit": "%"}
    return KpiPlan(**{**base, **plan, **values})


def explained(day, *pairs, settings=None, **product):
    """Health of a day from (plan, value) or (plan, value, age) of each KPI."""
    plan = ProductPlan(
        **{"stage": "growth", "choice": "optional", "exchange": "money", **product},
        kpis=tuple(pair[0] for pair in pairs),
    )
    facts = {
        pair[0].kpi_id: KpiFact(pair[1], day - (pair[2] if len(pair) > 2 else 0) * DAY)
        for pair in pairs
        if pair[1] is not None
    }
    settings = settings or Settings()
    return Explained(score_product(plan, facts, day, settings), plan, settings)


def one(then, now):
    (move,) = moves(explained(THEN, *then), explained(NOW, *now))
    return move


TWO_WEEKS = 42  # days of age on the later day for a value that was 14 days old
CASES = [
    ([(kpi(), 60)], [(kpi(), 40)], [Why.VALUE], "From 60 % to 40 %"),
    ([(kpi(), 60)], [(kpi(), 60)], [Why.VALUE], "Still 60 %"),
    ([(kpi(), None)], [(kpi(), 60)], [Why.VALUE], "First measured: 60 %"),
    ([(kpi(), None)], [(kpi(), None)], [], "Not measured yet"),
    ([(kpi(), 60)], [(kpi(), 60, 28)], [], "No newer figure"),
    ([(kpi(), 60, 14)], [(kpi(), 60, 42)], [Why.OLDER], "No newer figure; at 42 d it counts less"),
    (
        [(kpi(), 60, 56)], [(kpi(), 60, 84)], [Why.OLDER],
        "No newer figure; at 84 d it no longer counts",
    ),
    (
        [(kpi(target_date=NOW + 90 * DAY), 60)],
        [(kpi(target_date=NOW + 90 * DAY), 60, 28)],
        [Why.EXPECTED],
        "No newer figure, while the plan expects more",
    ),
    (
        [(kpi(), 60)], [(kpi(target=80.0, weight=5.0), 60)], [Why.PLAN, Why.VALUE],
        "Target from 100 % to 80 %, Weight from 3 to 5; still 60 %",
    ),
    (
        [(kpi(), 60)], [(kpi(is_guardrail=True), 60, 28)], [Why.PLAN], "Now a guardrail",
    ),
    (
        [(kpi(), 60)], [(kpi(target=None), 60, 28)], [Why.UNTARGETED, Why.PLAN],
        "It has no target any more; target from 100 % to none",
    ),
    (
        [(kpi(target=None), 60)], [(kpi(), 60, 28)], [Why.TARGETED, Why.PLAN],
        "It has a target now; target from none to 100 %",
    ),
    ([(kpi(), 60)], [(kpi(exemptions=(7,)), 60, 28)], [Why.EXEMPT], "An exemption began"),
    (
        [(kpi(exemptions=(7,)), 60)], [(kpi(), 50)], [Why.COUNTS_AGAIN, Why.VALUE],
        "Its exemption ended; from 60 % to 50 %",
    ),
    ([], [(kpi(), 60)], [Why.CAME], "New since then, at 60 %"),
    ([], [(kpi(), None)], [Why.CAME], "New since then"),
    ([(kpi(), 60)], [], [Why.WENT], "No longer among its KPIs"),
]  # fmt: skip


@pytest.mark.parametrize(("then", "now", "whys", "words"), CASES)
def test_what_happened_to_a_kpi(then, now, whys, words):
    move = one(then, now)
    assert list(move.whys) == whys
    assert happened(move).replace("\xa0", " ") == words


def test_a_kpi_that_only_weighs_differently_says_so():
    then = explained(THEN, (kpi(), 60), (kpi("errors"), 90))
    now = explained(NOW, (kpi(), 60, 28), (kpi("errors", weight=5.0), 90, 28))
    shares = {move.line.code: move for move in moves(then, now)}
    assert list(shares["enps"].whys) == [Why.SHARE]
    assert move_words(shares["enps"]).startswith("Nothing new of its own")


def test_the_largest_move_is_told_first_and_the_numbers_add_up():
    then = explained(THEN, (kpi(), 90), (kpi("errors"), 90), (kpi("minutes"), 90))
    now = explained(NOW, (kpi(), 30), (kpi("errors"), 60), (kpi("minutes"), 90))
    assert in_short(now, then).replace("\xa0", " ") == (
        "enps: from 90 % to 30 % (−20.0); errors: from 90 % to 60 % (−10.0)."
    )


def test_stage_and_settings_are_told_beside_the_figures():
    then = explained(THEN, (kpi(), 90))
    now = explained(NOW, (kpi(), 90), stage="mature", settings=Settings(healthy_from=95.0))
    words = in_short(now, then)
    assert words.startswith("Nothing moved. The stage went from growth to mature, which matters.")
    assert "The settings of health were changed in between." in words


def test_a_new_plan_is_told_where_no_number_moved():
    then = explained(THEN, (kpi(), 100))
    now = explained(NOW, (kpi(weight=5.0), 100))
    assert in_short(now, then).replace("\xa0", " ") == "enps: weight from 3 to 5; still 100 %."


values = st.none() | st.floats(-50, 150)
plans = st.fixed_dictionaries({
    "weight": st.sampled_from([1.0, 3.0, 5.0]),
    "target": st.sampled_from([None, 60.0, 100.0]),
    "exemptions": st.sampled_from([(), (), (9,)]),
})  # fmt: skip
day_of = st.lists(st.tuples(plans, values, st.integers(0, 90)), min_size=3, max_size=3)


@given(day_of, day_of, st.sets(st.sampled_from(CODES)), st.sets(st.sampled_from(CODES)))
def test_points_add_up_to_the_change_of_health(before, after, gone, new):
    then, now = (
        explained(
            day,
            *[
                (kpi(code)._replace(**plan), value, age)
                for code, (plan, value, age) in zip(CODES, rows, strict=True)
                if code not in missing
            ],
        )
        for day, rows, missing in ((THEN, before, new), (NOW, after, gone))
    )
    found = moves(then, now)
    assert {move.line.code for move in found} == (set(CODES) - new) | (set(CODES) - gone)
    assert [abs(round(m.cost, 9)) for m in found] == sorted(
        (abs(round(m.cost, 9)) for m in found), reverse=True
    )
    for move in found:
        assert move_words(move).endswith(".")
        if round(move.cost, 1) and move.then and move.now:
            assert move.whys
    if then.health.health is not None and now.health.health is not None:
        change = now.health.health - then.health.health
        assert sum(-move.cost for move in found) == pytest.approx(change, abs=1e-6)
