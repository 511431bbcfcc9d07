"""Imports and mappings in the words of those who ask for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models

from imports.enums import AT_WORK

if TYPE_CHECKING:
    from accounts.models import User


class ImportRunQuerySet(models.QuerySet):
    """Imports."""

    def visible_to(self, user: User) -> Self:
        """A person's own imports; all of them for administrators."""
        return self if user.is_administrator else self.filter(by=user)

    def at_work(self) -> Self:
        """Those that a worker has to bring further."""
        return self.filter(state__in=AT_WORK)

    def not_at_work(self) -> Self:
        """Those that wait for a person, or have ended."""
        return self.exclude(state__in=AT_WORK)

    def with_file(self) -> Self:
        """Those whose file is still there."""
        return self.exclude(file="")


class SavedMappingQuerySet(models.QuerySet):
    """Mappings, which everybody who imports may use."""

    def for_kind(self, kind: str) -> Self:
        """Those that read files of this kind."""
        return self.filter(kind=kind)
