"""Which moves of a KPI are worth a mail, and who is told of what (domain.md §6)."""

from __future__ import annotations

import math
import statistics

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from digests.rules import ItemKind
from digests.rules.drafts import DraftItem
from digests.rules.importance import (
    RED,
    weight_of_kind,
    weight_of_kpi,
    weight_of_needed,
    weight_of_risk,
)
from digests.rules.materiality import is_material_move, spread, weekly_change
from digests.rules.told import is_told, is_worth_a_mail
from stakeholders.rules import Plan

QUIET = [0.1, -0.1] * 4
numbers = st.floats(-1e6, 1e6)
histories = st.lists(st.one_of(st.none(), numbers), max_size=8)
ways = st.floats(1e-3, 1e6)


# Worked examples ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("delta", "earlier", "way", "is_material"),
    [
        # 5 % of a way of 40 is 2; the KPI hardly moves otherwise (2 × 1.4826 × 0.1 = 0.30).
        (2.01, QUIET, 40, True),
        (2.0, QUIET, 40, False),
        (-2.01, QUIET, 40, True),
        # A KPI that moves by 2 every week: MAD 2, so 5.9304 decides and not 5 % of 40.
        (5.93, [2, -2] * 4, 40, False),
        (5.94, [2, -2] * 4, 40, True),
        # The median is taken off first: a KPI that always rises by 3 has a MAD of 0.
        (2.5, [3] * 8, 40, True),
        # Four weeks are enough, three are not: then 10 % of the way alone.
        (2.5, [0, 0, 0, 0], 40, True),
        (2.5, [0, 0, 0], 40, False),
        (4.01, [0, 0, 0], 40, True),
        (4.01, [100, -100, 50], 40, True),
        (4.0, [], 40, False),
        # Weeks without a value do not count.
        (2.5, [0, 0, 0, None, None, None, None, None], 40, False),
        (2.5, [0, None, 0, None, 0, None, 0, None], 40, True),
        (0, [0] * 8, 40, False),
        (None, [0] * 8, 40, False),
    ],
)
def test_worked_examples(delta, earlier, way, is_material):
    assert is_material_move(delta, earlier, way) is is_material


def test_a_kpi_to_hold_is_measured_by_its_band():
    # Target 80: band 8, of which 5 % are 0.4; baseline and target lie 0.5 apart.
    assert not is_material_move(0.4, [0] * 8, 0.5, hold_band=8)
    assert is_material_move(0.41, [0] * 8, 0.5, hold_band=8)
    assert not is_material_move(0.8, [], 0.5, hold_band=8)
    assert is_material_move(0.81, [], 0.5, hold_band=8)
    # Baseline = target: without the band every move would matter.
    assert not is_material_move(0.3, [0] * 8, 0.0, hold_band=8)


def test_an_untargeted_kpi_has_the_mad_part_alone():
    assert is_material_move(5.94, [2, -2] * 4, None)
    assert not is_material_move(5.93, [2, -2] * 4, None)
    assert is_material_move(0.001, [0] * 8, None)
    assert not is_material_move(1e9, [2, -2, 2], None)


def test_the_noise_of_adding_is_no_move():
    assert weekly_change(0.1 + 0.2, 0.3) == 0
    assert not is_material_move(weekly_change(0.1 + 0.2, 0.3), [0] * 8, None)
    assert weekly_change(0.31, 0.3) == pytest.approx(0.01)
    assert weekly_change(None, 0.3) is None
    assert weekly_change(0.3, None) is None


# Properties ---------------------------------------------------------------------------------------


def by_hand(delta, earlier, way, band=None):
    """domain.md §6, sentence by sentence."""
    known = [one for one in earlier if one is not None]
    reach = band if band is not None else way
    if len(known) < 4:
        return reach is not None and abs(delta) > 0.1 * reach
    middle = statistics.median(known)
    mad = statistics.median([abs(one - middle) for one in known])
    parts = [2 * 1.4826 * mad] + ([0.05 * reach] if reach is not None else [])
    return abs(delta) > max(parts)


def is_close_call(delta, earlier, reach):
    known = [one for one in earlier if one is not None]
    bounds = [0.1 * (reach or 0), 0.05 * (reach or 0)]
    if known:
        bounds.append(2 * 1.4826 * spread(known))
    return any(math.isclose(abs(delta), bound, rel_tol=1e-6) for bound in bounds)


