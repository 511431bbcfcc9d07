"""Closed lists of the kpis app, with the words that pages show."""

from django.db import models

from kpis import rules


class Direction(models.TextChoices):
    """Which way is better."""

    UP = rules.Direction.UP, "Up is better"
    DOWN = rules.Direction.DOWN, "Down is better"
    NONE = rules.Direction.NONE, "Depends on the target"


class Aggregation(models.TextChoices):
    """How the days of the window become one current value."""

    MEAN = rules.Aggregation.MEAN, "Mean of the days"
    WEIGHTED_MEAN = rules.Aggregation.WEIGHTED_MEAN, "Mean weighted by sample size"
    SUM = rules.Aggregation.SUM, "Sum of the days"
    LAST = rules.Aggregation.LAST, "Last day"


class Group(models.TextChoices):
    """What a metric says something about."""

    ADOPTION = rules.Group.ADOPTION, "Adoption"
    PRODUCTIVITY = rules.Group.PRODUCTIVITY, "Productivity"
    SATISFACTION = rules.Group.SATISFACTION, "Satisfaction"
    COMPLETION = rules.Group.COMPLETION, "Completion"
    PROFICIENCY = rules.Group.PROFICIENCY, "Proficiency"
    QUALITY = rules.Group.QUALITY, "Quality"
    RETURN = rules.Group.RETURN, "Return"


class Source(models.TextChoices):
    """How a measurement came in."""

    FORM = rules.Source.FORM, "Typed in"
    IMPORT = rules.Source.IMPORT, "Imported"
    API = rules.Source.API, "API"
    ROLL_UP = rules.Source.ROLL_UP, "Rolled up from events"
    DEMO = rules.Source.DEMO, "Demo"


class ExemptionState(models.TextChoices):
    """How far an exemption is; only an approved one counts, on its days."""

    ASKED = "asked", "Asked for"
    APPROVED = "approved", "Approved"
    REFUSED = "refused", "Refused"


class AnnotationKind(models.TextChoices):
    """What happened that a chart should tell of (essay 002)."""

    RELEASE = "release", "Release"
    MANDATE = "mandate", "Mandate"
    REORGANISATION = "reorganisation", "Reorganisation"
    OUTAGE = "outage", "Outage"
    OTHER = "other", "Something else"
