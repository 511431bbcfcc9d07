"""The tables without a domain: mail on its way out, slots of the clock, what was erased."""

from __future__ import annotations

import pgtrigger
from django.db import models

from core.audit import audited


class MailState(models.TextChoices):
    """Where an outbound mail stands."""

    QUEUED = "queued", "Waiting"
    SENDING = "sending", "Being sent"
    SENT = "sent", "Sent"
    UNSURE = "unsure", "Perhaps sent"
    BOUNCED = "bounced", "Came back"
    FAILED = "failed", "Failed"
    WITHDRAWN = "withdrawn", "Taken back"


class OutboundMail(models.Model):
    """One mail: rendered once, the same bytes at every attempt, one Message-ID for ever.

    `is_unsure`: an attempt broke off where nobody knows whether the server took it; of a mail that
    is *sent* it says that it perhaps arrived twice. `interruptions` counts senders that died with
    it. `withdrawn_why`: nobody begins another attempt.
    """

    kind = models.CharField(max_length=40)
    recipient = models.EmailField(max_length=254)
    subject = models.CharField(max_length=900)
    message_id = models.CharField(max_length=255, unique=True)
    raw = models.BinaryField()
    state = models.CharField(max_length=10, choices=MailState, default=MailState.QUEUED)
    is_unsure = models.BooleanField(default=False, db_default=False)
    attempts = models.PositiveSmallIntegerField(default=0)
    interruptions = models.PositiveSmallIntegerField(default=0, db_default=0)
    due_at = models.DateTimeField()
    leased_until = models.DateTimeField(null=True, blank=True)
    last_error = models.TextField(blank=True, default="")
    withdrawn_why = models.CharField(max_length=300, blank=True, default="", db_default="")
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["due_at", "id"],
                condition=models.Q(state__in=["queued", "sending", "unsure"]),
                name="core_mail_open",
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
            models.CheckConstraint(
                condition=~models.Q(state="withdrawn") | ~models.Q(withdrawn_why=""),
                name="core_mail_withdrawn_says_why",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject} → {self.recipient}"


@audited()
class MailSwitch(models.Model):
    """The one row (pk 1) that says whether mail goes out, why not, and who said so last.

    `is_guarded`: Homegrown stopped by itself, because this database looks like an older copy. What
    was due before `not_before` is not sent again. `changed_by` is the key of an account; none:
    Homegrown itself, or a command.
    """

    is_paused = models.BooleanField(default=False)
    is_guarded = models.BooleanField(default=False)
    why = models.CharField(max_length=300, blank=True, default="")
    not_before = models.DateTimeField(null=True, blank=True)
    changed_by = models.BigIntegerField(null=True, blank=True)
    changed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(pk=1), name="core_mail_switch_one_row"),
            models.CheckConstraint(
                condition=models.Q(is_paused=False) | ~models.Q(why=""),
                name="core_mail_switch_says_why",
            ),
        ]

    def __str__(self) -> str:
        return self.why if self.is_paused else "Mail goes out"


class MailPace(models.Model):
    """The one row (pk 1) that all senders share: how much was ever claimed, and how fast.

    `mark` counts claims; `epoch` names this database until somebody resumes after a restore: both
    also stand in a file outside the database. `free_at`: the instant from which the rate allows the
    next mail. `away_until`: the server could not be reached, and is left alone until then.
    """

    mark = models.BigIntegerField(default=0)
    epoch = models.UUIDField()
    free_at = models.DateTimeField(null=True, blank=True)
    away_since = models.DateTimeField(null=True, blank=True)
    away_until = models.DateTimeField(null=True, blank=True)
    away_why = models.TextField(blank=True, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(pk=1), name="core_mail_pace_one_row"),
        ]

    def __str__(self) -> str:
        return f"{self.mark} claimed"


class MailLane(models.Model):
    """A connection to the mail server that somebody holds: at most `MAIL_CONNECTIONS` at once."""

    number = models.PositiveSmallIntegerField(primary_key=True)
    holder = models.UUIDField()
    leased_until = models.DateTimeField()

    def __str__(self) -> str:
        return f"Lane {self.number}"


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


class QueueHeartbeat(models.Model):
    """When a worker last took a task out of a queue: the sign that somebody works there."""

    queue = models.CharField(max_length=20, primary_key=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.queue} at {self.at:%Y-%m-%d %H:%M:%S}"


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
