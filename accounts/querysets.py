"""Chainable questions about accounts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.base_user import BaseUserManager
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db import models
from django.db.models.functions import Lower

from accounts.enums import AccountState

if TYPE_CHECKING:
    from accounts.models import User


def local_day(column: str) -> models.Func:
    """The day, in the organisation's time zone, of an instant in `column`; asks nothing by itself,
    so that a page can load it with its object.
    """
    return models.Func(
        models.F(column),
        template="timezone(COALESCE((SELECT time_zone FROM accounts_organisation WHERE id = 1), "
        "'UTC'), %(expressions)s)::date",
        output_field=models.DateField(),
    )


class UserQuerySet(models.QuerySet["User"]):
    """People with an account."""

    def active(self) -> UserQuerySet:
        """Only accounts that can sign in."""
        return self.filter(is_active=True)

    def in_state(self, state: str) -> UserQuerySet:
        """Accounts in a state of `AccountState`; everyone for any other text."""
        waiting = models.Q(invited_at__isnull=False) & models.Q(
            password__startswith=UNUSABLE_PASSWORD_PREFIX
        )
        match state:
            case AccountState.ACTIVE:
                return self.active().exclude(waiting)
            case AccountState.INVITED:
                return self.active().filter(waiting)
            case AccountState.DEACTIVATED:
                return self.filter(is_active=False)
        return self

    def administrators(self) -> UserQuerySet:
        """Only active administrators."""
        return self.active().filter(role="administrator")

    def by_name(self) -> UserQuerySet:
        """In the order of a telephone book; the key breaks ties."""
        return self.order_by(Lower("name"), "pk")

    def search(self, text: str) -> UserQuerySet:
        """Accounts whose name or e-mail contains `text`, whatever its case."""
        if not text:
            return self
        return self.filter(models.Q(name__icontains=text) | models.Q(email__icontains=text))


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):  # type: ignore[misc]  # made at run time
    """Finds people by their e-mail address, whatever its case."""

    def get_by_natural_key(self, email: str | None) -> User:
        """The account that signs in with `email`. Raises `User.DoesNotExist`."""
        user: User = self.get(email__iexact=email)
        return user
