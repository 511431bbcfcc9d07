"""What pages and commands read of imports."""

from imports.selectors.files import Columns, Sample, SampleLine, columns_of, sample
from imports.selectors.history import import_entries
from imports.selectors.mappings import find_mapping, mappings_for
from imports.selectors.refused import (
    RefusedPage,
    RefusedTotal,
    refused_page,
    refused_rows,
    refused_totals,
)
from imports.selectors.runs import find_run, runs_of, runs_waiting, same_file

__all__ = [
    "Columns",
    "RefusedPage",
    "RefusedTotal",
    "Sample",
    "SampleLine",
    "columns_of",
    "find_mapping",
    "find_run",
    "import_entries",
    "mappings_for",
    "refused_page",
    "refused_rows",
    "refused_totals",
    "runs_of",
    "runs_waiting",
    "same_file",
    "sample",
]
