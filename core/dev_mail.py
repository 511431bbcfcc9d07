"""The mailbox of the demo: every mail the demo company would have sent, readable without a server.

Its pages exist in demo mode only (policy `demo`). The HTML part is served alone, in a sandbox that
may run nothing and load nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from core.mail_bodies import frames_bodies, sandboxed
from core.models import OutboundMail
from core.paging import list_page

TOLD_HEADERS = ("From", "To", "Reply-To", "Subject", "Date", "Message-ID")


@dataclass(frozen=True, slots=True)
class OpenedMail:
    """A stored mail taken apart."""

    headers: list[tuple[str, str]]
    text: str
    html: str


def open_mail(mail: OutboundMail) -> OpenedMail:
    """Headers and both parts, as a mail program would show them."""
    message = message_from_bytes(bytes(mail.raw), policy=SMTP)
    return OpenedMail(
        headers=[(name, str(message[name])) for name in TOLD_HEADERS if message[name]],
        text=_part(message, "plain"),
        html=_part(message, "html"),
    )


def _part(message: EmailMessage, kind: str) -> str:
    part = message.get_body(preferencelist=(kind,))
    return str(part.get_content()) if part is not None else ""


@require_safe
def mail_list(request: HttpRequest) -> HttpResponse:
    """All mail, newest first."""
    mails = OutboundMail.objects.defer("raw").order_by("-created_at", "-pk")
    page = list_page(mails, request, noun="mail")
    return render(request, "core/mail_list.html", {"page": page})


@require_safe
@frames_bodies
def mail_detail(request: HttpRequest, mail_id: int) -> HttpResponse:
    """One mail: its headers, its plain text, and the HTML part in a frame."""
    mail = get_object_or_404(OutboundMail, pk=mail_id)
    return render(request, "core/mail_detail.html", {"mail": mail, "opened": open_mail(mail)})


@require_safe
@sandboxed
def mail_body(request: HttpRequest, mail_id: int) -> HttpResponse:
    """The HTML part alone, as untrusted as any mail."""
    mail = get_object_or_404(OutboundMail, pk=mail_id)
    return HttpResponse(open_mail(mail).html)
