"""What the views of personas share: the request, the persona on show, a form open in its page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django import forms
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from accounts.policies import SignedInRequest
from accounts.selectors import today
from core.forms import VersionedForm
from core.htmx import swaps
from core.policies import allows
from core.toasts import add_toast
from core.versions import conflict_words
from personas import presenters as words
from personas import selectors
from personas.chips import chips_of
from personas.models import Persona

GET_OR_POST = ["GET", "HEAD", "POST"]
Crumbs = list[tuple[str, str]]


AnyForm = TypeVar("AnyForm", bound=forms.Form)


@dataclass(frozen=True, slots=True)
class OpenForm(Generic[AnyForm]):
    """A form in its place on the persona's page; it posts to the address that opened it."""

    place: str
    title: str
    form: AnyForm
    submit_label: str
    action: str


def posted(request: HttpRequest) -> QueryDict | None:
    """What a form is bound to: nothing while it is only shown, however little was sent."""
    return request.POST if request.method == "POST" else None


def find_persona(persona_id: int) -> Persona:
    """The persona of the address.

    Raises:
        Http404: there is none.
    """
    personas = Persona.objects.select_related("champion")
    persona: Persona = get_object_or_404(personas, pk=persona_id)
    return persona


def persona_crumbs(persona: Persona | None, *more: str) -> Crumbs:
    """The way from the list to a page of a persona."""
    crumbs: Crumbs = [("Personas", reverse("personas:persona_list"))]
    if persona is not None:
        crumbs.append((persona.name, persona.get_absolute_url() if more else ""))
    return [*crumbs, *((word, "") for word in more)]


def render_persona(
    request: SignedInRequest,
    persona: Persona,
    *,
    opened: OpenForm[Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page of a persona, or for htmx what lies below its crumbs; one form may be open in it."""
    day = today(timezone.now())
    found = selectors.portrait(persona, request.user, day)
    is_swap = swaps(request, "persona")
    wants_departments = opened is not None and opened.place == "people"
    context = {
        "persona": persona,
        "cards": words.goal_cards(found, day),
        "counts": words.count_lines(found, day),
        "evidence": words.evidence_lines(found, day),
        "facts": words.persona_facts(found),
        "notes": words.persona_notes(persona),
        "missing": words.missing_words(found.missing),
        "validated": words.validated_words(found.validated_on, day),
        "scale": words.rhythm_scale(persona.rhythm),
        "chips": chips_of([persona.pk], day)[persona.pk],
        "may_edit": allows("persona.edit", request.user),
        "opened": opened,
        "form": opened.form if opened else None,
        "departments": selectors.department_names() if wants_departments else [],
        "crumbs": persona_crumbs(persona),
        "is_swap": is_swap,
    }
    part = "#persona" if is_swap else ""
    return render(request, f"personas/persona_detail.html{part}", context, status=status)


def form_in_page(
    request: SignedInRequest, persona: Persona, opened: OpenForm[Any], status: int = 0
) -> HttpResponse:
    """The persona's page with the form open; what is wrong with it is said there."""
    wrong = 422 if opened.form.is_bound else 200
    return render_persona(request, persona, opened=opened, status=status or wrong)


def after_change(request: SignedInRequest, persona: Persona, news: str) -> HttpResponse:
    """The persona as it stands now: swapped in, with its own address above it, or its page."""
    add_toast(request, news)
    if swaps(request, "persona"):
        response = render_persona(request, find_persona(persona.pk))
        response["HX-Push-Url"] = persona.get_absolute_url()
        return response
    return redirect(persona)


def stand_on_theirs(form: VersionedForm, theirs: Any, shown: Mapping[str, Any]) -> None:
    """Tell in the form what somebody else saved meanwhile; `shown` is that as a form shows it."""
    who, _ = selectors.last_change(theirs)
    mine = form.written
    form.stand_on(theirs.version, conflict_words(who, form.labels, shown, mine))
