"""Making two records of one person one, after seeing what that changes; and taking it back."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.policies import SignedInRequest
from core.forms import clean_text
from core.toasts import add_toast
from stakeholders.models import Person, PersonMerge
from stakeholders.presenters import merges as words
from stakeholders.presenters.people import person_lines
from stakeholders.selectors import merges
from stakeholders.services.merges import ONESELF, THE_SAME, CannotMerge, merge_people, undo_merge
from stakeholders.views.confidential import confidential

GET_OR_POST = ["GET", "HEAD", "POST"]


@confidential("what a merge carries over")
@require_http_methods(GET_OR_POST)
def person_merge(request: SignedInRequest, person_id: int) -> HttpResponse:
    """Choose the record that is the same person, see what goes over, merge."""
    present = Person.objects.present().select_related("department")
    kept = get_object_or_404(present, pk=person_id)
    wanted = request.POST.get("with") or request.GET.get("with") or ""
    gone = present.filter(pk=int(wanted)).first() if _is_key(wanted) else None
    if gone is None:
        return _choice_page(request, kept, "Choose the other record." if wanted else "")
    problem = _problem(request, kept, gone)
    if request.method == "POST" and not problem:
        try:
            merge = merge_people(kept=kept, gone=gone, by=request.user, now=timezone.now())
        except CannotMerge as refused:
            problem = str(refused)
        else:
            undo_url = reverse("stakeholders:merge_undo", args=[merge.pk])
            add_toast(request, f"{gone} is one record with {kept} now.", undo_url=undo_url)
            return redirect(kept)
    if problem:
        return _choice_page(request, kept, problem)
    return _preview_page(request, kept, gone)


def _is_key(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 19


def _problem(request: SignedInRequest, kept: Person, gone: Person) -> str:
    """Why these two can't be merged by this person; oneself is told first, whoever the other is."""
    if merges.is_oneself(request.user, kept, gone):
        return ONESELF
    return THE_SAME if kept == gone else ""


def _choice_page(request: SignedInRequest, kept: Person, problem: str) -> HttpResponse:
    """Whom it could be the same as; what is wrong with the record that was chosen."""
    text = clean_text(request.GET.get("q", ""))[:100]
    if merges.is_oneself(request.user, kept):
        problem, found = ONESELF, []
    else:
        found = merges.merge_candidates(kept, text, request.user)
    context = {
        "person": kept,
        "text": text,
        "problem": problem,
        "lines": [
            (line, words.merge_url(kept, other))
            for line, other in zip(person_lines(found), found, strict=True)
        ],
        "crumbs": _crumbs(kept),
    }
    status = 422 if problem else 200
    return render(request, "stakeholders/person_merge.html", context, status=status)


def _preview_page(request: SignedInRequest, kept: Person, gone: Person) -> HttpResponse:
    preview = merges.merge_preview(kept, gone, request.user)
    sees_all = request.user.is_administrator
    context = {
        "person": kept,
        "gone": gone,
        "facts": words.fact_lines(kept, gone),
        "consequences": words.preview_words(kept, gone, preview, sees_all=sees_all),
        "other_way_url": words.merge_url(gone, kept),
        "crumbs": _crumbs(kept),
    }
    return render(request, "stakeholders/merge_preview.html", context)


def _crumbs(person: Person, word: str = "Merge") -> list[tuple[str, str]]:
    listed = ("People", reverse("stakeholders:person_list"))
    return [listed, (person.name, person.get_absolute_url()), (word, "")]


@confidential("a merge to be undone")
@require_http_methods(GET_OR_POST)
def merge_undo(request: SignedInRequest, merge_id: int) -> HttpResponse:
    """Make them two records again."""
    rows = PersonMerge.objects.select_related("kept", "gone")
    merge = get_object_or_404(rows, pk=merge_id)
    problem = ONESELF if merges.is_oneself(request.user, merge.kept, merge.gone) else ""
    if request.method == "POST" and not problem:
        try:
            undo_merge(merge=merge, by=request.user, now=timezone.now())
        except CannotMerge as refused:
            problem = str(refused)
        else:
            add_toast(request, f"{merge.kept} and {merge.gone} are two records again.")
            return redirect(merge.kept)
    context = {
        "title": f"Undo the merge of {merge.gone}",
        "lede": problem
        or f"{merge.gone} and {merge.kept} become two records again. What was"
        " written since about a place that goes back goes back with it.",
        "problem": problem,
        "confirm_label": "Undo the merge",
        "cancel_url": reverse("stakeholders:person_list"),
        "crumbs": _crumbs(merge.kept, "Undo the merge"),
    }
    status = 422 if problem else 200
    return render(request, "stakeholders/merge_undo.html", context, status=status)
