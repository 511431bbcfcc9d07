"""Files made to hurt: refused in plain words, in two seconds, in bounded memory (S16)."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.imports import hostile

SECONDS, MEGABYTES = 2.0, 300
READ = """
import json, re, sys, time
from pathlib import Path
from imports.readers import open_table
from imports.rules.reasons import FileRefused

for name in sys.stdin.read().split("\\n"):
    begin, records, words = time.process_time(), 0, ""
    try:
        for records, _ in enumerate(open_table(Path(name)).records(), 1):
            pass
    except FileRefused as refused:
        words = str(refused)
    used = int(re.search("VmHWM: *\\t* *([0-9]+)", Path("/proc/self/status").read_text())[1]) / 1024
    print(json.dumps([name, records, words, time.process_time() - begin, used]))
"""


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    """Every file read once, all by one process, whose memory is what it needed at most."""
    folder = tmp_path_factory.mktemp("hostile")
    for name, (write, _) in hostile.FILES.items():
        write(folder / name)
    names = [str(folder / name) for name in hostile.FILES]
    run = subprocess.run(
        [sys.executable, "-c", READ],
        input="\n".join(names),
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[2],
        check=False,
    )
    for path in folder.iterdir():
        path.unlink()
    assert run.stderr == ""
    found = [json.loads(line) for line in run.stdout.splitlines()]
    return {Path(name).name: result for name, *result in found}


def test_there_are_enough_of_them() -> None:
    assert len(hostile.FILES) >= 30


@pytest.mark.parametrize("name", hostile.FILES)
def test_a_hostile_file_is_refused_in_words_or_read(name, results) -> None:
    records, words, seconds, _ = results[name]
    expected = hostile.FILES[name][1]
    if isinstance(expected, int):
        assert (records, words) == (expected, "")
    elif expected == "any":
        assert records or words
    else:
        assert expected in words
        assert words[-1] in ".?"
    assert seconds < SECONDS


def test_all_of_them_together_need_little_memory(results) -> None:
    assert max(used for *_, used in results.values()) < MEGABYTES
