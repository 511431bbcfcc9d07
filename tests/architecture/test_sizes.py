"""Small rooms: whoever opens a file or a function sees all of it."""

from __future__ import annotations

from statistics import median

from tests.architecture.house import ROOT, functions, source_files, templates

LONGEST_FILE, MEDIAN_FILE = 400, 80
LONGEST_FUNCTION, MEDIAN_FUNCTION = 50, 8
LONGEST_VIEW, LONGEST_TASK = 30, 15
LONGEST_TEMPLATE = 200


def test_no_file_is_over_400_lines() -> None:
    lengths = {path: len(path.read_text().splitlines()) for path in source_files()}
    long = {str(path.relative_to(ROOT)): n for path, n in lengths.items() if n > LONGEST_FILE}
    assert long == {}
    assert median(lengths.values()) <= MEDIAN_FILE


def test_no_function_is_over_50_lines() -> None:
    assert [str(found) for found in functions() if found.lines > LONGEST_FUNCTION] == []
    assert median(found.lines for found in functions()) <= MEDIAN_FUNCTION


def test_no_view_is_over_30_lines() -> None:
    views = [f for f in functions() if f.path.stem == "views" or "views" in f.path.parent.parts]
    assert [str(view) for view in views if view.lines > LONGEST_VIEW] == []


def test_no_task_is_over_15_lines() -> None:
    tasks = [f for f in functions() if any("shared_task" in name for name in f.decorators)]
    assert tasks
    assert [str(task) for task in tasks if task.lines > LONGEST_TASK] == []


def test_no_template_is_over_200_lines() -> None:
    long = [
        str(path.relative_to(ROOT))
        for path in templates()
        if len(path.read_text().splitlines()) > LONGEST_TEMPLATE
    ]
    assert long == []
