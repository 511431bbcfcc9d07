"""The tables without a domain: mail on its way out, slots of the clock, what was erased."""

from __future__ import annotations

import pgtrigger
from django.db import models


class MailState(models.TextChoices):
    """Where an outbound mail stands."""

    QUEUED = "queued", "Waiting"
    SENDING = "sending", "Being sent"
    SENT = "sent", "Sent"
    UNSURE = "unsure", "Perhaps sent"
    FAILED = "failed", "Failed"


class OutboundMail(models.Model):
    """One mail: rendered once, the same bytes at every attempt, one Message-ID for ever."""

    kind = models.CharField(max_length=40)
    recipient = models.EmailField(max_length=254)
    subject = models.CharField(max_length=900)
    message_id = models.CharField(max_length=255, unique=True)
    raw = models.BinaryField()
    state = models.CharField(max_length=10, choices=MailState, default=MailState.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField()
    leased_until = models.DateTimeField(null=True, blank=True)
    last_error = models.TextField(blank=True, default="")
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["due_at"],
                condition=models.Q(state__in=["queued", "sending"]),
                name="core_mail_due",
            ),
            models.Index(fields=["-created_at"], name="core_mail_created"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=MailState.values), name="core_mail_state_known"
            ),
            models.CheckConstraint(
                condition=models.Q(state="sending", leased_until__isnull=False)
                | (~models.Q(state="sending") & models.Q(leased_until__isnull=True)),
                name="core_mail_lease_while_sending",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject} → {self.recipient}"


class ScheduleSlot(models.Model):
    """A job of the clock and the moment it stands for: however many clocks tick, one row."""

    job = models.CharField(max_length=80)
    slot_start = models.DateTimeField()
    taken_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["job", "slot_start"], name="core_slot_once"),
        ]

    def __str__(self) -> str:
        return f"{self.job} at {self.slot_start:%Y-%m-%d %H:%M}"


class Erasure(models.Model):
    """Somebody was erased: when, by which account, and how much of what went. Append-only.

    Nothing in it says who: `subject` is the key of a row that is nobody's now
    ("stakeholders.person 12"), `counts` are numbers by what they count.
    """

    id = models.UUIDField(primary_key=True)
    subject = models.CharField(max_length=80)
    by = models.BigIntegerField(null=True)
    at = models.DateTimeField()
    counts = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["subject", "-at"], name="core_erasure_of_subject")]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.subject} at {self.at:%Y-%m-%d %H:%M}"


class HistoryRewrite(models.Model):
    """Rows of a history table were made anonymous: written by the one function that can, and by
    nothing else (docs/adr/0022). Append-only.
    """

    erasure = models.UUIDField()
    table = models.CharField(max_length=63)
    columns = models.JSONField()
    rows = models.BigIntegerField()
    actor_id = models.BigIntegerField(null=True)
    database_user = models.CharField(max_length=63)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["erasure"], name="core_rewrite_of_erasure")]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.rows} rows of {self.table}"
