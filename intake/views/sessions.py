"""The office hours of a product: which sessions come, which have been; plan one, change it."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.selectors import organisation
from accounts.viewers import house_zone
from core.formats import zone_words
from core.paging import list_page
from core.periods import local_date
from core.toasts import add_toast
from core.versions import Conflict
from intake.forms.hours import SessionForm
from intake.models import Session
from intake.presenters import frame
from intake.presenters import offering as words
from intake.presenters.sessions import past_sessions, session_cards
from intake.selectors.holidays import holiday_names, series_of
from intake.selectors.hosts import hosts_of
from intake.selectors.hours import sessions_ahead, sessions_past, zone_of
from intake.services.sessions import InThePast, SessionOver, change_session, create_session
from intake.services.slots import SeatsTaken
from intake.views.forms_in_pages import GET_OR_POST, form_page, posted, stand_on_theirs
from intake.views.session_page import find_session, refused, render_session, session_url
from portfolio.policies import ProductRequest

PAGE = 20
PAST = "Enter a time that is still to come."
TAKEN = "Somebody has a place that would no longer exist. Cancel the session, or keep their slots."
OVER = "This session is over or cancelled: nothing of it changes any more."


@require_safe
def session_list(request: ProductRequest, slug: str) -> HttpResponse:
    """Sessions to come, in the reader's time zone; for the team also those that have been."""
    product, now, zone = request.product, timezone.now(), zone_of(request.user)
    found = sessions_ahead(product, request.user, now)
    ahead = list_page(found, request, noun="session", size=PAGE)
    context = frame.intake_context(request, product, "hours") | {
        "ahead": ahead,
        "cards": session_cards(
            request, product, ahead.rows, zone=zone, now=now, holidays=holiday_names(ahead.rows)
        ),
        "zone": zone_words(zone),
    }
    if context["header"].may_edit:
        past = list_page(
            sessions_past(product, now), request, noun="session", size=PAGE, key="past"
        )
        today = local_date(now, house_zone(request.user))
        context |= {
            "past": past,
            "past_rows": past_sessions(request, product, past.rows, zone=zone, now=now),
            "series": words.series_lines(series_of(product, today)),
        }
    return render(request, "intake/session_list.html", context)


@require_safe
def session_detail(request: ProductRequest, slug: str, session_id: int) -> HttpResponse:
    """Who comes when, with which request; what was said, and where it belongs."""
    return render_session(request, find_session(request, session_id))


@require_http_methods(GET_OR_POST)
def session_create(request: ProductRequest, slug: str) -> HttpResponse:
    """Plan a single session; sending it twice makes one."""
    product, now, house = request.product, timezone.now(), organisation()
    initial = {"token": uuid4(), "time_zone": house.time_zone, "host": request.user.pk}
    form = SessionForm(
        posted(request),
        hosts=hosts_of(product, request.user.pk),
        today=local_date(now, house.time_zone),
        initial=initial,
    )
    if request.method == "POST" and form.is_valid():
        try:
            session = create_session(
                product=product,
                fields=form.offered,
                timing=form.timing,
                by=request.user,
                now=now,
                token=form.cleaned_data["token"],
            )
        except InThePast:
            form.add_error("at", PAST)
        else:
            add_toast(request, f"{session.title} is planned.")
            return redirect(session_url(session))
    return _page(request, form, "Plan a session", "Plan session")


@require_http_methods(GET_OR_POST)
def session_edit(request: ProductRequest, slug: str, session_id: int) -> HttpResponse:
    """Change a session; whoever has a place gets a newer calendar entry."""
    session = find_session(request, session_id)
    if session.state != "open":
        return refused(request, session, OVER)
    form = SessionForm(
        posted(request),
        hosts=hosts_of(session.product, session.host_id, request.user.pk),
        today=session.day,
        initial=words.session_initial(session),
    )
    if request.method == "POST" and form.is_valid():
        status = _save(request, session, form)
        if status == 303:
            return redirect(session_url(session))
        return _page(
            request, form, f"Change {session.title}", "Save session", session=session, status=status
        )
    return _page(request, form, f"Change {session.title}", "Save session", session=session)


def _save(request: ProductRequest, session: Session, form: SessionForm) -> int:
    """Saved: 303; wrong: 422; somebody was faster: 409, with what they saved in the form."""
    try:
        change_session(
            session_id=session.pk,
            version=form.read_version,
            fields=form.offered,
            timing=form.timing,
            by=request.user,
            now=timezone.now(),
        )
    except Conflict as conflict:
        theirs: Any = conflict.theirs
        stand_on_theirs(form, theirs, words.session_initial(theirs))
        return 409
    except InThePast:
        form.add_error("at", PAST)
        return 422
    except (SeatsTaken, SessionOver) as error:
        form.add_error(None, TAKEN if isinstance(error, SeatsTaken) else OVER)
        return 422
    add_toast(request, "The session is saved. Whoever has a place is told of what moved.")
    return 303


def _page(
    request: ProductRequest,
    form: SessionForm,
    title: str,
    label: str,
    *,
    session: Session | None = None,
    status: int = 0,
) -> HttpResponse:
    back = reverse("intake:session_list", args=[request.product.slug])
    return form_page(
        request,
        form,
        status=status,
        title=title,
        submit_label=label,
        cancel_url=session_url(session) if session else back,
        crumbs=frame.intake_crumbs(request.product, "hours", (title, "")),
    )
