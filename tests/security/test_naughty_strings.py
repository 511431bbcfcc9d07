"""Hundreds of naughty strings in every field, filter and query parameter of the site.

Every string goes into every field of every form as the form itself reads it. Over HTTP each form
gets some of them in all its fields at once, others than the form before; so do fields alone, fields
for words, filters and queries. A thorough run sends each string to each form over HTTP: the better
part of an hour instead of a minute.
"""

from __future__ import annotations

import logging
import time
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote_plus

import pytest
from allauth.core.context import request_context
from bs4 import BeautifulSoup
from django import forms
from django.core.cache import cache
from django.db import transaction
from django.http import QueryDict
from django.test import Client

from tests.security.form_spy import BROUGHT, Reader, Recipe, all_forms, asked_names, caught
from tests.security.naughty import CATEGORIES, all_strings, percent
from tests.security.test_hostile_input import FORM, PARAMETERS, controls, forms_of
from tests.thorough import THOROUGH, share
from tests.walker import once_each
from tests.world import QuickClient, World

EVERY = 1 if THOROUGH else 120
STRINGS = all_strings()
SLOW = 2.0  # seconds of this process
PLAIN = "Lantern"
HARMLESS: set[tuple[str, str]] = set()  # the same in every world, so looked for once
JOINERS = "\u200c\u200d"
BREAKS = "\t\n\v\f\r\x85\u2028\u2029"
EDITS = ("/edit/", "/profile/")
DONE_BY_200 = ("/digest/unsubscribe/",)  # RFC 8058: any POST does it, and nothing leads away
ADDRESSES = ("slug", "code")
HIDDEN = ("version", "token", "whose", "on")  # what a form stands on, drawn anew in a refusal
SECRET = ("password", "oldpassword", "password1")


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@dataclass
class Answers:
    """What came back, and what was wrong with it."""

    asked: int = 0
    slowest: float = 0.0
    wrong: list[str] | None = None

    def __post_init__(self) -> None:
        self.wrong = []

    def ask(self, client: Client, method: str, url: str, body: str = "") -> Any:
        """One request, counted and timed; the caller undoes what it changed."""
        start = time.process_time()
        response = client.generic(method, url, body, content_type=FORM)
        took = time.process_time() - start
        self.asked += 1
        self.slowest = max(self.slowest, took)
        if response.status_code >= 500 or took > SLOW:
            self.blame(f"{method} {url[:80]}: {response.status_code} in {took:.2f} s", body)
        return response

    def look(self, page: Reader, harmless: set[tuple[str, str]], url: str, text: str) -> None:
        """Whether the page has tags or attributes that no page has with plain words in it."""
        if page.marks - harmless:
            self.blame(f"{url} lets out {sorted(page.marks - harmless)[:3]}", text)

    def __str__(self) -> str:
        return f"{self.asked} answers (slowest {self.slowest:.2f} s)"

    def blame(self, what: str, text: str) -> None:
        self.wrong.append(f"{what}: {text[:60]!r}")


def body_of(values: dict[str, str], name: str | None, text: str) -> str:
    """The form with `text` in one field, or in all."""
    sent = {
        key: percent(text) if name in (None, key) and key not in BROUGHT else quote_plus(value)
        for key, value in values.items()
    }
    return "&".join(f"{quote_plus(key)}={value}" for key, value in sent.items())


def html_of(response: Any) -> str:
    kind = response.headers.get("Content-Type", "")
    return response.content.decode() if kind.startswith("text/html") else ""


def say(capsys: pytest.CaptureFixture[str], line: str) -> None:
    """One line of figures among the dots."""
    with capsys.disabled():
        print(f"\n{line}")


# --- strings and forms ------------------------------------------------------------------------


def test_there_are_enough_strings_of_every_category() -> None:
    assert len(STRINGS) >= 500
    assert all(len(strings) >= 10 for strings in CATEGORIES.values())
    assert {"", "\x00", "NaN", "1e400", "1_000", "١٢٣", "24:00", "0001-01-01"} <= set(STRINGS)
    assert max(map(len, STRINGS)) >= 10_000
    QueryDict("a=" + "&a=".join(map(percent, STRINGS)))  # a form can carry each


# Forms that stand on their page only where its address asks for them.
ASKED = (
    "/views/new/?page=catalogue&stage=growth",
    "/products/bulk/edit/?take=all&step=preview&to-stage=growth",
    "/products/product-p1/field/manager/",
)


