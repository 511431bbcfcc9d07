"""PostgreSQL and Valkey for one test run, up before the settings are read.

The first process starts them in a temporary folder; processes of pytest-xdist inherit the
addresses. DATABASE_URL and REDIS_URL, when set, are used instead.
"""

import atexit
import contextlib
import os
import shutil
import tempfile
from pathlib import Path

from core.local import process
from core.local.layout import layout_at
from core.local.postgres import FAST_AND_FORGETFUL
from core.local.servers import start_servers

PREFIX = "homegrown-test-"


def start() -> None:
    """Start the servers and put their addresses into the environment."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings_test"
    os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    if os.environ.get("DATABASE_URL") and os.environ.get("REDIS_URL"):
        return
    remove_abandoned_folders()
    folder = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-"))
    folder.chmod(0o711)
    os.environ["HOMEGROWN_VAR"] = str(folder)
    os.environ["MEDIA_ROOT"] = str(folder / "media")
    servers = start_servers(
        layout_at(folder), os.environ, durable=False, postgres_settings=FAST_AND_FORGETFUL
    )
    for name in ("DATABASE_URL", "REDIS_URL"):
        os.environ[name] = servers.environment[name]

    def stop() -> None:
        if os.getpid() == owner:
            servers.stop()
            shutil.rmtree(folder, ignore_errors=True)

    owner = os.getpid()
    atexit.register(stop)


def remove_abandoned_folders() -> None:
    """Remove what killed test runs of this account left behind."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        with contextlib.suppress(ValueError, IndexError, OSError):
            if process.identity(int(folder.name.removeprefix(PREFIX).split("-")[0])) is None:
                shutil.rmtree(folder, ignore_errors=True)


start()
