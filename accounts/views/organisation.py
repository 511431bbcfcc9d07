"""The organisation's own settings, and what became of them."""

from __future__ import annotations

import hashlib
from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts import consequences, services
from accounts.confirming import confirmed
from accounts.forms import OrganisationForm
from accounts.models import Organisation
from accounts.policies import SignedInRequest
from accounts.selectors import organisation
from accounts.settings_tabs import history_links, tab_links
from core.audit import GONE, model_history
from core.toasts import add_toast
from core.versions import Conflict, conflict_words

HISTORY_LENGTH = 50


@require_http_methods(["GET", "HEAD", "POST"])
@confirmed
def organisation_edit(request: SignedInRequest) -> HttpResponse:
    """What follows is told first; whoever saves second sees both versions and loses nothing."""
    house = organisation()
    if request.method != "POST":
        return _form_page(request, OrganisationForm(initial=_initial(house)))
    form = OrganisationForm(request.POST)
    if not form.is_valid():
        return _form_page(request, form, status=422)
    lines = consequences.told(house, services.with_values(house, form.written), timezone.now())
    if lines and form.cleaned_data["seen"] != _digest(lines) and not _is_refused(house, form):
        return _form_page(request, _having_seen(form, lines), lines=lines)
    try:
        is_changed = services.change_organisation(
            version=form.read_version, values=form.written, by=request.user, now=timezone.now()
        )
    except services.OrganisationRefused as error:
        for field, words in error.problems.items():
            form.add_error(field, words)
        return _form_page(request, form, status=422)
    except Conflict as conflict:
        return _late_page(request, form, conflict)
    add_toast(request, "The settings are saved." if is_changed else "Nothing was changed.")
    return redirect("accounts:organisation_edit")


def _initial(house: Organisation) -> dict[str, Any]:
    names = ("name", "currency", "time_zone", "week_start", "earliest_date", "days_ahead")
    return {name: getattr(house, name) for name in (*names, "version")}


def _is_refused(house: Organisation, form: OrganisationForm) -> bool:
    """Whether it can't be anyway: then that is told, and not what would follow."""
    after = services.with_values(house, form.written)
    return form.read_version != house.version or bool(
        consequences.refused(house, after, timezone.now())
    )


def _digest(lines: list[str]) -> str:
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _having_seen(form: OrganisationForm, lines: list[str]) -> OrganisationForm:
    """The form as it was typed, which is saved when it comes back."""
    form.data = {**form.data.dict(), "seen": _digest(lines)}  # type: ignore[attr-defined]  # a QueryDict
    return form


def _late_page(request: HttpRequest, form: OrganisationForm, conflict: Conflict) -> HttpResponse:
    theirs: Any = conflict.theirs
    entries = model_history(Organisation, Q(pgh_obj_id=1), subject=lambda _: "", limit=1)
    who = entries[0].actor if entries else GONE
    words = conflict_words(who, form.labels, _initial(theirs), form.written)
    form.stand_on(theirs.version, words)
    return _form_page(request, form, status=409)


def _form_page(
    request: HttpRequest,
    form: OrganisationForm,
    *,
    lines: list[str] | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {"tabs": tab_links("organisation"), "form": form, "lines": lines or []}
    return render(request, "accounts/organisation.html", context, status=status)


@require_safe
def organisation_history(request: HttpRequest) -> HttpResponse:
    """Who changed what of the organisation, and where the other settings tell theirs."""
    entries = model_history(
        Organisation, Q(pgh_obj_id=1), subject=lambda _: "the organisation", limit=HISTORY_LENGTH
    )
    context = {
        "tabs": tab_links("history"),
        "entries": [entry for entry in entries if entry.changes],
        "links": history_links(),
        "settings_url": reverse("accounts:organisation_edit"),
    }
    return render(request, "accounts/organisation_history.html", context)
