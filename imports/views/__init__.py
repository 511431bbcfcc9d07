"""Pages of imports and mappings."""

from imports.views.columns import run_mapping
from imports.views.mappings import (
    mapping_create,
    mapping_delete,
    mapping_detail,
    mapping_edit,
    mapping_export,
    mapping_list,
)
from imports.views.refused import run_refused, run_refused_export
from imports.views.runs import run_cancel, run_detail, run_list, run_start, run_undo
from imports.views.upload import run_create

__all__ = [
    "mapping_create", "mapping_delete", "mapping_detail", "mapping_edit", "mapping_export",
    "mapping_list", "run_cancel", "run_create", "run_detail", "run_list", "run_mapping",
    "run_refused", "run_refused_export", "run_start", "run_undo",
]  # fmt: skip
