"""What became of products."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.urls import reverse

from core.audit import audited
from portfolio.enums import ReleaseAudience, ReleaseKind
from portfolio.models.products import Product
from portfolio.querysets import ReleaseQuerySet


@audited(exclude=["form_token"])
class Release(models.Model):
    """A dated note about what became of a product: something new, better, fixed, won or learned.

    `published_at`: None while it is a draft that only the team reads. `uid` is its identity in the
    feed, which outlives a change of address.
    """

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="releases")
    day = models.DateField("day")
    kind = models.CharField("kind", max_length=8, choices=ReleaseKind, default=ReleaseKind.NEW)
    title = models.CharField("title", max_length=160)
    text = models.TextField("what it means for people", max_length=8000, blank=True, default="")
    audience = models.CharField(
        "who may read it",
        max_length=8,
        choices=ReleaseAudience,
        default=ReleaseAudience.EVERYONE,
    )
    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    published_at = models.DateTimeField(null=True, editable=False)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    version = models.PositiveIntegerField(default=1, editable=False)
    form_token = models.UUIDField(null=True, unique=True, editable=False)
    is_demo = models.BooleanField(default=False, editable=False)
    created_at = models.DateTimeField(editable=False)
    changed_at = models.DateTimeField(editable=False)

    objects = ReleaseQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["product", "-day", "-id"], name="portfolio_release_newest"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=ReleaseKind.values),
                name="portfolio_release_kind_known",
            ),
            models.CheckConstraint(
                condition=models.Q(audience__in=ReleaseAudience.values),
                name="portfolio_release_audience_known",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("portfolio:release_detail", args=[self.product.slug, self.pk])
