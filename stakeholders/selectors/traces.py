"""Who somebody is in all tables, and where else their name stands."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db import models
from django.db.models import Count, Q

from accounts.models import User
from core.audit import event_model
from core.mentions import Mentions
from core.personal import PLACEHOLDER, Holds, PersonalData, tables
from stakeholders.models import Person

# So does the address of everybody who was erased.
NOBODYS_DOMAIN = "@invalid"
EXCERPTS = 3


@dataclass(frozen=True)
class Human:
    """One human being: every record of them, every account, whatever they were ever called.

    A former name or address that is somebody else's now is theirs, and not in `mentions`.
    """

    people: tuple[Person, ...]
    users: tuple[User, ...]
    mentions: Mentions

    @cached_property
    def person_ids(self) -> list[int]:
        """The keys of their records."""
        return [person.pk for person in self.people]

    @cached_property
    def user_ids(self) -> list[int]:
        """The keys of their accounts."""
        return [user.pk for user in self.users]

    def rows_of(self, table: PersonalData) -> list[tuple[str, list[int]]]:
        """The fields of a table that say whom a row is about, each with their keys."""
        links = ((table.person, self.person_ids), (table.account, self.user_ids))
        return [(link, keys) for link, keys in links if link and keys]

    def about(self, table: PersonalData) -> Q:
        """The rows of a table that are about them; none where a row is about nobody."""
        found = Q(pk__in=[])
        for link, keys in self.rows_of(table):
            found |= Q(**{f"{link}__in": keys})
        if table.email:
            for email in self.mentions.emails:
                found |= Q(**{f"{table.email}__iexact": email})
        return found


@dataclass(frozen=True, slots=True)
class Trace:
    """A field in which somebody is named: in how many texts, with a few words of the first three.

    What is said on maps has no excerpts: it may be about whoever reads this.
    """

    key: str
    label: str
    count: int
    excerpts: tuple[str, ...]


def human_of(person: Person) -> Human:
    """Everything that is the same human being as `person`."""
    ids = _records({person.pk})
    people = tuple(Person.objects.filter(pk__in=ids).select_related("department").order_by("pk"))
    is_theirs = Q(pk__in=[one.user_id for one in people if one.user_id])
    for one in people:
        is_theirs |= Q(email__iexact=one.email)
    users = tuple(User.objects.filter(is_theirs).order_by("pk"))
    return Human(people, users, _mentions(people, users))


def namesakes(human: Human) -> int:
    """How many others bear one of the names: their name in a text looks the same."""
    others = Person.objects.exclude(pk__in=human.person_ids).filter(merged_into__isnull=True)
    accounts = User.objects.exclude(pk__in=human.user_ids)
    named = _any("name__iexact", human.mentions.names)
    emails = {email.casefold() for email in others.filter(named).values_list("email", flat=True)}
    emails |= {email.casefold() for email in accounts.filter(named).values_list("email", flat=True)}
    return len(emails)


def traces_of(human: Human, viewer: User) -> list[Trace]:
    """Where people wrote their name or address: in texts that are about something else.

    What stands about the viewer is in no count; an erasure finds it all the same.
    """
    found = []
    for table in tables():
        fields = [
            field
            for field in table.table._meta.concrete_fields
            if field.name in table.naming(Holds.TYPED, Holds.ABOUT)
        ]
        if fields:
            found += _in_table(table, fields, human, viewer)
    return found


def held_by(human: Human) -> dict[str, int]:
    """How many rows are about them, by what the rows are ("contacts": 4); without empty kinds."""
    counts: dict[str, int] = {}
    for table in tables():
        if table.person or table.account:
            rows = table.table._default_manager.filter(human.about(table))
            counts[table.noun] = counts.get(table.noun, 0) + rows.count()
    return {noun: count for noun, count in counts.items() if count}


def _records(ids: set[int]) -> set[int]:
    """Whatever was merged with one of these, however often."""
    while True:
        linked = Person.objects.filter(Q(merged_into__in=ids) | Q(merged__in=ids))
        more = ids | set(linked.values_list("pk", flat=True))
        if more == ids:
            return ids
        ids = more


def _mentions(people: Collection[Person], users: Collection[User]) -> Mentions:
    everybody: list[Any] = [*people, *users]
    names = {one.name for one in everybody}
    emails = {one.email.casefold() for one in everybody}
    for model, keys in ((Person, _keys(people)), (User, _keys(users))):
        rows = event_model(model)._default_manager.filter(pgh_obj_id__in=keys)
        for name, email in rows.values_list("name", "email").distinct():
            if not _others(model, keys, name=name):
                names.add(name)
            if not _others(Person, _keys(people), email=email) and not _others(
                User, _keys(users), email=email
            ):
                emails.add(email.casefold())
    kept = (email for email in emails if not email.endswith(NOBODYS_DOMAIN))
    return Mentions.of(names - {PLACEHOLDER}, kept)


def _keys(rows: Iterable[Any]) -> list[int]:
    return [row.pk for row in rows]


def _others(model: type[models.Model], keys: list[int], **value: str) -> bool:
    """Whether somebody else has this name or address today."""
    ((field, text),) = value.items()
    others = model._default_manager.exclude(pk__in=keys)
    return others.filter(**{f"{field}__iexact": text}).exists()


def _any(lookup: str, texts: Iterable[str]) -> Q:
    found = Q(pk__in=[])
    for text in texts:
        found |= Q(**{lookup: text})
    return found


def _in_table(table: PersonalData, fields: list[Any], human: Human, viewer: User) -> list[Trace]:
    rows: Any = table.table._default_manager.all()
    if table.is_confidential:
        rows = rows.seen_by(viewer)
    rows = rows.exclude(human.about(table))
    named = {field.name: _named(field, human.mentions) for field in fields}
    counts = rows.order_by().aggregate(
        **{f"{name}_count": Count("pk", filter=condition) for name, condition in named.items()}
    )
    return [
        Trace(
            key=f"{table.model}.{field.name}",
            label=f"{table.noun}, {field.verbose_name}",
            count=counts[f"{field.name}_count"],
            excerpts=_excerpts(table, rows.filter(named[field.name]), field.name, human.mentions),
        )
        for field in fields
        if counts[f"{field.name}_count"]
    ]


def _named(field: Any, who: Mentions) -> Q:
    is_address = isinstance(field, models.SlugField | models.URLField)
    patterns = (who.addresses,) if is_address else (who.words, who.slugs)
    return _any(f"{field.name}__iregex", patterns) & ~Q(**{field.name: ""})


def _excerpts(table: PersonalData, rows: Any, name: str, who: Mentions) -> tuple[str, ...]:
    if table.is_confidential:
        return ()
    texts = rows.order_by("pk").values_list(name, flat=True)[:EXCERPTS]
    return tuple(who.excerpt(text) for text in texts)
