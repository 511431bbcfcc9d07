"""Closed lists of the health app, with the words that pages show."""

from django.db import models

from health import rules


class Status(models.TextChoices):
    """How a product does on a day."""

    UNKNOWN = rules.Status.UNKNOWN, "Unknown"
    HEALTHY = rules.Status.HEALTHY, "Healthy"
    WATCH = rules.Status.WATCH, "Watch"
    AT_RISK = rules.Status.AT_RISK, "At risk"
    RETIRED = rules.Status.RETIRED, "Retired"
