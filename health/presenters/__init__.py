"""Health as words, figures and drawings, so that templates decide nothing."""

from health.presenters.adoption import adoption_facts
from health.presenters.board import SummaryLine, heat_of, summary_line
from health.presenters.comparison import comparison_csv, comparison_summary, moved_lines
from health.presenters.explanation import explanation
from health.presenters.moves import ProductMoves, product_moves
from health.presenters.product import HealthCard, health_card
from health.presenters.table import (
    LINE,
    board_columns,
    board_csv,
    board_rows,
    offered_columns,
    usual_columns,
)

__all__ = [
    "LINE",
    "HealthCard",
    "ProductMoves",
    "SummaryLine",
    "adoption_facts",
    "board_columns",
    "board_csv",
    "board_rows",
    "comparison_csv",
    "comparison_summary",
    "explanation",
    "health_card",
    "heat_of",
    "moved_lines",
    "offered_columns",
    "product_moves",
    "summary_line",
    "usual_columns",
]
