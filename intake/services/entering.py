"""Requests that came by word of mouth, by mail or on paper: entered by the team."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from accounts.models import Department, User
from intake.enums import Source
from intake.models import Request
from intake.services.asking import Answers, Sending, submit_request
from intake.services.visitors import Visitor
from portfolio.models import Product


def enter_request(
    *,
    product: Product,
    answers: Answers,
    name: str,
    email: str,
    department: Department | None,
    by: User,
    now: dt.datetime,
    token: UUID,
    source: Source = Source.ON_BEHALF,
) -> Request:
    """Keep what somebody said to `by`. Whoever has an account under this address stands behind it
    with that account; the same form sent twice makes one request.

    Raises:
        TokenTaken: the token is that of somebody else's form.
    """
    account = User.objects.filter(email__iexact=email, is_active=True).first() if email else None
    visitor = Visitor(
        user=account,
        name=account.name if account else name,
        email=account.email if account else email,
        department=department,
    )
    return submit_request(
        product=product,
        answers=answers,
        visitor=visitor,
        token=token,
        sending=Sending(source=source, by=by),
        now=now,
    )
