"""Health as words, figures and drawings, so that templates decide nothing."""

from health.presenters.board import (
    SummaryLine,
    board_csv,
    board_rows,
    heat_of,
    notices,
    summary_line,
)
from health.presenters.explanation import explanation
from health.presenters.product import HealthCard, health_card

__all__ = [
    "HealthCard",
    "SummaryLine",
    "board_csv",
    "board_rows",
    "explanation",
    "health_card",
    "heat_of",
    "notices",
    "summary_line",
]
