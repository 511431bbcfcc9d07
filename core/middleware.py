"""What happens to every request: who may pass, how long a session lives, and what caches may keep.

Order in `MIDDLEWARE`, after sessions, authentication and messages: allauth's `AccountMiddleware`,
`SessionLimitMiddleware`, `ReaderZoneMiddleware`, `core.audit.HistoryMiddleware`,
`PolicyMiddleware`.
`PrivateResponseMiddleware` and `core.problems.ProblemMiddleware` stand near the top, so that error
pages pass through them too.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode, urlsplit

import structlog
from django.conf import settings
from django.contrib.auth import logout
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied
from django.db import DatabaseError, IntegrityError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import ResolverMatch, reverse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.http import url_has_allowed_host_and_scheme

from core import policies, unsent
from core.problems import is_api, problem_response

GetResponse = Callable[[HttpRequest], HttpResponseBase]

SESSION_STARTED = "session_started"
SESSION_SEEN = "session_seen"
SEEN_EVERY_SECONDS = 600
SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
FOREIGN_KEY_VIOLATION = "23503"  # SQLSTATE

logger = structlog.get_logger(__name__)


class PolicyMiddleware:
    """Denies by default: a page opens only when its policy says so."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request."""
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: dict[str, Any]
    ) -> HttpResponseBase | None:
        """Answers None to let the request through.

        Raises:
            Http404: no policy, no such object for this person, or a demo page outside the demo.
            PermissionDenied: the object is theirs to see, the action is not theirs to do.
        """
        match = request.resolver_match
        key = policies.policies().get(match.view_name) if match else None
        if match is None or key is None:
            raise Http404("This page has no policy.")
        if key == policies.PUBLIC:
            return None
        if key == policies.DEMO:
            _demo_only()
            return None
        if not (request.user.is_authenticated and request.user.is_active):
            return _to_sign_in(request, match.view_name)
        if request.method == "POST":
            if unsent.is_of_somebody_else(request):
                return _somebody_else(request)
            unsent.sent(request)
        return _check(request, match, key)

    def process_exception(self, request: HttpRequest, error: Exception) -> None:
        """What was there when the request was let through may be gone when it writes.

        Raises:
            Http404: somebody has deleted it meanwhile; nothing was written.
        """
        if request.method in SAFE_METHODS or not _is_gone(error):
            return
        logger.warning("gone_meanwhile", path=request.path, error=type(error).__name__)
        raise Http404("Deleted meanwhile.") from error


def _is_gone(error: Exception) -> bool:
    """A row to be changed was not found, or one to be added hangs on a row that is no more."""
    if isinstance(error, IntegrityError):
        return getattr(error.__cause__, "sqlstate", "") == FOREIGN_KEY_VIOLATION
    if type(error) is DatabaseError:  # Django's own word for it, in Model.save(update_fields=…)
        return "did not affect any rows" in str(error)
    return isinstance(error, ObjectDoesNotExist)


def _demo_only() -> None:
    if not settings.DEMO:
        raise Http404("Not in demo mode.")


def _check(request: HttpRequest, match: ResolverMatch, key: str) -> HttpResponseBase | None:
    kind = policies.kind_of(key)
    subject = None
    if kind is not None and kind.argument in match.kwargs:
        try:
            subject = policies.find_object(kind, request.user, match.kwargs[kind.argument])
        except policies.ObjectMoved as moved:
            return _to_new_address(request, match, kind.argument, moved.value)
        setattr(request, kind.name, subject)
    if not policies.allows(key, request.user, subject):
        raise PermissionDenied
    return None


def _to_new_address(
    request: HttpRequest, match: ResolverMatch, argument: str, value: object
) -> HttpResponseRedirect:
    """307 for a form that was open while the address changed, so that nothing typed is lost."""
    url = reverse(match.view_name, kwargs={**match.kwargs, argument: value})
    query = request.META.get("QUERY_STRING", "")
    permanent = request.method in ("GET", "HEAD")
    return HttpResponseRedirect(
        f"{url}?{query}" if query else url, status=301 if permanent else 307
    )


