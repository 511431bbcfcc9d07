"""“My requests”: all that somebody asked or joined."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.policies import SignedInRequest
from accounts.viewers import house_zone
from core.paging import list_page
from intake.presenters.mine import mine_lines, tabs
from intake.selectors.mine import counts, my_requests

SIZE = 25


@require_safe
def request_list(request: SignedInRequest) -> HttpResponse:
    """One's own requests, the latest change first; open ones unless the address says otherwise."""
    state = request.GET.get("state", "open")
    amounts = counts(request.user)
    page = list_page(my_requests(request.user, state), request, noun="request", size=SIZE)
    context = {
        "lines": mine_lines(page.rows, house_zone(request.user)),
        "page": page,
        "tabs": tabs(state, amounts),
        "has_any": bool(amounts.total),
        "state": state,
    }
    return render(request, "intake/request_list.html", context)
