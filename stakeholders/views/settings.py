"""The settings of maps, for administrators."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.policies import SignedInRequest
from accounts.selectors import organisation
from accounts.settings_tabs import tab_links
from core.toasts import add_toast
from stakeholders.forms.settings import SettingsForm
from stakeholders.services.settings import show_animals
from stakeholders.views.confidential import no_store


@no_store
@require_http_methods(["GET", "HEAD", "POST"])
def settings(request: SignedInRequest) -> HttpResponse:
    """One switch: whether maps name the four animals."""
    posted = request.POST if request.method == "POST" else None
    form = SettingsForm(posted, initial={"shows_animals": organisation().shows_animals})
    if request.method == "POST" and form.is_valid():
        is_shown = form.cleaned_data["shows_animals"]
        if show_animals(is_shown=is_shown, by=request.user, now=timezone.now()):
            news = "Maps name the four animals." if is_shown else "Maps name their zones only."
            add_toast(request, news)
        return redirect("stakeholders:settings")
    return render(request, "stakeholders/settings.html", {"tabs": tab_links("maps"), "form": form})
