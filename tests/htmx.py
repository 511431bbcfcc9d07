"""What htmx does in the browser, done here: send a form, put the answer into the page.

So a test can say the one thing that matters of a fragment: *the swapped page equals the page that
a reload of its address gives*.

    page = open_page(client, "/products/")
    page = send_form(client, page, "#filters", q="rota")
    assert difference(page, open_page(client, page.url)) == ""
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urljoin

from bs4 import BeautifulSoup, NavigableString, Tag
from django.http import HttpResponse
from django.test import Client

# Differ from answer to answer without meaning anything.
CHANGING = ("csrfmiddlewaretoken", "csrf-token", "token")


@dataclass
class Page:
    """A page in the browser: what it shows and the address above it."""

    soup: BeautifulSoup
    url: str

    @property
    def tree(self) -> Any:
        """The whole page in a form that two pages can be compared by."""
        return tree(self.soup)

    def part(self, selector: str) -> Any:
        """The same of one element."""
        return tree(self.soup.select_one(selector))

    @property
    def text(self) -> str:
        """The words on the page."""
        return " ".join(self.soup.get_text(" ").split())


def open_page(client: Client, url: str, status: int = 200) -> Page:
    """Load a whole page."""
    response = client.get(url)
    assert response.status_code == status, (url, response.status_code)
    return Page(parse(response.content.decode()), url)


def send_form(client: Client, page: Page, selector: str, **typed: Any) -> Page:
    """Fill in the form and let htmx send it; the page with the answer in it."""
    form = page.soup.select_one(selector)
    assert form is not None, f"no {selector} on {page.url}"
    fill(page.soup, form, typed)
    values = values_of(page.soup, form)
    for method in ("get", "post"):
        if f"hx-{method}" in form.attrs:
            address = urljoin(page.url, form[f"hx-{method}"] or page.url)
            return send(client, page, form, method, address, values)
    raise AssertionError(f"{selector} is not sent by htmx")


def send(
    client: Client, page: Page, source: Tag, method: str, address: str, values: dict[str, Any]
) -> Page:
    """One request of htmx from the element `source`, and its answer swapped in."""
    target = source["hx-target"].removeprefix("#")
    headers = {"HX-Request": "true", "HX-Target": target, "HX-Current-URL": page.url}
    if method == "get":
        address = f"{address.partition('?')[0]}?{urlencode(values, doseq=True)}"
        response = client.get(address, headers=headers)
    else:
        response = client.post(address, values, headers=headers)
    assert response.status_code in (200, 409, 422), response.status_code
    swap(page.soup, response, target, source.get("hx-swap", "innerHTML"))
    pushed = response.headers.get("HX-Push-Url") or source.get("hx-push-url") or "false"
    url = {"true": address, "false": page.url}.get(pushed, pushed)
    return Page(page.soup, url)


def swap(soup: BeautifulSoup, response: HttpResponse, target: str, how: str) -> None:
    """Put an answer where it belongs: its title, its parts out of band, the rest into `target`."""
    answer = parse(response.content.decode())
    if (title := answer.title) is not None and title.parent.name != "svg":
        soup.title.replace_with(title.extract())
    for apart in answer.select("[hx-swap-oob]"):
        _swap_apart(soup, apart.extract())
    place = soup.find(id=target)
    assert place is not None, f"no #{target} on the page"
    content = list(answer.contents)
    if how.split(maxsplit=1)[0] in ("outerHTML", "morph", "morph:outerHTML"):
        place.replace_with(*content)
    else:
        place.clear()
        place.extend(content)


def _swap_apart(soup: BeautifulSoup, apart: Tag) -> None:
    how = apart.attrs.pop("hx-swap-oob")
    style, _, selector = how.partition(":")
    place = soup.select_one(selector) if selector else soup.find(id=apart.get("id"))
    if place is None:
        return
    if style == "beforeend":
        place.extend(list(apart.contents))
    else:
        place.replace_with(apart)


def fill(soup: BeautifulSoup, form: Tag, typed: dict[str, Any]) -> None:
    """Type values into the controls as a person does, so that the page shows them."""
    for name, value in typed.items():
        controls = [c for c in _controls(soup, form) if c.get("name") == name]
        assert controls, f"no control {name!r}"
        for control in controls:
            _type(control, value)


def _type(control: Tag, value: Any) -> None:
    if control.name == "select":
        for option in control.select("option"):
            option.attrs.pop("selected", None)
            if option.get("value", option.text) == str(value):
                option["selected"] = ""
    elif control.get("type") in ("checkbox", "radio"):
        control.attrs.pop("checked", None)
        if value is True or control.get("value") == str(value):
            control["checked"] = ""
    elif control.name == "textarea":
        control.string = str(value)
    elif value == "":
        control.attrs.pop("value", None)
    else:
        control["value"] = str(value)


def values_of(soup: BeautifulSoup, form: Tag) -> dict[str, Any]:
    """What the browser would send with the form."""
    values: dict[str, Any] = {}
    for control in _controls(soup, form):
        name = control.get("name")
        if not name or "disabled" in control.attrs:
            continue
        for value in _values(control):
            values.setdefault(name, []).append(value)
    return values


def _controls(soup: BeautifulSoup, form: Tag) -> list[Tag]:
    inside = form.select("input, select, textarea")
    elsewhere = soup.select(f'[form="{form.get("id")}"]') if form.get("id") else []
    return [*inside, *(one for one in elsewhere if one not in inside)]


def _values(control: Tag) -> list[str]:
    if control.name == "select":
        options = control.select("option")
        chosen = [one for one in options if "selected" in one.attrs]
        if not chosen and "multiple" not in control.attrs:
            chosen = options[:1]
        return [one.get("value", one.text) for one in chosen]
    if control.get("type") in ("checkbox", "radio"):
        return [control.get("value", "on")] if "checked" in control.attrs else []
    if control.name == "textarea":
        return [control.text]
    return [control.get("value", "")]


def parse(html: str) -> BeautifulSoup:
    return BeautifulSoup(html, "html.parser")


def tree(node: Any) -> Any:
    """Nested tuples: names, sorted attributes, words; white space and tokens left out."""
    if isinstance(node, NavigableString):
        return " ".join(str(node).split())
    if not isinstance(node, Tag):
        return None
    attributes = {name: " ".join(v) if isinstance(v, list) else v for name, v in node.attrs.items()}
    if attributes.get("name") in CHANGING:
        attributes.pop("value", None)
        attributes.pop("content", None)
    children = [found for child in node.children if (found := tree(child)) not in ("", None)]
    return (node.name, tuple(sorted(attributes.items())), tuple(children))


def difference(one: Page, other: Page) -> str:
    """Where two pages first differ, in words a failing test can show; empty when they are equal."""
    return _difference(one.tree, other.tree, "")


def _difference(one: Any, other: Any, path: str) -> str:
    if one == other:
        return ""
    if not (isinstance(one, tuple) and isinstance(other, tuple)) or one[:2] != other[:2]:
        return f"{path}: {_short(one)} ≠ {_short(other)}"
    here = f"{path}/{one[0]}"
    for mine, theirs in zip(one[2], other[2], strict=False):
        if found := _difference(mine, theirs, here):
            return found
    longer = one[2][len(other[2]) :] or other[2][len(one[2]) :]
    return f"{here}: only one has {_short(longer[0])}"


def _short(node: Any) -> str:
    return str(node[:2] if isinstance(node, tuple) else node)[:300]
