"""Closed lists of the accounts app."""

from django.db import models


class Role(models.TextChoices):
    """What an account may do in the whole organisation; everything else hangs on products."""

    EMPLOYEE = "employee", "Employee"
    ADMINISTRATOR = "administrator", "Administrator"


class AccountState(models.TextChoices):
    """Whether somebody can sign in; worked out, not stored."""

    ACTIVE = "active", "Active"
    INVITED = "invited", "Invited"
    DEACTIVATED = "deactivated", "Deactivated"


class Theme(models.TextChoices):
    """How the pages are coloured for one person."""

    AUTO = "auto", "As the device says"
    LIGHT = "light", "Light"
    DARK = "dark", "Dark"


class Density(models.TextChoices):
    """How close the rows of lists stand for one person."""

    COMFORTABLE = "comfortable", "Comfortable"
    COMPACT = "compact", "Compact"


class WeekStart(models.IntegerChoices):
    """First day of the week, numbered as `date.weekday()` does."""

    MONDAY = 0, "Monday"
    SATURDAY = 5, "Saturday"
    SUNDAY = 6, "Sunday"
