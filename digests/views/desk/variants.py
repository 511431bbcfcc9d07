"""The three forms of an issue that is still to come, as each would read it now."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils import timezone

from accounts.selectors import organisation
from digests.emails import write_letter
from digests.models import Issue
from digests.presenters.desk.looks import Looks, Switch
from digests.presenters.desk.samples import sample_letter
from digests.presenters.desk.variants import variant_ahead
from digests.presenters.drawing import draw
from digests.selectors.sheets import sheets_of
from portfolio.enums import ReleaseAudience
from portfolio.policies import ProductRequest
from stakeholders import rules
from stakeholders.enums import Plan


def variants_context(request: ProductRequest, issue: Issue, looks: Looks) -> dict[str, Any]:
    """The variants side by side, drawn from one reading of the issue."""
    house, now = organisation(), timezone.now()
    sheet = sheets_of([(issue.pk, 1)])[issue.pk, 1]
    found = []
    for plan in Plan:
        of = rules.Plan(plan)
        drawn = draw(sheet, of, looks.of_length, for_team=looks.for_team)
        letter = sample_letter(issue, of, looks.of_length, drawn, viewer=request.user, house=house)
        found.append(variant_ahead(issue, plan, drawn, write_letter(letter, now=now), looks))
    return {"looks": looks, "variants": found, "switches": switches(request, issue, looks)}


def switches(request: ProductRequest, issue: Issue, looks: Looks) -> list[Switch]:
    """The switches above the frames; one for the team where it reads something of its own."""
    base = reverse("digests:issue_detail", args=[issue.product.slug])
    kept = {"week": str(issue.week)} if request.GET.get("week") else {}
    with_team = issue.items.filter(audience=ReleaseAudience.TEAM).exists()
    return looks.switches(base, kept, with_team=with_team or looks.for_team)
