"""Views of lists: all of them, saving, opening, changing, sharing, deleting, taking back."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.policies import SignedInRequest
from core.htmx import swaps
from core.paging import list_page
from core.toasts import add_toast
from core.versions import Conflict, conflict_words
from portfolio import services
from portfolio.forms import SavedViewForm, view_initial
from portfolio.models import SavedView
from portfolio.policies import ViewRequest
from portfolio.presenters.views import star, view_lines
from portfolio.selectors.views import bookmarked_products, views_of
from portfolio.viewing import TooLong, ViewPage, encoded, page_of

GET_OR_POST = ["GET", "HEAD", "POST"]
TOO_LONG = "These filters are too long to keep. Take a few words away."
MOST_IN_MENU = 30


@require_safe
def view_list(request: SignedInRequest) -> HttpResponse:
    """One's own views and the shared ones, and what one has bookmarked; for htmx a list's menu."""
    page, current = page_of(request.GET.get("page", "")), request.GET.get("view", "")
    found = views_of(request.user, page.key if page else "")
    if swaps(request, "view-menu"):
        lines = view_lines(found[:MOST_IN_MENU], request.user, current)
        return render(request, "portfolio/view_list.html#menu", {"lines": lines})
    views = list_page(found, request, noun="view", key="n")
    kept = list_page(bookmarked_products(request.user), request, noun="product", key="b")
    context = {
        "page": page,
        "views": views,
        "lines": view_lines(views.rows, request.user, current),
        "bookmarks": kept,
        "stars": [(star(one.slug, one.name, is_kept=True), one) for one in kept.rows],
    }
    return render(request, "portfolio/view_list.html", context)


@require_http_methods(GET_OR_POST)
def view_create(request: SignedInRequest) -> HttpResponse:
    """Keep the address that the query tells of under a name. Sent twice it is one view."""
    page = page_of(request.GET.get("page", ""))
    if page is None:
        return redirect("portfolio:view_list")
    form = SavedViewForm(_posted(request), initial={"token": uuid4()})
    if request.method == "POST" and form.is_valid():
        now, by = timezone.now(), request.user
        try:
            view = services.save_view(
                page=page, query=request.GET.dict(), by=by, now=now,
                token=form.cleaned_data["token"], **form.view_fields,
            )  # fmt: skip
        except services.NameTaken:
            form.say_taken()
        except TooLong:
            form.add_error(None, TOO_LONG)
        else:
            _open_or_not(request, view, wanted=form.cleaned_data["is_default"])
            add_toast(request, f"The view “{view}” is saved.")
            return redirect(view)
    lede = f"The filters, columns, order and day of “{page.label}”, as you see them now."
    cancel_url = page.address(_kept(page, request))
    return _form_page(request, form, title="Save view", lede=lede, cancel_url=cancel_url)


@require_safe
def view_open(request: ViewRequest, view_id: int) -> HttpResponse:
    """Send on to the list, as the view says. What its page no longer keeps is left out."""
    view = request.saved_view
    page = _page(view.page)
    return redirect(page.address(view.query, view.pk))


@require_http_methods(GET_OR_POST)
def view_edit(request: ViewRequest, view_id: int) -> HttpResponse:
    """Rename it, share it or not, open its page with it or not."""
    view, page = request.saved_view, _page(request.saved_view.page)
    form = SavedViewForm(_posted(request), initial=_initial(view))
    status = 0
    if request.method == "POST" and form.is_valid():
        try:
            saved = services.change_view(
                view=view, version=form.read_version, fields=form.view_fields,
                by=request.user, now=timezone.now(),
            )  # fmt: skip
        except Conflict as late:
            theirs = _initial(late.theirs)  # type: ignore[arg-type]  # a view
            labels = {"name": form.labels["name"]}
            words = conflict_words("You, elsewhere,", labels, theirs, form.view_fields)
            form.stand_on(theirs["version"], words)
            status = 409
        except services.NameTaken:
            form.say_taken()
        else:
            _open_or_not(request, saved, wanted=form.cleaned_data["is_default"])
            add_toast(request, f"The view “{saved}” is saved.")
            return redirect("portfolio:view_list")
    return _form_page(
        request, form, title=f"Edit “{view}”", lede=page.label,
        cancel_url=reverse("portfolio:view_list"), status=status,
    )  # fmt: skip


@require_POST
def view_update(request: ViewRequest, view_id: int) -> HttpResponse:
    """Let the view lead to the address that the query tells; Undo leads it back."""
    view, page = request.saved_view, _page(request.saved_view.page)
    try:
        before = services.point_view(
            view=view, page=page, query=request.GET.dict(), by=request.user, now=timezone.now()
        )
    except TooLong:
        add_toast(request, TOO_LONG, level=messages.ERROR)
    else:
        path = reverse("portfolio:view_update", args=[view.pk])
        add_toast(
            request, f"“{view}” is as you see it now.",
            undo_url=f"{path}?{encoded(before)}" if before else path,
        )  # fmt: skip
    return redirect(view)


@require_http_methods(GET_OR_POST)
def view_delete(request: ViewRequest, view_id: int) -> HttpResponse:
    """Delete the view; the toast's Undo brings it back at its address."""
    view = request.saved_view
    if request.method == "POST":
        services.delete_view(view=view, by=request.user, now=timezone.now())
        undo_url = reverse("portfolio:view_restore", args=[view_id])
        add_toast(request, f"The view “{view}” is deleted.", undo_url=undo_url)
        return redirect("portfolio:view_list")
    context = {
        "form": None,
        "title": f"Delete “{view}”",
        "lede": "Its link will lead nowhere, for others too. You can take it back for 30 days.",
        "danger": True,
        "confirm_label": "Delete",
        "cancel_url": reverse("portfolio:view_list"),
        "crumbs": [("Views", reverse("portfolio:view_list")), ("Delete", "")],
    }
    return render(request, "components/confirm_page.html", context)


