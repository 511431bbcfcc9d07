"""Portfolios, teams and business functions by the names that a file gives them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import models
from django.db.models.functions import Lower

from accounts.models import User
from imports.rules.reasons import CellRefused
from portfolio.models import BusinessFunction, Portfolio, Team
from portfolio.services.structure import create_function, create_portfolio, create_team

NO_PORTFOLIO = "There is no portfolio with this name that you can put products in."
NO_OTHER = {
    "team": "There is no team with this name.",
    "function": "There is no business function with this name.",
}
MODELS: dict[str, type[models.Model]] = {
    "portfolio": Portfolio,
    "team": Team,
    "function": BusinessFunction,
}
_CREATE: dict[str, Any] = {
    "portfolio": create_portfolio,
    "team": create_team,
    "function": create_function,
}


@dataclass(slots=True)
class References:
    """Names → keys, and what had to be made. `may_make` is for operators and administrators."""

    by: User | None
    now: dt.datetime
    may_make: bool
    made: list[models.Model] = field(default_factory=list)
    _known: dict[str, dict[str, int]] = field(default_factory=dict)

    def find(self, kind: str, name: str) -> int:
        """The key of the portfolio, team or function called `name`, whatever its case.

        Raises:
            CellRefused: there is none for this person, and they can't make one.
        """
        known = self._of(kind)
        if name.casefold() not in known:
            if not self.may_make:
                raise CellRefused(NO_OTHER.get(kind, NO_PORTFOLIO))
            new = _CREATE[kind](name=name, by=self.by, now=self.now)
            self.made.append(new)
            known[name.casefold()] = new.pk
        return known[name.casefold()]

    def is_called(self, kind: str, key: int, name: str) -> bool:
        """Whether the portfolio, team or function with this key has this name."""
        return MODELS[kind]._default_manager.filter(pk=key, name__iexact=name).exists()

    def _of(self, kind: str) -> dict[str, int]:
        if kind not in self._known:
            rows: Iterable[tuple[int, str]] = self._rows(kind).values_list("pk", "name")
            self._known[kind] = {name.casefold(): pk for pk, name in rows}
        return self._known[kind]

    def _rows(self, kind: str) -> models.QuerySet[Any]:
        rows: models.QuerySet[Any] = MODELS[kind]._default_manager.order_by(Lower("name"), "pk")
        if kind == "portfolio" and not self.may_make and self.by is not None:
            rows = Portfolio.objects.open_to(self.by)
        return rows
