"""What happened to a product in a week, drafted once, and how each kind of reader reads it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from core.audit import audited
from digests.enums import ItemKind, Length
from portfolio.enums import ReleaseAudience
from portfolio.models import Product
from stakeholders.enums import Plan


@audited(exclude=["facts"])
class Issue(models.Model):
    """The digest of one product for one week, drafted from data on the Friday before.

    `week` is the Monday on which it goes out. `facts` is what stood on that Friday, as plain JSON
    (`digests.rules.facts.Facts`). Afterwards only `note`, pins, hides and other wording change it,
    until `locked_at`: the first mail has taken it.
    """

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="digest_issues")
    week = models.DateField("week")
    facts = models.JSONField(default=dict)
    note = models.TextField("your note", max_length=600, blank=True, default="")
    drafted_at = models.DateTimeField(editable=False)
    approved_at = models.DateTimeField(null=True, editable=False)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    locked_at = models.DateTimeField(null=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["product", "week"], name="digests_issue_once_a_week"),
            models.CheckConstraint(
                condition=Q(week__iso_week_day=1), name="digests_issue_goes_on_mondays"
            ),
        ]
        indexes = [models.Index(fields=["week", "product"], name="digests_issue_of_week")]

    def __str__(self) -> str:
        return f"{self.product} for {self.week}"

    def get_absolute_url(self) -> str:
        query = {"week": str(self.week)}
        return reverse("digests:issue_detail", args=[self.product.slug], query=query)


@audited(exclude=["data"])
class IssueItem(models.Model):
    """One thing that happened, in words that were true on the day of the draft.

    `key` says what it is about ("kpi:12"), once per issue; of several issues in one mail the newest
    with a key counts. `data` are the numbers that both parts of the mail show, already in words.
    `weight` orders items, the largest first. `is_red`: a guardrail in the red, which may be worded
    otherwise but not hidden. `audience`: notes for the team alone go to its members only.
    """

    issue = models.ForeignKey(Issue, on_delete=models.CASCADE, related_name="items")
    key = models.CharField(max_length=60)
    kind = models.CharField(max_length=16, choices=ItemKind)
    day = models.DateField()
    title = models.CharField(max_length=300)
    detail = models.CharField(max_length=600, blank=True, default="")
    url = models.CharField(max_length=300)
    data = models.JSONField(default=dict)
    weight = models.FloatField(default=0)
    is_material = models.BooleanField(default=True)
    is_red = models.BooleanField(default=False)
    audience = models.CharField(
        max_length=8, choices=ReleaseAudience, default=ReleaseAudience.EVERYONE
    )
    is_pinned = models.BooleanField("pinned", default=False)
    is_hidden = models.BooleanField("hidden", default=False)
    hidden_reason = models.CharField("why it is left out", max_length=300, blank=True, default="")
    wording = models.CharField("in your words", max_length=300, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["issue", "key"], name="digests_item_once"),
            models.CheckConstraint(
                condition=Q(kind__in=ItemKind.values), name="digests_item_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(is_hidden=False) | ~Q(hidden_reason=""),
                name="digests_item_hidden_with_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(is_hidden=False) | Q(is_red=False), name="digests_item_red_is_told"
            ),
        ]

    def __str__(self) -> str:
        return self.wording or self.title


class Edition(models.Model):
    """An issue as one communication plan reads it, at one length: the bytes that went into every
    mail. Written when the issue is locked, never changed. `weeks`: how many weeks it gathers, for
    those who get their mail less often.

    `for_team`: with what is for members alone. `is_material`: there is something in it that the
    plan is told of. `words` counts what a reader reads, addresses aside. `status`, `asks` (how many
    decisions are needed) and `ask_by` (by when the first) are for the subject and the first line of
    a mail that tells of several products.
    """

    issue = models.ForeignKey(Issue, on_delete=models.CASCADE, related_name="editions")
    plan = models.CharField(max_length=10, choices=Plan)
    length = models.CharField(max_length=5, choices=Length)
    for_team = models.BooleanField(default=False)
    weeks = models.PositiveSmallIntegerField(default=1)
    subject = models.CharField(max_length=120)
    preheader = models.CharField(max_length=200, blank=True, default="")
    text = models.TextField()
    html = models.TextField()
    words = models.PositiveSmallIntegerField()
    is_material = models.BooleanField()
    status = models.CharField(max_length=40, blank=True, default="")
    asks = models.PositiveSmallIntegerField(default=0)
    ask_by = models.DateField(null=True)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["issue", "plan", "length", "for_team", "weeks"],
                name="digests_edition_once",
            ),
        ]

    def __str__(self) -> str:
        return self.subject
