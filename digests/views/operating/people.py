"""People and all their weeks: why did they get no mail?"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.policies import SignedInRequest
from core.forms import clean_text
from core.mail import sending_state
from core.paging import list_page
from core.toasts import add_toast
from digests.presenters.operating import delivery as words
from digests.selectors import deliveries
from digests.services.suppressing import lift_suppression
from digests.views.operating.frame import frame
from digests.views.operating.weeks import LONGEST_SEARCH, SHOWN
from stakeholders.models import Person

WEEKS_SHOWN = 26


@require_safe
def delivery_people(request: HttpRequest) -> HttpResponse:
    """People by name or address, with a mail or without."""
    text = clean_text(request.GET.get("q", ""))[:LONGEST_SEARCH]
    found = deliveries.people_found(text) if text else Person.objects.none()
    page = list_page(found, request, noun="person", plural="people", size=SHOWN)
    context = {**frame(("Find somebody", "")), "text": text, "page": page}
    return render(request, "digests/delivery_people.html", context)


@require_safe
def delivery_person(request: HttpRequest, person_id: int) -> HttpResponse:
    """Every week of somebody, also those without a mail for them."""
    people = Person.objects.select_related("digest_reader")
    person = get_object_or_404(people, pk=person_id)
    page = list_page(deliveries.weeks_with_deliveries(), request, noun="week", size=WEEKS_SHOWN)
    state = sending_state()
    reader = getattr(person, "digest_reader", None)
    weeks = deliveries.weeks_of_person(person, page.rows)
    context = {
        **frame((person.name, ""), state=state),
        "person": person,
        "page": page,
        "lines": words.person_weeks(weeks, is_paused=state.is_paused),
        "reader_facts": words.reader_facts(reader),
        "is_suppressed": reader is not None and reader.is_suppressed,
    }
    return render(request, "digests/delivery_person.html", context)


@require_POST
def suppression_lift(request: SignedInRequest, person_id: int) -> HttpResponse:
    """Send to an address again that refused our mail: somebody knows it to be good."""
    person = get_object_or_404(Person.objects.present(), pk=person_id)
    lift_suppression(person=person, by=request.user, now=timezone.now())
    add_toast(request, "Mail goes to this address again, from the next Monday on.")
    return redirect("digests:delivery_person", person.pk)
