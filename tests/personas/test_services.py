"""What the services of personas leave in the tables."""

from __future__ import annotations

import datetime as dt
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from accounts.models import Department
from accounts.services import department_named
from activity.models import Event
from personas import models, services
from personas.models import Fit, Goal, Persona, PersonaEvidence, PersonaHeadCount, Task
from tests.factories.accounts import UserFactory
from tests.factories.personas import (
    NOW,
    TODAY,
    EvidenceFactory,
    FitFactory,
    GoalFactory,
    HeadCountFactory,
    PersonaFactory,
    TaskFactory,
)
from tests.factories.portfolio import ProductFactory

pytestmark = pytest.mark.django_db
STORY = {"when": "goods run low", "want": "order once", "so_that": "", "kind": "functional"}
CHECK = {"name": "Check", "minutes": 25.0, "times_a_month": 8.0, "is_planned": True}
DEMOGRAPHIC = {"age", "gender", "sex", "ethnicity", "race", "religion", "nationality", "birth"}
DEMOGRAPHIC |= {"marital", "income", "education", "disability", "health", "family"}


@pytest.fixture
def by():
    return UserFactory(name="Dana")


def describe(by, **fields):
    return services.create_persona(fields={"name": "Malcolm", **fields}, by=by, now=NOW)


def told():
    return list(Event.objects.order_by("pk").values_list("verb", "subject_label"))


def test_no_field_is_demographic():
    names = {
        part
        for model in (Persona, Goal, Task, PersonaHeadCount, PersonaEvidence, Department)
        for field in model._meta.get_fields()
        for part in field.name.lower().split("_")
    }
    assert names & DEMOGRAPHIC == set()
    assert "rhythm" in names  # the names were read


def test_a_persona_is_described_once_however_often_its_form_is_sent(by):
    token = uuid4()
    fields = {"name": "Malcolm", "tagline": "Orders once.", "rhythm": 15, "champion": by}
    first, again = (
        services.create_persona(fields=fields, by=by, now=NOW, token=token) for _ in range(2)
    )
    assert first == again
    assert (first.rhythm, first.champion, first.version, first.created_at) == (15, by, 1, NOW)
    assert told() == [("described the persona", "Malcolm")]


def test_two_personas_never_share_a_name(by):
    describe(by)
    with pytest.raises(services.NameTaken):
        describe(by, name="MALCOLM")
    other = describe(by, name="Dilbert")
    with pytest.raises(services.NameTaken):
        services.update_persona(
            persona_id=other.pk, version=1, fields={"name": "malcolm"}, by=by, now=NOW
        )
    assert Persona.objects.count() == 2


def test_only_what_is_for_editing_is_edited(by):
    with pytest.raises(ValueError, match="is_demo"):
        describe(by, is_demo=True)


def test_of_two_changes_at_once_one_wins(by):
    persona = describe(by)
    later = NOW + dt.timedelta(hours=1)
    change = {"persona_id": persona.pk, "version": 1, "by": by, "now": later}
    services.update_persona(fields={"rhythm": 20}, **change)
    services.update_persona(fields={"rhythm": 20}, **change)  # the same again is no conflict
    with pytest.raises(services.Conflict) as refused:
        services.update_persona(fields={"rhythm": 30}, **change)
    assert refused.value.theirs.rhythm == 20
    persona.refresh_from_db()
    assert (persona.rhythm, persona.version, persona.updated_at) == (20, 2, later)
    assert told()[1:] == [("changed the persona", "Malcolm")]


@pytest.mark.parametrize("rhythm", [101, -1])
def test_the_database_keeps_rhythm_on_its_scale(rhythm):
    with pytest.raises(IntegrityError), transaction.atomic():
        PersonaFactory(rhythm=rhythm)


def test_goals_and_tasks_are_added_once_and_changed_by_one(by):
    persona = describe(by)
    goals = [services.add_goal(persona=persona, fields=STORY, by=by, now=NOW) for _ in range(2)]
    assert goals[0] == goals[1]
    tasks = [services.add_task(goal=goals[0], fields=CHECK, by=by, now=NOW) for _ in range(2)]
    assert tasks[0] == tasks[1]
    change = {"goal_id": goals[0].pk, "version": 1, "by": by, "now": NOW}
    assert services.change_goal(fields={**STORY, "want": "rest"}, **change).want == "rest"
    with pytest.raises(services.Conflict):
        services.change_goal(fields={**STORY, "want": "sleep"}, **change)
    change = {"task_id": tasks[0].pk, "version": 1, "by": by, "now": NOW}
    assert services.change_task(fields={**CHECK, "minutes": 5.0}, **change).minutes == 5
    with pytest.raises(services.Conflict) as refused:
        services.change_task(fields={**CHECK, "minutes": 6.0}, **change)
    assert refused.value.theirs.minutes == 5
    assert [verb for verb, _ in told()] == [
        "described the persona",
        "added a goal to",
        "added a task to",
        "changed a goal of",
        "changed a task of",
    ]


def test_what_became_equal_by_a_change_is_still_added_once(by):
    goal = GoalFactory(**STORY)
    GoalFactory(persona=goal.persona, **STORY)
    assert services.add_goal(persona=goal.persona, fields=STORY, by=by, now=NOW) == goal


