"""Nothing in a template or script needs a hole in the content security policy."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.architecture.house import ROOT, templates

FORBIDDEN = {
    "an inline style": re.compile(r"<[^>]*\sstyle\s*=", re.I),
    "an inline handler": re.compile(r"<[^>]*\son[a-z]+\s*=", re.I),
    "hx-on": re.compile(r"hx-on[:-]", re.I),
    "js: values": re.compile(r"hx-(?:vals|headers|vars)\s*=\s*[\"']js:", re.I),
    "an inline script": re.compile(
        r"<script(?![^>]*\ssrc=)(?![^>]*type=\"application/json\")", re.I
    ),
    "an inline style sheet": re.compile(r"<style[\s>]", re.I),
    "a trigger filter": re.compile(r"hx-trigger=\"[^\"]*\[", re.I),
    "the safe filter": re.compile(r"\|\s*safe\b"),
}
# Mails carry their styles with them; they are served from a sandbox (docs/architecture.md).
PAGES = [path for path in templates() if path.suffix == ".html" and "emails" not in path.parts]


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_page_has_nothing_inline(page: Path) -> None:
    text = page.read_text()
    assert [what for what, pattern in FORBIDDEN.items() if pattern.search(text)] == []


def test_vendored_scripts_carry_version_and_licence() -> None:
    vendor = ROOT / "static" / "js" / "vendor"
    folders = [path for path in vendor.iterdir() if path.is_dir()]
    assert folders
    for folder in folders:
        assert re.search(r"-\d+\.\d+\.\d+$", folder.name), folder.name
        assert list(folder.glob("LICEN[CS]E*")), folder.name
