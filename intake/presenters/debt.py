"""Research debt in words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping

from core.formats import count
from intake.rules.debt import Debt, DebtLevel
from intake.selectors.debt import research_debts
from personas.chips import PersonaChip

NEVER = "never listened to"
_KINDS = {DebtLevel.NEVER: "watch", DebtLevel.AMBER: "watch", DebtLevel.RED: "risk"}


def debt_words(debt: Debt) -> str:
    """How long ago, in words: "listened to 73 days ago"."""
    if debt.days is None:
        return NEVER
    ago = "today" if debt.days == 0 else f"{count(debt.days, 'day')} ago"
    return f"listened to {ago}"


def debt_chip(debt: Debt) -> PersonaChip:
    """The same as a chip: amber from 60 days on, red from 120."""
    kind = _KINDS.get(debt.level, "")
    return PersonaChip(debt_words(debt), kind, "clock" if kind else "eye")


def debt_chips(persona_ids: Collection[int], day: dt.date) -> Mapping[int, PersonaChip]:
    """Chips for the pages of personas."""
    return {pk: debt_chip(debt) for pk, debt in research_debts(persona_ids, day).items()}
