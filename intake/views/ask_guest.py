"""The intake form behind a shared link, for people without an account."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase
from django.views.decorators.http import require_http_methods, require_safe

from intake.views.asking import after, files, pages, sending
from intake.views.asking.guest import GuestDesk

GET_OR_POST = ["GET", "HEAD", "POST"]


@require_safe
def guest_start(request: HttpRequest, link: str) -> HttpResponseBase:
    """Begin, or go on where one stopped."""
    desk = GuestDesk(request, link)
    desk.forget_sent()
    return pages.start_page(desk)


@require_http_methods(GET_OR_POST)
def guest_step(request: HttpRequest, link: str, step: str) -> HttpResponseBase:
    """One question."""
    return pages.step_page(GuestDesk(request, link), step)


@require_http_methods(GET_OR_POST)
def guest_all(request: HttpRequest, link: str) -> HttpResponseBase:
    """All questions on one page."""
    return pages.all_page(GuestDesk(request, link))


@require_http_methods(GET_OR_POST)
def guest_check(request: HttpRequest, link: str) -> HttpResponseBase:
    """Check your answers, and send them."""
    return sending.check_page(GuestDesk(request, link))


@require_safe
def guest_sent(request: HttpRequest, link: str, reference: str) -> HttpResponseBase:
    """The reference, and what happens next."""
    return after.sent_page(GuestDesk(request, link), reference)


@require_http_methods(GET_OR_POST)
def guest_discard(request: HttpRequest, link: str) -> HttpResponseBase:
    """Throw away what was typed."""
    return after.discard_page(GuestDesk(request, link))


@require_http_methods(GET_OR_POST)
def guest_file_create(request: HttpRequest, link: str) -> HttpResponseBase:
    """Add a file."""
    return files.create_page(GuestDesk(request, link))


@require_http_methods(GET_OR_POST)
def guest_file_delete(request: HttpRequest, link: str, attachment_id: int) -> HttpResponseBase:
    """Take a file away that was not sent yet."""
    return files.delete_page(GuestDesk(request, link), attachment_id)
