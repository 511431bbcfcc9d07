"""What selectors find: exact lists, and as many queries for three as for one."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.audit import acting_as
from personas import selectors, services
from personas.selectors import CoverageFilters, all_goals, coverage, open_cell
from tests.factories.accounts import AdministratorFactory, UserFactory
from tests.factories.personas import (
    NOW,
    TODAY,
    DepartmentFactory,
    EvidenceFactory,
    FitFactory,
    GoalFactory,
    HeadCountFactory,
    PersonaFactory,
    TaskFactory,
)
from tests.factories.portfolio import FunctionFactory, ProductFactory

pytestmark = pytest.mark.django_db
EVERYTHING = CoverageFilters()


def queries_of(call):
    with CaptureQueriesContext(connection) as captured:
        call()
    return len(captured)


@pytest.fixture
def user():
    return AdministratorFactory()


def ago(days):
    return TODAY - dt.timedelta(days=days)


def matrix(user, filters=EVERYTHING, **more):
    return coverage(user, filters, all_goals(TODAY), TODAY, **more)


def full_persona(people=10, minutes=26.0, **more):
    """A persona with a goal that costs each of its people 10 times `minutes` a month."""
    goal = GoalFactory(persona=PersonaFactory(**more))
    TaskFactory(goal=goal, minutes=minutes, times_a_month=10)
    HeadCountFactory(persona=goal.persona, head_count=people)
    return goal


def test_personas_come_with_what_the_list_says():
    malcolm = PersonaFactory(name="malcolm", tagline="Orders once")
    PersonaFactory(name="Dilbert")
    goals = [GoalFactory(persona=malcolm), GoalFactory(persona=malcolm)]
    TaskFactory(goal=goals[0])
    TaskFactory(goal=goals[0])
    EvidenceFactory(persona=malcolm, validated_on=ago(200))
    EvidenceFactory(persona=malcolm, validated_on=ago(140))
    found = selectors.personas_with_counts()
    assert [(one.name, one.goal_count, one.task_count, one.validated_on) for one in found] == [
        ("Dilbert", None, None, None),
        ("malcolm", 2, 2, ago(140)),
    ]
    assert [one.name for one in selectors.personas_with_counts("ONCE mal")] == ["malcolm"]


def test_head_counts_are_the_latest_that_have_begun():
    persona, buying = PersonaFactory(), DepartmentFactory(name="Buying")
    for days, people in ((400, 50), (10, 70), (-5, 90)):
        HeadCountFactory(persona=persona, department=buying, from_date=ago(days), head_count=people)
    HeadCountFactory(persona=persona, from_date=ago(1), head_count=5)
    assert selectors.people_of([persona.pk], TODAY) == {persona.pk: 75}
    assert selectors.people_of([persona.pk], ago(10)) == {persona.pk: 70}
    assert selectors.people_of([persona.pk], ago(500)) == {}
    assert selectors.portrait(persona, AdministratorFactory(), TODAY).people == 75


def test_a_portrait_leaves_out_what_the_viewer_may_not_read():
    goal = full_persona()
    shown = FitFactory(goal=goal, level=2)
    hidden = FitFactory(goal=goal, level=4, product__visibility="team")
    FitFactory(goal=goal, product__stage="retired")
    FitFactory(goal=goal, product__archived_on=ago(1))
    EvidenceFactory(persona=goal.persona, validated_on=ago(3))
    seen = selectors.portrait(goal.persona, UserFactory(), TODAY)
    assert [one.fits for one in seen.goals] == [[shown]]
    assert seen.goals[0].minutes_a_week == pytest.approx(600)
    assert (seen.missing, seen.suggested_rhythm, seen.validated_on) == ([(2, "task")], 0, ago(3))
    everything = selectors.portrait(goal.persona, AdministratorFactory(), TODAY)
    assert [one.fits for one in everything.goals] == [[hidden, shown]]


@pytest.mark.parametrize("amount", [1, 3])
def test_a_portrait_costs_five_queries(user, amount):
    persona = full_persona().persona
    for _ in range(amount):
        goal = GoalFactory(persona=persona)
        TaskFactory(goal=goal)
        FitFactory(goal=goal)
        HeadCountFactory(persona=persona)
        EvidenceFactory(persona=persona)
    assert queries_of(lambda: selectors.portrait(persona, user, TODAY)) == 5


def test_goals_rank_by_weekly_hours_within_their_persona(user):
    small, large = full_persona(10, name="Small"), full_persona(40, name="Large")
    more = GoalFactory(persona=small.persona)
    TaskFactory(goal=more, minutes=100, times_a_month=10)
    unknown = GoalFactory(persona=large.persona)
    found = [(row.goal, row.minutes_a_week) for row in matrix(user).rows]
    assert [goal for goal, _ in found] == [more, small, large, unknown]
    assert [minutes and round(minutes) for _, minutes in found] == [2308, 600, 2400, None]


def test_gaps_and_doubles_see_every_product_whatever_the_columns(user):
    keepers = FunctionFactory(name="Lighthouses")
    open_goal, served, twice = (full_persona(people=n) for n in (31, 5, 2))
    FitFactory(goal=open_goal, level=1)
    FitFactory(goal=open_goal, level=4, product__stage="discovery")
    FitFactory(goal=served, level=2, product__function=keepers)
    pair = [FitFactory(goal=twice, level=3, product__name=name).product for name in "ab"]
    found = matrix(user, CoverageFilters(function=keepers.pk))
    assert [product.function for product in found.products] == [keepers]
    assert [row.goal for row in found.gaps] == [open_goal]
    assert [row.doubles for row in found.rows] == [[], [], pair]
    assert [row.is_gap for row in found.rows] == [True, False, False]


def test_a_product_that_one_may_not_read_serves_nobody_one_can_see(user):
    goal = full_persona()
    FitFactory(goal=goal, level=4, product__visibility="team")
    assert matrix(user).gaps == []
    stranger = UserFactory()
    assert [row.goal for row in matrix(stranger).gaps] == [goal]
    assert matrix(stranger).products == []


def test_filters_narrow_goals_and_columns(user):
    malcolm, dilbert = full_persona(name="Malcolm"), full_persona(name="Dilbert")
    buying = malcolm.persona.head_counts.get().department
    HeadCountFactory(persona=dilbert.persona, department=buying, head_count=0)
    pilot = FitFactory(goal=malcolm, product__stage="pilot").product
    FitFactory(goal=dilbert)

    def goals(**filters):
        return [row.goal for row in matrix(user, CoverageFilters(**filters)).rows]

    assert goals() == [dilbert, malcolm]
    assert goals(persona=malcolm.persona_id) == [malcolm]
    assert goals(department=buying.pk) == [malcolm]  # nobody of Dilbert's is in it
    assert matrix(user, CoverageFilters(stage="pilot")).products == [pilot]
    options = all_goals(TODAY).options
    assert [name for _, name in options.personas] == ["Dilbert", "Malcolm"]
    assert (buying.pk, buying.name) in options.departments


def test_only_so_much_is_shown_and_the_most_judged_of_it(user):
    goals = [full_persona(people=n) for n in (3, 2, 1)]
    products = [ProductFactory(name=f"Tool {n}", stage="growth") for n in range(3)]
    for goal in goals:
        FitFactory(goal=goal, product=products[2])
    FitFactory(goal=goals[0], product=products[1])
    found = matrix(user, most=(2, 2))
    assert [row.goal for row in found.rows] == goals[:2]
    assert found.products == products[1:]
    assert (found.goals_total, found.products_total) == (3, 3)
    assert matrix(user, most=None).products == products[1:]  # a file names judged ones alone


@pytest.mark.parametrize("amount", [1, 3])
def test_the_matrix_costs_six_queries(user, amount):
    for _ in range(amount):
        goal = full_persona()
        for _ in range(amount):
            FitFactory(goal=goal)
    assert queries_of(lambda: matrix(user)) == 6


def test_a_cell_is_open_for_whoever_may_read_the_product(user):
    fit = FitFactory(product__visibility="team")
    at = (fit.goal_id, fit.product_id, TODAY)
    assert open_cell(user, *at).fit == fit
    assert open_cell(UserFactory(), *at) is None
    assert open_cell(user, fit.goal_id, 0, TODAY) is None
    assert open_cell(user, 0, fit.product_id, TODAY) is None
    empty = GoalFactory()
    assert open_cell(user, empty.pk, fit.product_id, TODAY).fit is None


def test_a_product_tells_whom_it_serves():
    product = ProductFactory()
    malcolm, dilbert = full_persona(name="Malcolm"), GoalFactory(persona__name="dilbert")
    fits = [FitFactory(product=product, goal=goal, level=2) for goal in (malcolm, dilbert)]
    found = selectors.served_by(product, TODAY)
    assert [(one.persona.name, one.people, one.goals) for one in found] == [
        ("dilbert", None, [(dilbert, fits[1])]),
        ("Malcolm", 10, [(malcolm, fits[0])]),
    ]
    waiting = GoalFactory()
    assert selectors.goals_without(product) == [waiting]


def test_history_tells_who_changed_what_of_the_persona():
    by = UserFactory(name="Dana")
    with acting_as(by):
        persona = services.create_persona(fields={"name": "Malcolm"}, by=by, now=NOW)
        story = {"when": "a", "want": "order once", "so_that": "", "kind": "social"}
        goal = services.add_goal(persona=persona, fields=story, by=by, now=NOW)
        services.delete_goal(goal=goal, by=by, now=NOW)
    other = PersonaFactory()
    page = selectors.persona_history(persona, None)
    told = {(entry.actor, entry.what, entry.subject) for entry in page.entries}
    assert ("Dana", "added", "the persona Malcolm") in told
    assert ("Dana", "removed", "the goal “order once”") in told
    assert page.older is None
    assert len(selectors.persona_history(other, None).entries) == 1
    assert selectors.last_change(persona)[0] == "Dana"


def test_a_page_of_history_keeps_one_transaction_together():
    persona = PersonaFactory()
    for number in range(3):
        EvidenceFactory(persona=persona, what=f"{number}")
    page = selectors.persona_history(persona, None, limit=1)
    assert len(page.entries) == 4  # all of one instant
    assert page.older is None


def test_the_product_tells_what_changed_in_its_fit(user):
    fit = FitFactory(goal__want="order once")
    FitFactory()
    entries = selectors.fit_history(fit.product, user, None, 10)
    assert [entry.subject for entry in entries] == ["its fit to “order once”"]
    assert {change.field for change in entries[0].changes} == {"fit", "evidence", "judged on"}
