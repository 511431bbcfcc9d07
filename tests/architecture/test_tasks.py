"""Tasks are doorbells: named arguments, a queue, a place in the schedule that exists."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings

from config.celery import app
from core.queues import Queue
from tests.architecture.house import FLOORS, Function, functions


def our_tasks() -> dict[str, Any]:
    app.loader.import_default_modules()
    return {name: task for name, task in app.tasks.items() if name.split(".")[0] in FLOORS}


def task_functions() -> list[Function]:
    return [f for f in functions() if any("shared_task" in name for name in f.decorators)]


def test_every_task_has_a_queue() -> None:
    routes = settings.CELERY_TASK_ROUTES
    assert set(routes) == set(our_tasks())
    assert {route["queue"] for route in routes.values()} <= set(Queue)


@pytest.mark.parametrize("task", task_functions(), ids=str)
def test_every_task_takes_keywords_only(task: Function) -> None:
    assert not task.arguments.args
    assert not task.arguments.posonlyargs


def test_the_schedule_names_tasks_that_exist() -> None:
    scheduled = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    assert scheduled
    assert scheduled <= set(our_tasks())
