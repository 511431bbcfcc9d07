"""The pages of the form: one question, all of them, and the answers once more before they go."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render

from core import unsent
from intake.presenters import asking as words
from intake.rules.questions import Question, place_of, stopped_at
from intake.selectors.asking import department_names
from intake.views.asking.desk import ALL, STEPS, Desk
from intake.views.asking.frame import frame
from intake.views.asking.similar import similar_context

FROM_CHECK = "check"


def start_page(desk: Desk) -> HttpResponseBase:
    """Straight to the questions; where something was begun, the choice between it and anew."""
    if not any(desk.answers.values()):
        return redirect(first_address(desk))
    asked = stopped_at(desk.questions, desk.answers)
    context = frame(desk) | {
        "go_on_url": desk.url("step", asked.key) if asked else desk.url("check"),
        "discard_url": desk.begun_url("discard"),
    }
    if desk.shows_all or desk.begun:
        context["go_on_url"] = first_address(desk)
    return render(desk.request, "intake/ask_start.html", context)


def first_address(desk: Desk) -> str:
    """Where the questions begin, in the layout that was chosen last."""
    if desk.shows_all:
        return desk.begun_url("all")
    return desk.begun_url("step", desk.questions[0].key)


def step_page(desk: Desk, key: str) -> HttpResponseBase:
    """One question. What was typed is kept whether or not it can be sent."""
    question = desk.question(key)
    if desk.is_sent():
        return sent_already(desk)
    desk.remember_layout(STEPS)
    form = _answered(desk, question)
    if desk.request.method == "POST":
        if desk.is_sent():
            return sent_already(desk)
        if "unsure" in desk.request.POST or form.is_valid():
            return redirect(_next_address(desk, question))
    context = frame(desk) | _question_context(desk, question) | {"form": form}
    status = 422 if form.is_bound else 200
    return render(desk.request, "intake/ask_step.html", context, status=status)


def all_page(desk: Desk) -> HttpResponseBase:
    """All questions on one page."""
    if desk.is_sent():
        return sent_already(desk)
    desk.remember_layout(ALL)
    form = _answered(desk, *desk.questions)
    if desk.request.method == "POST":
        if desk.is_sent():
            return sent_already(desk)
        if form.is_valid():
            return redirect(desk.url("check"))
    context = frame(desk) | {
        "form": form,
        "groups": [_group(desk, form, question) for question in desk.questions],
        "departments": department_names() if desk.prefix == "request" else [],
        **similar_context(desk),
    }
    status = 422 if form.is_bound else 200
    return render(desk.request, "intake/ask_all.html", context, status=status)


def _answered(desk: Desk, *asked: Question) -> Any:
    """The form of a page, its answers kept first; also those sent when a session had ended."""
    request = desk.request
    names = desk.fields(*asked)
    if request.method == "POST":
        desk.keep(desk.typed(request.POST, *asked))
        return desk.form(names, request.POST)
    if typed := unsent.take_back(request):
        desk.keep({name: typed.get(name, "") for name in names})
    return desk.form(names)


def _next_address(desk: Desk, question: Question) -> str:
    place = place_of(desk.questions, question.key) + 1
    if desk.request.GET.get("from") == FROM_CHECK or place == len(desk.questions):
        return desk.url("check")
    return desk.url("step", desk.questions[place].key)


def _question_context(desk: Desk, question: Question) -> dict[str, Any]:
    place = place_of(desk.questions, question.key)
    fields = desk.fields(question)
    back = desk.url("step", desk.questions[place - 1].key) if place else desk.home
    is_change = desk.request.GET.get("from") == FROM_CHECK
    context = {
        "question": question,
        "progress": words.progress_words(place, len(desk.questions)),
        "only": fields[0] if len(fields) == 1 else "",
        "back_url": desk.url("check") if is_change else back,
        "departments": department_names() if _shows_departments(desk, question) else [],
    }
    return context | (similar_context(desk) if place else {})


def _shows_departments(desk: Desk, question: Question) -> bool:
    return "department" in question.fields and desk.prefix == "request"


def _group(desk: Desk, form: Any, question: Question) -> tuple[Question, list[Any]]:
    return question, [form[name] for name in desk.fields(question)]


def sent_already(desk: Desk) -> HttpResponse:
    """Going back to what was sent: it says so, and sends nothing again."""
    context = frame(desk) | {"reference": desk.sent, "sent_url": desk.url("sent", desk.sent)}
    return render(desk.request, "intake/ask_sent_already.html", context)
