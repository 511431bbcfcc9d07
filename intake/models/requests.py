"""Requests: what people asked for, who stands behind them, and what became of them."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from accounts.models import Department
from core.audit import audited
from intake.enums import Frequency, Outcome, Source, Status, StepKind, VoiceKind
from intake.querysets import RequestQuerySet
from portfolio.models import Product

LANGUAGE = "english"


def _by() -> models.ForeignKey:
    return models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )


@audited(exclude=["form_token"])
class IntakeLink(models.Model):
    """An address at which anybody who has it may fill in the form without an account.

    The token in the address is signed from the key: nothing secret is stored.
    """

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="intake_links")
    label = models.CharField("who it is for", max_length=120)
    a_day = models.PositiveSmallIntegerField("requests a day", default=50)
    expires_on = models.DateField("until", null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, editable=False)
    by = _by()
    created_at = models.DateTimeField(editable=False)
    form_token = models.UUIDField(null=True, unique=True, editable=False)

    def __str__(self) -> str:
        return self.label


class Draft(models.Model):
    """What somebody has answered so far: kept on the server, so that any device can go on.

    `form_token` becomes that of the request: the same form sent twice makes one.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="intake_drafts"
    )
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="intake_drafts")
    form_token = models.UUIDField(unique=True)
    answers = models.JSONField(default=dict)
    saved_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "product"], name="intake_draft_once"),
        ]

    def __str__(self) -> str:
        return f"Draft for {self.product_id}"


