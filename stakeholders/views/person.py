"""One person of the directory, and their places over all products."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.policies import SignedInRequest
from accounts.selectors import organisation
from core.periods import local_date
from stakeholders.models import Person
from stakeholders.presenters import person as words
from stakeholders.selectors.merges import undoable_of
from stakeholders.selectors.person import portrait
from stakeholders.views.confidential import confidential


@confidential("a person over all maps")
@require_safe
def person_detail(request: SignedInRequest, person_id: int) -> HttpResponse:
    """The directory's facts; below them the places that the viewer may see, never their own."""
    person = get_object_or_404(Person.objects.select_related("department"), pk=person_id)
    if person.merged_into_id is not None:
        return redirect("stakeholders:person_detail", person.merged_into_id)
    if person.erased_at is not None:
        raise Http404("Erased.")
    house, now = organisation(), timezone.now()
    day = local_date(now, house.time_zone)
    found = portrait(person, request.user, day)
    context = {
        "tab": "people",
        "person": person,
        "facts": words.person_facts(person),
        "is_viewer": found.is_viewer,
        "merges": [] if found.is_viewer else undoable_of(person, request.user, now),
        "crumbs": [("People", reverse("stakeholders:person_list")), (person.name, "")],
        "shows_animals": house.shows_animals,
    }
    if found.places is not None:
        context |= {
            "summary": words.burden_words(found.places),
            "places": words.burden_places(found.places, day, shows_animals=house.shows_animals),
        }
    return render(request, "stakeholders/person_detail.html", context)
