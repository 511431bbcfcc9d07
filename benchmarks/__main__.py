"""`python -m benchmarks [NAME …]`: run every `bench_*.py` here, or those whose name fits.

Each has `run() -> list[Result]` and a process of its own. Exit code 1: a goal was missed.
"""

import multiprocessing
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from benchmarks.results import Result, results_of


def main(wanted: list[str]) -> int:
    """Run the benchmarks and print a line for each goal."""
    names = sorted(path.stem for path in Path(__file__).parent.glob("bench_*.py"))
    chosen = [name for name in names if not wanted or any(word in name for word in wanted)]
    results: list[Result] = []
    for name in chosen:
        with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as process:
            found = process.submit(results_of, name).result()
        for result in found:
            print(result.line(), flush=True)
        results += found
    return 0 if results and all(result.is_met for result in results) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
