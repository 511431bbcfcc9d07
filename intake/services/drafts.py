"""Answers that are not sent yet: kept on the server, so that any device goes on with them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from uuid import UUID

from django.db import transaction

from accounts.models import User
from core.locks import advisory_lock
from intake.models import Draft, Request
from intake.services.storing import forget_files
from portfolio.models import Product


@transaction.atomic
def save_draft(
    *, user: User, product: Product, answers: Mapping[str, str], token: UUID, now: dt.datetime
) -> Draft | None:
    """Keep what was typed beside what was answered before; None: the form was sent meanwhile.

    `token` is that of the form. A draft that stands already keeps its own: there is one per person
    and product, however many windows are open.
    """
    advisory_lock(draft_key(user, product))
    if Request.objects.filter(form_token=token).exists():
        return None
    draft = Draft.objects.filter(user=user, product=product).first()
    if draft is None:
        return Draft.objects.create(
            user=user, product=product, form_token=token, answers=dict(answers), saved_at=now
        )
    draft.answers = {**draft.answers, **answers}
    draft.saved_at = now
    draft.save(update_fields=["answers", "saved_at"])
    return draft


@transaction.atomic
def discard_draft(*, user: User, product: Product) -> bool:
    """Throw away what was typed, and the files beside it; whether there was anything."""
    advisory_lock(draft_key(user, product))
    draft = Draft.objects.filter(user=user, product=product).first()
    if draft is None:
        return False
    forget_files(draft.attachments.all())
    draft.delete()
    return True


def draft_key(user: User, product: Product) -> str:
    """Name of the lock at which everything that writes this draft queues."""
    return f"intake.draft:{user.pk}:{product.pk}"
