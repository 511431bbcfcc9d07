"""Goals and tasks, written in the page of their persona."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.policies import SignedInRequest
from core.forms import VersionedForm
from personas import presenters as words
from personas import selectors, services
from personas.forms import GoalForm, TaskForm
from personas.models import Goal, Persona, Task
from personas.views.requests import (
    GET_OR_POST,
    OpenForm,
    after_change,
    find_persona,
    form_in_page,
    persona_crumbs,
    posted,
    stand_on_theirs,
)

GOAL_FIELDS = ("when", "want", "so_that", "kind")
TASK_FIELDS = ("name", "minutes", "times_a_month", "is_planned")


@require_http_methods(GET_OR_POST)
def goal_create(request: SignedInRequest, persona_id: int) -> HttpResponse:
    """Say what they want to get done."""
    persona = find_persona(persona_id)
    form = GoalForm(posted(request))
    if request.method == "POST" and form.is_valid():
        services.add_goal(persona=persona, fields=form.written, by=request.user, now=timezone.now())
        return after_change(request, persona, "The goal is added.")
    opened = OpenForm("goal-new", "A new goal", form, "Add goal", request.path)
    return form_in_page(request, persona, opened)


@require_http_methods(GET_OR_POST)
def goal_edit(request: SignedInRequest, persona_id: int, goal_id: int) -> HttpResponse:
    """Change a goal."""
    persona = find_persona(persona_id)
    goal = _find_goal(persona, goal_id)
    form = GoalForm(posted(request), initial=_shown(goal, GOAL_FIELDS))
    opened = OpenForm(f"goal-{goal.pk}", "Change the goal", form, "Save goal", request.path)
    change = partial(services.change_goal, goal_id=goal.pk)
    return _edit(request, persona, opened, change, names=GOAL_FIELDS)


@require_http_methods(GET_OR_POST)
def goal_delete(request: SignedInRequest, persona_id: int, goal_id: int) -> HttpResponse:
    """Delete a goal, under the list of what goes with it."""
    persona = find_persona(persona_id)
    goal = _find_goal(persona, goal_id)
    if request.method == "POST":
        services.delete_goal(goal=goal, by=request.user, now=timezone.now())
        return after_change(request, persona, "The goal is deleted.")
    going = words.consequences(selectors.dependants_of_goal(goal))
    return confirm_page(
        request,
        persona,
        title="Delete the goal",
        lede=words.story_words(goal),
        consequences=["the goal itself", *going],
    )


@require_http_methods(GET_OR_POST)
def task_create(request: SignedInRequest, persona_id: int, goal_id: int) -> HttpResponse:
    """Say what they do for a goal."""
    persona = find_persona(persona_id)
    goal = _find_goal(persona, goal_id)
    form = TaskForm(posted(request))
    if request.method == "POST" and form.is_valid():
        services.add_task(goal=goal, fields=form.written, by=request.user, now=timezone.now())
        return after_change(request, persona, "The task is added.")
    opened = OpenForm(f"task-of-{goal.pk}", "A new task", form, "Add task", request.path)
    return form_in_page(request, persona, opened)


@require_http_methods(GET_OR_POST)
def task_edit(request: SignedInRequest, persona_id: int, task_id: int) -> HttpResponse:
    """Change a task."""
    persona = find_persona(persona_id)
    task = _find_task(persona, task_id)
    form = TaskForm(posted(request), initial=_shown(task, TASK_FIELDS))
    opened = OpenForm(f"task-{task.pk}", "Change the task", form, "Save task", request.path)
    change = partial(services.change_task, task_id=task.pk)
    return _edit(request, persona, opened, change, names=TASK_FIELDS)


def _edit(
    request: SignedInRequest,
    persona: Persona,
    opened: OpenForm[Any],
    change: Callable[..., Any],
    *,
    names: tuple[str, ...],
) -> HttpResponse:
    """Show the form, or save it with `change`; whoever is second reads what the first has saved."""
    form: VersionedForm = opened.form
    what = opened.place.partition("-")[0]
    if request.method != "POST" or not form.is_valid():
        return form_in_page(request, persona, opened)
    try:
        version, by, now = form.read_version, request.user, timezone.now()
        change(version=version, fields=form.written, by=by, now=now)
    except services.Conflict as conflict:
        stand_on_theirs(form, conflict.theirs, _shown(conflict.theirs, names))
        return form_in_page(request, persona, opened, status=409)
    return after_change(request, persona, f"The {what} is saved.")


@require_http_methods(GET_OR_POST)
def task_delete(request: SignedInRequest, persona_id: int, task_id: int) -> HttpResponse:
    """Delete a task."""
    persona = find_persona(persona_id)
    task = _find_task(persona, task_id)
    if request.method == "POST":
        services.delete_task(task=task, by=request.user, now=timezone.now())
        return after_change(request, persona, f"The task “{task}” is deleted.")
    return confirm_page(request, persona, title="Delete the task", lede=task.name)


def _find_goal(persona: Persona, goal_id: int) -> Goal:
    goal: Goal = get_object_or_404(Goal, pk=goal_id, persona=persona)
    goal.persona = persona
    return goal


def _find_task(persona: Persona, task_id: int) -> Task:
    tasks = Task.objects.select_related("goal__persona")
    task: Task = get_object_or_404(tasks, pk=task_id, goal__persona=persona)
    return task


def _shown(row: Any, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in (*names, "version")}


def confirm_page(
    request: SignedInRequest,
    persona: Persona,
    *,
    title: str,
    lede: str,
    consequences: list[str] | None = None,
) -> HttpResponse:
    """A question before something of the persona is deleted."""
    context = {
        "form": None,
        "title": title,
        "lede": lede,
        "consequences": consequences or [],
        "danger": True,
        "confirm_label": "Delete it",
        "cancel_url": persona.get_absolute_url(),
        "crumbs": persona_crumbs(persona, "Delete"),
    }
    return render(request, "components/confirm_page.html", context)
