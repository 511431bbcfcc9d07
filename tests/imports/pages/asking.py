"""What a person sends to the pages of imports."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from imports.models import ImportRun
from tests.imports.figures import WIDE


def send_file(
    client: Client, content: bytes = WIDE, name: str = "services.csv", **more: Any
) -> Any:
    data = {"kind": "figures", "token": str(uuid4()), "file": SimpleUploadedFile(name, content)}
    return client.post("/imports/new/", {**data, **more})


def mapping_url(run: ImportRun) -> str:
    return f"/imports/{run.pk}/mapping/"


def answers(**more: Any) -> dict[str, Any]:
    """The questions of the mapping page as MAPPING answers them."""
    return {
        "shape": "wide", "field_address": "column:Slug", "field_name": "column:Service",
        "field_stage": "new", "field_stage_value": "growth", "decimal": ".", "thousands": ",",
        "currency": "£, €, $", "unknown": "-", "header_line": "1", "series": ["0"],
        "series_0-key": "volume", "series_0-how": "value",
        "series_0-value": "Total Q{quarter} {year}", "series_0-year_starts": "1",
        "series_0-year_named": "end", "series_0-option_target": "-10 %", **more,
    }  # fmt: skip
