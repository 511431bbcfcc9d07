"""Addresses of triage."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpResponse
from django.urls import URLPattern, path

from intake.views.inbox import actions, bulk, linking, page, plan

ONE = "products/<slug:slug>/inbox/<slug:reference>/"


def _of_one(suffix: str, view: Callable[..., HttpResponse]) -> URLPattern:
    return path(f"{ONE}{suffix}/", view, name=view.__name__)


urlpatterns: list[URLPattern] = [
    path("inbox/", page.inbox, name="inbox"),
    path("inbox/times/", plan.inbox_plan, name="inbox_plan"),
    path("inbox/bulk/", bulk.inbox_bulk, name="inbox_bulk"),
    path("inbox/bulk/undo/", bulk.inbox_bulk_undo, name="inbox_bulk_undo"),
    path("products/<slug:slug>/inbox/", page.product_inbox, name="product_inbox"),
    path(ONE, page.request_triage, name="request_triage"),
    _of_one("understand", actions.request_understand),
    _of_one("answer", actions.request_answer),
    _of_one("ask-back", actions.request_ask_back),
    _of_one("snooze", actions.request_snooze),
    _of_one("unsnooze", linking.request_unsnooze),
    _of_one("assign", actions.request_assign),
    _of_one("privacy", actions.request_privacy),
    _of_one("same-as", actions.request_duplicate),
    _of_one("not-the-same", linking.request_unmerge),
    _of_one("link", linking.request_link),
    _of_one("unlink", linking.request_unlink),
    _of_one("reopen", linking.request_reopen),
    _of_one("end-addresses", linking.request_end_addresses),
]
