"""What was learned from people without their asking: interviews, observations, suggestions."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.models import Department
from core.audit import audited
from intake.enums import Consent, FieldNoteKind, Frequency
from personas.models import Persona
from portfolio.models import Product


@audited(exclude=["form_token"])
class FieldNote(models.Model):
    """An interview, an observation or a note from the suggestion box, with the person behind it as
    far as they are known. The amounts are that person's own.
    """

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="field_notes")
    kind = models.CharField("kind", max_length=11, choices=FieldNoteKind)
    persona = models.ForeignKey(
        Persona, on_delete=models.SET_NULL, null=True, blank=True, related_name="field_notes"
    )
    day = models.DateField("on")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="account",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    name = models.CharField("with whom", max_length=120, blank=True, default="")
    email = models.EmailField("e-mail", max_length=254, blank=True, default="")
    department = models.ForeignKey(
        Department, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    consent = models.CharField("consent", max_length=9, choices=Consent, default=Consent.NOT_ASKED)
    text = models.TextField("what we learned", max_length=8000)
    times = models.FloatField("how often", null=True, blank=True)
    per = models.CharField("a", max_length=5, choices=Frequency, blank=True, default="")
    minutes = models.FloatField("minutes each time", null=True, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    version = models.PositiveIntegerField(default=1, editable=False)
    form_token = models.UUIDField(null=True, unique=True, editable=False)
    is_demo = models.BooleanField(default=False, editable=False)
    created_at = models.DateTimeField(editable=False)

    class Meta:
        indexes = [models.Index(fields=["product", "-day"], name="intake_fieldnote_of_product")]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=FieldNoteKind.values), name="intake_fieldnote_kind_known"
            ),
            models.CheckConstraint(
                condition=(Q(times__isnull=True) | Q(times__gte=0, times__lte=100_000))
                & (Q(minutes__isnull=True) | Q(minutes__gte=0, minutes__lte=100_000)),
                name="intake_fieldnote_amounts_in_range",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} of {self.day}"


@audited()
class Quote(models.Model):
    """What somebody said, in their own words; kept only with their consent to be quoted."""

    field_note = models.ForeignKey(FieldNote, on_delete=models.CASCADE, related_name="quotes")
    text = models.TextField("in their own words", max_length=1000)

    def __str__(self) -> str:
        return self.text[:80]


@audited()
class EdgeCase(models.Model):
    """Something unusual that was seen; `check` is what makes sure that it works from then on."""

    field_note = models.ForeignKey(FieldNote, on_delete=models.CASCADE, related_name="edge_cases")
    what = models.CharField("what was unusual", max_length=500)
    remedy = models.CharField("what will check it", max_length=500, blank=True, default="")
    checked_on = models.DateField("checked since", null=True, blank=True)

    def __str__(self) -> str:
        return self.what
