"""The directory of people: the list, the file, entering somebody, changing what we know of them."""

from __future__ import annotations

from uuid import uuid4

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.policies import SignedInRequest
from core.exports import csv_stream
from core.formats import count
from core.htmx import address_to_push, swaps, without_empty
from core.toasts import add_toast
from core.versions import Conflict, conflict_words
from stakeholders.filters import PeopleForm
from stakeholders.forms.people import PersonForm, person_initial
from stakeholders.models import Person
from stakeholders.presenters import merges as merge_words
from stakeholders.presenters import people as words
from stakeholders.selectors import merges, people
from stakeholders.services.people import EmailTaken, OwnAddress, create_person, update_person
from stakeholders.views.confidential import no_store

GET_OR_POST = ["GET", "HEAD", "POST"]


@no_store
@require_safe
def person_list(request: SignedInRequest) -> HttpResponse:
    """Everybody with a stake in something; where they stand on maps is not said here."""
    form = PeopleForm(request.GET, people.department_options())
    filters = form.filters
    query = request.GET
    position = people.PagePosition(query.get("after", ""), query.get("before", ""))
    page = people.people_page(filters, position)
    is_swap = swaps(request, "results")
    context = {
        "tab": "people",
        "form": form,
        "filters": filters,
        "lines": words.person_lines(page.people),
        "total": count(page.total, "person", "people"),
        "newer_url": _page_url(request, before=page.newer),
        "older_url": _page_url(request, after=page.older),
        "csv_query": without_empty(query, after="", before=""),
        **({} if is_swap else _duplicates(request)),
    }
    part = "#results" if is_swap else ""
    response = render(request, f"stakeholders/person_list.html{part}", context)
    if is_swap:
        response["HX-Push-Url"] = address_to_push(request)
    return response


def _page_url(request: SignedInRequest, **cursor: str) -> str:
    if not any(cursor.values()):
        return ""
    return f"?{without_empty(request.GET, **{'after': '', 'before': ''} | cursor)}"


def _duplicates(request: SignedInRequest) -> dict[str, object]:
    found = merges.find_duplicates(request.user)
    return {
        "duplicates": merge_words.duplicate_lines(found),
        "duplicate_words": merge_words.duplicate_words(found),
    }


@no_store
@require_safe
def person_export(request: SignedInRequest) -> HttpResponse:
    """Everybody whom the same address finds, in a form that can be imported again."""
    filters = PeopleForm(request.GET, people.department_options()).filters
    found = people.people(filters).iterator(chunk_size=1000)
    return csv_stream("people", words.PEOPLE_HEAD, words.people_rows(found))  # type: ignore[return-value]  # streamed


@no_store
@require_http_methods(GET_OR_POST)
def person_create(request: SignedInRequest) -> HttpResponse:
    """Enter somebody; sending the form twice makes one."""
    posted = request.POST if request.method == "POST" else None
    form = PersonForm(posted, initial={"token": uuid4(), "audience": "business"})
    if request.method == "POST" and form.is_valid():
        try:
            person = create_person(
                fields=form.written,
                by=request.user,
                now=timezone.now(),
                token=form.cleaned_data["token"],
            )
        except EmailTaken as taken:
            form.add_error("email", words.taken_words(form.cleaned_data["email"], taken.person))
        else:
            add_toast(request, f"{person} is in the directory.")
            return redirect(person)
    return _form_page(request, form, None)


@no_store
@require_http_methods(GET_OR_POST)
def person_edit(request: SignedInRequest, person_id: int) -> HttpResponse:
    """Change what we know of somebody; whoever saves second keeps their typing."""
    present = Person.objects.present().select_related("department")
    person = get_object_or_404(present, pk=person_id)
    posted = request.POST if request.method == "POST" else None
    form = PersonForm(posted, initial=person_initial(person))
    if request.method == "POST" and form.is_valid():
        try:
            update_person(
                person_id=person.pk,
                version=form.read_version,
                fields=form.written,
                by=request.user,
                now=timezone.now(),
            )
        except EmailTaken as taken:
            form.add_error("email", words.taken_words(form.cleaned_data["email"], taken.person))
        except OwnAddress:
            form.add_error("email", words.OWN_ADDRESS)
        except Conflict:
            _stand_on_theirs(form, get_object_or_404(present, pk=person_id))
            return _form_page(request, form, person, status=409)
        else:
            add_toast(request, f"{form.cleaned_data['name']} is saved.")
            return redirect(person)
    return _form_page(request, form, person)


def _stand_on_theirs(form: PersonForm, theirs: Person) -> None:
    shown = person_initial(theirs)
    form.stand_on(theirs.version, conflict_words("Somebody else", form.labels, shown, form.written))


def _form_page(
    request: SignedInRequest, form: PersonForm, person: Person | None, status: int = 0
) -> HttpResponse:
    listed = reverse("stakeholders:person_list")
    url = person.get_absolute_url() if person else listed
    crumbs = [("People", listed), *([(person.name, url)] if person else [])]
    context = {
        "form": form,
        "title": f"Edit {person}" if person else "New person",
        "lede": "Whoever uses the directory reads this. Where somebody stands on a map is no part"
        " of it.",
        "submit_label": "Save changes" if person else "Enter person",
        "cancel_url": url,
        "crumbs": [*crumbs, ("Edit" if person else "New", "")],
        "departments": people.department_names(),
    }
    wrong = 422 if form.is_bound else 200
    return render(request, "stakeholders/person_form.html", context, status=status or wrong)
