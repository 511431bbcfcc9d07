"""What an issue says of KPIs and of a status that moved (domain.md §6)."""

from __future__ import annotations

import pytest

from tests.digests.gathering import DAY, QUIET, draft, items, measure_on
from tests.factories.digests import (
    DRAFTED,
    FRIDAY,
    MONDAY,
    IssueFactory,
    facts_for,
    steadily,
    weekly,
)
from tests.factories.health import exempt, make_kpi, make_product

pytestmark = pytest.mark.django_db


def test_a_move_in_a_sentence_with_its_numbers():
    product = make_product("Returns Desk")
    kpi = make_kpi(product, "returns", metric={"name": "Returns handled", "unit": "%"}, target=80)
    steadily(kpi, 61, 71)
    [item] = items(product, "kpi")
    assert item.title.replace("\u00a0", " ") == (
        "Returns handled fell from 71 % to 61 % in a week; the plan says 80 %."
    )
    assert item.detail == "It is 24 points behind plan."
    assert item.key == f"kpi:{kpi.pk}"
    assert item.url == f"/products/returns-desk/kpis/{kpi.pk}/"
    assert item.data["change"].replace("\u00a0", " ") == "−10 points in a week"
    assert item.data["is_better"] is False
    assert item.is_material
    assert not item.is_red


def test_the_table_has_every_kpi_against_its_plan_and_last_week():
    product = make_product()
    behind = make_kpi(product, "behind", target=80, metric={"unit": "%"})
    ahead = make_kpi(product, "ahead", target=50)
    free = make_kpi(product, "free", target=None, metric={"direction": "none"})
    make_kpi(product, "unmeasured")
    hold = make_kpi(product, "hold", baseline=85, target=80)
    for kpi, now, before in ((behind, 40, 41), (ahead, 60, 60), (free, 7, None), (hold, 79, 80)):
        weekly(kpi, now, before)
    lines = {line.code: line for line in draft(product).facts.kpis}
    assert [lines[code].side for code in ("behind", "ahead", "free", "unmeasured", "hold")] == [
        *("behind", "ahead", "", "", "behind")
    ]
    assert lines["behind"].change_words.replace("\u00a0", " ") == "−1 point in a week"
    assert lines["ahead"].change_words == "unchanged in a week"
    assert lines["free"].change_words == "no figure a week ago"
    assert lines["unmeasured"].value_words == "we don't know yet"
    assert lines["hold"].plan_words == "1 below the level to hold"
    # What costs most comes first.
    assert next(iter(lines)) == "behind"


@pytest.mark.parametrize(
    ("deltas", "now", "is_material"),
    [
        (QUIET, 5.1, True),
        (QUIET, 5.0, False),
        ((2, -2, 2, -2, 2, -2, 2, -2), 5.9, False),
        ((2, -2, 2, -2, 2, -2, 2, -2), 6.0, True),
        # Eight are taken: MAD 5. Of nine it would be 0, and 5 % of the way would decide.
        ((0, 10, 0, 10, 0, 10, 0, 10, 0), 14.8, False),
        ((0, 10, 0, 10, 0, 10, 0, 10, 0), 14.9, True),
        # Of seven it would be 0 here.
        ((0, 10, 0, 10, 0, 10, 0, 10), 14.8, False),
    ],
)
def test_the_eight_changes_before_say_what_is_usual(deltas, now, is_material):
    product = make_product()
    kpi = make_kpi(product)
    values = [50.0]
    for delta in deltas:
        values.append(values[-1] - delta)
    weekly(kpi, 50.0 + now, *values)
    [item] = items(product, "kpi")
    assert item.is_material is is_material


def test_with_fewer_than_four_changes_ten_per_cent_of_the_way():
    product = make_product()
    small, large = make_kpi(product, "small"), make_kpi(product, "large")
    weekly(small, 60, 50, 50, 50, 50)
    weekly(large, 60.1, 50, 50, 50, 50)
    found = {item.key: item.is_material for item in items(product, "kpi")}
    assert found == {f"kpi:{small.pk}": False, f"kpi:{large.pk}": True}


