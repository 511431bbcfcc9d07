"""Accounts, the organisation they belong to, and the count of sign-in attempts."""

from __future__ import annotations

import datetime as dt
import uuid

from django.contrib.auth.base_user import AbstractBaseUser
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils.crypto import salted_hmac

from accounts.enums import AccountState, Density, Role, Theme, WeekStart
from accounts.querysets import UserManager
from core.audit import audited
from core.fields import time_zone_field


@audited(exclude=["password", "last_login"])
class User(AbstractBaseUser):
    """An employee's account. What it may do with a product is said by memberships, not here."""

    email = models.EmailField("e-mail", max_length=254)
    name = models.CharField("name", max_length=120)
    role = models.CharField("role", max_length=20, choices=Role, default=Role.EMPLOYEE)
    time_zone = time_zone_field(default="", blank=True)
    theme = models.CharField("colours", max_length=5, choices=Theme, default=Theme.AUTO)
    density = models.CharField(
        "rows of lists", max_length=11, choices=Density, default=Density.COMFORTABLE
    )
    single_keys = models.BooleanField("single-key shortcuts", default=True)
    start_put_away = models.BooleanField("first steps put away", default=False, editable=False)
    is_active = models.BooleanField("can sign in", default=True)
    is_demo = models.BooleanField(default=False, editable=False)
    # Part of every session's signature: counting up ends all sessions of the account.
    session_epoch = models.PositiveIntegerField(default=0, editable=False)
    invited_at = models.DateTimeField(null=True, blank=True, editable=False)
    deactivated_at = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    objects = UserManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                name="accounts_user_email_unique",
                violation_error_message="There is already an account with this e-mail address.",
            ),
            models.CheckConstraint(
                condition=models.Q(role__in=Role.values), name="accounts_user_role_known"
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.email

    def get_absolute_url(self) -> str:
        """The page on which administrators see the account."""
        return reverse("accounts:person_detail", args=[self.pk])

    def _get_session_auth_hash(self, secret: str | bytes | None = None) -> str:
        signed = f"{self.password}:{self.session_epoch}"
        salt = "accounts.models.User.session"
        return salted_hmac(salt, signed, secret=secret, algorithm="sha256").hexdigest()

    @property
    def state(self) -> AccountState:
        """Whether the person can sign in, and if not, why."""
        if not self.is_active:
            return AccountState.DEACTIVATED
        waiting = self.invited_at is not None and not self.has_usable_password()
        return AccountState.INVITED if waiting else AccountState.ACTIVE

    @property
    def is_administrator(self) -> bool:
        """Whether this account may do everything; a deactivated one may do nothing."""
        return self.is_active and self.role == Role.ADMINISTRATOR


@audited()
class Organisation(models.Model):
    """The one row (pk 1) that says how this organisation counts its days."""

    name = models.CharField("name", max_length=120, default="Our organisation")
    time_zone = time_zone_field(default="UTC")
    week_start = models.PositiveSmallIntegerField(
        "week starts on", choices=WeekStart, default=WeekStart.MONDAY
    )
    earliest_date = models.DateField("earliest date", default=dt.date(2000, 1, 1))
    days_ahead = models.PositiveSmallIntegerField(
        "days ahead", default=0, validators=[MaxValueValidator(366)]
    )
    currency = models.CharField("currency", max_length=8, blank=True, default="")
    shows_animals = models.BooleanField("name the four animals on maps", default=True)
    allows_guests = models.BooleanField(
        "take requests from people without an account", default=False
    )

    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(pk=1), name="accounts_organisation_one_row"),
        ]

    def __str__(self) -> str:
        return self.name


@audited()
class Department(models.Model):
    """A part of the organisation that people belong to, made on the fly by its name."""

    name = models.CharField("name", max_length=120)
    is_demo = models.BooleanField(default=False, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                Lower("name"),
                name="accounts_department_name_unique",
                violation_error_message="There is already a department with this name.",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class SignInBucket(models.Model):
    """Tokens left for one hashed key (an address or an account), so that limits survive a restart.

    Derived data: rows may be deleted at any time at the price of a fresh allowance.
    """

    key = models.CharField(max_length=64, primary_key=True)
    tokens = models.FloatField()
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(tokens__gte=0), name="accounts_signinbucket_tokens_positive"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key[:8]}… {self.tokens:.1f}"


@audited()
class FeedKey(models.Model):
    """An address at which a program reads a feed with the rights of its owner, until it is revoked.

    The address is signed from the key: nothing secret is stored. `purpose` names the feed,
    `product_id` what it is about, a plain number as products lie on a higher floor.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="feed_keys")
    purpose = models.CharField(max_length=20)
    product_id = models.BigIntegerField(null=True)
    created_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "purpose", "product_id"],
                condition=models.Q(revoked_at__isnull=True),
                nulls_distinct=False,
                name="accounts_feedkey_one_in_force",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} of {self.user_id}"
