"""What somebody is owed instead of the default, leaving them alone for a while, and answering what
is suggested.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from accounts.selectors import organisation, today
from core.toasts import add_toast
from core.versions import Conflict, conflict_words
from portfolio.policies import ProductRequest
from stakeholders.forms.plans import PlanForm, SnoozeForm, SuggestionForm, plan_initial
from stakeholders.presenters import places
from stakeholders.presenters.due import suggested_reason, suggestion_words
from stakeholders.presenters.plans import default_words, shown_plan
from stakeholders.rules import HIGHEST, LOWEST, MIDDLE, SuggestionKey
from stakeholders.selectors.changes import last_actor
from stakeholders.selectors.moves import last_move
from stakeholders.selectors.suggestions import Suggestion, suggestions_for
from stakeholders.services import plans as services
from stakeholders.services.placements import Pinned, StaleMove
from stakeholders.services.suggestions import put_suggestion_off, take_suggestion
from stakeholders.views.cards import after_change, form_page, way_back
from stakeholders.views.confidential import confidential
from stakeholders.views.placements import GET_OR_POST, find_placement

# How far over the line a suggestion offers to move somebody.
STEP = 10
NO_MORE = "Nothing is suggested here any more."


def _posted(request: HttpRequest) -> QueryDict | None:
    return request.POST if request.method == "POST" else None


@confidential("a plan")
@require_http_methods(GET_OR_POST)
def plan_edit(request: ProductRequest, slug: str, placement_id: int) -> HttpResponse:
    """Owe somebody something else than their place says, with the reason; or the default again."""
    placement = find_placement(request, placement_id)
    defaults = default_words(placement)
    form = PlanForm(_sent_plan(request), initial=plan_initial(placement), **defaults)
    status = 0
    if request.method == "POST" and form.is_valid():
        try:
            services.set_plan(
                placement=placement, version=form.read_version, by=request.user, **form.written
            )
        except Conflict as conflict:
            _stand_on_theirs(form, conflict.theirs)
            status = 409
        else:
            return after_change(request, placement, f"The plan for {placement.person} is saved.")
    page = {"title": f"Plan for {placement.person}", "submit_label": "Save plan"}
    template = "stakeholders/plan_form.html"
    return form_page(request, placement, form, status, template=template, **page)


def _sent_plan(request: ProductRequest) -> QueryDict | None:
    """What was typed; nothing of it but the version where the default is wanted back."""
    if request.method != "POST" or request.POST.get("do") != "default":
        return _posted(request)
    kept = QueryDict(mutable=True)
    kept["version"] = request.POST.get("version", "")
    return kept


def _stand_on_theirs(form: PlanForm, theirs: Any) -> None:
    words = conflict_words(
        last_actor(theirs), form.labels, shown_plan(plan_initial(theirs)), shown_plan(form.written)
    )
    form.stand_on(theirs.version, words)


@confidential("a snooze")
@require_http_methods(GET_OR_POST)
def snooze_create(request: ProductRequest, slug: str, placement_id: int) -> HttpResponse:
    """Leave somebody alone until a day, with the reason."""
    placement, now = find_placement(request, placement_id), timezone.now()
    day = today(now)
    form = SnoozeForm(_posted(request), today=day, initial={"until": day + dt.timedelta(days=14)})
    if request.method == "POST" and form.is_valid():
        until, reason = form.cleaned_data["until"], form.cleaned_data["reason"]
        services.snooze(placement=placement, until=until, reason=reason, by=request.user, now=now)
        return after_change(request, placement, f"{placement.person} is snoozed.")
    return form_page(
        request,
        placement,
        form,
        title=f"Snooze {placement.person}",
        lede="Until then no debt grows and the day's list leaves them out.",
        submit_label="Snooze",
    )


@confidential("a snooze")
@require_POST
def snooze_end(request: ProductRequest, slug: str, placement_id: int) -> HttpResponse:
    """Let days count again from today on."""
    placement = find_placement(request, placement_id)
    ended = services.end_snooze(placement=placement, by=request.user, now=timezone.now())
    news = f"{placement.person} is not snoozed any more."
    return after_change(request, placement, news if ended else "Nobody was snoozed here.")


@confidential("a suggestion")
@require_http_methods(GET_OR_POST)
def suggestion_answer(request: ProductRequest, slug: str, placement_id: int) -> HttpResponse:
    """Move somebody as suggested, or leave them where they are, with the reason."""
    placement = find_placement(request, placement_id)
    suggestion = suggestions_for([placement], today(timezone.now())).get(placement.pk)
    if suggestion is None:
        add_toast(request, NO_MORE)
        return redirect(way_back(request, placement))
    form = SuggestionForm(_posted(request), **_bounds(suggestion), initial=_first(suggestion))
    status = 0
    if request.method == "POST" and form.is_valid():
        refused = _answer(request, suggestion, form)
        if not refused:
            moved = "is moved" if form.is_taken else "stays where they are"
            return after_change(request, placement, f"{placement.person} {moved}.")
        form.stand_on(find_placement(request, placement_id).version, refused)
        status = 409
    words = suggestion_words(suggestion)
    page = {"title": f"Move {placement.person}?", "lede": f"{words[0].upper()}{words[1:]}"}
    return form_page(request, placement, form, status, submit_label="Save answer", **page)


def _bounds(suggestion: Suggestion) -> dict[str, int]:
    """The power that the suggestion speaks of."""
    if suggestion.key is SuggestionKey.MORE_POWER:
        return {"lowest": MIDDLE, "highest": HIGHEST}
    return {"lowest": LOWEST, "highest": MIDDLE - 1}


def _first(suggestion: Suggestion) -> dict[str, Any]:
    step = STEP if suggestion.key is SuggestionKey.MORE_POWER else -STEP
    return {
        "version": suggestion.placement.version,
        "power": MIDDLE + step,
        "reason": suggested_reason(suggestion),
    }


def _answer(request: ProductRequest, suggestion: Suggestion, form: SuggestionForm) -> str:
    """Do it; in words why not."""
    placement, reason = suggestion.placement, form.cleaned_data["reason"]
    given = {"placement": placement, "key": suggestion.key, "reason": reason}
    given |= {"by": request.user, "now": timezone.now()}
    if not form.is_taken:
        put_suggestion_off(**given)
        return ""
    try:
        take_suggestion(version=form.read_version, power=form.cleaned_data["power"], **given)
    except StaleMove as stale:
        shows = organisation().shows_animals
        return places.stale_words(stale.current, last_move(stale.current), shows_animals=shows)
    except Pinned as pinned:
        return places.pinned_words(pinned.current)
    return ""