def every_form(world: World) -> Iterator[tuple[Client, str, dict[str, str]]]:
    """Each form that posts, with who is at it."""
    for actor in ("administrator", "anonymous"):
        client = world.client(actor, QuickClient)
        if ("every form", actor) not in world.memory:
            found = forms_of(world, actor)
            for url in [url for url, *_ in found if url.endswith("/mapping/")]:
                found |= _on_request(client, url)
            for url in ASKED:
                found |= {
                    (action if action.startswith("/") else url, *values): values
                    for action, values in controls(html_of(client.get(url)))
                }
            world.memory["every form", actor] = found
        for (url, *_), values in world.memory["every form", actor].items():
            if set(values) - BROUGHT:
                yield client, url, dict(values)


def _on_request(client: Client, url: str) -> dict[tuple[str, ...], dict[str, str]]:
    """What a page of columns shows only when asked: the mapping as text, and one more family."""
    as_text = client.get(f"{url}?as=toml")
    with undone():
        more = send(client, url, "shape=wide&do=add")
    return {
        (at, *values): values
        for at, response in ((f"{url}?as=toml", as_text), (url, more))
        for action, values in controls(html_of(response))
        if not action.startswith("/") or action.endswith("/mapping/")
    }


def recipes(world: World, monkeypatch: pytest.MonkeyPatch) -> dict[str, Recipe]:
    """Every form of the site that reads a request: those that post, and those that filter."""
    found: dict[str, Recipe] = {}
    with caught(monkeypatch) as built:
        for client, url, values in list(every_form(world)):
            for name in (None, ""):
                with undone():
                    send(client, url, body_of(values, name, PLAIN))
        client = world.client("administrator", QuickClient)
        for url in (*(f"{page.url}?q=a&day=2020-01-01" for page in once_each(world)), *ASKED):
            client.get(url)
    for recipe in built:
        found.setdefault(recipe.name, recipe)
    cache.clear()
    return found


def test_every_string_in_every_field(world, monkeypatch, capsys, rf) -> None:
    """The forms themselves, with all strings: each is refused, or read and then stays as it is.

    What a form accepted is composed (NFC), without control characters, and accepted again as it is.
    """
    wrong, slowest, fields = [], 0.0, 0
    known = recipes(world, monkeypatch)
    request = rf.post("/")
    for recipe in known.values():
        form = recipe.build(QueryDict("a=b"))
        sent = [form.add_prefix(name) for name in form.fields]
        fields += len(sent)
        for text in STRINGS:
            start = time.process_time()
            with request_context(request):
                read = _read_again(form, dict.fromkeys(sent, _received(text)))
            slowest = max(slowest, time.process_time() - start)
            wrong += [
                f"{recipe.name}.{name} {problem}: {text[:60]!r}"
                for name, value in read.items()
                if isinstance(value, str) and name not in SECRET
                if not isinstance(form.fields[name], forms.FileField)
                if (problem := _unstable(form.fields[name], value))
            ]
    assert wrong == [], "\n".join(wrong[:60])
    assert slowest < SLOW
    wanted = {kind: _own_fields(kind) for kind in all_forms()}
    met = {base for recipe in known.values() for base in recipe.kind.__mro__}
    missed = [
        f"{kind.__name__}: {sorted(names)}" for kind, names in wanted.items() if kind not in met
    ]
    total = sum(map(len, wanted.values()))
    covered = sum(len(names) for kind, names in wanted.items() if kind in met)
    say(
        capsys,
        f"naughty strings: {len(STRINGS)} strings × {fields} fields of {len(known)} forms"
        f" = {len(STRINGS) * fields:,}; {covered} of {total} declared fields;"
        f" slowest form {slowest:.2f} s",
    )
    assert covered >= 0.95 * total, missed


def _read_again(form: forms.BaseForm, sent: dict[str, str]) -> dict[str, Any]:
    """What the form makes of this; the same form every time, as building one costs more."""
    form.data = QueryDict(mutable=True)
    form.data.update(sent)
    form.is_bound, form._errors = True, None
    form.is_valid()
    return form.cleaned_data


