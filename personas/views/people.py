"""How many they are, and what was seen of them, written in the page of the persona."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.policies import SignedInRequest
from accounts.selectors import today
from personas import services
from personas.forms import EvidenceForm, HeadCountForm
from personas.models import PersonaEvidence, PersonaHeadCount
from personas.views.requests import (
    GET_OR_POST,
    OpenForm,
    after_change,
    find_persona,
    form_in_page,
    posted,
)
from personas.views.work import confirm_page


@require_http_methods(GET_OR_POST)
def head_count_create(request: SignedInRequest, persona_id: int) -> HttpResponse:
    """Count the people of a department, from a day on."""
    persona = find_persona(persona_id)
    now = timezone.now()
    day = today(now)
    form = HeadCountForm(posted(request), today=day, initial={"from_date": day})
    if request.method == "POST" and form.is_valid():
        services.set_head_count(persona=persona, by=request.user, now=now, **form.cleaned_data)
        return after_change(request, persona, "The head-count is saved.")
    opened = OpenForm("people", "Count a department", form, "Save head-count", request.path)
    return form_in_page(request, persona, opened)


@require_http_methods(GET_OR_POST)
def head_count_delete(request: SignedInRequest, persona_id: int, count_id: int) -> HttpResponse:
    """Take a count away."""
    persona = find_persona(persona_id)
    counts = PersonaHeadCount.objects.select_related("department", "persona")
    count = get_object_or_404(counts, pk=count_id, persona=persona)
    if request.method == "POST":
        services.remove_head_count(count=count, by=request.user, now=timezone.now())
        return after_change(request, persona, "The head-count is taken away.")
    lede = f"{count.department}, {count}"
    return confirm_page(request, persona, title="Delete the head-count", lede=lede)


@require_http_methods(GET_OR_POST)
def evidence_create(request: SignedInRequest, persona_id: int) -> HttpResponse:
    """Say what was seen of real people."""
    persona = find_persona(persona_id)
    now = timezone.now()
    day = today(now)
    form = EvidenceForm(posted(request), today=day, initial={"validated_on": day})
    if request.method == "POST" and form.is_valid():
        services.add_evidence(persona=persona, by=request.user, now=now, **form.cleaned_data)
        return after_change(request, persona, "The evidence is saved.")
    opened = OpenForm("evidence", "What was seen", form, "Save evidence", request.path)
    return form_in_page(request, persona, opened)


@require_http_methods(GET_OR_POST)
def evidence_delete(request: SignedInRequest, persona_id: int, evidence_id: int) -> HttpResponse:
    """Take a piece of evidence away."""
    persona = find_persona(persona_id)
    pieces = PersonaEvidence.objects.select_related("persona")
    evidence = get_object_or_404(pieces, pk=evidence_id, persona=persona)
    if request.method == "POST":
        services.remove_evidence(evidence=evidence, by=request.user, now=timezone.now())
        return after_change(request, persona, "The evidence is taken away.")
    return confirm_page(request, persona, title="Delete the evidence", lede=evidence.what)
