"""Shared links of a product, and the switch for all of them."""

from __future__ import annotations

from uuid import uuid4

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.confirming import confirmed
from accounts.policies import SignedInRequest
from accounts.selectors import organisation, today
from accounts.settings_tabs import tab_links
from accounts.viewers import house_zone
from core.paging import list_page
from core.policies import may
from core.toasts import add_toast
from intake.forms.links import GuestForm, LinkForm
from intake.models import IntakeLink
from intake.presenters.frame import intake_context
from intake.presenters.links import link_line
from intake.selectors.links import link_address, links_of
from intake.services.links import allow_guests, create_link, revoke_link
from portfolio.policies import ProductRequest

GET_OR_POST = ["GET", "HEAD", "POST"]
PAGE = 20


@require_safe
def intake_link_list(request: ProductRequest, slug: str) -> HttpResponse:
    """Every link that was made, with its address while it is in force."""
    page = list_page(links_of(request.product), request, noun="link", size=PAGE)
    day, zone = today(timezone.now()), house_zone(request.user)
    context = intake_context(request, request.product, "links") | {
        "page": page,
        "lines": [link_line(link, link_address(link), day, zone) for link in page.rows],
        "allows_guests": organisation().allows_guests,
        "may_allow": may(request, "intake:guest_settings"),
    }
    return render(request, "intake/link_list.html", context)


@require_http_methods(GET_OR_POST)
def intake_link_create(request: ProductRequest, slug: str) -> HttpResponseBase:
    """Make a link; the same form sent twice makes one."""
    form = LinkForm(request.POST if request.method == "POST" else None, initial={"token": uuid4()})
    form.fields["expires_on"].first = today(timezone.now())  # type: ignore[attr-defined]  # a KnownDayField
    if request.method == "POST" and form.is_valid():
        link = create_link(
            product=request.product, by=request.user, now=timezone.now(), **form.cleaned_data
        )
        add_toast(request, f"The link for {link.label} is made. Copy it from the list.")
        return redirect("intake:intake_link_list", slug)
    context = intake_context(request, request.product, "links", ("New", "")) | {
        "title": "Make a link",
        "lede": "Anybody who has the link may ask without an account.",
        "form": form,
        "submit_label": "Make link",
        "cancel_url": reverse("intake:intake_link_list", args=[slug]),
    }
    status = 422 if form.is_bound else 200
    return render(request, "components/form_page.html", context, status=status)


@require_http_methods(GET_OR_POST)
def intake_link_revoke(request: ProductRequest, slug: str, link_id: int) -> HttpResponseBase:
    """End a link for good."""
    link = IntakeLink.objects.filter(product=request.product, pk=link_id).first()
    if link is None:
        raise Http404("No link at this address.")
    if request.method == "POST":
        if revoke_link(link=link, now=timezone.now()):
            add_toast(request, f"The link for {link.label} has ended.")
        return redirect("intake:intake_link_list", slug)
    context = intake_context(request, request.product, "links", ("End", "")) | {
        "title": f"End the link for {link.label}",
        "lede": "Whoever opens it finds nothing. What came by it stays.",
        "confirm_label": "End link",
        "cancel_url": reverse("intake:intake_link_list", args=[slug]),
        "danger": True,
    }
    return render(request, "components/confirm_page.html", context)


@require_http_methods(GET_OR_POST)
@confirmed
def guest_settings(request: SignedInRequest) -> HttpResponseBase:
    """One switch: whether people without an account may ask."""
    allows = organisation().allows_guests
    form = GuestForm(
        request.POST if request.method == "POST" else None, initial={"allows_guests": allows}
    )
    if request.method == "POST" and form.is_valid():
        are_allowed = form.cleaned_data["allows_guests"]
        if allow_guests(are_allowed=are_allowed):
            add_toast(request, "Shared links work." if are_allowed else "No shared link works.")
        return redirect("intake:guest_settings")
    context = {"form": form, "tabs": tab_links("guests")}
    return render(request, "intake/guest_settings.html", context)
