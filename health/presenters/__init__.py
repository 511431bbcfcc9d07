"""Health as words, figures and drawings, so that templates decide nothing."""

from health.presenters.adoption import adoption_facts
from health.presenters.board import (
    SummaryLine,
    board_csv,
    board_rows,
    heat_of,
    summary_line,
)
from health.presenters.comparison import comparison_csv, comparison_summary, moved_lines
from health.presenters.explanation import explanation
from health.presenters.moves import ProductMoves, product_moves
from health.presenters.product import HealthCard, health_card

__all__ = [
    "HealthCard",
    "ProductMoves",
    "SummaryLine",
    "adoption_facts",
    "board_csv",
    "board_rows",
    "comparison_csv",
    "comparison_summary",
    "explanation",
    "health_card",
    "heat_of",
    "moved_lines",
    "product_moves",
    "summary_line",
]
