"""Shared links, what may come by them, and whether guests may ask at all."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.conf import settings
from django.db import transaction

from accounts.models import Organisation, User
from accounts.services import Allowance, Bucket, take_tokens
from intake.models import IntakeLink
from portfolio.models import Product

DAY = 24 * 3600


@transaction.atomic
def create_link(
    *,
    product: Product,
    label: str,
    a_day: int,
    expires_on: dt.date | None,
    by: User,
    now: dt.datetime,
    token: UUID | None = None,
) -> IntakeLink:
    """Make an address at which anybody who has it may ask; `a_day`: how many requests it takes.

    The same form (`token`) sent twice makes one.

    Raises:
        Product.DoesNotExist: it is gone.
    """
    Product.objects.select_for_update(of=("self",), no_key=True).get(pk=product.pk)
    known = IntakeLink.objects.filter(form_token=token).first() if token else None
    if known is not None and known.product_id == product.pk:
        return known
    return IntakeLink.objects.create(
        product=product,
        label=label,
        a_day=a_day,
        expires_on=expires_on,
        by=by,
        created_at=now,
        form_token=None if known else token,
    )


@transaction.atomic
def revoke_link(*, link: IntakeLink, now: dt.datetime) -> bool:
    """End an address for good; whether it was in force. What came by it stays."""
    row = IntakeLink.objects.select_for_update(of=("self",)).get(pk=link.pk)
    if row.revoked_at is not None:
        return False
    row.revoked_at = now
    row.save(update_fields=["revoked_at"])
    return True


def take_guest_token(*, link: IntakeLink, address: str) -> Allowance:
    """Count one request of a guest: by the network address they send from, and by the link."""
    return take_tokens(
        Bucket("intake.guest", address, settings.INTAKE_GUEST_REQUESTS_A_DAY, DAY),
        Bucket("intake.link", str(link.pk), link.a_day, DAY),
    )


def take_file_token(*, link: IntakeLink, address: str) -> Allowance:
    """Count one file of a guest in the same way: as many as all requests of a day may have."""
    files = settings.INTAKE_FILES_MAX
    return take_tokens(
        Bucket("intake.guest_file", address, settings.INTAKE_GUEST_REQUESTS_A_DAY * files, DAY),
        Bucket("intake.link_file", str(link.pk), link.a_day * files, DAY),
    )


@transaction.atomic
def allow_guests(*, are_allowed: bool) -> bool:
    """Open or close all shared links of the organisation: whether that changed anything.

    The triggers of history tell who and when.
    """
    house, _ = Organisation.objects.select_for_update().get_or_create(pk=1)
    if house.allows_guests == are_allowed:
        return False
    house.allows_guests = are_allowed
    house.save(update_fields=["allows_guests"])
    return True
