"""What became of everybody's mail of every week."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from core.models import OutboundMail
from digests.enums import DeliveryState
from digests.models.issues import Edition
from stakeholders.enums import Plan
from stakeholders.models import Person


class DigestDelivery(models.Model):
    """The one mail of a person for one local Monday, or why there is none.

    `week` is the Monday in the person's own time zone of that moment, `due_at` its 09:00. From
    *rendered* on the mail itself knows how far it is: see `told_state`; there is none any more
    where it was deleted because somebody in it was erased. `reason` says in words why there is no
    mail. `plan` is the most detailed form in it.
    """

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="deliveries")
    week = models.DateField()
    due_at = models.DateTimeField()
    state = models.CharField(max_length=13, choices=DeliveryState, default=DeliveryState.PLANNED)
    reason = models.CharField(max_length=300, blank=True, default="")
    plan = models.CharField(max_length=10, choices=Plan, blank=True, default="")
    time_zone = models.CharField(max_length=64)
    attempts = models.PositiveSmallIntegerField(default=0)
    mail = models.OneToOneField(
        OutboundMail, on_delete=models.SET_NULL, null=True, related_name="digest_delivery"
    )
    planned_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = "digest deliveries"
        constraints = [
            models.UniqueConstraint(fields=["person", "week"], name="digests_delivery_once"),
            models.CheckConstraint(
                condition=Q(week__iso_week_day=1), name="digests_delivery_on_mondays"
            ),
            models.CheckConstraint(
                condition=Q(state__in=DeliveryState.values), name="digests_delivery_state_known"
            ),
            models.CheckConstraint(
                condition=Q(state="rendered") | Q(mail__isnull=True),
                name="digests_delivery_mail_when_rendered",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["planned", "rendered"]) | ~Q(reason=""),
                name="digests_delivery_none_says_why",
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at", "id"], condition=Q(state="planned"), name="digests_delivery_due"
            ),
            models.Index(fields=["week", "state"], name="digests_delivery_of_week"),
        ]

    def __str__(self) -> str:
        return f"{self.week} for {self.person_id}: {self.state}"


class DeliveryPart(models.Model):
    """An edition that a mail holds, in the order in which it holds them."""

    delivery = models.ForeignKey(DigestDelivery, on_delete=models.CASCADE, related_name="parts")
    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="parts")
    position = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["delivery", "edition"], name="digests_part_once"),
        ]

    def __str__(self) -> str:
        return f"{self.edition_id} in {self.delivery_id}"
