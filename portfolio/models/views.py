"""What somebody keeps for every day: views of lists, and the products they come back to."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models.functions import Lower
from django.urls import reverse

from core.audit import audited
from portfolio.models.products import Product


@audited(exclude=["form_token"])
class SavedView(models.Model):
    """Filters, columns, order and day of a list, under a name.

    `page` is the key of a page of `portfolio.viewing`; `query` is what stands in its address, only
    the parts that the page keeps. A shared view shows everybody what they themselves may see.
    """

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_views"
    )
    page = models.CharField(max_length=40)
    name = models.CharField("name", max_length=80)
    query = models.CharField(max_length=2000, blank=True, default="")
    is_shared = models.BooleanField("others may use it", default=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    form_token = models.UUIDField(null=True, unique=True, editable=False)
    created_at = models.DateTimeField(editable=False)
    changed_at = models.DateTimeField(editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "owner",
                "page",
                Lower("name"),
                name="portfolio_savedview_name_once",
                violation_error_message="You have a view with this name here already.",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("portfolio:view_open", args=[self.pk])


@audited()
class DefaultView(models.Model):
    """The view that a page opens with for somebody: their own, or one that is shared."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="default_views"
    )
    page = models.CharField(max_length=40)
    view = models.ForeignKey(SavedView, on_delete=models.CASCADE, related_name="defaults")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "page"], name="portfolio_defaultview_once"),
        ]

    def __str__(self) -> str:
        return f"{self.page} of {self.user_id}: {self.view_id}"


@audited()
class Bookmark(models.Model):
    """A product that somebody comes back to."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="bookmarks"
    )
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="bookmarks")
    since = models.DateTimeField(editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "product"], name="portfolio_bookmark_once"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.product_id}"
