"""Answering what contacts suggest about somebody's place."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.selectors import organisation, today
from core.toasts import add_toast
from portfolio.policies import ProductRequest
from stakeholders.forms.suggestions import SuggestionForm
from stakeholders.presenters import placements as places
from stakeholders.presenters.suggestions import suggested_reason, suggestion_words
from stakeholders.rules import HIGHEST, LOWEST, MIDDLE, SuggestionKey
from stakeholders.selectors.moves import last_move
from stakeholders.selectors.suggestions import Suggestion, suggestions_for
from stakeholders.services.placements import Pinned, StaleMove
from stakeholders.services.suggestions import put_suggestion_off, take_suggestion
from stakeholders.views.confidential import confidential
from stakeholders.views.placements import GET_OR_POST, find_placement
from stakeholders.views.ways import after_change, form_page, posted, way_back

# How far over the line a suggestion offers to move somebody.
STEP = 10
NO_MORE = "Nothing is suggested here any more."


@confidential("a suggestion")
@require_http_methods(GET_OR_POST)
def suggestion_answer(request: ProductRequest, slug: str, placement_id: int) -> HttpResponse:
    """Move somebody as suggested, or leave them where they are, with the reason."""
    placement = find_placement(request, placement_id)
    suggestion = suggestions_for([placement], today(timezone.now())).get(placement.pk)
    if suggestion is None:
        add_toast(request, NO_MORE)
        return redirect(way_back(request, placement))
    form = SuggestionForm(posted(request), **_bounds(suggestion), initial=_first(suggestion))
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
