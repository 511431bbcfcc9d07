"""Experiments of an opportunity: planned, started, put off, ended."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import uuid4

from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from intake.forms.opportunities.trying import EndForm, ExperimentForm, ExtendForm
from intake.models import Experiment, Opportunity
from intake.services import experiments as services
from intake.views.opportunities.frame import (
    GET_OR_POST,
    done,
    find,
    form_page,
    or_404,
    posted,
    refused,
    saved,
)
from portfolio.policies import ProductRequest

WHY_NOT: dict[type[Exception], str] = {
    services.CriteriaLocked: "It has started: what it has to show stays as it is.",
    services.NotRunning: "It is not running.",
    services.NoMoreExtensions: "Its end was put off twice already. Say what it led to.",
    services.EndsTooSoon: "The end has to lie in the future, and after the end so far.",
}
FIELDS = {name: name for name in ("what", "criteria", "ends_on")}


def _find(row: Opportunity, experiment_id: int) -> Experiment:
    found: Experiment = get_object_or_404(Experiment, opportunity=row, pk=experiment_id)
    return found


def _refusal(do: Callable[[], Any]) -> str:
    """Do it; in words why not."""
    try:
        do()
    except tuple(WHY_NOT) as error:
        return WHY_NOT[type(error)]
    return ""


@or_404
@require_http_methods(GET_OR_POST)
def experiment_create(request: ProductRequest, slug: str, opportunity_id: int) -> HttpResponse:
    """Plan one."""
    row = find(request, opportunity_id)
    form = ExperimentForm(posted(request), initial={"token": uuid4()})
    if request.method == "POST" and form.is_valid():
        services.plan_experiment(
            opportunity=row,
            token=form.cleaned_data["token"],
            by=request.user,
            now=timezone.now(),
            **form.written,
        )
        return done(request, row, "The experiment is planned. Start it when you are ready.")
    lede = "Small, with an end. What would have to happen for you to say that it worked?"
    return form_page(request, row, form, title="Plan an experiment", submit="Plan it", lede=lede)


@or_404
@require_http_methods(GET_OR_POST)
def experiment_edit(
    request: ProductRequest, slug: str, opportunity_id: int, experiment_id: int
) -> HttpResponse:
    """Change what is planned."""
    row = find(request, opportunity_id)
    experiment = _find(row, experiment_id)
    initial = {name: getattr(experiment, name) for name in (*FIELDS, "version")}
    form = ExperimentForm(posted(request), initial=initial)
    status = 0
    if experiment.started_on is not None:
        return refused(request, row, WHY_NOT[services.CriteriaLocked])
    if request.method == "POST" and form.is_valid():
        change = partial(
            services.change_experiment,
            experiment=experiment,
            version=form.read_version,
            fields=form.written,
            now=timezone.now(),
        )
        if saved(form, change, FIELDS):
            return done(request, row, "The experiment is saved.")
        status = 409
    title = "Change the experiment"
    return form_page(request, row, form, title=title, submit="Save", status=status)


@or_404
@require_POST
def experiment_start(
    request: ProductRequest, slug: str, opportunity_id: int, experiment_id: int
) -> HttpResponse:
    """Start it: from here on its criteria stay."""
    row = find(request, opportunity_id)
    start = partial(services.start_experiment, now=timezone.now())
    problem = _refusal(partial(start, experiment=_find(row, experiment_id)))
    if problem:
        return refused(request, row, problem)
    return done(request, row, "The experiment runs. Its criteria are locked.")


@or_404
@require_http_methods(GET_OR_POST)
def experiment_end(
    request: ProductRequest, slug: str, opportunity_id: int, experiment_id: int
) -> HttpResponse:
    """Stop or continue, and what was learned."""
    row = find(request, opportunity_id)
    experiment = _find(row, experiment_id)
    form = EndForm(posted(request), initial={"version": experiment.version})
    status = 0
    if request.method == "POST" and form.is_valid():
        end = partial(
            services.end_experiment,
            experiment=experiment,
            version=form.read_version,
            now=timezone.now(),
            **form.written,
        )
        problem = _refusal(lambda: saved(form, end, {}))
        if not problem and form.is_valid():
            return done(request, row, "What the experiment led to is written down.")
        if problem:
            form.add_error(None, problem)
        status = 409
    title, lede = "End the experiment", f"It worked if: {experiment.criteria}"
    return form_page(request, row, form, title=title, submit="End it", lede=lede, status=status)


@or_404
@require_http_methods(GET_OR_POST)
def experiment_extend(
    request: ProductRequest, slug: str, opportunity_id: int, experiment_id: int
) -> HttpResponse:
    """Put its end off, at most twice."""
    row = find(request, opportunity_id)
    experiment = _find(row, experiment_id)
    form: Form = ExtendForm(posted(request), after=experiment.ends_on)
    if request.method == "POST" and form.is_valid():
        extend = partial(
            services.extend_experiment,
            experiment=experiment,
            by=request.user,
            now=timezone.now(),
            **form.cleaned_data,
        )
        problem = _refusal(extend)
        if not problem:
            return done(request, row, "The experiment goes on.")
        form.add_error("until" if "future" in problem else None, problem)
    lede = "At most twice. What will you know then that you don’t know now?"
    return form_page(request, row, form, title="Put its end off", submit="Put it off", lede=lede)


@or_404
@require_POST
def experiment_delete(
    request: ProductRequest, slug: str, opportunity_id: int, experiment_id: int
) -> HttpResponse:
    """Drop what was only planned; sending it twice does it once."""
    row = find(request, opportunity_id)
    experiment = Experiment.objects.filter(pk=experiment_id).first()
    if experiment is not None and experiment.opportunity_id != row.pk:
        raise Http404
    delete = partial(services.delete_experiment, now=timezone.now())
    problem = _refusal(partial(delete, experiment=experiment)) if experiment else ""
    if problem:
        return refused(request, row, problem)
    return done(request, row, "The experiment is dropped.")
