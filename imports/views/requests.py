"""What a request carries once the policy middleware has let it through, and what pages share."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from core.queues import nudge
from core.toasts import add_toast
from imports.models import ImportRun
from imports.policies import ImportRequest
from imports.services import WrongState
from imports.tasks import work_on_run

GET_OR_POST = ["GET", "HEAD", "POST"]
LIST = "imports:run_list"


def crumbs(*more: tuple[str, str]) -> list[tuple[str, str]]:
    """The way from the list of imports to a page below it."""
    return [("Imports", reverse(LIST)), *more]


def run_crumbs(run: ImportRun, *more: tuple[str, str]) -> list[tuple[str, str]]:
    """The way to an import, or to a page of it."""
    return crumbs((run.file_name, run.get_absolute_url() if more else ""), *more)


def to_work(run: ImportRun) -> HttpResponse:
    """Ring for a worker, and show how it goes."""
    nudge(work_on_run, run_id=run.pk)
    return redirect(run)


def elsewhere(request: HttpRequest, refused: WrongState) -> HttpResponse:
    """The import has moved on: the second click of two, or another tab. Its page tells."""
    add_toast(request, str(refused), level=messages.INFO)
    return redirect(refused.run)


__all__ = ["GET_OR_POST", "LIST", "ImportRequest", "crumbs", "elsewhere", "run_crumbs", "to_work"]
