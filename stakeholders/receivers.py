"""What accounts tell: somebody on the map may have got one."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models.signals import post_save
from django.dispatch import receiver

from stakeholders.services.people import link_account


@receiver(post_save, sender=get_user_model(), dispatch_uid="stakeholders.link_account")
def account_saved(
    instance: Any, *, raw: bool = False, update_fields: Collection[str] | None = None, **_: Any
) -> None:
    """Link the person with this address at once: until then they might read about themself."""
    if not raw and (update_fields is None or "email" in update_fields):
        link_account(user=instance)
