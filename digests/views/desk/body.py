"""One form of an issue alone, as the mail that its readers get."""

from __future__ import annotations

import datetime as dt

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.selectors import organisation
from core.mail_bodies import in_colours, sandboxed, text_page
from digests.emails import write_letter
from digests.models import Issue
from digests.presenters.desk.looks import Looks
from digests.presenters.desk.samples import part_of_mail, sample_letter
from digests.presenters.parts import part_of
from digests.rules.letter import Drawn
from digests.selectors.archive import edition_of
from digests.services.editions import preview
from digests.views.desk.frame import find_issue
from portfolio.policies import ProductRequest
from stakeholders.rules import Plan


@require_safe
@sandboxed
def issue_body(request: ProductRequest, slug: str, week: dt.date) -> HttpResponse:
    """What went out, to the byte, between a greeting and a footer; before that, what would."""
    issue, looks = find_issue(request, week), Looks.asked(request.GET)
    asked = request.GET.get("plan", "")
    plan = Plan(asked) if asked in list(Plan) else Plan.BRIEF
    letter = sample_letter(
        issue,
        plan,
        looks.of_length,
        _drawn(issue, plan, looks),
        viewer=request.user,
        house=organisation(),
    )
    raw = write_letter(letter, now=timezone.now()).raw
    if looks.part == "text":
        return HttpResponse(text_page(part_of_mail(raw, "plain"), is_dark=looks.is_dark))
    return HttpResponse(in_colours(part_of_mail(raw, "html"), is_dark=looks.is_dark))


def _drawn(issue: Issue, plan: Plan, looks: Looks) -> Drawn:
    edition = edition_of(issue, plan, looks.of_length, for_team=looks.for_team)
    if edition is not None:
        return part_of(edition, product=issue.product.name, url="", week=issue.week).drawn
    return preview(issue=issue, plan=plan, length=looks.of_length, for_team=looks.for_team)
