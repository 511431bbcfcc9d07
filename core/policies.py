"""Who may open which page: one table of routes and keys, one place that decides.

`config/policies.yaml` maps every route name to a policy key. A key is `public`, `demo`, the name of
a predicate without an object (`signed_in`, `administrator`), or `kind.verb` (`product.edit`). The
predicates are registered with the library `rules` under the same key by the apps that know the
words; the objects are fetched by loaders registered here.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import rules
import yaml
from django.conf import settings
from django.core import checks
from django.core.exceptions import ImproperlyConfigured, ObjectDoesNotExist
from django.http import Http404, HttpRequest
from django.urls import URLPattern, URLResolver, get_resolver

PUBLIC = "public"
DEMO = "demo"

Loader = Callable[[Any, Any], Any]


class ObjectMoved(Exception):  # no error: the answer is a redirect
    """The address is an old one; `value` is what stands in its place today.

    Raised by a loader only when the person who asks may read the object: an old address is as
    secret as the new one.
    """

    def __init__(self, value: object) -> None:
        super().__init__(value)
        self.value = value


@dataclass(frozen=True, slots=True)
class ObjectKind:
    """How the object of a `kind.verb` key is found: `load(user, value of the URL's argument)`."""

    name: str
    load: Loader
    argument: str


_kinds: dict[str, ObjectKind] = {}


def register_object(kind: str, loader: Loader, *, argument: str = "slug") -> None:
    """Let keys `<kind>.<verb>` fetch their object with `loader(user, value)`.

    The loader goes through `visible_to(user)` and annotates what the predicates read. It returns
    None, or raises `Http404` or `DoesNotExist`, when there is nothing for this person; it raises
    `ObjectMoved` for an old address.

    Raises:
        ValueError: another loader is registered for the kind.
    """
    entry = ObjectKind(kind, loader, argument)
    if _kinds.setdefault(kind, entry) != entry:
        raise ValueError(f"Two loaders are registered for {kind!r}.")


def register_policy(key: str, predicate: Callable[..., bool]) -> None:
    """Answer `key` by `predicate(user)` or `predicate(user, subject)`; the subject may be None."""
    rules.set_rule(key, rules.predicate(predicate))


def kind_of(key: str) -> ObjectKind | None:
    """The kind of object that a key speaks of; None where it speaks of none."""
    name, dot, _ = key.partition(".")
    return _kinds.get(name) if dot else None


def find_object(kind: ObjectKind, user: object, value: object) -> Any:
    """The object as this person sees it.

    Raises:
        Http404: there is none, or none for this person.
        ObjectMoved: the address is an old one.
    """
    try:
        found = kind.load(user, value)
    except ObjectDoesNotExist:
        found = None
    if found is None:
        raise Http404(f"No {kind.name} at this address.")
    return found


def allows(key: str, user: object, subject: object = None) -> bool:
    """Whether the predicate under `key` says yes. A key without a predicate says no."""
    return bool(rules.rule_exists(key) and rules.test_rule(key, user, subject))


def may(request: HttpRequest, url_name: str, subject: object = None) -> bool:
    """Whether the person of this request may open the page `url_name`: for links and buttons."""
    key = policies().get(url_name)
    if key is None:
        return False
    if key in (PUBLIC, DEMO):
        return key == PUBLIC or bool(settings.DEMO)
    return allows(key, request.user, subject)


class _Loader(yaml.SafeLoader):
    """Refuses a name that stands twice: the later one would win silently."""

    def construct_mapping(  # its signature is PyYAML's
        self,
        node: yaml.MappingNode,
        deep: bool = False,  # noqa: FBT001, FBT002  # PyYAML's
    ) -> dict[Hashable, Any]:
        """The mapping of one node."""
        names = [self.construct_object(key, deep=True) for key, _ in node.value]
        twice = sorted({str(name) for name in names if names.count(name) > 1})
        if twice:
            raise ImproperlyConfigured(f"config/policies.yaml names twice: {', '.join(twice)}")
        return super().construct_mapping(node, deep=deep)


def read_policies(path: Path) -> dict[str, str]:
    """Route name → policy key, as the file says.

    Raises:
        ImproperlyConfigured: the file is not a flat table of texts.
    """
    table = yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)  # noqa: S506  # a SafeLoader
    if not isinstance(table, dict) or not all(
        isinstance(name, str) and isinstance(key, str) for name, key in table.items()
    ):
        raise ImproperlyConfigured(f"{path} must be a flat table: route name: policy key")
    return table


@cache
def policies() -> Mapping[str, str]:
    """The table in force, read once."""
    return read_policies(Path(settings.BASE_DIR) / "config" / "policies.yaml")


@dataclass(frozen=True, slots=True)
class Route:
    """One concrete route of the resolver: its full name (None when it has none) and its pattern."""

    name: str | None
    pattern: str
    callback: Callable[..., Any]
    arguments: tuple[str, ...]


def routes() -> Iterator[Route]:
    """Every route that the site answers, third-party ones too."""
    yield from _routes(get_resolver(), (), "", ())


def _routes(
    resolver: URLResolver, namespaces: tuple[str, ...], prefix: str, arguments: tuple[str, ...]
) -> Iterator[Route]:
    for entry in resolver.url_patterns:
        pattern = prefix + str(entry.pattern)
        found = (*arguments, *entry.pattern.regex.groupindex)
        if isinstance(entry, URLPattern):
            name = ":".join((*namespaces, entry.name)) if entry.name else None
            yield Route(name, pattern, entry.callback, found)
        else:
            inner = (*namespaces, entry.namespace) if entry.namespace else namespaces
            yield from _routes(entry, inner, pattern, found)


def policy_problems(table: Mapping[str, str] | None = None) -> list[checks.CheckMessage]:
    """What is wrong with the table: routes without a key, dead entries, keys nobody answers."""
    table = policies() if table is None else table
    known = list(routes())
    names = {route.name for route in known if route.name}
    missing = [route for route in known if route.name not in table]
    return [
        *(_error("E001", f"The route {r.name or r.pattern!r} has no policy.") for r in missing),
        *(_error("E002", f"There is no route {name!r}.") for name in sorted(table.keys() - names)),
        *(
            _error("E003", f"No predicate is registered under {table[name]!r} ({name}).")
            for name in sorted(table.keys() & names)
            if table[name] not in (PUBLIC, DEMO) and not rules.rule_exists(table[name])
        ),
        *(
            _error("E004", f"The route {route.name!r} hides its {kind.name}: {kind.argument!r}.")
            for route in known
            if (kind := kind_of(table.get(route.name or "", "")))
            and route.arguments
            and kind.argument not in route.arguments
        ),
    ]


def _error(number: str, text: str) -> checks.CheckMessage:
    return checks.Error(text, hint="See config/policies.yaml.", id=f"core.{number}")
