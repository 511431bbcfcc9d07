"""The note of a product manager."""

from __future__ import annotations

import datetime as dt

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_POST

from core.mail_bodies import frames_bodies
from digests.forms.desk import NoteForm
from digests.services import editing
from digests.views.desk.acting import act
from digests.views.desk.frame import find_issue
from portfolio.policies import ProductRequest


@require_POST
@frames_bodies
def issue_note(request: ProductRequest, slug: str, week: dt.date) -> HttpResponse:
    """Keep the note; whoever saves second reads what the other wrote and keeps their typing."""
    issue = find_issue(request, week)
    form = NoteForm(request.POST)

    def run(version: int) -> None:
        editing.write_note(
            issue=issue,
            version=version,
            note=form.cleaned_data["note"],
            by=request.user,
            now=timezone.now(),
        )

    news = "Your note is saved." if request.POST.get("note", "").strip() else "There is no note."
    return act(request, issue, run, news=news, form=form)
