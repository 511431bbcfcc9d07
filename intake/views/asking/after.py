"""After it was sent: the reference, what happens next and when. And drafts: saved, thrown away."""

from __future__ import annotations

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render

from intake.presenters import asking as words
from intake.selectors.asking import readers_of, slot_of
from intake.views.asking.desk import Desk
from intake.views.asking.follow import follow_url
from intake.views.asking.frame import frame, saved_text
from intake.views.asking.pages import first_address

GONE = 410


def sent_page(desk: Desk, reference: str) -> HttpResponseBase:
    """The reference to note down; this page may be kept and printed. Whoever did not send it is led
    to the questions.
    """
    request = desk.sent_request(reference)
    if request is None:
        return redirect(desk.url("start"))
    context = frame(desk) | {
        "wish": request,
        "readers": words.reader_lines(readers_of(desk.product)),
        "slot": words.slot_words(slot_of(request, desk.by), desk.zone),
        "follow_url": follow_url(request, desk.by),
        "again_url": desk.url("start"),
    }
    return render(desk.request, "intake/ask_sent.html", context)


def discard_page(desk: Desk) -> HttpResponseBase:
    """Throw away what was typed and begin anew; asks first where scripts or links lead here."""
    if desk.request.method == "POST":
        desk.begin_anew()
        return redirect(first_address(desk))
    context = {
        "title": "Throw away what you typed",
        "lede": "Your answers and files that were not sent are deleted.",
        "confirm_label": "Throw away",
        "cancel_url": desk.url("start"),
        "danger": True,
    }
    return render(desk.request, "components/confirm_page.html", context)


def save_fragment(desk: Desk) -> HttpResponse:
    """Keep what is in the form while somebody types; answers when that was."""
    posted = desk.request.POST
    asked = [one for one in desk.questions if any(name in posted for name in one.fields)]
    if asked and not desk.sent:
        desk.keep(desk.typed(posted, *asked))
    if desk.sent:
        return HttpResponse(f"Sent as {desk.sent}", status=GONE, content_type="text/plain")
    return HttpResponse(saved_text(desk), content_type="text/plain; charset=utf-8")
