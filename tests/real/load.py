"""Put a wide file into the database, from the command line as it were."""

from __future__ import annotations

import io
from pathlib import Path

from django.core.management import call_command

from imports.models import ImportRun

MAPPING = Path(__file__).parents[2] / "docs" / "mappings" / "govuk-services.toml"


def load(path: Path, **options: object) -> tuple[ImportRun, str]:
    """The file by the mapping that the documentation ships for the real one; what was printed."""
    out = io.StringIO()
    call_command("import_kpis", path, mapping=MAPPING, stdout=out, **options)
    return ImportRun.objects.latest("pk"), out.getvalue()
