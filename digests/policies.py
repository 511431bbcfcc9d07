"""Who may read a mail again: whoever got it. The rest asks for products and administrators."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import rules
from django.apps import apps

from accounts.policies import SignedInRequest
from core.policies import register_object, register_policy

if TYPE_CHECKING:
    from accounts.models import User
    from digests.models import DigestDelivery


class OwnMailRequest(SignedInRequest):
    """Behind a `digest_mail.…` policy: the delivery of the address, with its mail."""

    digest_mail: DigestDelivery


def load_own_mail(user: User, delivery_id: int) -> Any:
    """A delivery to any record that is `user`, of a mail that arrived as far as we know."""
    people: Any = apps.get_model("stakeholders", "Person")._default_manager
    own = people.being(user).order_by().values("pk")
    deliveries: Any = apps.get_model("digests", "DigestDelivery")._default_manager
    return deliveries.select_related("mail").get(
        pk=delivery_id, person__in=own, mail__state__in=("sent", "unsure")
    )


@rules.predicate
def got_it(user: User, delivery: Any) -> bool:
    """Whoever the loader found it for."""
    return delivery is not None and user.is_active


register_object("digest_mail", load_own_mail, argument="delivery_id")
register_policy("digest_mail.own", got_it)
