"""A test mail to oneself."""

from __future__ import annotations

import datetime as dt
import math

from django.contrib import messages
from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_POST

from core.formats import count
from core.mail_bodies import frames_bodies
from digests.presenters.desk.looks import Looks
from digests.services.sampling import TooManyTests, send_test
from digests.views.desk.acting import done
from digests.views.desk.frame import find_issue
from portfolio.policies import ProductRequest
from stakeholders.rules import Plan


@require_POST
@frames_bodies
def issue_test(request: ProductRequest, slug: str, week: dt.date) -> HttpResponse:
    """Send it to oneself in the form that `plan` names, as long as the page shows it."""
    issue, looks = find_issue(request, week), Looks.asked(request.GET)
    asked = request.POST.get("plan", "")
    plan = Plan(asked) if asked in list(Plan) else Plan.BRIEF
    try:
        send_test(
            issue=issue,
            plan=plan,
            length=looks.of_length,
            for_team=looks.for_team,
            to=request.user,
            now=timezone.now(),
        )
    except TooManyTests as limit:
        wait = count(math.ceil(limit.wait_seconds / 60), "minute")
        words = f"That was ten test mails within an hour. The next one can go in {wait}."
        return done(request, issue, words, level=messages.ERROR)
    return done(request, issue, f"A test is on its way to {request.user.email}.")
