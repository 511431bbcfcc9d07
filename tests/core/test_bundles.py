"""Sheets that a page needs together are one file, and as new as their parts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.utils import get_files

from core.bundles import BUNDLES, BundleFinder, bundle

PATH = "css/site.css"


@pytest.mark.parametrize("path", BUNDLES)
def test_every_part_is_in_it_and_print_is_for_paper(path: str) -> None:
    found = Path(str(finders.find(path))).read_text(encoding="utf-8")
    for part, medium in BUNDLES[path]:
        text = Path(str(finders.find(part))).read_text(encoding="utf-8")
        assert (f"@media {medium} {{\n{text}}}" if medium else text) in found


def test_it_is_made_anew_when_a_part_changes(settings: Any, tmp_path: Path) -> None:
    (tmp_path / "css").mkdir()
    for part, _ in BUNDLES[PATH]:
        (tmp_path / part).write_text("/* old */")
    settings.STATICFILES_DIRS = [tmp_path]
    finder = BundleFinder()
    assert "new" not in Path(finder.find(PATH)).read_text()
    (tmp_path / "css/data.css").write_text("/* new */")
    assert "new" in Path(finder.find(PATH)).read_text()


def test_other_paths_are_for_other_finders() -> None:
    assert BundleFinder().find("css/base.css") == []
    assert len(BundleFinder().find(PATH, find_all=True)) == 1


def test_collecting_finds_each_bundle_once() -> None:
    for path, storage in BundleFinder().list([]):
        assert path in set(get_files(storage))


def test_a_part_that_is_missing_is_told(settings: Any, tmp_path: Path) -> None:
    settings.STATICFILES_DIRS = [tmp_path]
    with pytest.raises(FileNotFoundError):
        bundle(PATH)