def _own_fields(kind: type[forms.BaseForm]) -> set[str]:
    """Fields that this class adds to those it inherits."""
    inherited = {name for base in kind.__mro__[1:] for name in getattr(base, "base_fields", ())}
    return set(getattr(kind, "base_fields", ())) - inherited


def _received(text: str) -> str:
    """The text as the server reads what a browser sent."""
    return text.encode("utf-8", "surrogatepass").decode("utf-8", "replace")


def _unstable(field: forms.Field, value: str) -> str:
    """What is wrong with text that a field has read; what is kept verbatim may look odd."""
    if isinstance(field, forms.CharField) and not field.strip:
        return "keeps NUL" if "\x00" in value else ""
    if not unicodedata.is_normalized("NFC", value):
        return "is not composed"
    if any(unicodedata.category(one) in ("Cc", "Cs") and one != "\n" for one in value):
        return "keeps control characters"
    if len(value) > (getattr(field, "max_length", None) or 10_000):
        return "is longer than it may be"
    try:
        again = value if isinstance(field, forms.ChoiceField) else field.clean(value)
    except forms.ValidationError as error:
        return f"refuses what it has read: {error.messages}"
    return "" if again == value else "changes when it is sent again"


# --- over HTTP --------------------------------------------------------------------------------


@pytest.fixture
def harmless(world: World) -> set[tuple[str, str]]:
    """All tags and attributes of pages with nothing but plain words in their forms."""
    found = HARMLESS
    if found:
        return found
    client = world.client("administrator", QuickClient)
    for page in once_each(world):
        found |= Reader(html_of(client.get(page.url))).marks
    for client, url, values in every_form(world):
        for text in (PLAIN, ""):
            with undone():
                found |= Reader(html_of(send(client, url, body_of(values, None, text)))).marks
        with undone():
            response = send(client, url, body_of({**values, "description": PLAIN}, "", ""))
            if response.status_code in (302, 303):
                found |= Reader(html_of(client.get(response.headers["Location"]))).marks
    cache.clear()
    return found


def meant(text: str) -> str:
    """The text as people meant it: composed, in one line, nothing in it that can't be seen."""
    text = unicodedata.normalize("NFC", _received(text))
    spaced = [" " if one in BREAKS else one for one in text]
    seen = [one for one in spaced if one in JOINERS or unicodedata.category(one)[0] != "C"]
    return unicodedata.normalize("NFC", " ".join("".join(seen).split()))


