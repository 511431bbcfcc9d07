"""Files made to hurt: refused in plain words, in two seconds, in bounded memory (S16)."""

import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

from imports.readers import open_table
from imports.rules.reasons import FileRefused
from tests.imports import hostile

SECONDS, MEGABYTES = 2.0, 300
READ = """
import sys
from pathlib import Path
from imports.readers import open_table
from imports.rules.reasons import FileRefused

for name in sys.stdin.read().split("\\n"):
    try:
        for _ in open_table(Path(name)).records():
            pass
    except FileRefused:
        pass
print(Path("/proc/self/status").read_text())
"""


def test_there_are_enough_of_them() -> None:
    assert len(hostile.FILES) >= 30


@pytest.mark.parametrize("name", hostile.FILES)
def test_a_hostile_file_is_refused_in_words_or_read(name, tmp_path) -> None:
    write, expected = hostile.FILES[name]
    write(tmp_path / name)
    begin, records, words = time.process_time(), 0, ""
    try:
        for _ in open_table(tmp_path / name).records():
            records += 1
    except FileRefused as refused:
        words = str(refused)
    seconds = time.process_time() - begin
    (tmp_path / name).unlink()

    if isinstance(expected, int):
        assert (records, words) == (expected, "")
    elif expected == "any":
        assert records or words
    else:
        assert expected in words
        assert words[-1] in ".?"
        assert seconds < SECONDS


def test_all_of_them_together_need_little_memory(tmp_path) -> None:
    for name, (write, _) in hostile.FILES.items():
        write(tmp_path / name)
    names = [str(tmp_path / name) for name in hostile.FILES]
    run = subprocess.run(
        [sys.executable, "-c", READ],
        input="\n".join(names),
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[2],
        check=False,
    )
    for path in tmp_path.iterdir():
        path.unlink()
    assert run.stderr == ""
    at_most = re.search(r"VmHWM:\s*([0-9]+) kB", run.stdout)
    assert int(at_most[1]) / 1024 < MEGABYTES
