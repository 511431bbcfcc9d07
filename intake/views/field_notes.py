"""Writing field notes, and saying what checks their edge cases."""

from __future__ import annotations

from uuid import uuid4

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from accounts.selectors import today
from core.toasts import add_toast
from core.versions import Conflict, conflict_words
from intake.forms.research import EdgeCaseForm, FieldNoteForm, field_note_initial
from intake.models import EdgeCase, FieldNote
from intake.presenters.frame import intake_crumbs
from intake.selectors.research import department_names, field_notes
from intake.services import research as services
from portfolio.policies import ProductRequest

GET_OR_POST = ["GET", "HEAD", "POST"]
LIST = "intake:field_note_list"


@require_http_methods(GET_OR_POST)
def field_note_create(request: ProductRequest, slug: str) -> HttpResponse:
    """Write down what was learned; sending the form twice keeps one."""
    now = timezone.now()
    day = today(now)
    persona = request.GET.get("persona", "")
    initial = {"token": uuid4(), "day": day, "persona": persona if persona.isdecimal() else None}
    typed = request.POST if request.method == "POST" else None
    form = FieldNoteForm(typed, product=request.product, today=day, initial=initial)
    if request.method == "POST" and form.is_valid():
        note = services.write_field_note(
            product=request.product,
            learned=form.learned,
            by=request.user,
            now=now,
            token=form.cleaned_data["token"],
        )
        add_toast(request, "It is kept.")
        return redirect("intake:field_note_detail", slug, note.pk)
    return _form_page(request, form, None)


@require_http_methods(GET_OR_POST)
def field_note_edit(request: ProductRequest, slug: str, field_note_id: int) -> HttpResponse:
    """Change a note; whoever saves second reads what the other saved and keeps their typing."""
    now = timezone.now()
    note = get_object_or_404(field_notes(request.product), pk=field_note_id)
    form = FieldNoteForm(
        request.POST if request.method == "POST" else None,
        product=request.product, today=today(now), note=note, initial=field_note_initial(note),
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        try:
            services.change_field_note(
                note=note, version=form.read_version, learned=form.learned, by=request.user, now=now
            )
        except Conflict:
            theirs = field_notes(request.product).get(pk=note.pk)
            shown = field_note_initial(theirs)
            said = conflict_words("Somebody", form.labels, shown, form.written)
            form.stand_on(theirs.version, said)
            return _form_page(request, form, note, status=409)
        add_toast(request, "It is saved.")
        return redirect("intake:field_note_detail", slug, note.pk)
    return _form_page(request, form, note)


@require_http_methods(GET_OR_POST)
def field_note_delete(request: ProductRequest, slug: str, field_note_id: int) -> HttpResponse:
    """Delete a note; the toast's Undo puts it back with all that hung on it."""
    note = get_object_or_404(FieldNote, pk=field_note_id, product=request.product)
    if request.method == "POST":
        services.delete_field_note(note=note)
        undo_url = reverse("intake:field_note_restore", args=[slug, field_note_id])
        add_toast(request, f"{note} is deleted.", undo_url=undo_url)
        return redirect(LIST, slug)
    context = {
        "form": None,
        "title": f"Delete {note}",
        "lede": "What it is evidence of loses it. You can take this back right after.",
        "danger": True,
        "confirm_label": "Delete it",
        "cancel_url": reverse("intake:field_note_detail", args=[slug, note.pk]),
        "crumbs": intake_crumbs(request.product, "research", ("Delete", "")),
    }
    return render(request, "components/confirm_page.html", context)


@require_POST
def field_note_restore(request: ProductRequest, slug: str, field_note_id: int) -> HttpResponse:
    """Put a deleted note back."""
    if FieldNote.objects.filter(pk=field_note_id).exclude(product=request.product).exists():
        raise Http404("No note at this address.")
    note = services.put_back_field_note(product=request.product, note_id=field_note_id)
    if note is None:
        add_toast(request, "There is nothing to put back.")
        return redirect(LIST, slug)
    add_toast(request, f"{note} is back.")
    return redirect("intake:field_note_detail", slug, note.pk)


@require_http_methods(GET_OR_POST)
def edge_case_edit(
    request: ProductRequest, slug: str, field_note_id: int, edge_case_id: int
) -> HttpResponse:
    """Say what checks an edge case from now on."""
    rows = EdgeCase.objects.filter(field_note=field_note_id, field_note__product=request.product)
    edge_case = get_object_or_404(rows, pk=edge_case_id)
    initial = {"remedy": edge_case.remedy, "checked_on": edge_case.checked_on}
    form = EdgeCaseForm(request.POST if request.method == "POST" else None, initial=initial)
    back = reverse("intake:field_note_detail", args=[slug, field_note_id])
    if request.method == "POST" and form.is_valid():
        services.change_edge_case(edge_case=edge_case, **form.cleaned_data)
        add_toast(request, "It is saved.")
        return redirect(back)
    context = {
        "form": form,
        "title": "What checks it?",
        "lede": edge_case.what,
        "submit_label": "Save",
        "cancel_url": back,
        "crumbs": intake_crumbs(request.product, "research", ("Note", back), ("Edge case", "")),
    }
    status = 422 if form.is_bound else 200
    return render(request, "components/form_page.html", context, status=status)


def _form_page(
    request: ProductRequest, form: FieldNoteForm, note: FieldNote | None, status: int = 0
) -> HttpResponse:
    slug = request.product.slug
    cancel = reverse("intake:field_note_detail", args=[slug, note.pk]) if note else reverse(
        LIST, args=[slug]
    )  # fmt: skip
    context = {
        "form": form,
        "title": "Edit field note" if note else "What did you learn?",
        "submit_label": "Save changes" if note else "Keep it",
        "cancel_url": cancel,
        "departments": department_names(),
        "crumbs": intake_crumbs(request.product, "research", ("Edit" if note else "New", "")),
    }
    wrong = 422 if form.is_bound else 200
    return render(request, "intake/field_note_form.html", context, status=status or wrong)
