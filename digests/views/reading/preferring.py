"""What somebody gets and how, at a private address, without an account."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from digests.presenters.reading import DONE
from digests.selectors.addresses import Purpose
from digests.views.reading.choosing import Desk
from digests.views.reading.doors import person_behind, private


@private
@require_http_methods(["GET", "HEAD", "POST"])
def preferences(request: HttpRequest, preferences_token: str) -> HttpResponse:
    """How often, in which form, of which products; the address says who it is."""
    desk = Desk(request, person_behind(preferences_token, Purpose.PREFERENCES))
    if request.method == "POST" and desk.act():
        if desk.action == "end":  # this address is one of them
            return render(request, "digests/ended.html", {"title": DONE["end"]})
        return redirect(f"{request.path}?done={desk.action}")
    context = desk.context | {"done": DONE.get(request.GET.get("done", ""), "")}
    status = 422 if desk.form.is_bound else 200
    return render(request, "digests/preferences.html", context, status=status)
