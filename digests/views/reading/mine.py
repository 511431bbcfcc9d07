"""The weekly digest of somebody with an account: what they get, and the mails they got."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts.policies import SignedInRequest
from core.mail_bodies import sandboxed
from core.paging import list_page
from core.toasts import add_toast
from digests.policies import OwnMailRequest
from digests.presenters.reading import DONE, mail_lines
from digests.selectors.choosing import mails_got
from digests.views.reading.choosing import Desk
from digests.views.reading.copies import page_of
from digests.views.reading.doors import private
from stakeholders.selectors.people import person_of

MAILS_SHOWN = 12


@private
@require_http_methods(["GET", "HEAD", "POST"])
def my_digest(request: SignedInRequest) -> HttpResponse:
    """Their choices; whoever reads nothing yet hears how to begin."""
    person = person_of(request.user)
    if person is None:
        return render(request, "digests/my_digest.html")
    desk = Desk(request, person)
    if request.method == "POST" and desk.act():
        add_toast(request, DONE[desk.action])
        return redirect("digests:my_digest")
    page = list_page(mails_got(person), request, noun="mail", size=MAILS_SHOWN)
    context = desk.context | {"person": person, "page": page, "mails": mail_lines(page.rows)}
    status = 422 if desk.form.is_bound else 200
    return render(request, "digests/my_digest.html", context, status=status)


@private
@require_safe
@sandboxed
def my_digest_mail(request: OwnMailRequest, delivery_id: int) -> HttpResponse:
    """A mail that they got, as it was sent."""
    return page_of(request.digest_mail.mail)
