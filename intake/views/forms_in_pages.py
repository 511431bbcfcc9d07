"""What the views of office hours share: forms that are only shown, sent, or open in a page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render

from core.audit import SYSTEM, model_history
from core.forms import VersionedForm
from core.versions import conflict_words

GET_OR_POST = ["GET", "HEAD", "POST"]


@dataclass(frozen=True, slots=True)
class OpenForm:
    """A form in its place on a page; it posts to the address that opened it."""

    place: str
    title: str
    form: forms.Form
    submit_label: str
    action: str


def posted(request: HttpRequest) -> QueryDict | None:
    """What a form is bound to: nothing while it is only shown, however little was sent."""
    return request.POST if request.method == "POST" else None


def form_page(
    request: HttpRequest, form: forms.Form, *, status: int = 0, **context: Any
) -> HttpResponse:
    """A page that is a form: `title`, `submit_label`, `cancel_url`, `crumbs`, perhaps `lede`."""
    wrong = 422 if form.is_bound and form.errors else 200
    page = {"form": form, **context}
    return render(request, "components/form_page.html", page, status=status or wrong)


def confirm_page(
    request: HttpRequest, *, form: forms.Form | None = None, **context: Any
) -> HttpResponse:
    """A question before something goes: `title`, `confirm_label`, `cancel_url`, `crumbs`, …"""
    status = 422 if form is not None and form.is_bound and form.errors else 200
    page = {"form": form, "danger": True, **context}
    return render(request, "components/confirm_page.html", page, status=status)


def stand_on_theirs(form: VersionedForm, theirs: Any, shown: Mapping[str, Any]) -> None:
    """Tell in the form what somebody else saved meanwhile; `shown` is that as a form shows it."""
    entries = model_history(type(theirs), Q(pgh_obj_id=theirs.pk), subject=str, limit=1)
    who = entries[0].actor if entries else SYSTEM
    form.stand_on(theirs.version, conflict_words(who, form.labels, shown, form.written))
