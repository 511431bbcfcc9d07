"""A process with a bad environment does not start, and says which variable is to blame."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from core.local.check import production_environment
from core.local.layout import ROOT
from core.logging import redact
from core.startup import (
    broker_address,
    broker_probe_address,
    cache_address,
    is_loopback,
    secret_problem,
    start_problems,
)
from tests.plugins.local_run import clean_environment

GOOD_KEY = "f4Zr9Qm2Lx7Tn1Vb6Yc3Kd8Pw5Hs0Jg_aEuIoR-tBvNzXq"


def production(**changes: str) -> dict[str, str]:
    """A sound production environment with `changes`; an empty value removes a variable."""
    whole = production_environment() | changes
    return {name: value for name, value in whole.items() if value}


def start(*command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Start Django with exactly this environment."""
    return subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        env=clean_environment(PYTHONPATH=str(ROOT), **environment),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize(
    ("changes", "variable"),
    [
        ({"SECRET_KEY": ""}, "SECRET_KEY"),
        ({"SECRET_KEY": "short"}, "SECRET_KEY"),
        ({"SECRET_KEY": "a" * 60}, "SECRET_KEY"),
        ({"SECRET_KEY": "django-insecure-" + GOOD_KEY}, "SECRET_KEY"),
        ({"SECRET_KEY": "changeme" * 8}, "SECRET_KEY"),
        ({"SECRET_KEY_FALLBACKS": f"{GOOD_KEY},old"}, "SECRET_KEY_FALLBACKS"),
        ({"DATABASE_URL": ""}, "DATABASE_URL"),
        ({"REDIS_URL": ""}, "REDIS_URL"),
        ({"BASE_URL": ""}, "BASE_URL"),
        ({"BASE_URL": "homegrown.example.com"}, "BASE_URL"),
        ({"BASE_URL": "http://homegrown.example.com"}, "BASE_URL"),
        ({"EMAIL_URL": ""}, "EMAIL_URL"),
        ({"EMAIL_URL": "mail.example.com"}, "EMAIL_URL"),
        ({"DEMO": "1"}, "DEMO"),
        ({"DEMO": "1", "HOMEGROWN_LOCAL": "1"}, "DEMO"),
        (
            {"DEMO": "1", "HOMEGROWN_LOCAL": "1", "BASE_URL": "http://127.0.0.1", "HOST": "::"},
            "DEMO",
        ),
    ],
)
def test_a_bad_environment_names_its_variable(changes: dict[str, str], variable: str) -> None:
    problems = list(start_problems(production(**changes)))
    assert problems
    assert all(problem.startswith(variable) for problem in problems)


def test_a_good_environment_has_no_problem() -> None:
    assert list(start_problems(production())) == []
    assert secret_problem(GOOD_KEY) is None
    local = {"HOMEGROWN_LOCAL": "1", "DEMO": "1", "BASE_URL": "http://localhost:8000"}
    assert list(start_problems(production(**local, HOST="127.0.0.1"))) == []


@pytest.mark.parametrize("changes", [{"SECRET_KEY": ""}, {"REDIS_URL": ""}, {"DEMO": "1"}])
def test_the_process_ends(changes: dict[str, str]) -> None:
    done = start("-c", "import django; django.setup()", **production(**changes))
    assert done.returncode != 0
    assert next(iter(changes)) in done.stderr
    assert "Traceback" not in done.stderr


def test_the_deployment_check_is_clean() -> None:
    done = start(
        *("-m", "django", "check", "--deploy", "--fail-level", "WARNING", "--tag", "security"),
        **production(),
    )
    assert done.returncode == 0, done.stderr


STRICT = {
    "DEBUG": False,
    "DEMO": False,
    "SECURE_SSL_REDIRECT": True,
    "SECURE_HSTS_SECONDS": 31_536_000,
    "SESSION_COOKIE_NAME": "__Host-homegrown_session",
    "SESSION_COOKIE_SECURE": True,
    "SESSION_COOKIE_HTTPONLY": True,
    "CSRF_COOKIE_NAME": "__Host-homegrown_csrf",
    "CSRF_COOKIE_SECURE": True,
    "ALLOWED_HOSTS": ["homegrown.example.com"],
    "WHITENOISE_USE_FINDERS": False,
}


def test_production_shape_is_strict() -> None:
    show = (
        "import json; from django.conf import settings;"
        f"print(json.dumps({{name: getattr(settings, name) for name in {list(STRICT)}}}))"
    )
    done = start("-c", show, **production(DEBUG="1"))
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == STRICT


