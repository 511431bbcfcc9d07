"""A mail as a page: the HTML that was sent, to the byte, where it may run and load nothing."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from core.dev_mail import open_mail
from core.mail_bodies import sandboxed
from core.models import OutboundMail
from digests.views.reading.doors import NOTHING, mail_behind, private


@private
@require_safe
@sandboxed
def web_copy(request: HttpRequest, copy_token: str) -> HttpResponse:
    """The mail behind a private address, for mail programs that can't show it."""
    return page_of(mail_behind(copy_token).mail)


def page_of(mail: OutboundMail | None) -> HttpResponse:
    """The HTML part of a mail.

    Raises:
        Http404: there is no such mail any more.
    """
    if mail is None:
        raise Http404(NOTHING)
    return HttpResponse(open_mail(mail).html)
