"""What the pages of one opportunity have in common: finding it, their frame, the way back."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Callable, Mapping
from typing import Any

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from accounts.selectors import today
from core.forms import VersionedForm
from core.toasts import add_toast
from core.versions import Conflict, conflict_words
from intake.models import Opportunity
from intake.presenters.frame import intake_crumbs
from portfolio.policies import ProductRequest

GET_OR_POST = ["GET", "HEAD", "POST"]
SOMEBODY = "Somebody else"
View = Callable[..., HttpResponse]


def find(request: ProductRequest, opportunity_id: int) -> Opportunity:
    """The opportunity of the address, of this product.

    Raises:
        Http404: there is none, or it was merged into another.
    """
    rows = Opportunity.objects.present().filter(product=request.product)
    found: Opportunity = get_object_or_404(rows.select_related("product"), pk=opportunity_id)
    return found


def or_404(view: View) -> View:
    """Decorator: what went away while somebody typed is a page that is not there, as ever."""

    @functools.wraps(view)
    def found(*args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(*args, **kwargs)
        except ObjectDoesNotExist as error:
            raise Http404 from error

    return found


def posted(request: HttpRequest) -> QueryDict | None:
    """What was sent, for a form that may also be just opened."""
    return request.POST if request.method == "POST" else None


def today_here() -> dt.date:
    """Today in the organisation's time zone."""
    return today(timezone.now())


def form_page(
    request: ProductRequest,
    opportunity: Opportunity,
    form: Form,
    *,
    title: str,
    submit: str,
    lede: str = "",
    status: int = 0,
) -> HttpResponse:
    """A form about it on a page of its own."""
    crumbs = intake_crumbs(
        request.product,
        "opportunities",
        (short(opportunity), opportunity.get_absolute_url()),
        (title, ""),
    )
    context = {
        "form": form,
        "title": title,
        "lede": lede,
        "submit_label": submit,
        "cancel_url": opportunity.get_absolute_url(),
        "crumbs": crumbs,
    }
    code = status or (422 if form.is_bound and form.errors else 200)
    return render(request, "components/form_page.html", context, status=code)


def short(opportunity: Opportunity) -> str:
    """The problem, as long as a crumb may be."""
    words = opportunity.problem
    return words if len(words) <= 60 else f"{words[:57].rstrip()}…"


def done(
    request: ProductRequest, opportunity: Opportunity, news: str, *, undo_url: str = ""
) -> HttpResponse:
    """Back on its page, with the news."""
    add_toast(request, news, undo_url=undo_url)
    return redirect(opportunity.get_absolute_url())


def refused(request: ProductRequest, opportunity: Opportunity, words: str) -> HttpResponse:
    """Back on its page, where nothing has changed, and why."""
    add_toast(request, words, level=messages.ERROR)
    return redirect(opportunity.get_absolute_url())


def saved(form: VersionedForm, change: Callable[[], Any], names: Mapping[str, str]) -> bool:
    """Run `change`; False where somebody was faster: the form says what stands now.

    `names` say under which name of the row the answer to a field stands.
    """
    try:
        change()
    except Conflict as conflict:
        theirs = {field: getattr(conflict.theirs, name) for field, name in names.items()}
        words = conflict_words(SOMEBODY, form.labels, theirs, form.written)
        form.stand_on(conflict.theirs.version, words)  # type: ignore[attr-defined]  # it has one
        return False
    return True
