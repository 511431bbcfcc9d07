"""Changing many products at once, and taking it back."""

from portfolio.services.bulk.applying import apply_bulk
from portfolio.services.bulk.undoing import UNDO_DAYS, UndoneBulk, UndoTooLate, undo_bulk

__all__ = ["UNDO_DAYS", "UndoTooLate", "UndoneBulk", "apply_bulk", "undo_bulk"]