@audited(exclude=["form_token", "search"])
class Request(models.Model):
    """A wish, in the words of whoever has it.

    `goal` … `tried` and `solution` are the answers of the form, kept as they were typed; `problem`
    is the product manager's own statement, without which nothing is understood. Who asked and how
    much it costs them are in `voices`. `duplicate_of`: the same wish as that one; `status_before`
    is what it goes back to. `is_private`: shown to nobody but the product's team and those behind
    it. `follow_epoch` counts up to end its private addresses.
    """

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="requests")
    reference = models.CharField(max_length=24, unique=True, editable=False)
    source = models.CharField(max_length=10, choices=Source, default=Source.FORM)
    goal = models.TextField("what are you trying to get done", max_length=2000)
    today = models.TextField("what happens today", max_length=4000, blank=True, default="")
    tried = models.TextField("what have you tried", max_length=4000, blank=True, default="")
    solution = models.TextField(
        "solution you have in mind", max_length=4000, blank=True, default=""
    )
    is_private = models.BooleanField("only the product’s team may read it", default=False)
    problem = models.TextField("problem statement", max_length=2000, blank=True, default="")
    status = models.CharField(max_length=10, choices=Status, default=Status.NEW, editable=False)
    outcome = models.CharField(
        max_length=10, choices=Outcome, blank=True, default="", editable=False
    )
    answer = models.TextField("answer", max_length=4000, blank=True, default="")
    question = models.TextField("question", max_length=2000, blank=True, default="")
    needs_info = models.BooleanField(default=False, editable=False)
    snoozed_until = models.DateField("put off until", null=True, blank=True)
    duplicate_of = models.ForeignKey(
        "self",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="duplicates",
    )
    status_before = models.CharField(max_length=10, blank=True, default="", editable=False)
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="looked after by",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    link = models.ForeignKey(
        IntakeLink, on_delete=models.SET_NULL, null=True, blank=True, related_name="requests"
    )
    by = _by()
    follow_epoch = models.PositiveIntegerField(default=0, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    form_token = models.UUIDField(null=True, unique=True, editable=False)
    is_demo = models.BooleanField(default=False, editable=False)
    created_at = models.DateTimeField(editable=False)
    changed_at = models.DateTimeField(editable=False)
    closed_at = models.DateTimeField(null=True, editable=False)
    search = models.GeneratedField(
        expression=SearchVector("problem", "goal", "today", "tried", "solution", config=LANGUAGE),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    objects = RequestQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["product", "status", "created_at"], name="intake_request_inbox"),
            GinIndex(fields=["search"], name="intake_request_search"),
            GinIndex(fields=["goal"], opclasses=["gin_trgm_ops"], name="intake_request_goal_trgm"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=Status.values), name="intake_request_status_known"
            ),
            models.CheckConstraint(
                condition=Q(status="closed", outcome__in=Outcome.values)
                | (~Q(status="closed") & Q(outcome="")),
                name="intake_request_closed_with_an_outcome",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["new", "closed"]) | ~Q(problem=""),
                name="intake_request_understood_with_a_problem",
            ),
            models.CheckConstraint(
                condition=Q(duplicate_of__isnull=True) | ~Q(duplicate_of=F("pk")),
                name="intake_request_not_its_own_duplicate",
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    def get_absolute_url(self) -> str:
        return reverse("intake:request_detail", args=[self.reference])


@audited(exclude=["form_token"])
class Voice(models.Model):
    """Somebody behind a request: who asked, and everybody who said *that's me too*.

    The amounts are this person's own; None: not sure. `people` is how many have the same problem,
    as far as they know. `left_at`: withdrawn.
    """

    request = models.ForeignKey(Request, on_delete=models.CASCADE, related_name="voices")
    kind = models.CharField(max_length=10, choices=VoiceKind, default=VoiceKind.REQUESTER)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="voices",
    )
    name = models.CharField("name", max_length=120, blank=True, default="")
    email = models.EmailField("e-mail", max_length=254, blank=True, default="")
    department = models.ForeignKey(
        Department, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    times = models.FloatField("how often", null=True, blank=True)
    per = models.CharField("a", max_length=5, choices=Frequency, blank=True, default="")
    minutes = models.FloatField("minutes each time", null=True, blank=True)
    people = models.PositiveIntegerField("how many people", null=True, blank=True)
    words = models.TextField("in their own words", max_length=2000, blank=True, default="")
    wants_news = models.BooleanField("tell me what becomes of it", default=True)
    form_token = models.UUIDField(null=True, unique=True, editable=False)
    joined_at = models.DateTimeField(editable=False)
    left_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["request", "user"],
                condition=Q(user__isnull=False),
                name="intake_voice_once_a_person",
            ),
            models.CheckConstraint(
                condition=(Q(times__isnull=True) | Q(times__gte=0, times__lte=100_000))
                & (Q(minutes__isnull=True) | Q(minutes__gte=0, minutes__lte=100_000)),
                name="intake_voice_amounts_in_range",
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.email or "Somebody"


class RequestStep(models.Model):
    """One thing that happened to a request: append-only. `is_internal`: the team's own business."""

    request = models.ForeignKey(Request, on_delete=models.CASCADE, related_name="steps")
    kind = models.CharField(max_length=10, choices=StepKind)
    at = models.DateTimeField()
    by = _by()
    text = models.TextField(blank=True, default="")
    opportunity = models.ForeignKey(
        "intake.Opportunity", on_delete=models.SET_NULL, null=True, related_name="+"
    )
    is_internal = models.BooleanField(default=False)

    class Meta:
        indexes = [models.Index(fields=["request", "at"], name="intake_step_of_request")]
        constraints = [
            models.UniqueConstraint(
                fields=["request", "opportunity"],
                condition=Q(kind="shipped"),
                name="intake_step_shipped_once",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=StepKind.values), name="intake_step_kind_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.request_id}: {self.kind}"


@audited()
class Attachment(models.Model):
    """A file beside a request or a draft. `file` is a path below MEDIA_ROOT that says nothing."""

    request = models.ForeignKey(
        Request, on_delete=models.CASCADE, null=True, blank=True, related_name="attachments"
    )
    draft = models.ForeignKey(
        Draft, on_delete=models.SET_NULL, null=True, blank=True, related_name="attachments"
    )
    file = models.CharField(max_length=200, unique=True)
    name = models.CharField("name", max_length=120)
    kind = models.CharField(max_length=20)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    by = _by()
    created_at = models.DateTimeField(editable=False)

    def __str__(self) -> str:
        return self.name
