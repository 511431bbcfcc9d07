"""Unsubscribing in one step (RFC 8058): no account, no cookie, no redirect, no question."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from digests.models import Reader
from digests.selectors.addresses import Purpose
from digests.services import reading
from digests.views.reading.doors import person_behind, private


@private
@csrf_exempt  # a mail program has no form of ours; the address is the right, and stops mail alone
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, unsubscribe_token: str) -> HttpResponse:
    """GET asks and changes nothing, however many scanners come; any POST does it at once.

    The address opens no other page: nothing here leads to the choices without a sign-in.
    """
    person = person_behind(unsubscribe_token, Purpose.UNSUBSCRIBE)
    if request.method == "POST":
        reader: Reader | None = reading.unsubscribe(person=person, now=timezone.now())
    else:
        reader = Reader.objects.filter(person=person).first()
    context = {
        "is_done": reader is not None and reader.unsubscribed_at is not None,
        "may_choose": person.user is None or person.user.is_active,
    }
    return render(request, "digests/unsubscribe.html", context)
