"""Goals and tasks on the page of their persona."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.urls import reverse

from core.formats import measure, number, short_day
from personas.models import Fit, Goal, Task
from personas.presenters.words import fit_words, hours_words, kind_word
from personas.selectors import GoalPortrait, Portrait


@dataclass(frozen=True, slots=True)
class TaskLine:
    """A task of a goal. `place` names where its form opens."""

    place: str
    name: str
    amount: str
    is_planned: bool
    edit_url: str
    delete_url: str


@dataclass(frozen=True, slots=True)
class FitLine:
    """A product that was judged on the goal."""

    product: str
    url: str
    level: int
    words: str
    judged: str
    evidence: str


@dataclass(frozen=True, slots=True)
class GoalCard:
    """A goal on the page of its persona. `place` and `task_place` name where forms open."""

    place: str
    task_place: str
    anchor: str
    goal: Goal
    kind: str
    hours: str
    tasks: list[TaskLine]
    fits: list[FitLine]
    edit_url: str
    delete_url: str
    task_url: str


def goal_cards(portrait: Portrait, today: dt.date) -> list[GoalCard]:
    """The goals of a persona, those with most at stake first."""
    ranked = sorted(portrait.goals, key=lambda one: -(one.minutes_a_week or 0.0))
    return [_goal_card(one, today) for one in ranked]


def _goal_card(one: GoalPortrait, today: dt.date) -> GoalCard:
    goal = one.goal
    at = [goal.persona_id, goal.pk]
    return GoalCard(
        place=f"goal-{goal.pk}",
        task_place=f"task-of-{goal.pk}",
        anchor=f"g{goal.pk}",
        goal=goal,
        kind=kind_word(goal),
        hours=hours_words(one.minutes_a_week),
        tasks=[_task_line(task, goal) for task in one.tasks],
        fits=[_fit_line(fit, today) for fit in one.fits],
        edit_url=reverse("personas:goal_edit", args=at),
        delete_url=reverse("personas:goal_delete", args=at),
        task_url=reverse("personas:task_create", args=at),
    )


def _task_line(task: Task, goal: Goal) -> TaskLine:
    at = [goal.persona_id, task.pk]
    times = f"{number(task.times_a_month)} times a month"
    return TaskLine(
        place=f"task-{task.pk}",
        name=task.name,
        amount=f"{measure(task.minutes, 'minutes')}, {times}",
        is_planned=task.is_planned,
        edit_url=reverse("personas:task_edit", args=at),
        delete_url=reverse("personas:task_delete", args=at),
    )


def _fit_line(fit: Fit, today: dt.date) -> FitLine:
    return FitLine(
        product=fit.product.name,
        url=reverse("personas:product_personas", args=[fit.product.slug]),
        level=fit.level,
        words=fit_words(fit),
        judged=f"judged {short_day(fit.judged_on, today)}",
        evidence=fit.evidence,
    )
