"""The intake form for employees; `intake.views.asking` holds what guests' pages share with it."""

from __future__ import annotations

from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from intake.models import Request
from intake.views.asking import after, files, joining, pages, sending, similar
from intake.views.asking.employee import EmployeeDesk
from portfolio.policies import ProductRequest

GET_OR_POST = ["GET", "HEAD", "POST"]


@require_safe
def request_start(request: ProductRequest, slug: str) -> HttpResponseBase:
    """Begin, or go on where one stopped."""
    desk = EmployeeDesk(request)
    desk.forget_sent()
    return pages.start_page(desk)


@require_http_methods(GET_OR_POST)
def request_step(request: ProductRequest, slug: str, step: str) -> HttpResponseBase:
    """One question."""
    return pages.step_page(EmployeeDesk(request), step)


@require_http_methods(GET_OR_POST)
def request_all(request: ProductRequest, slug: str) -> HttpResponseBase:
    """All questions on one page."""
    return pages.all_page(EmployeeDesk(request))


@require_http_methods(GET_OR_POST)
def request_check(request: ProductRequest, slug: str) -> HttpResponseBase:
    """Check your answers, and send them."""
    return sending.check_page(EmployeeDesk(request))


@require_safe
def request_sent(request: ProductRequest, slug: str, reference: str) -> HttpResponseBase:
    """The reference, and what happens next."""
    get_object_or_404(Request, product=request.product, reference=reference)
    return after.sent_page(EmployeeDesk(request), reference)


@require_POST
def request_similar(request: ProductRequest, slug: str) -> HttpResponseBase:
    """What was asked before and sounds like what is in the form: no page of its own."""
    return similar.similar_fragment(EmployeeDesk(request))


@require_http_methods(GET_OR_POST)
def request_join(request: ProductRequest, slug: str, reference: str) -> HttpResponseBase:
    """That's me too."""
    get_object_or_404(Request, product=request.product, reference=reference)
    return joining.join_page(EmployeeDesk(request), reference)


@require_http_methods(["POST"])
def draft_save(request: ProductRequest, slug: str) -> HttpResponseBase:
    """Keep what is being typed."""
    return after.save_fragment(EmployeeDesk(request))


@require_http_methods(GET_OR_POST)
def draft_discard(request: ProductRequest, slug: str) -> HttpResponseBase:
    """Throw the draft away."""
    return after.discard_page(EmployeeDesk(request))


@require_http_methods(GET_OR_POST)
def attachment_create(request: ProductRequest, slug: str) -> HttpResponseBase:
    """Add a file."""
    return files.create_page(EmployeeDesk(request))


@require_http_methods(GET_OR_POST)
def attachment_delete(request: ProductRequest, slug: str, attachment_id: int) -> HttpResponseBase:
    """Take a file away that was not sent yet."""
    return files.delete_page(EmployeeDesk(request), attachment_id)
