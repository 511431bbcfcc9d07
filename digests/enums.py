"""Closed lists of the digests app, with the words that pages show."""

from __future__ import annotations

from django.db import models

from digests import rules


class ItemKind(models.TextChoices):
    """What happened (domain.md §6)."""

    STATUS = rules.ItemKind.STATUS, "Status"
    DECISION_NEEDED = rules.ItemKind.DECISION_NEEDED, "Decision needed"
    RISK = rules.ItemKind.RISK, "Risk"
    KPI = rules.ItemKind.KPI, "KPI"
    DECISION = rules.ItemKind.DECISION, "Decision"
    RELEASE = rules.ItemKind.RELEASE, "Release"
    WIN = rules.ItemKind.WIN, "Win"
    LESSON = rules.ItemKind.LESSON, "Lesson"


class Length(models.TextChoices):
    """How much of an issue a mail has room for."""

    FULL = rules.Length.FULL, "Full"
    SHORT = rules.Length.SHORT, "Short"
    LINE = rules.Length.LINE, "One line"


class DeliveryState(models.TextChoices):
    """Where somebody's mail of a week stands, as far as digests know; the rest knows the mail."""

    PLANNED = "planned", "Planned"
    RENDERED = "rendered", "Written"
    SKIPPED_EMPTY = "skipped_empty", "Nothing to tell"
    SUPPRESSED = "suppressed", "Held back"
    FAILED = "failed", "Failed"


class Told(models.TextChoices):
    """Where somebody's mail of a week stands, from plan to arrival, as operators read it."""

    PLANNED = "planned", "To be written"
    WAITING = "waiting", "Waiting"
    SENDING = "sending", "Being sent"
    SENT = "sent", "Sent"
    UNSURE = "unsure", "Perhaps sent"
    BOUNCED = "bounced", "Came back"
    FAILED = "failed", "Failed"
    WITHDRAWN = "withdrawn", "Taken back"
    SKIPPED_EMPTY = "skipped_empty", "Nothing to tell"
    SUPPRESSED = "suppressed", "Held back"
    DELETED = "deleted", "Deleted"


class Every(models.IntegerChoices):
    """How often somebody wants their mail, in weeks."""

    WEEK = 1, "Every week"
    FORTNIGHT = 2, "Every two weeks"
    MONTH = 4, "Every four weeks"
