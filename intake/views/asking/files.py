"""Files beside the answers: added and taken away on the page that checks them."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db.models import Q
from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone

from core.uploads import is_too_large
from intake.forms.attachments import FileForm
from intake.models import Attachment
from intake.rules.files import FileRefused
from intake.services.attachments import add_attachment, most_words, remove_attachment
from intake.views.asking.desk import Desk
from intake.views.asking.frame import frame


def file_context(desk: Desk) -> dict[str, Any]:
    """The files so far, and the form for one more."""
    files = list(desk.attachments())
    return {
        "files": [(file, desk.url("file_delete", file.pk)) for file in files],
        "file_form": FileForm() if len(files) < settings.INTAKE_FILES_MAX else None,
        "file_url": desk.url("file_create"),
    }


def create_page(desk: Desk) -> HttpResponseBase:
    """Keep a file, or say why not; the answers are on the server already."""
    request = desk.request
    form = FileForm(request.POST, request.FILES) if request.method == "POST" else FileForm()
    if request.method == "POST" and _kept(desk, form):
        return redirect(desk.url("check"))
    context = frame(desk) | file_context(desk) | {"form": form, "back_url": desk.url("check")}
    status = 413 if is_too_large(request) else desk.refused_status if form.is_bound else 200
    return render(request, "intake/ask_file.html", context, status=status)


def _kept(desk: Desk, form: FileForm) -> bool:
    upload = desk.request.FILES.get("file")
    if upload is None:
        large = f"The file is larger than {most_words()}."
        form.add_error("file", large if is_too_large(desk.request) else "Choose a file first.")
        return False
    if refused := desk.refused_file():
        form.add_error("file", refused)
        return False
    try:
        desk.attach(
            add_attachment(
                draft=desk.draft_for_files(),
                name=upload.name or "",
                file=upload,
                by=desk.by,
                now=timezone.now(),
                beside=desk.file_keys,
            )
        )
    except FileRefused as error:
        form.add_error("file", str(error))
        return False
    return True


def delete_page(desk: Desk, attachment_id: int) -> HttpResponseBase:
    """Take a file away again."""
    found: Attachment | None = desk.attachments().filter(pk=attachment_id).first()
    if found is None:
        here = Q(request__product=desk.product) | Q(draft__product=desk.product)
        if Attachment.objects.filter(pk=attachment_id).exclude(here).exists():
            raise Http404("No such file.")
        return redirect(desk.url("check"))  # taken away in another window, or never theirs
    if desk.request.method == "POST":
        remove_attachment(attachment=found)
        return redirect(desk.url("check"))
    context = {
        "title": "Remove the file",
        "lede": found.name,
        "confirm_label": "Remove file",
        "cancel_url": desk.url("check"),
        "danger": True,
    }
    return render(desk.request, "components/confirm_page.html", context)
