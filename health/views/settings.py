"""The settings of the formula: change them, see beforehand what that does, put them in force."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.confirming import confirmed
from accounts.policies import SignedInRequest
from accounts.selectors import today as local_today
from accounts.settings_tabs import tab_links
from core.paging import list_page
from core.toasts import add_toast
from core.versions import Conflict
from health import rules, selectors, services
from health.forms import PATHS, SettingsForm, changed_texts, on_top, texts_of
from health.models import HealthSettings
from health.presenters import settings as words

GET_OR_POST = ["GET", "HEAD", "POST"]
SAME = "These settings are in force already."


@require_http_methods(GET_OR_POST)
def settings(request: HttpRequest) -> HttpResponse:
    """The values in one form. It is sent on to the preview; nothing changes here."""
    in_force = selectors.current_settings()
    if request.method != "POST":
        initial = texts_of(_asked(request, in_force))
        return _form_page(request, SettingsForm(initial=initial, base=in_force.settings), in_force)
    back = _back_to_default(request.POST)
    if back is not None:
        return _form_page(request, SettingsForm(initial=back, base=in_force.settings), in_force)
    base = selectors.settings_row(_number(request.POST.get("on"))) or in_force
    form = SettingsForm(request.POST, base=base.settings)
    if not form.is_valid():
        return _form_page(request, form, in_force, status=422)
    if not form.changes:
        add_toast(request, SAME)
        return redirect("health:settings")
    query = urlencode({"on": base.pk or "", **form.changes})
    return redirect(f"{reverse('health:settings_preview')}?{query}")


def _asked(request: HttpRequest, in_force: selectors.SettingsRow) -> rules.Settings:
    """What the form begins with: the settings in force, earlier ones, or those of a preview."""
    earlier = selectors.settings_row(_number(request.GET.get("from")))
    if earlier is not None:
        return earlier.settings
    form = SettingsForm(on_top(in_force.settings, request.GET), base=in_force.settings)
    return form.candidate if form.is_valid() else in_force.settings


def _back_to_default(posted: Mapping[str, Any]) -> dict[str, str] | None:
    """What was typed, with one field or all of them as they are by default; None: not asked."""
    defaults = texts_of(rules.Settings())
    if "defaults" in posted:
        return defaults
    name = posted.get("back", "")
    if name not in PATHS:
        return None
    return {key: str(posted.get(key, defaults[key])) for key in PATHS} | {name: defaults[name]}


def _form_page(
    request: HttpRequest, form: SettingsForm, base: selectors.SettingsRow, status: int = 200
) -> HttpResponse:
    context = {
        "tabs": tab_links("health"),
        "form": form,
        "on": base.pk or "",
        "groups": words.field_groups(form, PATHS),
        "stages": words.stage_heads(),
        "rows": words.factor_rows(form, PATHS),
    }
    return render(request, "health/settings.html", context, status=status)


@require_safe
def settings_preview(request: HttpRequest) -> HttpResponse:
    """Every product whose status would change; the settings stand in the address."""
    return _preview(request, request.GET)


@require_POST
@confirmed
def settings_apply(request: SignedInRequest) -> HttpResponse:
    """Put the previewed settings in force; if others are meanwhile, show the preview on theirs."""
    on = _number(request.POST.get("on"))
    base = selectors.settings_row(on) or selectors.current_settings()
    form = SettingsForm(on_top(base.settings, request.POST), base=base.settings)
    if not form.is_valid():
        return _form_page(request, form, base, status=422)
    try:
        services.save_settings(
            values=form.candidate.as_dict(), by=request.user, now=timezone.now(), on=base.pk
        )
    except Conflict as conflict:
        return _preview(request, request.POST, theirs=conflict.theirs)
    add_toast(request, "The settings are in force. Health is being worked out.")
    return redirect("health:settings")


def _preview(
    request: HttpRequest, typed: Mapping[str, Any], theirs: Any | None = None
) -> HttpResponse:
    """The preview of what was typed on top of the settings in force now."""
    in_force = selectors.current_settings()
    form = SettingsForm(on_top(in_force.settings, typed), base=in_force.settings)
    if not form.is_valid():
        return _form_page(request, form, in_force, status=422)
    changed = changed_texts(in_force.settings, form.candidate)
    if not changed and theirs is None:
        add_toast(request, SAME)
        return redirect("health:settings")
    day = local_today(timezone.now())
    found = selectors.preview_settings(form.candidate, in_force, day)
    names = selectors.product_names(move.product_id for move in found.moves)
    page = list_page(words.in_order(found.moves, names), request, noun="product")
    context = {
        "tabs": tab_links("health"),
        "answer": words.preview_words(found),
        "changes": words.changes(in_force.settings, form.candidate),
        "counts": words.status_counts(found),
        "page": page,
        "moves": words.move_lines(page.rows, names),
        "hidden": {"on": in_force.pk or "", **changed},
        "edit_url": f"{reverse('health:settings')}?{urlencode(changed)}",
        "beaten": _beaten(typed, in_force, theirs),
    }
    status = 200 if theirs is None else 409
    return render(request, "health/settings_preview.html", context, status=status)


def _beaten(
    typed: Mapping[str, Any], in_force: selectors.SettingsRow, theirs: HealthSettings | None
) -> dict[str, Any] | None:
    """Who put what in force since the form was opened; None: nobody."""
    base = selectors.settings_row(_number(typed.get("on")))
    if base is None or base.pk == in_force.pk:
        return None
    row = theirs or HealthSettings.objects.latest()
    return {
        "who": selectors.who_set([row])[row.pk],
        "at": row.created_at,
        "changes": words.changes(base.settings, in_force.settings),
    }


@require_safe
def settings_history(request: HttpRequest) -> HttpResponse:
    """All settings there have been, the newest first, each with what it changed."""
    page = list_page(HealthSettings.objects.order_by("-pk"), request, noun="change", size=20)
    newest = selectors.current_settings()
    context = {
        "tabs": tab_links("history"),
        "page": page,
        "lines": words.history_lines(
            page.rows, selectors.settings_before(page.rows), selectors.who_set(page.rows), newest.pk
        ),
    }
    return render(request, "health/settings_history.html", context)


def _number(text: str | None) -> int | None:
    """The key of a row; None where the text is none."""
    known = text is not None and text.isascii() and text.isdigit() and len(text) < 19
    return int(text) if known and text else None
