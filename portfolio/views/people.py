"""Leads of portfolios, what a leaver hands over, and the end of the made-up company."""

from __future__ import annotations

from django.contrib import messages
from django.core import signing
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.models import User
from accounts.policies import SignedInRequest
from core.formats import count
from core.toasts import add_toast
from portfolio.forms import HandOverForm, LeadForm
from portfolio.models import Portfolio, PortfolioLead
from portfolio.selectors import active_people, demo_lines, estate_of
from portfolio.services import CannotSignIn, add_lead, hand_over, remove_demo, remove_lead

GET_OR_POST = ["GET", "HEAD", "POST"]
UNDO_SALT = "portfolio.lead"
UNDO_SECONDS = 24 * 60 * 60


@require_http_methods(GET_OR_POST)
def lead_create(request: SignedInRequest, slug: str) -> HttpResponse:
    """Let somebody answer for the portfolio; with `?undo=` again."""
    portfolio = get_object_or_404(Portfolio, slug=slug)
    if request.method == "POST" and "undo" in request.GET:
        return _put_back(request, portfolio)
    form = LeadForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        person: User = form.cleaned_data["person"]
        lead = add_lead(portfolio=portfolio, user=person, by=request.user, now=timezone.now())
        undo_url = reverse("portfolio:lead_delete", args=[slug, lead.pk])
        add_toast(request, f"{person} leads {portfolio}.", undo_url=undo_url)
        return redirect(portfolio)
    context = {
        "form": form,
        "title": f"Add a lead to {portfolio}",
        "lede": "Leads may do everything with the portfolio's products.",
        "submit_label": "Add lead",
        "cancel_url": portfolio.get_absolute_url(),
        "people": active_people(),
        "crumbs": [(portfolio.name, portfolio.get_absolute_url()), ("Add a lead", "")],
    }
    status = 422 if form.is_bound else 200
    return render(request, "portfolio/person_form.html", context, status=status)


@require_http_methods(GET_OR_POST)
def lead_delete(request: SignedInRequest, slug: str, lead_id: int) -> HttpResponse:
    """Take the portfolio out of somebody's hands; the toast's Undo gives it back."""
    leads = PortfolioLead.objects.select_related("user", "portfolio")
    lead = get_object_or_404(leads, pk=lead_id, portfolio__slug=slug)
    if request.method == "POST":
        remove_lead(lead=lead, by=request.user, now=timezone.now())
        value = signing.dumps([lead.portfolio_id, lead.user_id], salt=UNDO_SALT)
        undo_url = f"{reverse('portfolio:lead_create', args=[slug])}?undo={value}"
        add_toast(request, f"{lead.user} no longer leads {lead.portfolio}.", undo_url=undo_url)
        return redirect(lead.portfolio)
    context = {
        "form": None,
        "title": f"Remove {lead.user}",
        "lede": f"{lead.user} will no longer lead {lead.portfolio}.",
        "confirm_label": "Remove",
        "cancel_url": lead.portfolio.get_absolute_url(),
    }
    return render(request, "components/confirm_page.html", context)


def _put_back(request: SignedInRequest, portfolio: Portfolio) -> HttpResponse:
    try:
        person = _signed(request, portfolio)
        add_lead(portfolio=portfolio, user=person, by=request.user, now=timezone.now())
    except (signing.BadSignature, User.DoesNotExist, CannotSignIn):
        add_toast(request, "This can no longer be undone.", level=messages.ERROR)
    else:
        add_toast(request, f"{person} leads {portfolio} again.")
    return redirect(portfolio)


def _signed(request: SignedInRequest, portfolio: Portfolio) -> User:
    """Whom to put back.

    Raises:
        BadSignature: not written by us, too old, or of another portfolio.
        User.DoesNotExist: the account is gone.
    """
    value = request.GET["undo"]
    portfolio_id, user_id = signing.loads(value, salt=UNDO_SALT, max_age=UNDO_SECONDS)
    if portfolio_id != portfolio.pk:
        raise signing.BadSignature("of another portfolio")
    return User.objects.get(pk=user_id)


@require_http_methods(GET_OR_POST)
def hand_over_page(request: SignedInRequest, user_id: int) -> HttpResponse:
    """What a leaver holds, and who takes it over."""
    leaver = get_object_or_404(User, pk=user_id)
    form = HandOverForm(request.POST or None, leaver=leaver)
    if request.method == "POST" and form.is_valid():
        heir: User = form.cleaned_data["heir"]
        moved = hand_over(leaver=leaver, heir=heir, by=request.user, now=timezone.now())
        what = f"{count(moved.products, 'product')} and {count(moved.portfolios, 'portfolio')}"
        add_toast(request, f"{heir} has taken over {what} from {leaver}.")
        return redirect("portfolio:hand_over", user_id)
    context = {
        "form": form,
        "title": f"Hand over from {leaver}",
        "submit_label": "Hand over",
        "cancel_url": leaver.get_absolute_url(),
        "leaver": leaver,
        "estate": estate_of(leaver),
        "people": [person for person in active_people() if person.pk != leaver.pk],
        "crumbs": [(str(leaver), leaver.get_absolute_url()), ("Hand over", "")],
    }
    status = 422 if form.is_bound else 200
    return render(request, "portfolio/hand_over.html", context, status=status)


@require_http_methods(GET_OR_POST)
def demo_remove(request: SignedInRequest) -> HttpResponse:
    """Remove the made-up company; what people have added themselves stays."""
    if request.method == "POST":
        remove_demo()
        words = "The made-up company is gone."
        if User.objects.filter(is_demo=True).exists():
            words += " Its people stay until an administrator of your own can sign in."
        add_toast(request, words)
        return redirect("/")
    context = {
        "form": None,
        "title": "Remove the demo",
        "lede": "What was made up goes, with all its figures. What you have added yourself stays. "
        "The made-up people go once an administrator of your own can sign in.",
        "consequences": demo_lines() or ["nothing: there is no demo any more"],
        "danger": True,
        "confirm_label": "Remove the demo",
        "cancel_url": reverse("portfolio:product_list"),
    }
    return render(request, "components/confirm_page.html", context)
