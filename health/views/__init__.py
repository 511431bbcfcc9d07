"""Pages of the health app."""

from health.views.board import board, board_export
from health.views.compare import compare, compare_export
from health.views.product import product_health

__all__ = ["board", "board_export", "compare", "compare_export", "product_health"]
