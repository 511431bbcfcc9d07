"""Every template is understood: a tag or filter that is gone would break its page alone."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings
from django.template.loader import get_template

FOLDER = Path(settings.BASE_DIR) / "templates"
NAMES = sorted(str(path.relative_to(FOLDER)) for path in FOLDER.rglob("*") if path.is_file())


@pytest.mark.parametrize("name", [name for name in NAMES if name.endswith((".html", ".txt"))])
def test_a_template_compiles(name: str) -> None:
    get_template(name)
