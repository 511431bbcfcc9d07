"""Imports: the list, one with its state, and what can be done with it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.policies import SignedInRequest
from accounts.selectors import organisation
from core.htmx import swaps
from core.paging import list_page
from core.periods import local_date
from core.toasts import add_toast
from imports import presenters, selectors, services
from imports.enums import RunState
from imports.models import ImportRun
from imports.policies import ImportRequest
from imports.services import WrongState
from imports.views.desk import first_lines
from imports.views.requests import GET_OR_POST, elsewhere, run_crumbs, to_work

FIRST_REFUSED = 5
FIRST_RECORDS = 3


@require_safe
def run_list(request: SignedInRequest) -> HttpResponse:
    """A person's imports, newest first; all of them for administrators."""
    page = list_page(selectors.runs_of(request.user), request, noun="import", size=25)
    context = {
        "page": page,
        "lines": [presenters.run_line(run) for run in page.rows],
        "may_import": bool(presenters.usable_kinds(request.user)),
        "shows_all": request.user.is_administrator,
        "undo_days": settings.IMPORT_UNDO_DAYS,
    }
    return render(request, "imports/run_list.html", context)


@require_safe
def run_detail(request: ImportRequest, run_id: int) -> HttpResponse:
    """Where the import is and what comes next; while a worker has it, htmx asks again."""
    run, now, zone = request.import_run, timezone.now(), organisation().time_zone
    page = presenters.run_page(
        run,
        getattr(run, "progress", None),
        undo_until=undo_until(run, now),
        today=local_date(now, zone),
    )
    context = {
        "run": run,
        "page": page,
        "crumbs": run_crumbs(run),
        "is_swap": swaps(request, "run"),
        "may_import": page.is_at_work or bool(presenters.usable_kinds(request.user)),
        **_details(request, run, page, zone),
    }
    part = "#run" if context["is_swap"] else ""
    return render(request, f"imports/run_detail.html{part}", context)


def undo_until(run: ImportRun, now: dt.datetime) -> dt.datetime | None:
    """Until when the import can be undone; None: it can't, or can't any more."""
    until = services.undoable_until(run)
    return until if until is not None and now <= until else None


def _details(
    request: ImportRequest, run: ImportRun, page: presenters.RunPage, zone: str
) -> dict[str, Any]:
    """What stands below the answer: only what the state has."""
    if page.is_at_work:
        return {}
    details: dict[str, Any] = {}
    if run.state in (RunState.MAPPING, RunState.READY):
        earlier = selectors.same_file(request.user, run)
        details["before"] = presenters.before_words(earlier, zone) if earlier else ""
    if run.state == RunState.READY:
        details["lines"] = first_lines(run, FIRST_RECORDS)
    if page.refused:
        details["refused"] = selectors.refused_page(run, size=FIRST_REFUSED).rows
    if run.state == RunState.UNDONE:
        details["kept"] = run.undo_refusals.order_by("pk")
    return details


@require_POST
def run_start(request: ImportRequest, run_id: int) -> HttpResponse:
    """Import what has been checked."""
    try:
        run = services.start_run(run_id=run_id, by=request.user, now=timezone.now())
    except WrongState as refused:
        return elsewhere(request, refused)
    return to_work(run)


@require_POST
def run_cancel(request: ImportRequest, run_id: int) -> HttpResponse:
    """Stop before anything is written."""
    try:
        run = services.cancel_run(run_id=run_id, by=request.user, now=timezone.now())
    except WrongState as refused:
        return elsewhere(request, refused)
    if run.state == RunState.CANCELLED:
        add_toast(request, "The import is cancelled. Nothing was changed.")
    else:
        add_toast(request, "The import is being stopped.")
    return to_work(run)


@require_http_methods(GET_OR_POST)
def run_undo(request: ImportRequest, run_id: int) -> HttpResponse:
    """What an undo takes back, and then taking it back."""
    run = request.import_run
    if request.method == "POST":
        try:
            run = services.request_undo(run_id=run_id, by=request.user, now=timezone.now())
        except WrongState as refused:
            return elsewhere(request, refused)
        add_toast(request, f"{run.file_name} is being taken back.")
        return to_work(run)
    if undo_until(run, timezone.now()) is None:
        return redirect(run)
    context = {
        "title": f"Undo the import of {run.file_name}",
        "lede": "Everything that this import brought is taken back, and what it replaced stands"
        " again.",
        "consequences": presenters.undo_consequences(run),
        "confirm_label": "Undo the import",
        "cancel_url": reverse("imports:run_detail", args=[run.pk]),
        "crumbs": run_crumbs(run, ("Undo", "")),
    }
    return render(request, "components/confirm_page.html", context)
