"""Install what is missing into .venv. Runs before anything is installed: only the standard library.

One stamp for each requirements file remembers its hash, so that a second start costs nothing
and needs no network.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
OLDEST = (3, 11)
NEWER_NAMES = ("python3.13", "python3.12", "python3.11", "python3.14")


def main(groups: list[str]) -> None:
    """Install the named groups of requirements."""
    if sys.version_info < OLDEST:
        restart_with_newer_python()
    folder = os.open(ROOT / "requirements", os.O_RDONLY)
    fcntl.flock(folder, fcntl.LOCK_EX)
    if not works(PYTHON):
        say("Creating .venv …")
        run([sys.executable, "-m", "venv", "--clear", str(VENV)])
    missing = [group for group in groups if not is_installed(group)]
    if not missing:
        return
    say(f"Installing {', '.join(missing)} …")
    files = [part for group in missing for part in ("-r", str(requirements(group)))]
    quiet = ["--quiet", "--disable-pip-version-check", "--no-input"]
    run([str(PYTHON), "-m", "pip", "install", *quiet, "--require-hashes", *files])
    for group in missing:
        stamp(group).write_text(fingerprint(group))


def restart_with_newer_python() -> None:
    """Continue with a newer interpreter of this machine, or say that there is none."""
    for name in NEWER_NAMES:
        found = shutil.which(name)
        if found:
            command = [found, "-m", "core.local.install", *sys.argv[1:]]
            os.execv(found, command)  # noqa: S606 - no shell is meant
    have = ".".join(str(part) for part in sys.version_info[:2])
    sys.exit(f"Homegrown needs Python 3.11 or newer; {sys.executable} is {have}.")


def works(python: Path) -> bool:
    """Whether the virtual environment has a living interpreter that is new enough."""
    test = f"import sys; sys.exit(sys.version_info < {OLDEST})"
    try:
        return subprocess.run([str(python), "-c", test], check=False).returncode == 0
    except OSError:
        return False


def requirements(group: str) -> Path:
    """The locked file of a group."""
    return ROOT / "requirements" / f"{group}.txt"


def stamp(group: str) -> Path:
    """Where the installed state of a group is remembered."""
    return VENV / f".installed-{group}"


def fingerprint(group: str) -> str:
    """Changes with the locked versions."""
    return hashlib.sha256(requirements(group).read_bytes()).hexdigest()


def is_installed(group: str) -> bool:
    """Whether the locked versions of a group are in .venv."""
    return stamp(group).exists() and stamp(group).read_text() == fingerprint(group)


def run(command: list[str]) -> None:
    """Run a step; a failure ends the installation with its own message."""
    if subprocess.run(command, check=False).returncode:
        sys.exit("The installation failed (see above). The first one needs the package index.")


def say(message: str) -> None:
    """One line for the person at the terminal."""
    print(message, flush=True)  # noqa: T201  # a command of the terminal


if __name__ == "__main__":
    main(sys.argv[1:])
