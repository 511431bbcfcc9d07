"""No name of a file, an address, a class or a variable of a page tells an animal, and nothing reads
about places but through `seen_by`.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from core.policies import policies, routes
from tests.architecture.house import ROOT, source_files, templates
from tests.security.animal_company import confidential_models

NAMES = re.compile(r"(?<![a-z])(lion|elephant|monkey|deer)s?(?![a-z])", re.IGNORECASE)
# Files that only whoever may open a map gets, and only in whole: pages and drawings of maps.
OF_MAPS = {"overview_lions.html", "map_animals.html"}
# What may be asked without `seen_by`: rows beside placements that came through it. Each line is a
# promise that was read, so a new one is a decision.
BESIDE_PLACEMENTS = {
    "stakeholders/selectors/due.py",  # of the placements given
    "stakeholders/selectors/suggestions.py",  # likewise
    "stakeholders/selectors/moves.py",  # of the placement given
    "stakeholders/selectors/today.py",  # the key of the place of a contact that was seen
    "stakeholders/selectors/reads.py",  # whose place an administrator has opened, for the log
    "digests/selectors/readers.py",  # who gets which form; told to the sender
    "stakeholders/demo.py",  # plants the demo
}


def test_no_route_is_called_by_an_animal():
    named = [route.name for route in routes() if NAMES.search(f"{route.name} {route.pattern}")]
    assert named == []
    assert not [key for pair in policies().items() for key in pair if NAMES.search(key)]


def test_no_file_of_a_page_is_called_by_an_animal():
    files = [*templates(), *(ROOT / "static").rglob("*")]
    named = {path.name for path in files if NAMES.search(path.stem.replace("_", "-"))}
    assert named <= OF_MAPS


def test_no_class_or_variable_of_a_page_is_called_by_an_animal():
    """What a browser gets of everybody: styles, scripts, and the attributes of templates."""
    told = []
    for path in (ROOT / "static").rglob("*"):
        if path.suffix in (".css", ".js") and "vendor" not in path.parts:
            told += [f"{path.name}: {found}" for found in NAMES.findall(path.read_text())]
    for path in templates():
        for attribute in re.findall(r'(?:class|id|name|data-[\w-]+)="([^"]*)"', path.read_text()):
            static = re.sub(r"{[{%].*?[%}]}", "", attribute)
            told += [f"{path.name}: {found}" for found in NAMES.findall(static)]
    assert told == []


def reads(path: Path) -> Iterator[str]:
    """Uses of the manager of a confidential table that do not begin with `.seen_by(`."""
    tables = {model.__name__ for model in confidential_models()}
    tree = ast.parse(path.read_text())
    guarded = {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr == "seen_by"
    }
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Attribute)
            and node.attr in ("objects", "_default_manager", "_base_manager")
            and isinstance(node.value, ast.Name)
            and node.value.id in tables
            and id(node) not in guarded
        ):
            yield f"{path.relative_to(ROOT)}: {node.value.id} in line {node.lineno}"


def unguarded() -> dict[str, list[str]]:
    files = [path for path in source_files() if "services" not in path.parts]
    found = {str(path.relative_to(ROOT)): list(reads(path)) for path in files}
    return {path: lines for path, lines in found.items() if lines}


def test_whatever_is_read_about_places_goes_through_the_gate():
    assert sorted(line for path, lines in unguarded().items() if path not in BESIDE_PLACEMENTS
                  for line in lines) == []  # fmt: skip


def test_no_exception_outlives_its_reason():
    assert unguarded().keys() >= BESIDE_PLACEMENTS


def test_it_bites(tmp_path, monkeypatch):
    page = tmp_path / "page.py"
    page.write_text("a = Placement.objects.seen_by(user)\nb = Move.objects.filter(pk=1)\n")
    monkeypatch.setattr("tests.security.test_animal_names.ROOT", tmp_path)
    assert list(reads(page)) == ["page.py: Move in line 2"]