@require_POST
def view_restore(request: SignedInRequest, view_id: int) -> HttpResponse:
    """Bring back a view of one's own that was deleted."""
    try:
        view = services.restore_view(view_id=view_id, by=request.user, now=timezone.now())
    except services.NoDeletedView:
        add_toast(request, "This can no longer be undone.", level=messages.ERROR)
    else:
        add_toast(request, f"The view “{view}” is back.")
    return redirect("portfolio:view_list")


@require_POST
def view_default(request: ViewRequest, view_id: int) -> HttpResponse:
    """Let the page open with this view, or (`stop`) plainly again; for oneself alone."""
    view = request.saved_view
    is_wanted = "stop" not in request.POST
    _open_or_not(request, view, wanted=is_wanted)
    label = _page(view.page).label
    said = f"{label} opens with “{view}”." if is_wanted else f"{label} opens plainly again."
    add_toast(request, said)
    return redirect("portfolio:view_list")


def _open_or_not(request: SignedInRequest, view: SavedView, *, wanted: bool) -> None:
    choose = services.open_with if wanted else services.open_plainly
    choose(view=view, by=request.user, now=timezone.now())


def _page(key: str) -> ViewPage:
    page = page_of(key)
    if page is None:
        raise Http404("No list is called so.")
    return page


def _kept(page: ViewPage, request: HttpRequest) -> str:
    try:
        return page.kept(request.GET)
    except TooLong:
        return ""


def _initial(view: SavedView) -> dict[str, Any]:
    return view_initial(view, is_default=bool(getattr(view, "is_default", False)))


def _posted(request: HttpRequest) -> QueryDict | None:
    return request.POST if request.method == "POST" else None


def _form_page(
    request: HttpRequest, form: SavedViewForm, *, title: str, lede: str, cancel_url: str,
    status: int = 0,
) -> HttpResponse:  # fmt: skip
    context = {
        "form": form,
        "title": title,
        "lede": lede,
        "submit_label": "Save view",
        "cancel_url": cancel_url,
        "crumbs": [("Views", reverse("portfolio:view_list")), (title, "")],
    }
    status = status or (422 if form.is_bound else 200)
    return render(request, "components/form_page.html", context, status=status)
