"""When a product manager hears of new requests: in batches, not one by one."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models

from core.audit import audited
from core.models import OutboundMail


def twice_a_day() -> list[dt.time]:
    """Late in the morning and in the afternoon: two interruptions, not forty."""
    return [dt.time(11, 0), dt.time(15, 30)]


@audited()
class InboxPlan(models.Model):
    """At which times of the day, in their own time zone, somebody hears of new requests.

    Nobody needs a row: without one it is twice a day. No times at all: never by mail.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="inbox_plan"
    )
    times = ArrayField(models.TimeField(), default=twice_a_day, blank=True)

    def __str__(self) -> str:
        return f"Inbox of {self.user_id}"


class InboxMail(models.Model):
    """A batch that was due to somebody at a moment: one row, and at most one mail."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="inbox_mails"
    )
    slot_start = models.DateTimeField()
    mail = models.ForeignKey(OutboundMail, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "slot_start"], name="intake_inboxmail_once"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} at {self.slot_start:%Y-%m-%d %H:%M}"
