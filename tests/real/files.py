"""Where the wide files are: the real one beside the repository, and its twin anywhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.real import twin

REAL = Path(__file__).parents[3] / "shared" / "data" / "govuk-services.csv"


def needs_real(test):
    """Mark a test that reads the real file: skipped, with the reason, where it is absent."""
    absent = pytest.mark.skipif(
        not REAL.exists(), reason="the real file does not lie beside the repository"
    )
    return pytest.mark.realdata(absent(test))


BOTH = [
    pytest.param("twin", id="twin"),
    pytest.param(
        "real",
        id="real",
        marks=[
            pytest.mark.realdata,
            pytest.mark.skipif(
                not REAL.exists(), reason="the real file does not lie beside the repository"
            ),
        ],
    ),
]


def wide_file(which: str, folder: Path) -> Path:
    """The real file, or the twin written to `folder`."""
    return REAL if which == "real" else twin.write(folder / "twin.csv")
