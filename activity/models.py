"""The append-only log of what happened, told in plain values so that it points at no app."""

from __future__ import annotations

from django.db import models
from django.utils import timezone


class Event(models.Model):
    """One thing that happened to a subject; `product_id` is a plain number, not a foreign key.

    Written by services of upper apps in the same transaction as the change itself. The actor's
    name and the subject's label are kept as they were, so the sentence stays readable after both
    are gone.
    """

    at = models.DateTimeField(default=timezone.now)
    actor_id = models.BigIntegerField(null=True, blank=True)
    actor_label = models.CharField(max_length=254, blank=True, default="")
    verb = models.CharField(max_length=60)
    subject_type = models.CharField(max_length=60)
    subject_id = models.CharField(max_length=60)
    subject_label = models.CharField(max_length=300)
    product_id = models.BigIntegerField(null=True, blank=True)
    data = models.JSONField(default=dict, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["product_id", "-at"], name="activity_event_product"),
            models.Index(fields=["-at"], name="activity_event_at"),
        ]

    def __str__(self) -> str:
        return f"{self.actor_label or 'Homegrown'} {self.verb} {self.subject_label}"
