"""What those behind a request can do on its page, the same for all doors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from core.toasts import add_toast
from intake.forms.following import AddForm, DisagreeForm, ReplyForm, amounts_of
from intake.services import following as services
from intake.views.following.doors import Door

GONE = "You have withdrawn from this request. Come back to it first."


def add(door: Door) -> HttpResponse:
    """Say more, and what it costs oneself."""
    form = AddForm(door.request.POST or None, initial=amounts_of(door.own))
    if door.request.method == "POST" and form.is_valid():
        try:
            services.add_words(
                voice=door.own,
                words=form.cleaned_data["words"],
                amounts=form.amounts,
                by=door.user,
                now=timezone.now(),
            )
        except services.TooLong:
            form.add_error("words", "That is more than 2,000 characters with what you said before.")
        except services.HasLeft:
            return _back(door, GONE, level=messages.ERROR)
        else:
            return _back(door, "Added. The team reads it with your request.")
    return _form(door, form, "Add to your request", "Add")


def reply(door: Door) -> HttpResponse:
    """Answer what the team has asked."""
    return _say(door, ReplyForm, services.reply, ("Answer the question", "Send the answer",
                "Sent. The request is back with the team."))  # fmt: skip


def disagree(door: Door) -> HttpResponse:
    """Say that the team has got it wrong."""
    return _say(door, DisagreeForm, services.disagree, ("Disagree", "Send",
                "Sent. The team looks at the request again."))  # fmt: skip


def _say(
    door: Door, kind: type[forms.Form], service: Callable[..., Any], words: tuple[str, str, str]
) -> HttpResponse:
    form = kind(door.request.POST or None)
    name = "text" if service is services.reply else "reason"
    if door.request.method == "POST" and form.is_valid():
        said = {name: form.cleaned_data["text"]}
        try:
            service(voice=door.own, by=door.user, now=timezone.now(), **said)
        except services.HasLeft:
            return _back(door, GONE, level=messages.ERROR)
        except services.NotAsked:
            return _back(door, "The team has not asked anything.", level=messages.ERROR)
        return _back(door, words[2])
    return _form(door, form, words[0], words[1])


def withdraw(door: Door) -> HttpResponse:
    """Ask first, then go; the way back is on the page and in the news of it."""
    if door.request.method == "POST":
        services.withdraw(voice=door.own, by=door.user, now=timezone.now())
        add_toast(door.request, "Withdrawn.", undo_url=door.url("come_back"))
        return redirect(door.url())
    context = {
        "title": "Withdraw",
        "lede": "You no longer stand behind this request, and hear nothing more of it.",
        "consequences": [
            "Your words stay with the team.",
            "If nobody else stands behind it, the request is closed.",
            "You can come back to it later.",
        ],
        "confirm_label": "Withdraw",
        "cancel_url": door.url(),
    }
    return render(door.request, "components/confirm_page.html", context)


def come_back(door: Door) -> HttpResponse:
    """Take the withdrawal back."""
    services.come_back(voice=door.own, by=door.user, now=timezone.now())
    return _back(door, "You stand behind this request again.")


def news(door: Door) -> HttpResponse:
    """Hear of it by mail, or no more."""
    wants = door.request.POST.get("wants") == "1"
    services.choose_news(voice=door.own, wants_news=wants, by=door.user, now=timezone.now())
    told = "You hear of this request by mail." if wants else "No more mail about this request."
    return _back(door, told)


def _back(door: Door, text: str, *, level: int = messages.SUCCESS) -> HttpResponse:
    add_toast(door.request, text, level=level)
    return redirect(door.url())


def _form(door: Door, form: forms.Form, title: str, submit: str) -> HttpResponse:
    """The form; one that was refused keeps what was typed."""
    context = {
        "title": title,
        "form": form,
        "submit_label": submit,
        "cancel_url": door.url(),
        "wish": door.wish,
        "asks": door.asked.question if isinstance(form, ReplyForm) else "",
    }
    status = 422 if form.is_bound else 200
    return render(door.request, "intake/follow_form.html", context, status=status)
