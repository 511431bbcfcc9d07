"""Erasing a person, and drawing everything that is held about them: administrators, once more
with their password.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts.holdings import hand_over_url, holdings_of
from accounts.policies import SignedInRequest
from accounts.services import LastAdministratorError
from imports.services import ImportAtWork
from stakeholders.forms.privacy import FILE, EraseForm, RecordForm
from stakeholders.models import Person
from stakeholders.presenters import record as words
from stakeholders.selectors.record import record_of
from stakeholders.selectors.traces import Human, Trace, held_by, human_of, namesakes, traces_of
from stakeholders.services.erasing import erase_person, erasures_of, note_record
from stakeholders.services.placements import NotOneself
from stakeholders.views.confidential import confidential, no_store

GET_OR_POST = ["GET", "HEAD", "POST"]
# Where C3 goes to the person it is about, by the hands of an administrator: the one exception of
# the leak gate (domain.md §3).
RECORD_ROUTE = "stakeholders:person_record"


@confidential("what erasing takes away")
@sensitive_post_parameters("password")
@require_http_methods(GET_OR_POST)
def person_erase(request: SignedInRequest, person_id: int) -> HttpResponse:
    """Say exactly what goes and what stays; after the e-mail was typed, erase, and say what was
    done.
    """
    person = get_object_or_404(Person, pk=person_id)
    if person.erased_at is not None:
        return _erased_page(request, person)
    human = human_of(person)
    if _is_viewer(request, human):
        return _refused_page(request, person, "Erase")
    traces = traces_of(human, request.user)
    form = _erase_form(request, human, person, traces)
    problem = ""
    if request.method == "POST" and form.is_valid():
        problem = _erase(request, person, form)
        if not problem:
            return redirect("stakeholders:person_erase", person.pk)
    return _erase_page(request, human, person, traces, form, problem=problem)


def _erase_form(
    request: SignedInRequest, human: Human, person: Person, traces: list[Trace]
) -> EraseForm:
    """Ticked at first where the name can be nobody else's."""
    is_sure = not namesakes(human) and all(" " in name for name in human.mentions.names)
    return EraseForm(
        request.POST if request.method == "POST" else None,
        user=request.user,
        email=person.email,
        places=words.trace_choices(traces),
        initial={"replace": [one.key for one in traces] if is_sure else []},
    )


def _erase(request: SignedInRequest, person: Person, form: EraseForm) -> str:
    """Why it could not be done; nothing where it was."""
    try:
        erase_person(person=person, by=request.user, now=timezone.now(), keep_in=form.kept)
    except NotOneself:
        return words.SOMEBODY_ELSE
    except LastAdministratorError:
        return words.LAST_ADMINISTRATOR
    except ImportAtWork:
        return words.AT_WORK
    return ""


def _erase_page(
    request: SignedInRequest,
    human: Human,
    person: Person,
    traces: list[Trace],
    form: EraseForm,
    *,
    problem: str,
) -> HttpResponse:
    user = human.users[0] if human.users else None
    context = {
        "title": f"Erase {person}",
        "lede": "This can't be undone.",
        "person": person,
        "problem": problem,
        "goes": words.what_goes(human),
        "stays": words.what_stays(held_by(human)),
        "traces": words.trace_lines(traces),
        "namesakes": namesakes(human),
        "holdings": holdings_of(user) if user else [],
        "hand_over_url": hand_over_url(user) if user else "",
        "form": form,
        "danger": True,
        "confirm_label": "Erase for good",
        "cancel_url": person.get_absolute_url(),
        "crumbs": _crumbs(person, "Erase"),
    }
    status = 409 if problem else (422 if form.is_bound else 200)
    return render(request, "stakeholders/person_erase.html", context, status=status)


@no_store
@sensitive_post_parameters("password")
@require_http_methods(GET_OR_POST)
def person_record(request: SignedInRequest, person_id: int) -> HttpResponse:
    """Everything that is held about a person, as a page or a file; every time is kept as a
    reading.
    """
    person = get_object_or_404(Person, pk=person_id)
    if person.erased_at is not None:
        return _erased_page(request, person)
    human = human_of(person)
    if _is_viewer(request, human):
        return _refused_page(request, person, "Record")
    form = RecordForm(request.POST if request.method == "POST" else None, user=request.user)
    if request.method == "POST" and form.is_valid():
        note_record(human=human, by=request.user, now=timezone.now())
        return _record(request, human, person, as_file=form.cleaned_data["as_what"] == FILE)
    context = {
        "title": f"What is held about {person}",
        "person": person,
        "form": form,
        "crumbs": _crumbs(person, "Record"),
    }
    status = 422 if form.is_bound else 200
    return render(request, "stakeholders/person_record.html", context, status=status)


def _record(
    request: SignedInRequest, human: Human, person: Person, *, as_file: bool
) -> HttpResponse:
    found = record_of(human, request.user)
    if as_file:
        told = words.record_json(
            person, found, drawn_by=request.user.email, drawn_at=timezone.now().isoformat()
        )
        response = JsonResponse(told, json_dumps_params={"indent": 2, "ensure_ascii": False})
        name = slugify(person.name) or "person"
        response["Content-Disposition"] = f'attachment; filename="record-{name}.json"'
        return response
    context: dict[str, Any] = {
        "title": f"What is held about {person}",
        "person": person,
        "record": found,
        "done": words.done_lines(found),
        "traces": words.trace_lines(found.traces),
        "crumbs": _crumbs(person, "Record"),
    }
    return render(request, "stakeholders/person_record.html", context)


def _is_viewer(request: SignedInRequest, human: Human) -> bool:
    is_them = Person.objects.being(request.user).filter(pk__in=human.person_ids)
    return request.user in human.users or is_them.exists()


def _refused_page(request: SignedInRequest, person: Person, word: str) -> HttpResponse:
    context = {
        "title": f"{word}: {person}",
        "refused": words.SOMEBODY_ELSE,
        "cancel_url": person.get_absolute_url(),
        "crumbs": _crumbs(person, word),
    }
    status = 409 if request.method == "POST" else 200
    return render(request, "stakeholders/person_erase.html", context, status=status)


def _erased_page(request: SignedInRequest, person: Person) -> HttpResponse:
    """What was done, which is all that is known."""
    found = erasures_of(person)
    context = {
        "title": "This person was erased",
        "erased": [(one.at, words.done_words(one)) for one in found],
        "crumbs": [("People", reverse("stakeholders:person_list")), ("Erased", "")],
    }
    return render(request, "stakeholders/person_erase.html", context)


def _crumbs(person: Person, word: str) -> list[tuple[str, str]]:
    listed = ("People", reverse("stakeholders:person_list"))
    return [listed, (person.name, person.get_absolute_url()), (word, "")]
