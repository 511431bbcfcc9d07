"""The Dockerfile and docker-compose.yml fit the code: no engine is needed to see that."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from core.local.check import production_environment
from core.local.layout import ROOT
from core.local.postgres import INITDB_OPTIONS
from core.local.services import QUEUES
from core.startup import REQUIRED_IN_PRODUCTION, start_problems
from tests.plugins.local_run import clean_environment

COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, Any] = COMPOSE["services"]
OURS = ("migrate", "web", "worker", "beat")
DOT_ENV = {
    "SECRET_KEY": "f4Zr9Qm2Lx7Tn1Vb6Yc3Kd8Pw5Hs0Jg_aEuIoR-tBvNzXq",
    "BASE_URL": "https://homegrown.example.com",
    "POSTGRES_PASSWORD": "pw",
    "EMAIL_URL": "submission://mail.example.com:587",
}


def filled(text: str) -> str:
    """What compose makes of ${NAME:-default} and ${NAME:?message}."""

    def value(match: re.Match[str]) -> str:
        name, sign, rest = match.groups()
        if name in DOT_ENV:
            return DOT_ENV[name]
        assert sign == ":-", f"{name} is required but not among {sorted(DOT_ENV)}"
        return rest

    return re.sub(r"\$\{(\w+)(:-|:\?)([^}]*)\}", value, text)


def environment(name: str) -> dict[str, str]:
    """The environment that a service gets."""
    return {key: filled(str(text)) for key, text in SERVICES[name]["environment"].items()}


def read_variables() -> set[str]:
    """The variables that the code reads."""
    settings = (ROOT / "config/settings.py").read_text()
    return set(re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', settings)) | set(REQUIRED_IN_PRODUCTION)


def instructions() -> list[list[str]]:
    """The Dockerfile, an instruction a row."""
    text = (ROOT / "Dockerfile").read_text().replace("\\\n", " ")
    lines = [line.strip() for line in text.splitlines()]
    return [line.split(None, 1) for line in lines if line and not line.startswith("#")]


@pytest.mark.parametrize("name", OURS)
def test_every_variable_is_one_that_the_code_reads(name: str) -> None:
    assert set(environment(name)) - read_variables() - {"REMAP_SIGTERM"} == set()


@pytest.mark.parametrize("name", OURS)
def test_the_environment_lets_the_process_start(name: str) -> None:
    given = {key: value for key, value in environment(name).items() if value}
    assert list(start_problems(given)) == []


def test_django_accepts_the_environment_with_its_empty_values() -> None:
    show = "from django.conf import settings as s; print(s.ALLOWED_HOSTS, s.DEFAULT_FROM_EMAIL)"
    done = subprocess.run(
        [sys.executable, "-c", show],
        cwd=ROOT,
        env=clean_environment(DJANGO_SETTINGS_MODULE="config.settings", **environment("web")),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    expected = "['homegrown.example.com'] Homegrown <homegrown@homegrown.example.com>"
    assert done.stdout.strip() == expected


@pytest.mark.parametrize(("name", "module"), [("worker", "config"), ("beat", "config.clock")])
def test_celery_commands(name: str, module: str) -> None:
    command = SERVICES[name]["command"]
    assert command[:4] == ["celery", "-A", module, name]


def test_the_worker_serves_every_queue_and_gets_time_to_stop() -> None:
    command = SERVICES["worker"]["command"]
    assert command[command.index("-Q") + 1] == QUEUES
    assert environment("worker")["REMAP_SIGTERM"] == "SIGQUIT"
    from django.conf import settings

    patience = int(SERVICES["worker"]["stop_grace_period"].removesuffix("s"))
    assert patience > settings.CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT
    limit = int(environment("worker")["STATEMENT_TIMEOUT"])
    assert limit < settings.CELERY_TASK_TIME_LIMIT


def test_there_is_one_clock() -> None:
    assert SERVICES["beat"]["deploy"]["replicas"] == 1


def test_the_database_is_made_like_the_local_one() -> None:
    options = set(shlex.split(SERVICES["postgres"]["environment"]["POSTGRES_INITDB_ARGS"]))
    assert options == set(INITDB_OPTIONS) - {"--auth=trust"}
    assert SERVICES["postgres"]["image"] == "postgres:18"
    assert SERVICES["postgres"]["volumes"] == ["postgres:/var/lib/postgresql"]


def test_the_broker_forgets_nothing() -> None:
    command = SERVICES["valkey"]["command"]
    assert command[command.index("--maxmemory-policy") + 1] == "noeviction"
    assert command[command.index("--appendonly") + 1] == "yes"


def test_nothing_but_the_machine_itself_reaches_the_ports() -> None:
    ports = [port for service in SERVICES.values() for port in service.get("ports", [])]
    assert ports
    assert all(port.startswith("127.0.0.1:") for port in ports)


def test_the_mail_catcher_is_for_trials_only() -> None:
    assert SERVICES["mailpit"]["profiles"] == ["trial"]


def test_every_volume_is_declared_and_every_dependency_exists() -> None:
    for service in SERVICES.values():
        for volume in service.get("volumes", []):
            assert volume.split(":")[0] in COMPOSE["volumes"]
        assert set(service.get("depends_on", {})) <= set(SERVICES)


def test_the_image_runs_without_rights_and_with_hashes() -> None:
    rows = instructions()
    words = [row[0] for row in rows]
    last_stage = max(index for index, word in enumerate(words) if word == "FROM")
    assert [row[1] for row in rows[last_stage:] if row[0] == "USER"] == ["homegrown"]
    assert words.index("USER") < words.index("CMD")
    assert any("--require-hashes" in row[1] for row in rows if row[0] == "RUN")
    assert not any("embedded" in row[1] for row in rows)


def test_the_image_copies_what_exists_and_no_secrets() -> None:
    for row in instructions():
        if row[0] == "COPY" and not row[1].startswith("--from"):
            assert (ROOT / row[1].split()[0]).exists()
        if row[0] in {"ENV", "ARG"}:
            assert not re.search(r"SECRET|PASSWORD|TOKEN", row[1])
    ignored = (ROOT / ".dockerignore").read_text().split()
    assert {".git", ".env", "var", ".venv"} <= set(ignored)


def test_static_files_can_be_collected_for_production(tmp_path: Path) -> None:
    """Every file that a style sheet names exists, or the strict storage would refuse."""
    done = subprocess.run(
        [sys.executable, "manage.py", "collectstatic", "--noinput", "--verbosity", "0"],
        cwd=ROOT,
        env=clean_environment(**production_environment(), STATIC_ROOT=str(tmp_path)),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    names = set(yaml.safe_load((tmp_path / "staticfiles.json").read_text())["paths"])
    used = set()
    for template in (ROOT / "templates").rglob("*.html"):
        used |= set(re.findall(r"{% static ['\"]([^'\"]+)['\"]", template.read_text()))
    assert used
    assert used <= names


def test_the_ci_script_checks_and_tests() -> None:
    script = ROOT / ".ci" / "run"
    assert os.access(script, os.X_OK)
    lines = script.read_text().splitlines()
    assert lines[-2:] == ["make check", "make test"]
    assert "set -euo pipefail" in lines
    assert subprocess.run(["bash", "-n", script], check=False).returncode == 0
