"""`make check`: everything that can be said about the code without running it."""

import os
import secrets
import subprocess
import sys
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from core.local.environment import NOWHERE
from core.local.layout import ROOT
from core.local.terminal import say

STRICTLY_TYPED = ("core", "config", "accounts", "activity", "portfolio", "kpis", "health")

LINT_IMPORTS = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports())"


@dataclass(frozen=True)
class Step:
    """What Python runs for one tool, and the environment it needs."""

    name: str
    command: tuple[str, ...]
    environment: dict[str, str] = field(default_factory=dict)


def production_environment() -> dict[str, str]:
    """An environment in the shape of production, whose servers are never asked."""
    return {
        **NOWHERE,
        "HOMEGROWN_LOCAL": "0",
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "SECRET_KEY": secrets.token_urlsafe(50),
        "BASE_URL": "https://homegrown.example.com",
        "ALLOWED_HOSTS": "homegrown.example.com",
        "EMAIL_URL": "submission://mail.example.com:587",
        "TRUSTED_PROXIES": "1",
        "DEMO": "0",
        "DEBUG": "0",
    }


def steps() -> list[Step]:
    """The slowest first, so that two at a time end together."""
    reads_code = {**NOWHERE, "DJANGO_SETTINGS_MODULE": "config.settings_test"}
    return [
        Step("types", ("-m", "mypy", *STRICTLY_TYPED)),
        Step("templates", ("-m", "djlint", "templates", "--lint", "--quiet")),
        Step("architecture", ("-c", LINT_IMPORTS)),
        Step("lint", ("-m", "ruff", "check", ".")),
        Step("format", ("-m", "ruff", "format", "--check", ".")),
        Step(
            "migrations",
            ("-m", "django", "makemigrations", "--check", "--dry-run", "--skip-checks"),
            reads_code,
        ),
        Step(
            "deployment",
            ("-m", "django", "check", "--deploy", "--fail-level", "WARNING"),
            production_environment(),
        ),
    ]


def check(environ: Mapping[str, str]) -> int:
    """Run all steps, two at a time; 1 when one of them failed."""
    with ThreadPoolExecutor(max_workers=2) as pool:
        results = list(pool.map(run_step, steps()))
    failed = [name for name, is_fine in results if not is_fine]
    say(f"Failed: {', '.join(failed)}." if failed else "All checks passed.")
    return 1 if failed else 0


def run_step(step: Step) -> tuple[str, bool]:
    """Run a step and print its result, with the tool's words when it failed."""
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, *step.command],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), **step.environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
        text=True,
        check=False,
    )
    is_fine = done.returncode == 0
    say(f"{'ok  ' if is_fine else 'FAIL'} {step.name} ({time.monotonic() - began:.1f} s)")
    if not is_fine:
        say(done.stdout.rstrip())
    return step.name, is_fine
