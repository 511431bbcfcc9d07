"""One change of many products at once, kept so that it can be taken back."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.urls import reverse

from core.audit import audited
from portfolio.models.products import Product


@audited()
class BulkChange(models.Model):
    """What somebody set on many products in one go.

    `fields` holds the new value of each field by its name (keys of other rows as numbers), and
    under "left" the products that stayed as they were, each with why. The key comes from the form,
    so that sending it twice changes once. Rows tell what stood there before.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    at = models.DateTimeField()
    fields = models.JSONField()
    undone_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )

    def __str__(self) -> str:
        return f"change of {self.at:%Y-%m-%d %H:%M}"

    def get_absolute_url(self) -> str:
        return reverse("portfolio:bulk_detail", args=[self.pk])


class BulkChangeRow(models.Model):
    """What a bulk change did to one product; never changed but for how its undo went.

    `before` and `after` hold the fields that differed. `undo` is empty until the change is taken
    back, then *done*, or why this product was left as it is.
    """

    change = models.ForeignKey(BulkChange, on_delete=models.CASCADE, related_name="rows")
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="bulk_changes")
    before = models.JSONField()
    after = models.JSONField()
    undo = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["change", "product"], name="portfolio_bulkrow_once"),
        ]

    def __str__(self) -> str:
        return f"{self.change_id}: {self.product_id}"
