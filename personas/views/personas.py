"""Personas: the list, one of them, describing, deleting, what changed."""

from __future__ import annotations

import datetime as dt
from uuid import uuid4

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.policies import SignedInRequest
from accounts.selectors import today
from core.exports import csv_response
from core.forms import clean_text
from core.htmx import address_to_push, swaps
from core.paging import list_page
from core.policies import allows
from core.toasts import add_toast
from personas import presenters as words
from personas import selectors, services
from personas.chips import chips_of
from personas.forms import DeletionForm, PersonaForm, persona_initial
from personas.models import Persona
from personas.views.requests import (
    GET_OR_POST,
    find_persona,
    persona_crumbs,
    posted,
    render_persona,
    stand_on_theirs,
)


@require_safe
def persona_list(request: SignedInRequest) -> HttpResponse:
    """Everybody whom products are for, by what they must get done."""
    text = clean_text(request.GET.get("q", ""))[:100]
    day = today(timezone.now())
    page = list_page(selectors.personas_with_counts(text), request, noun="persona")
    people = selectors.people_of([one.pk for one in page.rows], day)
    context = {
        "text": text,
        "page": page,
        "lines": words.persona_lines(
            page.rows, people, day, chips_of([one.pk for one in page.rows], day)
        ),
        "may_edit": allows("persona.edit", request.user),
    }
    part = "#results" if swaps(request, "results") else ""
    response = render(request, f"personas/persona_list.html{part}", context)
    if part:
        response["HX-Push-Url"] = address_to_push(request)
    return response


@require_safe
def persona_export(request: SignedInRequest) -> HttpResponse:
    """Everything that is written of personas, as an import of the kind takes it.

    Addresses of champions are for those who may change them.
    """
    may_edit = allows("persona.edit", request.user)
    found = selectors.persona_file(request.user)
    lines = words.persona_rows(found, with_champions=may_edit)
    return csv_response("personas", words.PERSONAS_HEAD, lines)


@require_safe
def persona_detail(request: SignedInRequest, persona_id: int) -> HttpResponse:
    """One persona: what they must get done, who serves them, how many they are."""
    return render_persona(request, find_persona(persona_id))


@require_http_methods(GET_OR_POST)
def persona_create(request: SignedInRequest) -> HttpResponse:
    """Describe a new persona; sending the form twice makes one."""
    form = PersonaForm(posted(request), initial={"token": uuid4()})
    if request.method == "POST" and form.is_valid():
        try:
            persona = services.create_persona(
                fields=form.written,
                by=request.user,
                now=timezone.now(),
                token=form.cleaned_data["token"],
            )
        except services.NameTaken:
            form.add_error("name", _taken(form))
        else:
            add_toast(request, f"{persona} is described. Now say what they must get done.")
            return redirect(persona)
    return _form_page(request, form, None)


@require_http_methods(GET_OR_POST)
def persona_edit(request: SignedInRequest, persona_id: int) -> HttpResponse:
    """Change a persona; whoever saves second reads what the other saved and keeps their typing."""
    persona = find_persona(persona_id)
    suggested = selectors.suggested_rhythm_of(persona)
    form = PersonaForm(posted(request), suggested=suggested, initial=persona_initial(persona))
    if request.method == "POST" and form.is_valid():
        try:
            services.update_persona(
                persona_id=persona.pk,
                version=form.read_version,
                fields=form.written,
                by=request.user,
                now=timezone.now(),
            )
        except services.NameTaken:
            form.add_error("name", _taken(form))
        except services.Conflict as conflict:
            theirs = find_persona(persona.pk)
            shown = {name: getattr(conflict.theirs, name) for name in services.EDITABLE}
            stand_on_theirs(form, theirs, shown)
            return _form_page(request, form, persona, status=409)
        else:
            add_toast(request, f"{form.cleaned_data['name']} is saved.")
            return redirect(persona)
    return _form_page(request, form, persona)


def _taken(form: PersonaForm) -> str:
    return f"There is already a persona called “{form.cleaned_data['name']}”."


def _form_page(
    request: SignedInRequest, form: PersonaForm, persona: Persona | None, status: int = 0
) -> HttpResponse:
    context = {
        "form": form,
        "title": f"Edit {persona}" if persona else "New persona",
        "lede": ""
        if persona
        else "Describe people by what they must get done. Age, gender and "
        "the like say nothing about that, so nobody is asked for them.",
        "submit_label": "Save changes" if persona else "Describe persona",
        "cancel_url": persona.get_absolute_url() if persona else reverse("personas:persona_list"),
        "crumbs": persona_crumbs(persona, "Edit" if persona else "New"),
    }
    wrong = 422 if form.is_bound else 200
    return render(request, "components/form_page.html", context, status=status or wrong)


@require_http_methods(GET_OR_POST)
def persona_delete(request: SignedInRequest, persona_id: int) -> HttpResponse:
    """Delete a persona for good, after its name was typed under the list of what goes with it."""
    persona = find_persona(persona_id)
    form = DeletionForm(posted(request), name=persona.name)
    if request.method == "POST" and form.is_valid():
        services.delete_persona(persona=persona, by=request.user, now=timezone.now())
        add_toast(request, f"{persona} is deleted.")
        return redirect("personas:persona_list")
    going = words.consequences(selectors.dependants_of(persona))
    context = {
        "title": f"Delete {persona}",
        "lede": "This can't be undone.",
        "consequences": ["the persona itself", *going],
        "form": form,
        "danger": True,
        "confirm_label": "Delete for good",
        "cancel_url": persona.get_absolute_url(),
        "crumbs": persona_crumbs(persona, "Delete"),
    }
    status = 422 if form.is_bound else 200
    return render(request, "components/confirm_page.html", context, status=status)


@require_safe
def persona_history(request: SignedInRequest, persona_id: int) -> HttpResponse:
    """Who changed what in the persona, when, from what to what."""
    persona = find_persona(persona_id)
    before = _moment(request.GET.get("before", ""))
    page = selectors.persona_history(persona, before)
    context = {
        "persona": persona,
        "entries": page.entries,
        "older_url": f"?before={page.older.isoformat().replace('+', '%2B')}" if page.older else "",
        "newest_url": request.path if before else "",
        "crumbs": persona_crumbs(persona, "History"),
    }
    return render(request, "personas/persona_history.html", context)


def _moment(text: str) -> dt.datetime | None:
    try:
        moment = dt.datetime.fromisoformat(text)
        return moment.astimezone(dt.UTC) if moment.tzinfo else None
    except (ValueError, OverflowError):
        return None
