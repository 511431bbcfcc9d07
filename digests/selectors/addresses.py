"""Signed addresses of a reader: their preferences, unsubscribing, the web copy of a mail.

Each opens one kind of page for one person, and ends when `Reader.address_epoch` is counted up.
Making one reads no database.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from functools import cache

from django.conf import settings
from django.db.models import Q
from django.urls import reverse

from digests.models import DigestDelivery, Reader
from digests.rules.tokens import is_one_of, key_in, seal
from stakeholders.models import Person

_LARGEST = 2**63 - 1


class Purpose(StrEnum):
    """What an address is for; also the name of its page. One opens no other."""

    UNSUBSCRIBE = "unsubscribe"
    PREFERENCES = "preferences"
    WEB_COPY = "web_copy"


def unsubscribe_url(person_id: int, epoch: int) -> str:
    """The absolute address at which one POST ends all mail (RFC 8058)."""
    return _url(Purpose.UNSUBSCRIBE, person_id, person_id, epoch)


def preferences_url(person_id: int, epoch: int) -> str:
    """The absolute address of somebody's own choices, for which nobody needs an account."""
    return _url(Purpose.PREFERENCES, person_id, person_id, epoch)


def web_url(delivery_id: int, person_id: int, epoch: int) -> str:
    """The absolute address of a mail as a page."""
    return _url(Purpose.WEB_COPY, delivery_id, person_id, epoch)


def reader_of(token: str, purpose: Purpose) -> Person | None:
    """Whose address this is: the record that was kept, where theirs was merged into it.

    None where it opens nothing, or nothing any more: nobody who was erased; of those whose account
    was deactivated only to unsubscribe.
    """
    for key, secret in _keys(token):
        people = Person.objects.select_related("merged_into__user", "user")
        person = people.filter(pk=key).first()
        if person is not None and _is_signed(token, purpose, key, [person.pk], secret):
            kept: Person = person.merged_into or person
            may_enter = purpose is Purpose.UNSUBSCRIBE or not _has_left(kept)
            return kept if may_enter and not (person.erased_at or kept.erased_at) else None
    return None


def delivery_of(token: str) -> DigestDelivery | None:
    """The mail behind an address, with its person and its bytes; None as in `reader_of`.

    A merge may have handed it over: the address was signed for the record it was sent to.
    """
    for key, secret in _keys(token):
        deliveries = DigestDelivery.objects.select_related("person__user", "mail")
        delivery = deliveries.filter(pk=key).first()
        if delivery is not None and _is_signed(
            token, Purpose.WEB_COPY, key, _records_of(delivery.person), secret
        ):
            is_shut = delivery.person.erased_at or _has_left(delivery.person)
            return None if is_shut else delivery
    return None


def _records_of(person: Person) -> list[int]:
    """Every record of a human being."""
    kept = person.merged_into_id or person.pk
    people = Person.objects.filter(Q(pk=kept) | Q(merged_into=kept))
    return list(people.order_by("pk").values_list("pk", flat=True))


def _has_left(person: Person) -> bool:
    return person.user is not None and not person.user.is_active


def _is_signed(token: str, purpose: Purpose, key: int, person_ids: list[int], secret: str) -> bool:
    """Whether the token is what we would write today for one of these people."""
    readers = Reader.objects.filter(person__in=person_ids)
    epochs = dict(readers.values_list("person_id", "address_epoch"))
    written = [_token(purpose, key, pk, epochs.get(pk, 0), secret) for pk in person_ids]
    return is_one_of(token, written)


def _keys(token: str) -> Iterator[tuple[int, str]]:
    """The key that a token would stand for, by each secret that it may be signed with."""
    for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        key = key_in(token, secret)
        if key is not None and key <= _LARGEST:
            yield key, secret


def _url(purpose: Purpose, key: int, person_id: int, epoch: int) -> str:
    token = _token(purpose, key, person_id, epoch, settings.SECRET_KEY)
    return f"{settings.BASE_URL}{_page(purpose)}{token}/"


@cache
def _page(purpose: Purpose) -> str:
    """What stands before the token: thousands of addresses are written at once."""
    return reverse(f"digests:{purpose}", args=["-"]).removesuffix("-/")


def _token(purpose: Purpose, key: int, person_id: int, epoch: int, secret: str) -> str:
    return seal(key, f"{purpose}.{person_id}.{epoch}", secret)
