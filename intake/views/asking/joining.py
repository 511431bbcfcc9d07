"""“That's me too”: standing behind a request instead of asking it again."""

from __future__ import annotations

from uuid import uuid4

from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone

from core import unsent
from intake.forms.joining import JoinForm
from intake.models import Request
from intake.selectors.asking import department_names, voice_of
from intake.services.asking import Amounts, join_request
from intake.services.drafts import discard_draft
from intake.views.asking.desk import posted_token
from intake.views.asking.employee import EmployeeDesk
from intake.views.asking.frame import frame
from intake.views.asking.similar import request_to_join

NAMES = ("words", "times", "per", "minutes", "people", "department")


def join_page(desk: EmployeeDesk, reference: str) -> HttpResponseBase:
    """The request in its own words, and a short form; what was typed so far comes along."""
    request = desk.request
    wish = request_to_join(desk, reference)
    if wish is None:
        return redirect(desk.url("start"))  # private, closed, or another's duplicate by now
    voice = voice_of(wish, request.user)
    if voice is not None and voice.left_at is None and request.method != "POST":
        return redirect(desk.url("sent", reference))
    initial = desk.known | desk.answers | {"words": _typed_so_far(desk)}
    initial |= {name: text for name, text in unsent.take_back(request).items() if name in NAMES}
    posted = request.POST if request.method == "POST" else None
    form = JoinForm(posted, names=NAMES, initial=initial)
    if request.method == "POST" and form.is_valid():
        _join(desk, wish, form)
        return redirect(desk.url("sent", wish.reference))
    context = frame(desk) | {
        "wish": wish,
        "form": form,
        "token": posted_token(request) or uuid4(),
        "departments": department_names(),
        "back_url": desk.url("start"),
    }
    return render(request, "intake/ask_join.html", context, status=422 if form.is_bound else 200)


def _typed_so_far(desk: EmployeeDesk) -> str:
    """Goal and today of the draft, as one text."""
    said = (desk.answers.get("goal", ""), desk.answers.get("today", ""))
    return "\n\n".join(one for one in said if one)[:2000]


def _join(desk: EmployeeDesk, wish: Request, form: JoinForm) -> None:
    """Their voice is kept; the draft, whose words went into it, is done with."""
    cleaned = form.cleaned_data
    amounts = Amounts(*(cleaned[name] for name in ("times", "per", "minutes", "people")))
    join_request(
        request=wish,
        visitor=desk.visitor(cleaned),
        amounts=amounts,
        words=cleaned["words"],
        token=posted_token(desk.request) or uuid4(),
        now=timezone.now(),
    )
    discard_draft(user=desk.request.user, product=desk.product)
    desk.finish(wish)