@contextmanager
def undone() -> Iterator[None]:
    """What happens inside is taken back."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def send(client: Client, url: str, body: str) -> Any:
    return client.generic("POST", url, body, content_type=FORM)


def test_every_form_answers(world, harmless, capsys) -> None:
    """All fields at once: no fault, no new tag; what is refused is marked and kept."""
    answers, fields, kept = Answers(), 0, 0
    for number, (client, url, values) in enumerate(every_form(world)):
        fields += len(values) - 1
        for text in STRINGS[7 * number % EVERY :: EVERY]:
            with undone():
                response = answers.ask(client, "POST", url, body_of(values, None, text))
            page = Reader(html_of(response))
            answers.look(page, harmless, url, text)
            if response.status_code in (200, 422) and not url.startswith(DONE_BY_200):
                kept += 1
                for problem in _not_kept(page, html_of(response), values, text):
                    answers.blame(f"{url} {problem}", text)
            if number % 5 == 0:
                cache.clear()  # or the limits of sign-in answer for it
    say(capsys, f"naughty forms: {answers}, {fields} fields; {kept} refusals kept what was typed")
    assert answers.wrong == []
    assert kept > answers.asked / 2


def _not_kept(page: Reader, html: str, values: dict[str, str], text: str) -> Iterator[str]:
    """What a refusal lacks: the box with the problems, and everything as it was typed."""
    if "There is a problem" not in html:
        yield "says no word about the problem"
    for name in set(values).intersection(page.values).difference((*BROUGHT, *SECRET, *HIDDEN)):
        if page.values[name] != _received(text):
            yield f"has lost {name}: {page.values[name][:40]!r}"


def test_every_field_alone(world, harmless, capsys) -> None:
    """The rest of the form is fine, so that the string gets as deep as it can."""
    answers, fields = Answers(), 0
    for number, (client, url, values) in enumerate(every_form(world)):
        for place, name in enumerate(sorted(set(values) - BROUGHT)):
            fields += 1
            for text in STRINGS[37 * number + 11 * place :: 5 * EVERY]:
                with undone():
                    response = answers.ask(client, "POST", url, body_of(values, name, text))
                    answers.look(Reader(html_of(response)), harmless, url, text)
                    if response.status_code in (302, 303):
                        after = answers.ask(client, "GET", response.headers["Location"])
                        answers.look(Reader(html_of(after)), harmless, url, text)
    say(capsys, f"naughty fields: {answers}, {fields} fields alone")
    assert answers.wrong == []


def test_accepted_words_come_back(world, harmless, capsys) -> None:
    """What was typed into a field for words and accepted stands there again, as it was meant."""
    answers, fields, back = Answers(), 0, 0
    edits = [one for one in every_form(world) if one[1].endswith(EDITS)]
    for number, (client, url, values) in enumerate(edits):
        words = Reader(html_of(client.get(url))).words.intersection(values) - {*ADDRESSES}
        for place, name in enumerate(sorted(words)):
            fields += 1
            for text in STRINGS[(5 * number + 7 * place) % EVERY :: EVERY]:
                with undone():
                    response = answers.ask(client, "POST", url, body_of(values, name, text))
                    if response.status_code not in (302, 303):
                        continue
                    again = Reader(html_of(answers.ask(client, "GET", url)))
                back += 1
                answers.look(again, harmless, url, text)
                if " ".join(again.values[name].split()) != meant(text):
                    answers.blame(f"{url} {name} became {again.values[name][:60]!r}", text)
    say(capsys, f"naughty words: {answers}, {fields} fields; {back} came back as they were meant")
    assert answers.wrong == []
    assert back > answers.asked / 4


# --- filters and queries ----------------------------------------------------------------------


def test_every_query_answers(world, harmless, monkeypatch, capsys) -> None:
    """Another string in each parameter of every page; the boxes show what was looked for."""
    client = world.client("administrator", QuickClient)
    with asked_names(monkeypatch) as asked:
        for page in once_each(world):
            client.get(f"{page.url}?{'&'.join(f'{name}=a' for name in PARAMETERS)}")
    names = sorted({*asked, *PARAMETERS} - BROUGHT)
    answers = Answers()
    for number, page in enumerate(once_each(world)):
        for turn in share(range(8), number, 4):
            given = {
                name: STRINGS[(31 * number + 97 * turn + 13 * place) % len(STRINGS)]
                for place, name in enumerate(names)
            }
            query = "&".join(f"{name}={percent(text[:1500])}" for name, text in given.items())
            response = answers.ask(client, "GET", f"{page.url}?{query[:60_000]}")
            answers.look(Reader(html_of(response)), harmless, page.url, query)
    say(capsys, f"naughty queries: {answers}, {len(names)} parameters")
    assert answers.wrong == []


FILTERS = ("/", "/products/", "/people/")


def test_every_string_in_every_filter(world, harmless, capsys) -> None:
    """The lists with a filter bar, as their bars have it: all strings in all filters at once."""
    client = world.client("administrator", QuickClient)
    answers, filters = Answers(), 0
    for url in FILTERS:
        names = sorted(_filters(html_of(client.get(url))))
        assert "q" in names
        filters += len(names)
        for text in STRINGS[:: max(1, EVERY // 8)]:
            query = "&".join(f"{name}={percent(text)}" for name in names)
            response = answers.ask(client, "GET", f"{url}?{query}")
            html = html_of(response)
            answers.look(Reader(html), harmless, url, text)
            if response.status_code not in (200, 422):
                answers.blame(f"{url} answers {response.status_code}", text)
            elif (kept := _searched_for(html)) not in (_received(text), meant(text)):
                answers.blame(f"{url} has lost q: {kept[:40]!r}", text)
    say(capsys, f"naughty filters: {answers}, {filters} filters")
    assert answers.wrong == []


def _filters(html: str) -> set[str]:
    """Names of the controls in forms that are sent by GET."""
    found = BeautifulSoup(html, "html.parser").select("form:not([method=post]) [name]")
    return {control["name"] for control in found}


def _searched_for(html: str) -> str:
    """What the filter bar says was searched for; the palette, which is in no form, has a q too."""
    found = BeautifulSoup(html, "html.parser").select_one("form:not([method=post]) input[name=q]")
    assert found is not None
    return str(found.get("value", ""))