@pytest.mark.parametrize("minutes", [0, -1, 10_001, float("nan"), float("inf")])
def test_the_database_keeps_minutes_possible(minutes):
    with pytest.raises(IntegrityError), transaction.atomic():
        TaskFactory(minutes=minutes)


def test_deleting_takes_what_hangs_on_it_and_nothing_else(by):
    goal, other = GoalFactory(), GoalFactory()
    task = TaskFactory(goal=goal)
    keeper = TaskFactory(goal=other)
    fit = FitFactory(goal=goal)
    services.delete_task(task=task, by=by, now=NOW)
    services.delete_task(task=task, by=by, now=NOW)  # twice says it once
    services.delete_goal(goal=goal, by=by, now=NOW)
    assert not Fit.objects.filter(pk=fit.pk).exists()
    assert list(Task.objects.all()) == [keeper]
    HeadCountFactory(persona=other.persona)
    EvidenceFactory(persona=other.persona)
    services.delete_persona(persona=other.persona, by=by, now=NOW)
    left = (Goal, Task, PersonaHeadCount, PersonaEvidence)
    assert [model.objects.count() for model in left] == [0, 0, 0, 0]
    assert [verb for verb, _ in told()] == [
        "removed a task from",
        "removed a goal from",
        "deleted the persona",
    ]


@pytest.mark.parametrize("write", ["goal", "count", "evidence", "delete"])
def test_what_is_gone_takes_nothing(by, write):
    persona = PersonaFactory()
    Persona.objects.all().delete()
    calls = {
        "goal": lambda: services.add_goal(persona=persona, fields=STORY, by=by, now=NOW),
        "count": lambda: services.set_head_count(
            persona=persona, department="Buying", head_count=1, from_date=TODAY, by=by, now=NOW
        ),
        "evidence": lambda: services.add_evidence(
            persona=persona, what="x", source="", validated_on=TODAY, by=by, now=NOW
        ),
        "delete": lambda: services.delete_persona(persona=persona, by=by, now=NOW),
    }
    with pytest.raises(Persona.DoesNotExist):
        calls[write]()


def test_a_department_is_made_by_whoever_names_it_first(by):
    persona = PersonaFactory()
    count = {"persona": persona, "from_date": TODAY, "by": by, "now": NOW}
    services.set_head_count(department="Buying", head_count=120, **count)
    services.set_head_count(department="BUYING", head_count=130, **count)
    rows = PersonaHeadCount.objects.values_list("department__name", "head_count")
    assert list(rows) == [("Buying", 130)]
    assert department_named("buying") == Department.objects.get()
    with pytest.raises(ProtectedError):
        Department.objects.all().delete()
    services.remove_head_count(count=PersonaHeadCount.objects.get(), by=by, now=NOW)
    assert not PersonaHeadCount.objects.exists()


def test_evidence_comes_and_goes(by):
    persona = PersonaFactory()
    seen = {"persona": persona, "what": "A day beside them", "source": "", "by": by, "now": NOW}
    one, same = (services.add_evidence(validated_on=TODAY, **seen) for _ in range(2))
    assert one == same
    services.remove_evidence(evidence=one, by=by, now=NOW)
    assert not PersonaEvidence.objects.exists()


def judge(by, product, goal, version, level, evidence="Seen"):
    return services.judge_fit(
        product=product,
        goal=goal,
        version=version,
        level=level,
        evidence=evidence,
        judged_on=TODAY,
        by=by,
        now=NOW,
    )


def test_a_fit_is_judged_judged_again_and_taken_back(by):
    product, goal = ProductFactory(), GoalFactory()
    assert judge(by, product, goal, 0, 2).level == 2
    with pytest.raises(services.Conflict):
        judge(by, product, goal, 0, 4)  # somebody else's first judgement stands there
    assert judge(by, product, goal, 1, 4).version == 2
    with pytest.raises(services.Conflict):
        judge(by, product, goal, 1, None)
    assert judge(by, product, goal, 2, None) is None
    assert judge(by, product, goal, 2, None) is None  # nothing left to take back
    assert not Fit.objects.exists()
    verbs = Event.objects.order_by("pk").values_list("verb", "product_id")
    assert list(verbs) == [
        ("judged 2 of 4 for", product.pk),
        ("judged 4 of 4 for", product.pk),
        ("took a judgement back from", product.pk),
    ]


def test_the_database_knows_five_levels():
    with pytest.raises(IntegrityError), transaction.atomic():
        FitFactory(level=5)
    fit = FitFactory()
    with pytest.raises(IntegrityError), transaction.atomic():
        FitFactory(product=fit.product, goal=fit.goal)


def test_rows_say_what_they_are():
    fit, count, evidence = FitFactory(), HeadCountFactory(), EvidenceFactory(what="Seen")
    assert str(fit) == f"{fit.product_id} for {fit.goal_id}: 3"
    assert str(count) == "10 from 2026-01-01"
    assert str(evidence) == "Seen"
    assert str(GoalFactory(**STORY)) == "When goods run low I want to order once"
    assert str(TaskFactory(name="Check")) == "Check"
    assert str(department_named("Buying")) == "Buying"
    assert str(models.Persona(name="Malcolm")) == "Malcolm"
