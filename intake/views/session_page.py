"""The host's page of a session, whole or as htmx swaps it; one form may be open in it."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from core.htmx import swaps
from core.periods import local_date
from core.toasts import add_toast
from intake.enums import SessionState
from intake.models import Session
from intake.presenters import frame
from intake.presenters import session_page as words
from intake.presenters.times import day_words
from intake.selectors.holidays import local_day
from intake.selectors.hours import zone_of
from intake.selectors.session_page import session_view
from intake.views.forms_in_pages import OpenForm
from portfolio.policies import ProductRequest


def find_session(request: ProductRequest, session_id: int) -> Session:
    """The session of the address.

    Raises:
        Http404: the product has none under this key.
    """
    sessions = Session.objects.select_related("host").filter(product=request.product)
    session: Session = get_object_or_404(sessions, pk=session_id)
    session.product = request.product
    return session


def session_crumb(session: Session) -> tuple[str, str]:
    """The host's page among the crumbs, by its day."""
    today = local_date(timezone.now(), session.time_zone)
    return day_words(local_day(session), today), session_url(session)


def session_url(session: Session) -> str:
    """The host's page."""
    return reverse("intake:session_detail", args=[session.product.slug, session.pk])


def render_session(
    request: ProductRequest,
    session: Session,
    *,
    opened: OpenForm | None = None,
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    """The page of a session, or for htmx what lies below the product's name."""
    now, zone = timezone.now(), zone_of(request.user)
    found = session_view(session)
    is_swap = swaps(request, "session")
    context = frame.intake_context(request, request.product, "hours", session_crumb(session)) | {
        "session": session,
        "slots": words.slot_lines(found, zone, now),
        "general": words.note_lines(found).get(None, []),
        "facts": words.session_facts(found, zone, now),
        "holiday": found.holiday,
        "is_open": session.state == SessionState.OPEN,
        "has_begun": session.starts_at <= now,
        "note_url": reverse("intake:note_create", args=[session.product.slug, session.pk]),
        "opened": opened,
        "form": opened.form if opened else None,
        "refusal": problem,
        "is_swap": is_swap,
    }
    part = "#session" if is_swap else ""
    return render(request, f"intake/session_detail.html{part}", context, status=status)


def form_in_session(
    request: ProductRequest, session: Session, opened: OpenForm, status: int = 0
) -> HttpResponse:
    """The page with the form open; what is wrong with it is said there."""
    wrong = 422 if opened.form.is_bound else 200
    return render_session(request, session, opened=opened, status=status or wrong)


def after_change(
    request: ProductRequest, session: Session, news: str, *, undo_url: str = ""
) -> HttpResponse:
    """The session as it stands now: swapped in, with its own address above it, or its page."""
    add_toast(request, news, undo_url=undo_url)
    if swaps(request, "session"):
        response = render_session(request, find_session(request, session.pk))
        response["HX-Push-Url"] = session_url(session)
        return response
    return redirect(session_url(session))


def refused(request: ProductRequest, session: Session, why: str) -> HttpResponse:
    """The page, saying why nothing has changed."""
    return render_session(request, session, problem=why, status=409)
