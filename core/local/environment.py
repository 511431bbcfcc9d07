"""The environment that the local servers give to every process of the application."""

import secrets
from collections.abc import Mapping
from pathlib import Path

from core.local.layout import Layout
from core.local.process import write_private

LOOPBACK = "127.0.0.1"
DEFAULT_PORT = "8000"

# For commands that read the settings but no data, such as `check` and `makemigrations`.
NOWHERE = {
    "DATABASE_URL": "postgres://nobody@127.0.0.1:9/nowhere",
    "REDIS_URL": "redis://127.0.0.1:9",
}


def local_environment(
    environ: Mapping[str, str], layout: Layout, *, database: str, redis: str, demo: bool
) -> dict[str, str]:
    """A complete environment for a local run; what the caller set always wins.

    `demo` is only the default of DEMO.
    """
    given = {name: value for name, value in environ.items() if value}
    host = given.get("HOST", LOOPBACK)
    port = given.get("PORT", DEFAULT_PORT)
    demo_value = given.get("DEMO", "1" if demo else "0")
    defaults = {
        "HOMEGROWN_LOCAL": "1",
        "HOMEGROWN_VAR": str(layout.var),
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DATABASE_URL": database,
        "REDIS_URL": redis,
        "HOST": host,
        "PORT": port,
        "BASE_URL": f"http://{address(host)}:{port}",
        "DEMO": demo_value,
        # In demo mode mail is read at /dev/mail/; otherwise the administrator sees it here.
        "EMAIL_URL": "dummy:" if demo_value == "1" else "console:",
        "LOG_FORMAT": "console",
        "LOG_LEVEL": "WARNING",
        "MEDIA_ROOT": str(layout.media),
        "PYTHONUNBUFFERED": "1",
    }
    if "SECRET_KEY" not in given:
        defaults["SECRET_KEY"] = secret_key(layout.secret_key)
    return {**defaults, **given}


def address(host: str) -> str:
    """The host as a browser on this machine reaches it."""
    if host in {"0.0.0.0", "::", ""}:  # noqa: S104 - told apart, not bound
        return LOOPBACK
    return f"[{host}]" if ":" in host else host


def secret_key(path: Path) -> str:
    """The key of this installation, made once."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        write_private(path, secrets.token_urlsafe(50))
    return path.read_text().strip()
