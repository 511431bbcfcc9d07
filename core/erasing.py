"""Making somebody anonymous: in tables, in their histories, in mails, sessions and the cache.

What is to be done with which field is said in `core.personal`; who decides, and when, is the
business of `stakeholders.services.erasing`. All of it runs inside the caller's transaction.
"""

from __future__ import annotations

import html
import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from email import message_from_bytes
from email.errors import MessageError
from email.policy import default as modern
from importlib import import_module
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import connection, models
from django.db.models import Q

from core.mentions import Mentions
from core.models import OutboundMail
from core.personal import PersonalData
from core.signals import mails_erased

# A regular expression over every text takes longer than a page may.
SECONDS = 120
_NEVER = "$."
_NEWS = "_messages"  # Django's name for toasts that wait in a session


def take_time() -> None:
    """Let statements of this transaction take up to two minutes."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('statement_timeout', %s, true)", [f"{SECONDS}s"])


def empty_rows(table: PersonalData, link: str, keys: Collection[int], names: Sequence[str]) -> int:
    """Overwrite these fields in the rows whose `link` is one of the keys; how many rows."""
    values = {name: value for name, value in table.emptied().items() if name in names}
    if not values or not keys:
        return 0
    rows = table.table._default_manager.filter(**{f"{link}__in": keys})
    return int(rows.update(**values))


def empty_history(
    table: PersonalData, link: str, keys: Collection[int], names: Sequence[str], erasure: UUID
) -> int:
    """The same in the history of the table; how many rows."""
    events = table.history
    if events is None or not keys:
        return 0
    known = {field.attname for field in events._meta.concrete_fields}
    values = {
        name: value for name, value in table.emptied().items() if name in names and name in known
    }
    key = "pgh_obj_id" if link == "pk" else link
    if not values:
        return 0
    return _call(
        "SELECT core_blank_history(%s, %s::regclass, %s, %s, %s::jsonb)",
        [erasure, events._meta.db_table, key, sorted(keys), json.dumps(values)],
    )


def rename_rows(table: PersonalData, names: Collection[str], who: Mentions) -> int:
    """Put placeholders where these fields name somebody; a form that is open on such a row meets
    a new version. How many rows.
    """
    found = 0
    for fields, words, slugs in _kinds(table.table, names, who):
        found += _rename(table.table, fields, words, slugs, who.inside_json)
    return found


def rename_history(
    table: PersonalData, names: Collection[str], who: Mentions, erasure: UUID
) -> int:
    """The same in the history of the table, or in the table itself where it is a log."""
    events = table.table if table.is_log else table.history
    if events is None:
        return 0
    found = 0
    for fields, words, slugs in _kinds(events, names, who):
        found += _call(
            "SELECT core_rename_in_history(%s, %s::regclass, %s, %s, %s, %s)",
            [
                erasure,
                events._meta.db_table,
                [field.column for field in fields],
                words,
                slugs,
                who.inside_json,
            ],
        )
    return found


def rename_keys(places: Sequence[tuple[PersonalData, str]], who: Mentions) -> list[int]:
    """Put placeholders into texts by which rows differ: no two become the same, and what was the
    same in several tables stays the same. How many rows of each.
    """
    columns = [(table.table, table.table._meta.get_field(name)) for table, name in places]
    taken: set[str] = set()
    renamed: dict[str, str] = {}
    for model, field in columns:
        is_address = _is_address(field)
        for text in _naming(model, field, who):
            if text not in renamed:
                new = _free(who.hidden(text, is_address=is_address), columns, taken)
                renamed[text] = new
                taken.add(new.lower())
    return [_write_keys(model, field, renamed) if renamed else 0 for model, field in columns]


def forget_mail(who: Mentions) -> int:
    """Delete mails to somebody, and mails to others in which they are named; how many.

    One that has not been sent yet goes as well: what it says of them would leave the house.
    """
    to_them = Q()
    for email in who.emails:
        to_them |= Q(recipient__iexact=email)
    mails = OutboundMail.objects.order_by("pk")
    gone = set(mails.filter(to_them).values_list("pk", flat=True)) if who.emails else set()
    rest = mails.exclude(pk__in=gone).only("pk", "subject", "last_error", "raw", "recipient")
    gone |= {mail.pk for mail in rest.iterator(chunk_size=200) if _names(mail, who)}
    mails_erased.send(OutboundMail, mail_ids=gone)
    return int(mails.filter(pk__in=gone).delete()[0])


def forget_sessions(account_ids: Collection[int], who: Mentions) -> int:
    """End the sessions of accounts, and drop news that names them from those of others."""
    store = import_module(settings.SESSION_ENGINE).SessionStore
    ended = 0
    for row in Session.objects.iterator(chunk_size=500):
        data = row.get_decoded()
        if str(data.get("_auth_user_id", "")) in {str(key) for key in account_ids}:
            store(row.session_key).delete(row.session_key)
            ended += 1
        elif who.are_in(json.dumps(data.get(_NEWS, ""), ensure_ascii=False)):
            session = store(row.session_key)
            session.pop(_NEWS, None)
            session.save()
    return ended


def forget_cache() -> None:
    """Drop every page's shortcut: any of them may hold a text that has changed."""
    cache.forget_all()  # type: ignore[attr-defined]  # core.cache.ForgivingRedisCache


