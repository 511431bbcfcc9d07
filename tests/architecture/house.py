"""The plan of the house, as these tests hold it: floors, files, functions, templates."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

# docs/architecture.md, "Floors". Siblings share a number.
FLOORS = {
    "core": 0,
    "accounts": 1,
    "activity": 2,
    "imports": 3,
    "portfolio": 4,
    "personas": 5,
    "stakeholders": 5,
    "kpis": 6,
    "intake": 7,
    "health": 8,
    "digests": 9,
    "config": 10,
}


def apps() -> list[str]:
    """The apps that exist today, lowest first."""
    present = [app for app in FLOORS if (ROOT / app / "__init__.py").exists()]
    return sorted(present, key=FLOORS.__getitem__)


@cache
def source_files() -> tuple[Path, ...]:
    """Every Python file of the apps; migrations are history, not rooms."""
    found = (path for app in apps() for path in sorted((ROOT / app).rglob("*.py")))
    return tuple(path for path in found if "migrations" not in path.parts)


@cache
def templates() -> tuple[Path, ...]:
    """Every template."""
    return tuple(sorted(path for path in (ROOT / "templates").rglob("*") if path.is_file()))


@dataclass(frozen=True)
class Function:
    """A function as written: where it stands and how long its code is without its docstring."""

    path: Path
    name: str
    lines: int
    arguments: ast.arguments
    decorators: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.path.relative_to(ROOT)}:{self.name} ({self.lines} lines)"


@cache
def functions() -> tuple[Function, ...]:
    """Every function and method of the apps."""
    return tuple(found for path in source_files() for found in _functions_in(path))


def _functions_in(path: Path) -> Iterator[Function]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            decorators = tuple(ast.unparse(decorator) for decorator in node.decorator_list)
            yield Function(path, node.name, _length(node), node.args, decorators)


def _length(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    body = node.body
    if ast.get_docstring(node) is not None:
        body = body[1:]
    if not body:
        return 1
    return (body[-1].end_lineno or 0) - body[0].lineno + 1
