"""The forms of imports. They shape and check; services write."""

from imports.forms.columns import ColumnsForm, Row
from imports.forms.families import add_series, columns_named, drop_series, posted_series
from imports.forms.mappings import MappingForm, NameForm, TextForm
from imports.forms.series import SeriesForm
from imports.forms.upload import UploadForm

__all__ = [
    "ColumnsForm", "MappingForm", "NameForm", "Row", "SeriesForm", "TextForm", "UploadForm",
    "add_series", "columns_named", "drop_series", "posted_series",
]  # fmt: skip
