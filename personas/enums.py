"""Closed lists of the personas app, with the words that pages show."""

from django.db import models

from personas import rules


class GoalKind(models.TextChoices):
    """What a goal is about."""

    FUNCTIONAL = rules.GoalKind.FUNCTIONAL, "Functional: get something done"
    EMOTIONAL = rules.GoalKind.EMOTIONAL, "Emotional: how it feels"
    SOCIAL = rules.GoalKind.SOCIAL, "Social: how others see it"


class FitLevel(models.IntegerChoices):
    """How well a product serves a goal."""

    NONE = rules.NO_FIT, "0: not at all"
    A_LITTLE = 1, "1: a little"
    SERVES = rules.SERVES, "2: serves"
    SERVES_WELL = rules.SERVES_WELL, "3: serves well"
    DELIGHTS = rules.DELIGHTS, "4: delights"
