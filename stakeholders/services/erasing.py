"""Erasing a person: nothing says any more who they were; the numbers of products stay.

What is done with which field is said once, in the registry of personal data (`core.personal`).
Everything happens in one transaction, but for stored files and the cache, which follow its commit.
"""

from __future__ import annotations

import datetime as dt
import secrets
from collections import Counter, defaultdict
from collections.abc import Collection
from uuid import UUID, uuid4

import structlog
from django.db import transaction

from accounts.models import User
from accounts.services import anonymise_user, forget_sign_in_tries
from core import erasing, stored_files
from core.locks import retry_on_deadlock
from core.mentions import Mentions
from core.models import Erasure
from core.personal import PLACEHOLDER, Holds, PersonalData, tables
from imports.services import forget_files, forget_objects
from portfolio.services.addresses import lock_addresses
from stakeholders.models import ConfidentialRead, Person, Placement
from stakeholders.selectors.traces import NOBODYS_DOMAIN, Human, human_of
from stakeholders.services.placements import NotOneself

logger = structlog.get_logger(__name__)

SUBJECT = "stakeholders.person"


@retry_on_deadlock
@transaction.atomic
def erase_person(
    *, person: Person, by: User, now: dt.datetime, keep_in: Collection[str] = ()
) -> Erasure:
    """Make a person anonymous wherever they stand, with every record merged with theirs and every
    account that is theirs by link or by e-mail. Whoever is erased already stays as they are.

    `keep_in` are the fields ("portfolio.Product.description") in which the name is left where it
    stands, in today's text and in former ones. The row that is returned says what was done.

    Raises:
        NotOneself: it is `by`.
        LastAdministratorError: the person is the last active administrator.
        ImportAtWork: a file that names them is being imported.
    """
    erasing.take_time()
    human = _held(person)
    if Person.objects.being(by).filter(pk__in=human.person_ids).exists() or by in human.users:
        raise NotOneself
    if all(one.erased_at for one in human.people):
        return erasures_of(person)[0]
    erasure = uuid4()
    done = Counter(records=len(human.people), accounts=len(human.users))
    done["files"] = stored_files.forget_files(user_ids=human.user_ids, who=human.mentions)
    done["emptied"] = _empty(human, by, now)
    renamed = _rename(human.mentions, keep_in)
    done["replaced"] = renamed.total()
    done["mails"] = erasing.forget_mail(human.mentions)
    done["sessions"] = erasing.forget_sessions(human.user_ids, human.mentions)
    forget_sign_in_tries()
    done["files"] += forget_files(who=human.mentions, now=now)
    forget_objects(subject=SUBJECT, ids=human.person_ids)
    done["history"] = _purge_history(human, keep_in, erasure, set(renamed))
    return _told(human, erasure, done, by, now)


def erasures_of(person: Person) -> list[Erasure]:
    """What was done when the person was erased, the latest first; of a merged one under each."""
    return list(Erasure.objects.filter(subject=f"{SUBJECT} {person.pk}").order_by("-at"))


@transaction.atomic
def note_record(*, human: Human, by: User, now: dt.datetime) -> None:
    """Keep that `by` has drawn everything that is held about somebody; each time is a row."""
    for person in human.people:
        ConfidentialRead.objects.create(
            user=by, user_label=by.email, person=person, what="record", at=now
        )


def _held(person: Person) -> Human:
    """The human being, with their records locked in the order of keys; before them their places,
    where whoever writes about one queues (`locked_place`).
    """
    ids = human_of(person).person_ids
    list(Placement.objects.filter(person__in=ids).order_by("pk").select_for_update(of=("self",)))
    list(Person.objects.filter(pk__in=ids).order_by("pk").select_for_update(of=("self",)))
    return human_of(person)


def _empty(human: Human, by: User, now: dt.datetime) -> int:
    """Overwrite today's rows about them, or delete them where nothing of a row would be left."""
    emptied = 0
    for table in tables():
        if table.rows_go:
            table.table._default_manager.filter(human.about(table)).delete()
            continue
        for link, keys, names in _links(table, human):
            if link != "pk":
                emptied += erasing.empty_rows(table, link, keys, names)
    for user in human.users:
        anonymise_user(user_id=user.pk, email=_nobodys_address(), by=by, now=now)
    for person in human.people:
        _empty_person(person, now)
    return emptied


