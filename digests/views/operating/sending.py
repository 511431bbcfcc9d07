"""Stopping and starting all mail."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.policies import SignedInRequest
from core.formats import count
from core.mail import pause_sending, resume_sending, sending_state
from core.toasts import add_toast
from digests.forms.operating import DROP, PauseForm, ResumeForm
from digests.views.operating.frame import frame

GET_OR_POST = ["GET", "HEAD", "POST"]


@require_http_methods(GET_OR_POST)
def mail_pause(request: SignedInRequest) -> HttpResponse:
    """Send nothing more, and say why; twice is once."""
    form = PauseForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        pause_sending(by=request.user.pk, why=form.cleaned_data["why"], now=timezone.now())
        add_toast(request, "All sending is paused. What is being sent now ends.")
        return redirect("digests:delivery_list")
    context = {
        **frame(("Pause sending", "")),
        "form": form,
        "title": "Pause all sending",
        "lede": "Digests, invitations, news of requests: nothing leaves until somebody resumes. "
        "What is written meanwhile waits.",
        "submit_label": "Pause all sending",
        "cancel_url": reverse("digests:delivery_list"),
    }
    return render(request, "digests/mail_form.html", context, status=422 if form.is_bound else 200)


@require_http_methods(GET_OR_POST)
def mail_resume(request: SignedInRequest) -> HttpResponse:
    """Send again: what waits, or only what comes from now on."""
    state, now = sending_state(), timezone.now()
    typed = request.POST if request.method == "POST" else None
    form = ResumeForm(typed, is_guarded=state.is_guarded)
    if form.is_bound and form.is_valid():
        before = now if form.cleaned_data["old"] == DROP else None
        dropped = resume_sending(by=request.user.pk, now=now, drop_due_before=before)
        taken = f" {count(dropped, 'mail').capitalize()} taken back." if before else ""
        add_toast(request, f"Mail goes out again.{taken}")
        return redirect("digests:delivery_list")
    context = {
        **frame(("Resume sending", ""), state=state),
        "form": form,
        "resumes": True,
        "title": "Resume sending",
        "submit_label": "Resume sending",
        "cancel_url": reverse("digests:delivery_list"),
    }
    return render(request, "digests/mail_form.html", context, status=422 if form.is_bound else 200)
