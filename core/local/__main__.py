"""`python -m core.local run | backup | restore | clean | check`."""

import os
import sys

from core.local.errors import LocalError


def main(arguments: list[str]) -> int:
    """Run one command; the exit code."""
    command, *rest = arguments or ["help"]
    try:
        return _dispatch(command, rest)
    except LocalError as error:
        print(error, file=sys.stderr)  # noqa: T201  # a command of the terminal
        return 1
    except KeyboardInterrupt:
        return 130


def _dispatch(command: str, rest: list[str]) -> int:
    """Each command imports only what it needs: the runner stays small."""
    if command == "run":
        from core.local.run import run

        return run(os.environ)
    if command in {"backup", "restore"}:
        from core.local.backup import backup, restore

        return (backup if command == "backup" else restore)(os.environ, "".join(rest))
    if command == "clean":
        from core.local.clean import clean

        return clean(os.environ)
    if command == "check":
        from core.local.check import check

        return check(os.environ)
    raise LocalError("Usage: python -m core.local run | backup | restore | clean | check")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
