"""Imports, how their files are read, what was refused, and what an undo needs to know.

Nothing here points at products or KPIs: what an import touched is kept as plain values
(`ImportedObject`), because the apps that own those things lie above.
"""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.db import models
from django.db.models.functions import Lower
from django.urls import reverse

from core.audit import audited
from imports.enums import RunState
from imports.querysets import ImportRunQuerySet, SavedMappingQuerySet


@audited()
class SavedMapping(models.Model):
    """How a kind of file is read, under a name, so that the next one needs no telling."""

    name = models.CharField("name", max_length=120)
    kind = models.CharField("what it brings", max_length=40)
    text = models.TextField("mapping", max_length=50_000, help_text="TOML, see docs/mappings.md")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField(editable=False)
    updated_at = models.DateTimeField(editable=False)

    objects = SavedMappingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                Lower("name"),
                name="imports_savedmapping_name_unique",
                violation_error_message="There is already a mapping with this name.",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("imports:mapping_detail", args=[self.pk])


@audited(exclude=["file_name", "outcome", "problem", "mapping"])
class ImportRun(models.Model):
    """One file on its way in. The row is the truth: a worker holds it locked while it works.

    `mapping` is the TOML that the run uses, `outcome` what happened or (while `READY`) would
    happen, see `imports.kinds.Outcome.as_json`. `file` is a path below MEDIA_ROOT; empty once the
    file has been deleted for its age.
    """

    kind = models.CharField(max_length=40)
    state = models.CharField(max_length=10, choices=RunState, default=RunState.MAPPING)
    file = models.CharField(max_length=200, blank=True, default="")
    file_name = models.CharField("file", max_length=255)
    size = models.PositiveBigIntegerField("bytes")
    sha256 = models.CharField(max_length=64)
    mapping = models.TextField(max_length=50_000, blank=True, default="")
    saved_mapping = models.ForeignKey(
        SavedMapping, on_delete=models.SET_NULL, null=True, blank=True, related_name="runs"
    )
    outcome = models.JSONField(default=dict)
    problem = models.CharField(max_length=1000, blank=True, default="")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="imports"
    )
    form_token = models.UUIDField(null=True, unique=True, editable=False)
    created_at = models.DateTimeField(editable=False)
    finished_at = models.DateTimeField(null=True, editable=False)
    undone_at = models.DateTimeField(null=True, editable=False)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )

    objects = ImportRunQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["-created_at"], name="imports_run_newest"),
            models.Index(
                fields=["id"],
                name="imports_run_at_work",
                condition=models.Q(state__in=["checking", "publishing", "undoing"]),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=RunState.values), name="imports_run_state_known"
            ),
        ]

    def __str__(self) -> str:
        return self.file_name

    def get_absolute_url(self) -> str:
        return reverse("imports:run_detail", args=[self.pk])

    @property
    def path(self) -> Path:
        """Where the file lies; only while `file` is not empty."""
        return Path(settings.MEDIA_ROOT) / self.file


class RunProgress(models.Model):
    """How far a run is; written on a connection of its own, while the run itself is locked.

    `rows_done` never goes back. `cancel_wanted` is looked at before the run is published.
    """

    run = models.OneToOneField(
        ImportRun, on_delete=models.CASCADE, primary_key=True, related_name="progress"
    )
    step = models.CharField(max_length=40, blank=True, default="")
    rows_done = models.PositiveBigIntegerField(default=0)
    rows_total = models.PositiveBigIntegerField(null=True)
    starts = models.PositiveSmallIntegerField(default=0)
    cancel_wanted = models.BooleanField(default=False)
    changed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.run_id}: {self.rows_done} of {self.rows_total}"


class RefusedValue(models.Model):
    """A value of the file that was not taken: where it stands, what stands there, and why not.

    `line` is the physical line on which the record begins (quoted fields hold new lines), counted
    from 1; `series` is what it was for (a metric's code), empty for the record itself.
    """

    id = models.BigAutoField(primary_key=True)
    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="refused")
    line = models.PositiveBigIntegerField("line")
    column = models.CharField("column", max_length=300, blank=True, default="")
    series = models.CharField(max_length=40, blank=True, default="")
    raw = models.CharField("text", max_length=1000, blank=True, default="")
    reason = models.CharField("reason", max_length=300)

    class Meta:
        indexes = [models.Index(fields=["run", "line", "id"], name="imports_refused_by_line")]

    def __str__(self) -> str:
        return f"line {self.line}, {self.column}: {self.reason}"


class ImportedObject(models.Model):
    """Something that a run made or changed: what its undo needs.

    `subject` is a model's label ("kpis.kpi"), `action` "made", "changed" or "values"; `before` what
    an undo restores (or, for "values", the first and last day).
    """

    id = models.BigAutoField(primary_key=True)
    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="objects_touched")
    subject = models.CharField(max_length=60)
    subject_id = models.BigIntegerField()
    label = models.CharField(max_length=300, blank=True, default="")
    action = models.CharField(max_length=8)
    before = models.JSONField(default=dict)

    class Meta:
        indexes = [
            models.Index(fields=["run", "subject", "subject_id"], name="imports_object_by_run")
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.label}"


class UndoRefusal(models.Model):
    """Something that an undo left as it is, because somebody has changed it since."""

    id = models.BigAutoField(primary_key=True)
    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="undo_refusals")
    label = models.CharField(max_length=300)
    reason = models.CharField(max_length=300)

    def __str__(self) -> str:
        return f"{self.label}: {self.reason}"