def _call(statement: str, parameters: list[Any]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        row = cursor.fetchone()
    return int(row[0]) if row else 0


def _kinds(
    model: type[models.Model], names: Collection[str], who: Mentions
) -> Iterator[tuple[list[Any], str, str]]:
    """Texts and addresses apart, each with the two patterns that look for somebody in them."""
    fields = [field for field in model._meta.concrete_fields if field.name in names]
    texts = [field for field in fields if not _is_address(field)]
    addresses = [field for field in fields if _is_address(field)]
    if texts:
        yield texts, who.words, who.slugs
    if addresses:
        yield addresses, _NEVER, who.addresses


def _is_address(field: Any) -> bool:
    return isinstance(field, models.SlugField | models.URLField)


def _rename(
    model: type[models.Model], fields: Iterable[Any], words: str, slugs: str, inside_json: str
) -> int:
    assignments, conditions = [], []
    for field in fields:
        column = connection.ops.quote_name(str(field.column))
        if isinstance(field, models.JSONField):
            new = f"core_anonymous({column}, %(words)s, %(slugs)s)"
            condition = f"({column}::text ~* %(inside)s AND {new} IS DISTINCT FROM {column})"
        else:
            new = f"core_anonymous({column}::text, %(words)s, %(slugs)s)"
            new = f"{new}::{field.db_type(connection)}"
            condition = f"({column} <> '' AND ({column} ~* %(words)s OR {column} ~* %(slugs)s))"
        assignments.append(f"{column} = {new}")
        conditions.append(condition)
    if any(field.name == "version" for field in model._meta.concrete_fields):
        assignments.append("version = version + 1")
    table = connection.ops.quote_name(model._meta.db_table)
    statement = f"UPDATE {table} SET {', '.join(assignments)} WHERE {' OR '.join(conditions)}"  # noqa: S608  # names of our own columns
    with connection.cursor() as cursor:
        cursor.execute(statement, {"words": words, "slugs": slugs, "inside": inside_json})
        return cursor.rowcount


def _naming(model: type[models.Model], field: Any, who: Mentions) -> list[str]:
    """The texts of a key in which somebody is named, each once."""
    named = Q(**{f"{field.name}__iregex": who.words}) | Q(**{f"{field.name}__iregex": who.slugs})
    if _is_address(field):
        named = Q(**{f"{field.name}__iregex": who.addresses})
    rows = model._default_manager.exclude(**{field.name: ""}).filter(named).order_by(field.name)
    return list(rows.values_list(field.name, flat=True).distinct())


def _free(wanted: str, columns: Sequence[tuple[Any, Any]], taken: Collection[str]) -> str:
    """`wanted`, or with the first number behind it that nothing has yet."""
    longest = min(field.max_length for _, field in columns)
    number = 1
    while True:
        is_address = all(_is_address(field) for _, field in columns)
        ending = "" if number == 1 else (f"-{number}" if is_address else f" ({number})")
        text = wanted[: longest - len(ending)] + ending
        is_there = any(
            model._default_manager.filter(**{f"{field.name}__iexact": text}).exists()
            for model, field in columns
        )
        if text.lower() not in taken and not is_there:
            return text
        number += 1


def _write_keys(model: type[models.Model], field: Any, renamed: Mapping[str, str]) -> int:
    table = connection.ops.quote_name(model._meta.db_table)
    column = connection.ops.quote_name(field.column)
    has_version = any(one.name == "version" for one in model._meta.concrete_fields)
    version = ", version = version + 1" if has_version else ""
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {table} AS t SET {column} = m.new{version}"  # noqa: S608  # names of our own columns
            f" FROM unnest(%s::text[], %s::text[]) AS m(old, new) WHERE t.{column} = m.old",
            [list(renamed), list(renamed.values())],
        )
        return cursor.rowcount


def _names(mail: OutboundMail, who: Mentions) -> bool:
    return any(who.are_in(text) for text in (mail.subject, mail.last_error, *_texts(mail)))


def _texts(mail: OutboundMail) -> Iterator[str]:
    """What a mail says, as a person would read it."""
    raw = bytes(mail.raw)
    try:
        message = message_from_bytes(raw, policy=modern)
        yield from (str(value) for value in message.values())
        for part in message.walk():
            if part.get_content_maintype() == "text":
                yield html.unescape(str(part.get_content()))
    except (MessageError, LookupError, ValueError, KeyError):
        yield raw.decode("utf-8", "replace")
