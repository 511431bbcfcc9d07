"""Pages of the health app."""

from health.views.board import board, board_export
from health.views.compare import compare, compare_export
from health.views.product import product_health
from health.views.recompute import recompute
from health.views.settings import (
    settings,
    settings_apply,
    settings_history,
    settings_preview,
)

__all__ = [
    "board",
    "board_export",
    "compare",
    "compare_export",
    "product_health",
    "recompute",
    "settings",
    "settings_apply",
    "settings_history",
    "settings_preview",
]