def _to_sign_in(request: HttpRequest, view_name: str) -> HttpResponseBase:
    if is_api(request):
        return problem_response(401)
    target = _kept_at(request, view_name) or _page_to_return_to(request)
    url = reverse("account_login") + (f"?{urlencode({'next': target})}" if target else "")
    if request.headers.get("HX-Request") == "true":
        return HttpResponse(status=401, headers={"HX-Redirect": url})
    return HttpResponseRedirect(url)


def _somebody_else(request: HttpRequest) -> HttpResponse:
    """Nothing is done in the name of whoever signed in after the form was drawn."""
    if request.headers.get("HX-Request") == "true":
        return HttpResponse(status=409, headers={"X-Homegrown-Person": "another"})
    return render(request, "core/somebody_else.html", status=409)


def _kept_at(request: HttpRequest, view_name: str) -> str:
    """Where what was just posted waits for its person; empty where nothing is kept.

    A form that htmx sent is still on its page, where its script sends it again.
    """
    takes_back = unsent.is_kept(view_name)
    is_htmx = request.headers.get("HX-Request") == "true"
    if request.method != "POST" or (is_htmx and not takes_back) or not unsent.keep(request):
        return ""
    return request.get_full_path() if takes_back else reverse("core:unsent")


def _page_to_return_to(request: HttpRequest) -> str:
    """The page the person was looking at; a form's answer or a fragment is none to return to."""
    if request.headers.get("HX-Request") == "true":
        return local_path(request, request.headers.get("HX-Current-URL", ""))
    if request.method in ("GET", "HEAD"):
        return request.get_full_path()
    return local_path(request, request.headers.get("Referer", ""))


def local_path(request: HttpRequest, url: str) -> str:
    """Path and query of `url` when it leads to this site, else an empty text: never a way out."""
    if not url or not url_has_allowed_host_and_scheme(url, {request.get_host()}):
        return ""
    parts = urlsplit(url)
    path = parts.path + (f"?{parts.query}" if parts.query else "")
    return path if url_has_allowed_host_and_scheme(path, None) else ""


class SessionLimitMiddleware:
    """Ends a session that is too old (`SESSION_ABSOLUTE_SECONDS`) and keeps a used one alive.

    Idle sessions end after `SESSION_COOKIE_AGE`: the session is saved again at most every ten
    minutes, so that reading pages costs no writes.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request."""
        if request.session.session_key and request.user.is_authenticated:
            self._limit(request, int(timezone.now().timestamp()))
        return self.get_response(request)

    def _limit(self, request: HttpRequest, now: int) -> None:
        started = request.session.get(SESSION_STARTED)
        seen = request.session.get(SESSION_SEEN, now)
        too_old = started is not None and now - started > settings.SESSION_ABSOLUTE_SECONDS
        if too_old or now - seen > settings.SESSION_COOKIE_AGE:
            logout(request)
            return
        if started is None:
            request.session[SESSION_STARTED] = now
        if started is None or now - seen > SEEN_EVERY_SECONDS:
            request.session[SESSION_SEEN] = now


class ReaderZoneMiddleware:
    """Times on a page stand in its reader's time zone: their own, else the organisation's.

    After `SessionLimitMiddleware`, which has loaded the account of a session, so it costs no query.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request."""
        user: Any = request.user
        own, house = getattr(user, "time_zone", ""), getattr(user, "house_zone", "")
        with timezone.override(own or house or "UTC"):
            return self.get_response(request)


class PrivateResponseMiddleware:
    """No shared cache keeps a page, and a fragment is never mistaken for the page."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request."""
        response = self.get_response(request)
        if not response.has_header("Cache-Control"):
            response["Cache-Control"] = "private, no-cache"
        patch_vary_headers(response, ["HX-Request", "Cookie"])
        return response
