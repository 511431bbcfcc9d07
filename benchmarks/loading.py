"""Import one file in a process of its own: `python -m benchmarks.loading FILE` prints JSON.

Django and polars are there before the clock starts, as in a worker that has imported a file before.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

MAPPING = """shape = "long"
[long]
product = { column = "product" }
metric = { column = "metric" }
date = { column = "date" }
value = { column = "value" }
segment = { column = "segment" }
sample_size = { column = "sample_size" }
note = { column = "note" }
"""


def load(path: Path) -> dict[str, object]:
    """From the bytes of the file to the commit, in seconds; memory in MiB."""
    import django

    django.setup()
    import polars as pl  # noqa: F401  # see above
    from django.utils import timezone

    from imports.services import run_in_foreground

    began = time.perf_counter()
    run = run_in_foreground(
        kind="measurements", path=path, mapping_text=MAPPING, by=None, now=timezone.now()
    )
    seconds = time.perf_counter() - began
    return {"run": run.pk, "seconds": seconds, "memory": most_memory(), "outcome": run.outcome}


def most_memory() -> float:
    """The most memory that this process ever took, in MiB.

    Not `getrusage`: what it tells begins with what the process took that started this one.
    """
    status = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in status if line.startswith("VmHWM:")) / 1024


if __name__ == "__main__":
    print(json.dumps(load(Path(sys.argv[1]))))
