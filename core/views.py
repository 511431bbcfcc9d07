"""Is it alive, is it ready, and what a person sees when something goes wrong."""

import sys
from http import HTTPStatus

import structlog
from django.conf import settings
from django.db import DatabaseError, InterfaceError, OperationalError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from redis import Redis, RedisError
from redis.backoff import NoBackoff
from redis.retry import Retry

from core import heartbeats, unsent

TIMEOUT_SECONDS = 1.0
RETRY_AFTER_SECONDS = 5

logger = structlog.get_logger(__name__)


@never_cache
@require_safe
def live(request: HttpRequest) -> JsonResponse:
    """The process answers. Asks nothing else, so that a broken database restarts nobody."""
    return JsonResponse({"status": "alive"})


@never_cache
@require_safe
def ready(request: HttpRequest) -> JsonResponse:
    """The process can serve pages: 503 without the database, `degraded` without broker or workers.

    Taking the pages away because nobody works in the background would help nobody.
    """
    database, broker = database_answers(), broker_answers()
    seconds = heartbeats.seconds_since(now=timezone.now()) if database else {}
    silent = heartbeats.silent_queues(seconds)
    state = "ready" if broker and not silent else "degraded"
    return JsonResponse(
        {
            "status": state if database else "unavailable",
            "database": "up" if database else "down",
            "broker": "up" if broker else "down",
            "workers": ("silent" if silent else "up") if database else "unknown",
        },
        status=200 if database else 503,
    )


@never_cache
@require_safe
def workers(request: HttpRequest) -> JsonResponse:
    """Somebody works at every queue: 503 when nothing was taken out of one for two minutes.

    `queues` tells the seconds since the last task began, null where none ever did.
    """
    if not database_answers():
        return JsonResponse({"status": "unknown", "database": "down"}, status=503)
    seconds = heartbeats.seconds_since(now=timezone.now())
    silent = heartbeats.silent_queues(seconds)
    return JsonResponse(
        {
            "status": "silent" if silent else "working",
            "silent": silent,
            "queues": {
                queue: None if since is None else round(since) for queue, since in seconds.items()
            },
        },
        status=503 if silent else 200,
    )


def database_answers() -> bool:
    """Whether a query comes back."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except (DatabaseError, InterfaceError) as error:
        logger.warning("database_unreachable", error=type(error).__name__)
        return False
    return True


def broker_answers() -> bool:
    """Whether the broker says PONG within a second."""
    client = Redis.from_url(
        settings.BROKER_PROBE_URL,
        socket_timeout=TIMEOUT_SECONDS,
        socket_connect_timeout=TIMEOUT_SECONDS,
        retry=Retry(NoBackoff(), 0),
    )
    try:
        with client:
            return bool(client.ping())
    except (RedisError, OSError) as error:
        logger.warning("broker_unreachable", error=type(error).__name__)
        return False


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """A request that makes no sense, such as an unknown host."""
    return error_page(request, 400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The right thing, the wrong person."""
    return error_page(request, 403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Nothing here, or nothing that this person may know of; a page may have words of its own for
    it in `<app>/<page>_404.html`.
    """
    match = request.resolver_match
    own = [f"{match.namespace}/{match.url_name}_404.html"] if match else []
    return error_page(request, 404, template=[*own, "404.html"])


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form is too old or came from elsewhere."""
    logger.warning("csrf_failure", reason=reason)
    if refused := unsent.refused(request):
        context = {"unsent": refused, "is_renewed": True}
        return render(request, "core/unsent.html", context, status=403)
    return error_page(request, 403, template="403_csrf.html")


@never_cache
@require_safe
def unsent_page(request: HttpRequest) -> HttpResponse:
    """What was sent when the session had ended: to read, and to send again."""
    waiting = unsent.waiting(request)
    if waiting is None:
        return redirect("/")
    return render(request, "core/unsent.html", {"unsent": waiting})


def server_error(request: HttpRequest) -> HttpResponse:
    """Something broke. A database that is away is told apart: trying again will help."""
    if isinstance(sys.exc_info()[1], OperationalError | InterfaceError):
        response = error_page(request, 503)
        response["Retry-After"] = str(RETRY_AFTER_SECONDS)
        return response
    return error_page(request, 500)


def error_page(
    request: HttpRequest, status: int, *, template: str | list[str] = ""
) -> HttpResponse:
    """The page for `status`; in plain text when the page itself can't be made."""
    context = {"status": status, "request_id": request_id()}
    # Pages about a broken server ask no context processor for help: it may need the database.
    given = None if status >= HTTPStatus.INTERNAL_SERVER_ERROR else request
    try:
        body: str = render_to_string(template or f"{status}.html", context, request=given)
    except Exception:
        logger.exception("error_page_failed", status=status)
        body = f"{status} {HTTPStatus(status).phrase}"
        return HttpResponse(body, status=status, content_type="text/plain; charset=utf-8")
    return HttpResponse(body, status=status)


def request_id() -> str:
    """What a person can quote and an administrator can find in the logs."""
    return str(structlog.contextvars.get_contextvars().get("request_id", ""))
