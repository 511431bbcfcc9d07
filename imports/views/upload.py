"""A new import: the file arrives, and is kept before anything is asked about it."""

from __future__ import annotations

from uuid import uuid4

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.policies import SignedInRequest
from core.toasts import add_toast
from core.uploads import is_too_large
from imports import presenters, selectors, services
from imports.forms import UploadForm
from imports.kinds import FileRefused
from imports.rules.mapping import MappingRefused
from imports.services import StoredFile
from imports.views.requests import GET_OR_POST, LIST, crumbs, to_work


@require_http_methods(GET_OR_POST)
def run_create(request: SignedInRequest) -> HttpResponse:
    """What the file holds, the file, and how it is read where that is known already."""
    form = UploadForm(
        request.POST if request.method == "POST" else None,
        request.FILES if request.method == "POST" else None,
        kinds=presenters.usable_kinds(request.user),
        mappings=selectors.mappings_for(request.user),
        salt=str(request.user.pk),
        initial={"token": uuid4(), "kind": request.GET.get("kind", "")},
    )
    if request.method == "POST":
        is_valid, stored = form.is_valid(), _stored(request, form)
        if is_valid and stored is not None:
            return _begin(request, form, stored)
    context = {
        "form": form,
        "title": "Import a file",
        "submit_label": "Continue",
        "multipart": True,
        "cancel_url": reverse(LIST),
        "crumbs": crumbs(("New", "")),
    }
    status = 413 if is_too_large(request) else 422 if form.is_bound else 200
    return render(request, "imports/run_create.html", context, status=status)


def _stored(request: SignedInRequest, form: UploadForm) -> StoredFile | None:
    """The file, kept for good: also where another answer is wrong, for nobody sends one twice."""
    if is_too_large(request):
        form.errors.pop("file", None)
        form.add_error("file", f"The file is larger than {presenters.most_words()}.")
        return None
    upload = form.cleaned_data.get("file")
    if not upload:
        kept: StoredFile | None = form.cleaned_data.get("kept")
        if kept is not None:
            form.keep(kept)
        return kept
    try:
        stored = services.store_upload(upload.chunks(), name=upload.name, by=request.user)
    except FileRefused as error:
        form.add_error("file", str(error))
        return None
    form.keep(stored)
    return stored


def _begin(request: SignedInRequest, form: UploadForm, stored: StoredFile) -> HttpResponse:
    now = timezone.now()
    run = services.create_run(
        kind=form.cleaned_data["kind"],
        stored=stored,
        file_name=form.file_name,
        token=form.cleaned_data["token"],
        by=request.user,
        now=now,
    )
    saved = form.cleaned_data["saved_mapping"]
    if saved is None:
        return redirect("imports:run_mapping", run.pk)
    try:
        services.set_mapping(
            run_id=run.pk, text=saved.text, saved_mapping=saved, by=request.user, now=now
        )
    except services.WrongState:
        return redirect(run)  # the second click of two
    except MappingRefused:
        add_toast(
            request, f"{saved} does not fit any more. Show us the columns.", level=messages.ERROR
        )
        return redirect("imports:run_mapping", run.pk)
    return to_work(run)
