"""A person at the running application: cookies, forms, and how long each answer took."""

from __future__ import annotations

import time
import urllib.error
import urllib.parse
import urllib.request
from http.cookiejar import CookieJar

from bs4 import BeautifulSoup

from tests.walker import links_in


class Person:
    """Signs in and walks; remembers the slowest answer (seconds)."""

    def __init__(self, root: str) -> None:
        self.root = root
        self.slowest = 0.0
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))

    def get(self, path: str) -> tuple[int, str]:
        """Status and text of a page, after redirects."""
        return self._ask(urllib.request.Request(self.root + path))

    def send(self, path: str, fields: dict[str, str]) -> tuple[int, str]:
        """Open a page, fill its form that has these fields, and send it."""
        _, html = self.get(path)
        form = self._form(html, fields)
        values = {
            field["name"]: field.get("value", "")
            for field in form.select("input[name]")
            if field.get("type") not in {"checkbox", "radio", "submit"}
        }
        data = urllib.parse.urlencode({**values, **fields}).encode()
        target = urllib.parse.urljoin(self.root + path, form.get("action") or path)
        headers = {"Referer": self.root + path}
        return self._ask(urllib.request.Request(target, data, headers))

    def _form(self, html: str, fields: dict[str, str]):
        for form in BeautifulSoup(html, "html.parser").select("form[method=post]"):
            if all(form.select(f"[name={name}]") for name in fields):
                return form
        raise AssertionError(f"no form with {sorted(fields)}")

    def _ask(self, request: urllib.request.Request) -> tuple[int, str]:
        began = time.monotonic()
        try:
            with self.opener.open(request, timeout=20) as answer:
                found = answer.status, answer.read().decode(errors="replace")
        except urllib.error.HTTPError as error:
            found = error.code, error.read().decode(errors="replace")
        self.slowest = max(self.slowest, time.monotonic() - began)
        return found

    def walk(self, start: str = "/", *, limit: int = 60) -> dict[str, int]:
        """Follow links from `start` and note the status of each page."""
        waiting, seen = [start], {}
        while waiting and len(seen) < limit:
            path = waiting.pop(0)
            if path in seen or path.startswith("/static/") or "?" in path:
                continue
            status, html = self.get(path)
            seen[path] = status
            waiting += links_in(html.replace(self.root, "http://testserver"), path)
        return seen
