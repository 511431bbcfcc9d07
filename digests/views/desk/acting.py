"""How every change of an issue goes: one service, and the page as it stands afterwards."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from core.htmx import swaps
from core.toasts import add_toast
from core.versions import Conflict, conflict_words
from digests.models import Issue
from digests.presenters.desk.looks import Looks
from digests.services import editing
from digests.services.changing import Locked
from digests.views.desk.frame import find_issue
from digests.views.desk.page import PARTS, render_issue
from portfolio.policies import ProductRequest

SOMEBODY = "Somebody else"
GONE = "It has gone out meanwhile and stays as it is."
RED = "A guardrail in the red is always told. Put it into your own words instead."
FASTER = "Somebody else was faster. This is how it stands now."
LONGEST_VERSION = 9


def act(
    request: ProductRequest,
    issue: Issue,
    run: Callable[[int], object],
    *,
    news: str,
    undo_url: str = "",
    form: Any = None,
    on: int = 0,
) -> HttpResponse:
    """Check `form`, if there is one, do `run` with the version that was read, and show the page.

    What is refused is said in the form, which keeps what was typed; of a button in a toast.
    """
    if form is not None and not form.is_valid():
        return render_issue(request, issue, bound=form, on=on, status=422)
    try:
        run(form.read_version if form is not None else asked_version(request, issue))
    except Issue.DoesNotExist as error:
        raise Http404 from error
    except Conflict as conflict:
        return _slower(request, conflict, form, on)
    except Locked:
        return done(request, issue, GONE, level=messages.ERROR, on=on)
    except editing.RedIsTold:
        return done(request, issue, RED, level=messages.ERROR, on=on)
    return done(request, issue, news, undo_url=undo_url, on=on)


def _slower(request: ProductRequest, conflict: Conflict, form: Any, on: int) -> HttpResponse:
    issue = find_issue(request, conflict.theirs.week)  # type: ignore[attr-defined]  # an issue
    if form is None:
        return done(request, issue, FASTER, level=messages.ERROR, on=on)
    names = [name for name in form.labels if hasattr(issue, name)]
    theirs = {name: getattr(issue, name) for name in names}
    labels = {name: form.labels[name] for name in names}
    form.stand_on(issue.version, conflict_words(SOMEBODY, labels, theirs, form.written))
    return render_issue(request, issue, bound=form, on=on, status=409)


def done(
    request: ProductRequest,
    issue: Issue,
    news: str,
    *,
    undo_url: str = "",
    level: int = messages.SUCCESS,
    on: int = 0,
) -> HttpResponse:
    """The page of the issue, with the news; without scripts at the item that was changed."""
    add_toast(request, news, level=level, undo_url=undo_url)
    if swaps(request, *PARTS):
        return render_issue(request, find_issue(request, issue.week), on=on)
    return redirect(page_url(request, issue, on))


def page_url(request: ProductRequest, issue: Issue, on: int = 0) -> str:
    """The address of the issue's page, looking as it did."""
    path = reverse("digests:issue_detail", args=[issue.product.slug])
    query = request.GET.copy()
    query.clear()
    query.update({"week": str(issue.week), **Looks.asked(request.GET).query})
    return f"{path}?{query.urlencode()}{f'#item-{on}' if on else ''}"


def asked_version(request: ProductRequest, issue: Issue) -> int:
    """The version that a button stood for; that of now where it says none, as Undo does."""
    text = request.POST.get("version", "")
    is_number = text.isascii() and text.isdigit() and len(text) <= LONGEST_VERSION
    return int(text) if is_number else issue.version
