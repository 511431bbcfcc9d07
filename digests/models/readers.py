"""Who gets the digest, and what they chose about it themselves."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from core.audit import audited
from digests.enums import Every
from portfolio.models import Product
from stakeholders.enums import Plan
from stakeholders.models import Person


@audited()
class Reader(models.Model):
    """What somebody chose about their one mail a week. Nobody needs a row: without one it comes
    every week.

    `suppressed_at`: their address refused our mail or somebody complained; `suppressed_why` says
    which. It counts for `suppressed_address` alone, as mail goes to a corrected one; where that is
    empty nobody knows which it was, and it counts for any. `address_epoch` is part of every signed
    address of theirs: counting up ends them all.
    """

    person = models.OneToOneField(Person, on_delete=models.CASCADE, related_name="digest_reader")
    every = models.PositiveSmallIntegerField("how often", choices=Every, default=Every.WEEK)
    unsubscribed_at = models.DateTimeField(null=True, editable=False)
    suppressed_at = models.DateTimeField(null=True, editable=False)
    suppressed_why = models.CharField(max_length=300, blank=True, default="", editable=False)
    suppressed_address = models.EmailField(
        max_length=254, blank=True, default="", db_default="", editable=False
    )
    address_epoch = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(every__in=Every.values), name="digests_reader_every_known"
            ),
        ]

    def __str__(self) -> str:
        return f"Digest of {self.person_id}"

    @property
    def is_suppressed(self) -> bool:
        """Whether nothing is sent to the address that they have today. Reads their record."""
        if self.suppressed_at is None:
            return False
        refused = self.suppressed_address.casefold()
        return refused in ("", self.person.email.casefold())


@audited()
class Subscription(models.Model):
    """What somebody chose about the digest of one product: to follow it though its team has not
    put them on its list, to read it in another form, or not to get it.

    `plan` empty: as the team has planned it, else the newsletter. `follows`: by their own choice.
    """

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="subscriptions")
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="subscriptions")
    follows = models.BooleanField(default=False)
    is_muted = models.BooleanField(default=False)
    plan = models.CharField("form", max_length=10, choices=Plan, blank=True, default="")
    since = models.DateTimeField(editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "product"], name="digests_subscription_once"),
            models.CheckConstraint(
                condition=Q(plan__in=["", *Plan.values]), name="digests_subscription_plan_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.product_id} for {self.person_id}"


@audited()
class ProductDigest(models.Model):
    """How one product is told: not at all, or in links without content. No row: in full."""

    product = models.OneToOneField(Product, on_delete=models.CASCADE, related_name="digest")
    is_paused = models.BooleanField("send nothing about it", default=False)
    links_only = models.BooleanField("links without content", default=False)

    def __str__(self) -> str:
        return f"Digest of {self.product_id}"
