"""Addresses of opportunities."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpResponse
from django.urls import URLPattern, path

from intake.views.opportunities import (
    board,
    candidates,
    deciding,
    detail,
    evidence,
    experiments,
    merging,
    writing,
)

ALL = "products/<slug:slug>/opportunities/"
ONE = f"{ALL}<int:opportunity_id>/"
CANDIDATE = "candidates/<int:candidate_id>/"
EXPERIMENT = "experiments/<int:experiment_id>/"


def _of_one(suffix: str, view: Callable[..., HttpResponse]) -> URLPattern:
    return path(f"{ONE}{suffix}", view, name=view.__name__)


urlpatterns: list[URLPattern] = [
    path(ALL, board.opportunity_list, name="opportunity_list"),
    path(f"{ALL}new/", writing.opportunity_create, name="opportunity_create"),
    _of_one("", detail.opportunity_detail),
    _of_one("edit/", writing.opportunity_edit),
    _of_one("goals/", writing.opportunity_goals),
    _of_one("decide/", deciding.opportunity_decide),
    _of_one("reopen/", deciding.opportunity_reopen),
    _of_one("move/", board.opportunity_move),
    _of_one("merge/", merging.opportunity_merge),
    _of_one("merges/<int:merge_id>/undo/", merging.opportunity_unmerge),
    _of_one("requests/new/", evidence.opportunity_request_create),
    _of_one("requests/<int:request_id>/delete/", evidence.opportunity_request_delete),
    _of_one("evidence/new/", evidence.evidence_create),
    _of_one("evidence/<int:evidence_id>/delete/", evidence.evidence_delete),
    _of_one("evidence/<int:evidence_id>/restore/", evidence.evidence_restore),
    _of_one("candidates/new/", candidates.candidate_create),
    _of_one(f"{CANDIDATE}edit/", candidates.candidate_edit),
    _of_one(f"{CANDIDATE}choose/", candidates.candidate_choose),
    _of_one(f"{CANDIDATE}delete/", candidates.candidate_delete),
    _of_one("experiments/new/", experiments.experiment_create),
    _of_one(f"{EXPERIMENT}edit/", experiments.experiment_edit),
    _of_one(f"{EXPERIMENT}start/", experiments.experiment_start),
    _of_one(f"{EXPERIMENT}end/", experiments.experiment_end),
    _of_one(f"{EXPERIMENT}extend/", experiments.experiment_extend),
    _of_one(f"{EXPERIMENT}delete/", experiments.experiment_delete),
]
