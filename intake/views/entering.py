"""Entering a request for somebody who said it at the coffee machine."""

from __future__ import annotations

from uuid import uuid4

from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.services import department_named
from core.toasts import add_toast
from intake.forms.entering import EnterForm
from intake.presenters.frame import intake_context
from intake.selectors.asking import department_names
from intake.services.asking import TokenTaken
from intake.services.entering import enter_request
from intake.views.asking.desk import answers_of, posted_token
from portfolio.policies import ProductRequest


@require_http_methods(["GET", "HEAD", "POST"])
def request_enter(request: ProductRequest, slug: str) -> HttpResponseBase:
    """Who asked, and what they said."""
    form = EnterForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid() and _entered(request, form):
        return redirect("intake:product_inbox", slug)
    context = intake_context(request, request.product, "inbox", ("Enter a request", "")) | {
        "title": "Enter a request for somebody",
        "lede": "In their words, not in yours. They hear what becomes of it.",
        "form": form,
        "token": posted_token(request) or uuid4(),
        "departments": department_names(),
        "submit_label": "Enter request",
        "cancel_url": reverse("intake:product_inbox", args=[slug]),
    }
    status = 422 if form.is_bound else 200
    return render(request, "intake/request_enter.html", context, status=status)


def _entered(request: ProductRequest, form: EnterForm) -> bool:
    cleaned = form.cleaned_data
    try:
        wish = enter_request(
            product=request.product,
            answers=answers_of(cleaned),
            name=cleaned["name"],
            email=cleaned["email"],
            department=department_named(cleaned["department"]) if cleaned["department"] else None,
            by=request.user,
            now=timezone.now(),
            token=posted_token(request) or uuid4(),
        )
    except TokenTaken:
        form.add_error(None, "This form was sent before. Open it again.")
        return False
    add_toast(request, f"{wish.reference} is entered for {cleaned['name']}.")
    return True
