"""How every action on a request goes: find it, read the form, one service, and on to the next."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone

from core.htmx import swaps
from core.toasts import add_toast
from core.versions import Conflict, conflict_words
from intake.models import Opportunity, Request
from intake.presenters.inbox.addresses import EVERYTHING, NEXT, InboxAddresses
from intake.services import duplicates, linking, triage
from intake.services.requests import IsClosed
from intake.views.inbox.page import PART, render_inbox
from portfolio.models import Product
from portfolio.policies import ProductRequest

REFUSALS: dict[type[Exception], str] = {
    triage.NoWords: "Write something first.",
    triage.NotAhead: "Choose a day ahead, within a year.",
    triage.IsDecided: "Its opportunity is decided: those behind it have read that.",
    triage.NotAnswered: "It follows its opportunities. Decide there, or take it out.",
    triage.NotOfTeam: "That person does not work on this product.",
    duplicates.SameRequest: "That is the same request.",
    duplicates.OtherProduct: "That belongs to another product.",
    duplicates.KeptWithdrawn: "That one was withdrawn: nothing becomes of it any more.",
    linking.AlreadyLinked: "It is part of that already.",
    linking.NotUnderstood: "Write down the problem first.",
    IsClosed: "The request is closed.",
    Opportunity.DoesNotExist: "That opportunity is not there any more.",
    Request.DoesNotExist: "There is no such request here.",
}
LONGEST_VERSION = 9
LONGEST_KEY = 18
# What every service on one request takes, and what the form asked for.
Run = Callable[[dict[str, Any], dict[str, Any]], object]


def find(request: ProductRequest, reference: str) -> Request:
    """The request of the address, of this product.

    Raises:
        Http404: there is none.
    """
    rows = Request.objects.filter(product=request.product).select_related("product", "assignee")
    found: Request = get_object_or_404(rows, reference=reference)
    return found


def act(
    request: ProductRequest,
    row: Request,
    form: Any,
    run: Run,
    *,
    news: str,
    undo: str = "",
    undo_query: Mapping[str, str] | None = None,
) -> HttpResponse:
    """Check `form`, do `run` with it, and show the next request; what is refused is said in it.

    `run` gets the request, the version that was read, who and when, and what the form asked for.
    `undo` names the action that takes it back, with `undo_query` in its address.
    """
    if not form.is_valid():
        return _refused(request, form, 422)
    by_now = {"by": request.user, "now": timezone.now()}
    try:
        run({"request": row, "version": form.read_version, **by_now}, form.cleaned_data)
    except Conflict as conflict:
        stand_on_theirs(form, conflict.theirs)
        return _refused(request, form, 409)
    except tuple(REFUSALS) as refusal:
        form.add_error(None, REFUSALS[type(refusal)])
        return _refused(request, form, 422)
    return done(request, news, undo_url(request, row, undo, undo_query or {}) if undo else "")


def act_plainly(request: ProductRequest, run: Callable[[], object], news: str) -> HttpResponse:
    """The same for a button, which has nowhere to say why it did nothing but a toast."""
    try:
        run()
    except Conflict:
        words = "Somebody else was faster. This is how it stands now."
        return done(request, words, level=messages.ERROR)
    except tuple(REFUSALS) as refusal:
        return done(request, REFUSALS[type(refusal)], level=messages.ERROR)
    return done(request, news)


def done(
    request: ProductRequest, news: str, undo: str = "", *, level: int = messages.SUCCESS
) -> HttpResponse:
    """The inbox that one came from, with the next request in it."""
    add_toast(request, news, level=level, undo_url=undo)
    product = home(request)
    onward = request.GET.copy()
    onward["on"] = request.GET.get(NEXT, "")
    if not swaps(request, PART):
        return redirect(InboxAddresses(product, onward).here())
    request.GET = _read_only(onward)
    return render_inbox(request, product)


def _refused(request: ProductRequest, form: Any, status: int) -> HttpResponse:
    return render_inbox(request, home(request), bound=form, status=status)


def home(request: ProductRequest) -> Product | None:
    """The inbox that the action was started from: None for the one of all products."""
    return None if request.GET.get(EVERYTHING) else request.product


def _read_only(query: QueryDict) -> Any:
    return QueryDict(query.urlencode())


def undo_url(request: ProductRequest, row: Request, name: str, more: Mapping[str, str]) -> str:
    """Takes an action back, as long as nobody has done anything else since."""
    version = Request.objects.values_list("version", flat=True).get(pk=row.pk)
    to = InboxAddresses(home(request), request.GET)
    return to.act(name, row, row.reference, version=str(version), **more)


def asked_version(request: ProductRequest) -> int:
    """The version that a button stood for, from its form or its address; 0: none."""
    version = request.POST.get("version") or request.GET.get("version", "")
    is_number = version.isascii() and version.isdigit() and len(version) <= LONGEST_VERSION
    return int(version) if is_number else 0


def stand_on_theirs(form: Any, theirs: Any) -> None:
    """Say what somebody else saved meanwhile; sending it again keeps one's own words."""
    names = [name for name in form.labels if hasattr(theirs, name)]
    labels = {name: form.labels[name] for name in names}
    shown = {name: getattr(theirs, name) for name in names}
    form.stand_on(theirs.version, conflict_words("Somebody else", labels, shown, form.written))
