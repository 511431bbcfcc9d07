"""Imports, mappings and refused values as pages and files show them."""

from imports.presenters.columns import (
    ColumnLine,
    FamilyLine,
    SampleLine,
    SubjectTable,
    column_lines,
    family_lines,
    found_words,
    has_values,
    sample_lines,
    sample_words,
    subject_table,
)
from imports.presenters.lines import (
    MappingLine,
    RunLine,
    before_words,
    mapping_line,
    run_line,
)
from imports.presenters.outcomes import undo_consequences, was_refused
from imports.presenters.refused import REFUSED_HEAD, RefusedFilters, refused_filters, refused_lines
from imports.presenters.runs import RunPage, run_page
from imports.presenters.words import (
    file_size,
    file_words,
    most_words,
    series_labels,
    usable_kinds,
)

__all__ = [
    "REFUSED_HEAD", "ColumnLine", "FamilyLine", "MappingLine", "RefusedFilters", "RunLine",
    "RunPage", "SampleLine", "SubjectTable", "before_words", "column_lines", "family_lines",
    "file_size", "file_words", "found_words", "has_values", "mapping_line", "most_words",
    "refused_filters", "refused_lines", "run_line", "run_page", "sample_lines", "sample_words",
    "series_labels", "subject_table", "undo_consequences", "usable_kinds", "was_refused",
]  # fmt: skip
