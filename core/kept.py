"""Pages that are kept until something changes: by the browser (ETag, 304) and by the cache.

A page may be kept when everything that it was made from is in its mark: who looks, with all that is
known of them, their CSRF secret, the address, the code, the quarter of an hour (days begin with
one, in every time zone), and the version of the data. Apps name the tables whose changes count the
version up (`watch`, and a trigger `core_watched` on each); a page that asks any other table is
never kept, so forgetting one costs time and not the truth.
"""

from __future__ import annotations

import hashlib
import re
import zlib
from collections.abc import Callable
from functools import cache, wraps
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib.messages.storage.session import SessionStorage
from django.core.cache import cache as pages
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.cache import get_conditional_response

from core import as_of

QUARTER_OF_AN_HOUR = 15 * 60
HEADERS = ("HX-Request", "HX-Target", "HX-Current-URL", "HX-History-Restore-Request", "Host")
KEPT_HEADERS = ("HX-Push-Url", "Content-Type")

# The number is read before the locks (OFFSET 0 holds the order): who has counted it up has either
# ended by then, so that what they wrote is seen, or still holds the lock of a writer. A copy that
# is put back is another database.
_VERSION = """
SELECT number, own.oid, EXISTS (
    SELECT FROM pg_locks
    WHERE relation = ANY(%s::regclass[]) AND mode = 'RowExclusiveLock'
        AND database = own.oid AND pid <> pg_backend_pid()
)
FROM (SELECT last_value AS number FROM core_page_version OFFSET 0) AS v,
    pg_database AS own WHERE own.datname = current_database()
"""

View = Callable[..., HttpResponse]

_watched: set[str] = set()


def watch(*tables: str) -> None:
    """Pages that read these tables may be kept: a trigger counts up the version at each change."""
    _watched.update(tables)


def watched() -> frozenset[str]:
    """All tables whose changes are told."""
    return frozenset(_watched)


def kept_page(view: View) -> View:
    """Decorator of a page that changes seldom and is asked for often. It must be rendered when the
    view returns, and take from the request nothing but its address, `HEADERS` and the person.
    """

    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        mark = _mark(request) if _may_be_kept(request) else None
        if mark is None:
            return view(request, *args, **kwargs)
        etag = f'"{mark}"'
        unchanged = get_conditional_response(request, etag=etag)
        if unchanged is not None:
            unchanged.headers["ETag"] = etag
            return unchanged
        response = _from_cache(mark)
        if response is None:
            response, is_known = _made(view, request, *args, **kwargs)
            if not is_known or response.status_code != 200 or response.cookies:
                return response
            _to_cache(mark, response)
        response.headers["ETag"] = etag
        return response

    return answered


def _may_be_kept(request: HttpRequest) -> bool:
    """News is told once, the first page of a browser brings it a secret, and what was known on a
    past day is worked out from tables too large to be watched.
    """
    return not (
        settings.DEBUG
        or request.method not in ("GET", "HEAD")
        or as_of.NAME in request.GET
        or "CSRF_COOKIE" not in request.META
        or SessionStorage.session_key in request.session
    )


def _mark(request: HttpRequest) -> str | None:
    """What tells this page from every other one; None while somebody is writing."""
    version = data_version()
    if version is None:
        return None
    user = getattr(request.user, "_wrapped", request.user)
    known = sorted((name, repr(value)) for name, value in vars(user).items() if name != "_state")
    parts = (
        version,
        code_version(),
        int(timezone.now().timestamp()) // QUARTER_OF_AN_HOUR,
        settings.DEMO,
        request.get_full_path(),
        request.META["CSRF_COOKIE"],
        *(request.headers.get(name, "") for name in HEADERS),
        known,
    )
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:40]


def data_version() -> str | None:
    """The version of everything that is watched; None while another transaction writes there."""
    with connection.cursor() as cursor:
        cursor.execute(_VERSION, [sorted(_watched)])
        number, database, is_written = cursor.fetchone()
    return None if is_written else f"{database}.{number}"


@cache
def code_version() -> str:
    """Which code, templates and files this process was started from."""
    root = Path(settings.BASE_DIR)
    own = [config.path for config in apps.get_app_configs() if root in Path(config.path).parents]
    folders = [Path(path) for path in own if ".venv" not in path]
    folders += [root / "templates", root / "static"]
    stamp = hashlib.sha256()
    for path in sorted(found for folder in folders for found in folder.rglob("*")):
        if path.suffix in {".py", ".html", ".css", ".js", ".svg"}:
            about = path.stat()
            stamp.update(f"{path} {about.st_size} {about.st_mtime_ns}\n".encode())
    return stamp.hexdigest()


def _made(view: View, *args: Any, **kwargs: Any) -> tuple[HttpResponse, bool]:
    """The page, and whether every table that it asked is watched."""
    asked: set[str] = set()

    def note(execute: Any, sql: str, *rest: Any) -> Any:
        asked.update(re.findall(r"\w+", sql))
        return execute(sql, *rest)

    with connection.execute_wrapper(note):
        response = view(*args, **kwargs)
    return response, not (asked & _tables()) - _watched


@cache
def _tables() -> frozenset[str]:
    models = apps.get_models(include_auto_created=True)
    return frozenset(model._meta.db_table for model in models)


def _to_cache(mark: str, response: HttpResponse) -> None:
    headers = {name: response[name] for name in KEPT_HEADERS if response.has_header(name)}
    body = zlib.compress(response.content, 1)
    pages.set(f"page:{mark}", (body, headers), QUARTER_OF_AN_HOUR)


def _from_cache(mark: str) -> HttpResponse | None:
    found = pages.get(f"page:{mark}")
    if found is None:
        return None
    body, headers = found
    return HttpResponse(zlib.decompress(body), headers=headers)