@given(numbers, histories, st.one_of(st.none(), ways))
def test_as_the_domain_says(delta, earlier, way):
    assume(not is_close_call(delta, earlier, way))
    assert is_material_move(delta, earlier, way) is by_hand(delta, earlier, way)


@given(numbers, histories, ways, ways)
def test_a_band_stands_in_place_of_the_way(delta, earlier, way, band):
    held = is_material_move(delta, earlier, way, hold_band=band)
    assert held is is_material_move(delta, earlier, band)


@given(numbers, histories, ways)
def test_the_way_of_a_move_does_not_matter(delta, earlier, way):
    mirrored = [None if one is None else -one for one in earlier]
    assert is_material_move(delta, earlier, way) is is_material_move(-delta, mirrored, way)


@given(numbers, numbers, histories, st.one_of(st.none(), ways))
def test_a_larger_move_is_not_less_material(one, other, earlier, way):
    small, large = sorted((one, other), key=abs)
    if is_material_move(small, earlier, way):
        assert is_material_move(large, earlier, way)


@given(histories, st.one_of(st.none(), ways))
def test_standing_still_is_never_material(earlier, way):
    assert not is_material_move(0.0, earlier, way)


# Who is told --------------------------------------------------------------------------------------


def item(kind: str, **values) -> DraftItem:
    given = {"key": "x", "day": None, "title": "", "url": "", **values}
    return DraftItem(kind=ItemKind(kind), **given)


@pytest.mark.parametrize(
    ("kind", "plans"),
    [
        ("status", {"brief", "roadmap", "newsletter"}),
        ("decision_needed", {"brief", "roadmap"}),
        ("kpi", {"brief", "roadmap"}),
        ("decision", {"roadmap"}),
        ("release", {"roadmap", "newsletter"}),
        ("win", {"roadmap", "newsletter"}),
        ("lesson", {"roadmap", "newsletter"}),
    ],
)
def test_which_plan_is_told_of_what(kind, plans):
    assert {plan.value for plan in Plan if is_told(plan, item(kind))} == plans


@pytest.mark.parametrize(
    ("severity", "plans"), [(1, {"roadmap"}), (2, {"roadmap"}), (3, {"brief", "roadmap"})]
)
def test_the_brief_hears_of_the_worst_risks(severity, plans):
    risk = item("risk", data={"severity": severity})
    assert {plan.value for plan in Plan if is_told(plan, risk)} == plans


def test_a_small_move_is_told_where_it_is_red_or_pinned_and_is_no_reason_to_write():
    small = item("kpi", is_material=False)
    assert not is_told(Plan.ROADMAP, small)
    assert is_told(Plan.ROADMAP, small, is_pinned=True)
    red = item("kpi", is_material=False, is_red=True)
    assert all(is_told(plan, red) for plan in Plan)
    assert not is_worth_a_mail(Plan.BRIEF, red)
    assert not is_worth_a_mail(Plan.NEWSLETTER, item("kpi", is_red=True))
    assert is_told(Plan.NEWSLETTER, red)
    assert not is_worth_a_mail(Plan.NEWSLETTER, item("kpi", is_red=True))
    assert is_worth_a_mail(Plan.BRIEF, item("kpi"))
    assert not is_worth_a_mail(Plan.NEWSLETTER, item("kpi"))


def test_what_comes_first():
    order = [
        weight_of_kpi(0.0, is_red=True, is_material=False),
        weight_of_needed(-3),
        weight_of_needed(14),
        weight_of_kind(ItemKind.STATUS),
        weight_of_risk(3, is_news=True),
        weight_of_kpi(5.0, is_red=False, is_material=True),
        weight_of_risk(3, is_news=False),
        weight_of_kpi(0.1, is_red=False, is_material=True),
        weight_of_needed(15),
        weight_of_kind(ItemKind.DECISION),
        weight_of_needed(None),
        weight_of_risk(2, is_news=True),
        weight_of_risk(1, is_news=True),
        weight_of_kind(ItemKind.WIN),
        weight_of_kind(ItemKind.LESSON),
        weight_of_kind(ItemKind.RELEASE),
        weight_of_kpi(1.0, is_red=False, is_material=False),
    ]
    assert order == sorted(order, reverse=True)
    assert len(set(order)) == len(order)
    assert order[0] >= RED
