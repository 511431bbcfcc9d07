"""What somebody is owed instead of the default."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, QueryDict
from django.views.decorators.http import require_http_methods

from core.versions import Conflict, conflict_words
from portfolio.policies import ProductRequest
from stakeholders.forms.plans import PlanForm, plan_initial
from stakeholders.presenters.plans import default_words, shown_plan
from stakeholders.selectors.changes import last_actor
from stakeholders.services import plans as services
from stakeholders.views.confidential import confidential
from stakeholders.views.placements import GET_OR_POST, find_placement
from stakeholders.views.ways import after_change, form_page, posted


@confidential("a plan")
@require_http_methods(GET_OR_POST)
def plan_edit(request: ProductRequest, slug: str, placement_id: int) -> HttpResponse:
    """Owe somebody something else than their place says, with the reason; or the default again."""
    placement = find_placement(request, placement_id)
    defaults = default_words(placement)
    form = PlanForm(_sent_plan(request), initial=plan_initial(placement), **defaults)
    status = 0
    if request.method == "POST" and form.is_valid():
        try:
            services.set_plan(
                placement=placement, version=form.read_version, by=request.user, **form.written
            )
        except Conflict as conflict:
            _stand_on_theirs(form, conflict.theirs)
            status = 409
        else:
            return after_change(request, placement, f"The plan for {placement.person} is saved.")
    page = {"title": f"Plan for {placement.person}", "submit_label": "Save plan"}
    template = "stakeholders/plan_form.html"
    return form_page(request, placement, form, status, template=template, **page)


def _sent_plan(request: ProductRequest) -> QueryDict | None:
    """What was typed; nothing of it but the version where the default is wanted back."""
    if request.method != "POST" or request.POST.get("do") != "default":
        return posted(request)
    kept = QueryDict(mutable=True)
    kept["version"] = request.POST.get("version", "")
    return kept


def _stand_on_theirs(form: PlanForm, theirs: Any) -> None:
    words = conflict_words(
        last_actor(theirs), form.labels, shown_plan(plan_initial(theirs)), shown_plan(form.written)
    )
    form.stand_on(theirs.version, words)
