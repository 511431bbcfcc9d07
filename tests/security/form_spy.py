"""Every form that a page builds, caught in the act: its class, and what it was built with.

So each form can be built again with any data, without a line about any single one of them, and a
form that is written tomorrow is in the tests tomorrow.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any

import pytest
from django import forms
from django.apps import apps
from django.conf import settings
from django.forms.forms import DeclarativeFieldsMetaclass
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict

from core.unsent import MARK

CSRF = "csrfmiddlewaretoken"
# What a form brings along by itself. With another mark nothing else of the form would be read.
BROUGHT = frozenset({CSRF, MARK})


@dataclass(frozen=True)
class Recipe:
    """How a page built a form from what was sent to it."""

    kind: type[forms.BaseForm]
    args: tuple[Any, ...]
    kwargs: dict[str, Any]

    def build(self, data: QueryDict) -> forms.BaseForm:
        """The same form with other data."""
        args = [self._given(one, data) for one in self.args]
        kwargs = {name: self._given(one, data) for name, one in self.kwargs.items()}
        return self.kind(*args, **kwargs)

    def _given(self, one: Any, data: QueryDict) -> Any:
        if isinstance(one, QueryDict):
            return data
        # Model forms write what is valid into their instance.
        return copy.copy(one) if hasattr(one, "_state") else one

    @property
    def name(self) -> str:
        return f"{self.kind.__module__}.{self.kind.__qualname__}"

    @property
    def fields(self) -> frozenset[str]:
        """Its fields as the page names them: those made for the occasion lose their number."""
        built = self.build(QueryDict())
        return frozenset(name.rstrip("0123456789") for name in built.fields)


@contextmanager
def caught(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Recipe]]:
    """Forms of the project that are built inside, if they got data from the request."""
    found: list[Recipe] = []

    def spy(kind: type, /, *args: Any, **kwargs: Any) -> Any:
        if is_ours(kind) and any(isinstance(one, QueryDict) for one in (*args, *kwargs.values())):
            found.append(Recipe(kind, args, kwargs))
        return type.__call__(kind, *args, **kwargs)

    with monkeypatch.context() as patch:
        patch.setattr(DeclarativeFieldsMetaclass, "__call__", spy, raising=False)
        yield found


@contextmanager
def asked_names(monkeypatch: pytest.MonkeyPatch) -> Iterator[set[str]]:
    """Names that the code inside looks for in a query."""
    found: set[str] = set()

    def watched(method: str) -> Any:
        plain = getattr(MultiValueDict, method)

        def watch(self: Any, key: Any, *more: Any) -> Any:
            found.add(key)
            return plain(self, key, *more)

        return watch

    with monkeypatch.context() as patch:
        for method in ("get", "getlist", "__getitem__", "__contains__"):
            patch.setattr(QueryDict, method, watched(method), raising=False)
        yield found


def is_ours(kind: type) -> bool:
    """Whether a form is the project's own."""
    return kind.__module__.partition(".")[0] in _own_apps()


def _own_apps() -> set[str]:
    here = {str(settings.BASE_DIR / one.name) for one in apps.get_app_configs()}
    return {one.name for one in apps.get_app_configs() if one.path in here}


def all_forms() -> set[type[forms.BaseForm]]:
    """Every form class of the project that declares a field or is built by a page."""
    found, waiting = set(), [forms.BaseForm]
    while waiting:
        for kind in waiting.pop().__subclasses__():
            waiting.append(kind)
            if is_ours(kind):
                found.add(kind)
    return found


class Reader(HTMLParser):
    """What stands on a page: its controls with their values, and every tag with its attributes.

    `words` are the controls for any text. What is typed goes before a hidden control of the same
    name.
    """

    def __init__(self, html: str) -> None:
        super().__init__()
        self.values: dict[str, str] = {}
        self.words: set[str] = set()
        self.marks: set[tuple[str, str]] = set()
        self._area = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.marks |= {(tag, name) for name, _ in attrs} | {(tag, "")}
        given = dict(attrs)
        name = given.get("name") or ""
        if tag == "textarea":
            self._area = name
            self.values[name] = ""
            self.words.add(name)
        elif tag == "input" and given.get("type") not in ("checkbox", "radio", "password", "file"):
            value = given.get("value") or ""
            if given.get("type") == "hidden":
                self.values.setdefault(name, value)
            else:
                self.values[name] = value
            if given.get("type") == "text" and "inputmode" not in given:
                self.words.add(name)

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            # Browsers drop the first line break inside.
            self.values[self._area] = self.values[self._area].removeprefix("\n")
            self._area = ""

    def handle_data(self, data: str) -> None:
        if self._area:
            self.values[self._area] += data
