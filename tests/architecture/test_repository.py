"""The repository holds nothing that belongs to one machine or to one person."""

from __future__ import annotations

import re
import subprocess

from tests.architecture.house import ROOT

MACHINE_PATHS = re.compile(r"(?<![\w./])/(?:root|home/\w+|Users/\w+)/")
HOSTS = re.compile(r"files\.pythonhosted|pypi\.org/simple|registry\.npmjs")
THIS_FILE = "tests/architecture/test_repository.py"


def tracked() -> list[str]:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return [name for name in listed.stdout.split("\0") if name and name != THIS_FILE]


def test_no_path_of_one_machine_and_no_registry_host() -> None:
    found = []
    for name in tracked():
        path = ROOT / name
        if not path.is_file() or path.suffix in {".woff2", ".png", ".ico"}:
            continue
        text = path.read_text(errors="ignore")
        if MACHINE_PATHS.search(text) or HOSTS.search(text):
            found.append(name)
    assert found == []
