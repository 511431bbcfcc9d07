"""Days off of the organisation: everybody reads them, an administrator writes them."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.policies import SignedInRequest
from accounts.selectors import today
from core.formats import count
from core.paging import list_page
from core.policies import may
from core.toasts import add_toast
from intake.forms.hours import HolidaysForm
from intake.models import Holiday
from intake.presenters.holidays import holiday_lines
from intake.selectors.holidays import holidays_ahead, holidays_past, sessions_on
from intake.services.holidays import add_holidays, delete_holiday, put_back_holiday
from intake.views.forms_in_pages import GET_OR_POST, confirm_page, form_page, posted

LIST = "intake:holiday_list"


@require_safe
def holiday_list(request: SignedInRequest) -> HttpResponse:
    """Days off to come, with the sessions that fall on them, and those that have been."""
    day = today(timezone.now())
    ahead = list_page(holidays_ahead(day), request, noun="day off", plural="days off")
    past = list_page(holidays_past(day), request, noun="day off", plural="days off", key="past")
    fallen = sessions_on({one.day for one in ahead.rows}, request.user)
    may_edit = may(request, "intake:holiday_create")
    context = {
        "ahead": ahead,
        "lines": holiday_lines(ahead.rows, day, fallen),
        "past": past,
        "past_lines": holiday_lines(past.rows, day, {}),
        "may_edit": may_edit,
        "crumbs": [("Days off", "")],
    }
    return render(request, "intake/holiday_list.html", context)


@require_http_methods(GET_OR_POST)
def holiday_create(request: SignedInRequest) -> HttpResponse:
    """Add days off, as many lines as one likes."""
    form = HolidaysForm(posted(request))
    if request.method == "POST" and form.is_valid():
        new = add_holidays(days=form.cleaned_data["lines"], by=request.user, now=timezone.now())
        add_toast(
            request, f"{count(new, 'day')} added. Sessions that fall on one are not cancelled."
        )
        return redirect(LIST)
    return form_page(
        request,
        form,
        title="Add days off",
        lede="No series makes a session on them; what is planned already stays.",
        submit_label="Add days",
        cancel_url=reverse(LIST),
        crumbs=[("Days off", reverse(LIST)), ("Add", "")],
    )


@require_http_methods(GET_OR_POST)
def holiday_delete(request: SignedInRequest, holiday_id: int) -> HttpResponse:
    """Take a day off back; it can be put back."""
    holiday = get_object_or_404(Holiday, pk=holiday_id)
    if request.method == "POST":
        delete_holiday(holiday=holiday, by=request.user, now=timezone.now())
        undo = reverse("intake:holiday_put_back", args=[holiday_id])
        add_toast(request, f"{holiday.name} is no day off any more.", undo_url=undo)
        return redirect(LIST)
    return confirm_page(
        request,
        title=f"Delete {holiday.name}",
        lede="Series that meet on that day make a session on it again.",
        confirm_label="Delete it",
        cancel_url=reverse(LIST),
        crumbs=[("Days off", reverse(LIST)), ("Delete", "")],
    )


@require_POST
def holiday_put_back(request: SignedInRequest, holiday_id: int) -> HttpResponse:
    """Take the deletion of a day off back."""
    holiday = put_back_holiday(holiday_id=holiday_id, by=request.user, now=timezone.now())
    if holiday is None:
        raise Http404("No day off was deleted under this key.")
    add_toast(request, f"{holiday.name} is a day off again.")
    return redirect(LIST)
