"""The API under `/api/v1/`: the routers of the apps, its description, and a page to read it.

Who may ask what stands in `config/policies.yaml`, as for every page; the session of the browser is
the key. Errors are problem details (`core.problems`).
"""

from __future__ import annotations

from functools import cache
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.views.decorators.http import require_safe
from ninja import NinjaAPI
from ninja.errors import ValidationError
from ninja.security import django_auth

from core.problems import Problem, problem_response

ROOT = "/api/v1/"

# Ninja's own description and page are left out: it draws the page with scripts of others.
api = NinjaAPI(
    title="Homegrown",
    version="1.0.0",
    description="Products and their health, as of any day. Numbers are unrounded; unknown is null.",
    urls_namespace="api",
    openapi_url=None,
    docs_url=None,
    auth=django_auth,
)
# By name: from outside, an app's api is entered through its addresses alone.
for _app in ("portfolio", "intake", "health"):
    api.add_router("", f"{_app}.api.router")


@api.exception_handler(Problem)
def _refuse(request: HttpRequest, error: Problem) -> HttpResponse:
    return problem_response(error.status, error.detail, error.errors)


@api.exception_handler(Http404)
def _missing(request: HttpRequest, error: Http404) -> HttpResponse:
    return problem_response(404)


@api.exception_handler(ValidationError)
def _invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    errors = {str(each["loc"][-1]): f"{each['msg']}." for each in error.errors}
    return problem_response(422, "Some values can't be used.", errors)


@cache
def description() -> dict[str, Any]:
    """The API in the words of OpenAPI 3.1."""
    return api.get_openapi_schema(path_prefix=ROOT)


@require_safe
def openapi(request: HttpRequest) -> JsonResponse:
    """The description for programs."""
    return JsonResponse(description())


@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    """The description for people; without scripts."""
    return render(request, "config/api_docs.html", {"api": api, "operations": _operations()})


def urls() -> list[URLPattern]:
    """The routes of the apps and the description; not ninja's root, which answers nothing."""
    routes = (entry for entry in api.urls[0] if isinstance(entry, URLPattern))
    operations = [route for route in routes if route.name != "api-root"]
    return [path("openapi.json", openapi, name="openapi"), *operations]


def _operations() -> list[dict[str, Any]]:
    """Each address with its parameters and the fields of its answer."""
    schemas = description()["components"]["schemas"]
    return [
        {
            "path": address,
            "summary": operation.get("description") or operation["summary"],
            "parameters": [_parameter(one) for one in operation.get("parameters", [])],
            "fields": _fields(operation, schemas),
        }
        for address, methods in description()["paths"].items()
        for operation in methods.values()
    ]


def _parameter(parameter: dict[str, Any]) -> tuple[str, str, str]:
    schema = parameter["schema"]
    default = schema.get("default", "")
    words = schema.get("description", "")
    return parameter["name"], words, "" if default == "" else f"default {default}"


def _fields(operation: dict[str, Any], schemas: dict[str, Any]) -> list[tuple[str, str, str]]:
    """Name, kind and meaning of each field; those of a list's items are named `items.…`."""
    answer = operation["responses"][200]["content"]["application/json"]["schema"]
    return list(_named(answer["$ref"].rpartition("/")[2], "", schemas))


def _named(name: str, prefix: str, schemas: dict[str, Any]) -> list[tuple[str, str, str]]:
    found = []
    for key, field in schemas[name]["properties"].items():
        item = field.get("items", {}).get("$ref", "").rpartition("/")[2]
        found.append((f"{prefix}{key}", _kind(field), field.get("description", "")))
        if item:
            found += _named(item, f"{prefix}{key}.", schemas)
    return found


def _kind(field: dict[str, Any]) -> str:
    """The kinds of a field in words: "number or null"."""
    kinds = [str(one.get("format") or one.get("type", "")) for one in field.get("anyOf", [field])]
    return " or ".join(dict.fromkeys(kind for kind in kinds if kind))
