"""Errors of the API as problem details (RFC 9457), whatever it was that refused.

Pages of people answer errors with pages; below `/api/` every error is `application/problem+json`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, JsonResponse
from django.http.response import HttpResponseBase

API = "/api/"
KIND = "application/problem+json"

DETAILS = {
    401: "Sign in first: the API takes the session of the browser.",
    403: "You can see this, but you may not do that.",
    404: "There is nothing at this address, or nothing that you may see.",
    405: "This address can only be read.",
}
# There is no registered scheme for a session; the header has to name one all the same.
CHALLENGE = 'Cookie realm="Homegrown"'


class Problem(Exception):  # no error of ours: the answer says what to change
    """Something in the request can't be done; `errors` are reasons by name of the parameter."""

    def __init__(self, status: int, detail: str, errors: Mapping[str, str] | None = None) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.errors = dict(errors or {})


def is_api(request: HttpRequest) -> bool:
    """Whether a program asks, which wants no page and no redirect to a form."""
    return request.path_info.startswith(API)


def problem_response(
    status: int, detail: str = "", errors: Mapping[str, str] | None = None
) -> JsonResponse:
    """The body of RFC 9457, with `errors` beside it where parameters are at fault."""
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail or DETAILS.get(status, HTTPStatus(status).description),
    }
    if errors:
        body["errors"] = [{"name": name, "reason": reason} for name, reason in errors.items()]
    response = JsonResponse(body, status=status, content_type=KIND)
    if status == HTTPStatus.UNAUTHORIZED:
        response["WWW-Authenticate"] = CHALLENGE
    return response


class ProblemMiddleware:
    """Turns what the API refuses into problem details: no page for people leaves it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request."""
        response = self.get_response(request)
        is_fine = response.status_code < HTTPStatus.BAD_REQUEST
        if is_fine or not is_api(request) or response.get("Content-Type") == KIND:
            return response
        problem = problem_response(response.status_code)
        for name in ("Allow", "Retry-After"):
            if response.has_header(name):
                problem[name] = response[name]
        return problem