def _empty_person(person: Person, now: dt.datetime) -> None:
    values = {
        "name": PLACEHOLDER,
        "email": _nobodys_address(),
        "role": "",
        "department": None,
        "audience": Person._meta.get_field("audience").get_default(),
        "time_zone": "",
        "locale": "",
        "user": None,
        "erased_at": now,
        "updated_at": now,
        "version": person.version + 1,
    }
    Person.objects.filter(pk=person.pk).update(**values)


def _nobodys_address() -> str:
    return f"erased-{secrets.token_hex(8)}{NOBODYS_DOMAIN}"


def _links(table: PersonalData, human: Human) -> list[tuple[str, list[int], list[str]]]:
    """How rows of a table are about them: field, keys, and which of its fields that empties.

    Where a row is about a person and an account, its labels are the account's.
    """
    names = {
        kind: [name for name, held in table.fields.items() if held.holds is kind]
        for kind in (Holds.IDENTITY, Holds.ABOUT)
    }
    links = []
    for link, keys in human.rows_of(table):
        is_labelled = link == table.account or not table.account
        is_described = link == table.person or not table.person
        own = [*names[Holds.IDENTITY] * is_labelled, *names[Holds.ABOUT] * is_described]
        links.append((link, keys, own))
    return links


def _rename(who: Mentions, keep_in: Collection[str]) -> Counter[str]:
    """Put placeholders into today's texts about other things; how many rows of which table."""
    found: Counter[str] = Counter()
    lock_addresses()
    keys: dict[str, list[tuple[PersonalData, str]]] = defaultdict(list)
    for table in tables():
        names = _wanted(table, keep_in)
        for name in names:
            held = table.fields[name]
            if held.is_key:
                keys[held.group or f"{table.model}.{name}"].append((table, name))
        texts = [name for name in names if not table.fields[name].is_key]
        if texts and not table.is_log and not table.copies:
            found[table.model] += erasing.rename_rows(table, texts, who)
    for places in keys.values():
        for (table, _), rows in zip(places, erasing.rename_keys(places, who), strict=True):
            found[table.model] += rows
    return +found


def _purge_history(human: Human, keep_in: Collection[str], erasure: UUID, renamed: set[str]) -> int:
    """What tables said formerly, and the copies that were made of them (`renamed` are the tables
    that said it until now); last, so that the traces of this erasure itself are among it.
    """
    rewritten = 0
    named = set(renamed)
    for table in tables():
        for link, keys, names in _links(table, human):
            rewritten += erasing.empty_history(table, link, keys, names, erasure)
        if names := _wanted(table, keep_in):
            found = erasing.rename_history(table, names, human.mentions, erasure)
            rewritten += found
            named |= {table.model} if found else set()
    for table in tables():
        if named.intersection(table.copies):
            names = _wanted(table, keep_in)
            rewritten += erasing.rename_rows(table, names, human.mentions)
    return rewritten


def _wanted(table: PersonalData, keep_in: Collection[str]) -> list[str]:
    return [name for name in table.naming() if f"{table.model}.{name}" not in keep_in]


def _told(human: Human, erasure: UUID, done: Counter[str], by: User, now: dt.datetime) -> Erasure:
    """A row for each record, so that each page of them says the same."""
    counts = {what: number for what, number in sorted(done.items()) if number}
    rows = [
        Erasure(
            id=erasure if not number else uuid4(),
            subject=f"{SUBJECT} {person.pk}",
            by=by.pk,
            at=now,
            counts=counts,
        )
        for number, person in enumerate(human.people)
    ]
    Erasure.objects.bulk_create(rows)
    transaction.on_commit(erasing.forget_cache)
    logger.info("person_erased", erasure=str(erasure), by=by.pk, **counts)
    return rows[0]
