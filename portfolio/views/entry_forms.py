"""What the views of decisions needed and risks share: their form pages, and being too late."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render

from core.forms import VersionedForm
from core.toasts import add_toast
from core.versions import Conflict, conflict_words
from portfolio import presenters as words
from portfolio import selectors
from portfolio.forms import EntryForm
from portfolio.models import DecisionNeeded, Risk
from portfolio.policies import ProductRequest

GET_OR_POST = ["GET", "HEAD", "POST"]
Initial = Callable[[Any], Mapping[str, Any]]


def posted(request: HttpRequest) -> QueryDict | None:
    """What a form is bound to: nothing while it is only shown."""
    return request.POST if request.method == "POST" else None


def save(
    request: ProductRequest,
    form: VersionedForm,
    write: Callable[[], DecisionNeeded | Risk],
    *,
    initial: Initial,
    said: str,
    undo_url: str = "",
) -> HttpResponse | None:
    """Write what the form says and lead to it; None where somebody was faster, which stands in the
    form then.
    """
    try:
        row = write()
    except Conflict as conflict:
        theirs = initial(conflict.theirs)
        who = selectors.last_actor(conflict.theirs)
        form.stand_on(theirs["version"], conflict_words(who, form.labels, theirs, form.written))
        return None
    row.product = request.product
    add_toast(request, said.format(row), undo_url=undo_url)
    return redirect(row)


def entry_page(
    request: ProductRequest, form: VersionedForm, *, is_late: bool = False, **context: Any
) -> HttpResponse:
    """A page that is a form: `title`, `submit_label`, `cancel_url`, perhaps `lede`."""
    product = request.product
    status = 409 if is_late else 422 if form.is_bound else 200
    page = {
        "form": form,
        "names": selectors.team_names(product) if isinstance(form, EntryForm) else [],
        "crumbs": words.product_crumbs(product, context["title"]),
        **context,
    }
    return render(request, "portfolio/entry_form.html", page, status=status)