def test_v_of_a_week_ago_is_what_health_would_say():
    """A mean over 28 days: what entered the window counts, not the last figure alone."""
    product = make_product()
    kpi = make_kpi(product, "mean", metric={"aggregation": "mean", "window_days": 28})
    for back in range(70):
        measure_on(kpi, FRIDAY - back * DAY, 80 if back < 7 else 40)
    line = draft(product).facts.kpis[0]
    assert (line.value, line.before) == (50, 40)


def test_what_is_dated_after_the_friday_is_not_known():
    product = make_product()
    kpi = make_kpi(product)
    steadily(kpi, 50, 50)
    measure_on(kpi, FRIDAY + DAY, 90)
    assert items(product, now=DRAFTED + DAY) == []
    assert draft(product, now=DRAFTED + DAY).facts.kpis[0].value == 50


def test_a_red_guardrail_is_told_though_it_stands_still():
    product = make_product()
    red = make_kpi(product, "red", is_guardrail=True, metric={"name": "Error-free days"})
    amber = make_kpi(product, "amber", is_guardrail=True)
    plain = make_kpi(product, "plain")
    for kpi, value in ((red, 20), (amber, 30), (plain, 10)):
        steadily(kpi, value, value)
    [item] = items(product, "kpi")
    assert (item.key, item.is_red, item.is_material) == (f"kpi:{red.pk}", True, False)
    assert item.title == "Error-free days stands at 20; the plan says 100."
    assert "in the red" in item.detail
    assert draft(product).items[0] == item
    assert [line.code for line in draft(product).facts.red] == ["red"]


def test_a_guardrail_that_is_exempt_or_dead_is_missing_not_red():
    product = make_product()
    excused, dead = (make_kpi(product, code, is_guardrail=True) for code in ("excused", "dead"))
    steadily(excused, 10, 10)
    measure_on(dead, FRIDAY - 84 * DAY, 10)
    exempt(excused, ago=10, until=-20)
    assert items(product, "kpi") == []


# Status -------------------------------------------------------------------------------------------


def healthy_then(value, before=90):
    product = make_product()
    steadily(make_kpi(product, weight=5), value, before)
    return product


def test_a_status_that_is_not_that_of_the_last_issue():
    product = healthy_then(90)
    facts = facts_for(product, status="at_risk", status_words="At risk", health_words="41")
    IssueFactory(product=product, week=MONDAY - 21 * DAY, facts=facts)
    [item] = items(product, "status")
    assert item.title == "Its health went from at risk (41) to healthy (90)."
    assert item.is_material
    assert (item.data["before"], item.data["now"]) == ("at_risk", "healthy")
    assert draft(product).facts.day_before == FRIDAY - 21 * DAY


def test_the_newest_issue_before_counts_not_last_week():
    product = healthy_then(50)
    for weeks, status in ((2, "watch"), (1, "at_risk")):
        facts = facts_for(product, status=status)
        IssueFactory(product=product, week=MONDAY - 7 * weeks * DAY, facts=facts)
    IssueFactory(product=product, week=MONDAY, facts=facts_for(product, status="healthy"))
    assert items(product, "status") == []


def test_without_an_issue_the_week_before_counts():
    product = healthy_then(50)
    [item] = items(product, "status")
    assert item.title == "Its health went from healthy (90) to at risk (50)."
    assert item.detail.endswith("is 50 points behind plan: −50")
    assert draft(product).facts.status_before == "healthy"
    assert draft(product).facts.was_a_week_ago


def test_what_is_new_has_crossed_nothing():
    product = make_product(created_at=DRAFTED - 2 * DAY)
    steadily(make_kpi(product), 50, 90)
    assert items(product, "status") == []
    assert draft(product).facts.status_before == ""
