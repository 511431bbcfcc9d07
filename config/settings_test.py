"""The settings of tests and of tools that read the code: cheap passwords, own corner of the cache.

Tests get their servers from `tests/plugins/servers.py`; mypy and linters need none.
"""

import os
from typing import Any

from core.local.environment import NOWHERE

for _name, _value in {
    **NOWHERE,
    "HOMEGROWN_LOCAL": "1",
    "SECRET_KEY": "only-for-tests-9f3c1b7e5d2a4086b7c1e0f9a8d7c6b5",
    "BASE_URL": "http://testserver",
    "EMAIL_URL": "memory:",
    "LOG_FORMAT": "console",
}.items():
    os.environ[_name] = os.environ.get(_name) or _value  # empty counts as not set

from config.settings import *  # noqa: E402, F403  # after the environment
from config.settings import ALLOWED_HOSTS, CACHES, MEDIA_ROOT  # noqa: E402  # likewise
from core.startup import BROKER_DATABASE, CACHE_DATABASE, at_database  # noqa: E402  # likewise

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
ALLOWED_HOSTS = [*ALLOWED_HOSTS, "testserver", "localhost", "127.0.0.1"]

# Processes of one test run share a server, but not what they remember: emptying one's cache must
# not take the sessions of another's test. Valkey has sixteen databases.
_worker = os.environ.get("PYTEST_XDIST_WORKER", "")
_database = BROKER_DATABASE + 1 + int(_worker[2:]) % 13 if _worker else CACHE_DATABASE
CACHES["default"]["LOCATION"] = at_database(CACHES["default"]["LOCATION"], _database)
CACHES["default"]["KEY_PREFIX"] = f"test-{_worker or 'main'}"
# Nor must it find another's files among its own.
MEDIA_ROOT = MEDIA_ROOT / (_worker or "main")
# A busy machine is no outage: for five seconds after one a page would ask more of the database.
_patience: dict[str, Any] = {"OPTIONS": {"socket_timeout": 10, "socket_connect_timeout": 10}}
CACHES["default"] = CACHES["default"] | _patience

# A test forgets its database, not its files: whoever wants the mark sets one of their own.
MAIL_MARK_FILE = None