@pytest.mark.parametrize(
    ("given", "cache", "probe", "broker"),
    [
        ("redis://h:6379", "redis://h:6379/1", "redis://h:6379/2", "redis://h:6379/2"),
        (
            "rediss://:p%40ss@h:6379/0?ssl_cert_reqs=required",
            "rediss://:p%40ss@h:6379/1?ssl_cert_reqs=required",
            "rediss://:p%40ss@h:6379/2?ssl_cert_reqs=required",
            "rediss://:p%40ss@h:6379/2?ssl_cert_reqs=required",
        ),
        (
            "unix:///a%20b/valkey.sock",
            "unix:///a%20b/valkey.sock?db=1",
            "unix:///a%20b/valkey.sock?db=2",
            "redis+socket:///a%20b/valkey.sock?virtual_host=2",
        ),
    ],
)
def test_queue_and_cache_never_share_a_database(
    given: str, cache: str, probe: str, broker: str
) -> None:
    assert cache_address(given) == cache
    assert broker_probe_address(given) == probe
    assert broker_address(given) == broker


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("127.0.0.1", True),
        ("127.8.8.8", True),
        ("::1", True),
        ("[::1]", True),
        ("localhost", True),
        ("0.0.0.0", False),
        ("::", False),
        ("", False),
        ("10.0.0.5", False),
        ("localhost.example.com", False),
    ],
)
def test_loopback(host: str, expected: bool) -> None:
    assert is_loopback(host) is expected


def test_logs_hold_no_secrets() -> None:
    event = {
        "event": "could not reach postgres://homegrown:hunter2@db/homegrown",
        "request": "GET /accounts/password/reset/key/7-abc123-xyz/?next=/people/",
        "password": "hunter2",
        "SECRET_KEY": "hunter2",
        "authorization": "Bearer hunter2",
        "code": 200,
    }
    assert redact(None, "info", event) == {
        "event": "could not reach postgres://homegrown:[redacted]@db/homegrown",
        "request": "GET /accounts/password/reset/key/[redacted]/",
        "password": "[redacted]",
        "SECRET_KEY": "[redacted]",
        "authorization": "[redacted]",
        "code": 200,
    }


REFUSED = (
    "psycopg.errors.CheckViolation: new row violates check constraint\n"
    "DETAIL:  Failing row contains (1, She is\n\nCANARY, 20).\n\n"
    "The above exception was the direct cause of the following exception:\n\n"
    "Traceback (most recent call last)"
)


def test_logs_hold_no_row_that_the_database_refused() -> None:
    text = redact(None, "error", {"exception": REFUSED})["exception"]
    assert "CANARY" not in text
    assert text.startswith("psycopg.errors.CheckViolation: new row violates check constraint")
    assert text.endswith("Traceback (most recent call last)")
    alone = redact(None, "error", {"error": REFUSED.partition("\n\nThe above")[0]})["error"]
    assert alone == (
        "psycopg.errors.CheckViolation: new row violates check constraint\nDETAIL: [redacted]"
    )


@pytest.mark.parametrize("style", ["json", "console"])
def test_no_traceback_holds_a_row_that_the_database_refused(style: str) -> None:
    code = (
        "import django; django.setup()\n"
        "import logging, logging.config\n"
        "from core.logging import logging_settings\n"
        f"logging.config.dictConfig(logging_settings(style={style!r}, level='INFO'))\n"
        "try:\n    raise ValueError('refused\\nDETAIL:  Failing row contains (CANARY).')\n"
        "except ValueError:\n"
        "    logging.getLogger('a').exception('went_wrong')\n"
    )
    done = start("-c", code, **production())
    assert "refused" in done.stderr + done.stdout
    assert "CANARY" not in done.stdout + done.stderr


def test_production_logs_are_json_lines_with_the_exception() -> None:
    code = (
        "import django, structlog; django.setup()\n"
        "structlog.contextvars.bind_contextvars(request_id='r1')\n"
        "try:\n    1 / 0\n"
        "except ZeroDivisionError:\n"
        "    structlog.get_logger('a').exception('went_wrong', token='hunter2')\n"
    )
    done = start("-c", code, **production())
    line = json.loads(done.stderr.strip().splitlines()[-1])
    assert line["event"] == "went_wrong"
    assert line["request_id"] == "r1"
    assert line["level"] == "error"
    assert "ZeroDivisionError" in line["exception"]
    assert "hunter2" not in done.stderr


def test_every_variable_is_documented() -> None:
    import re

    read = set(re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', (ROOT / "config/settings.py").read_text()))
    page = Path(ROOT / "docs/operations.md").read_text()
    documented = set(re.findall(r"^\| `([A-Z_]+)` \|", page, re.MULTILINE))
    local_only = {"HOMEGROWN_VAR", "PORT", "PG_BIN", "WEB_PROCESSES", "WORKER_PROCESSES"}
    assert read - documented == set()
    assert documented - read - local_only == set()
