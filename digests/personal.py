"""What digests know about people: what they chose, and the mails they got."""

from __future__ import annotations

from core.personal import Holding, PersonalData, identity, nothing, register, told, typed

_CODE = nothing("a word of our own")


def _table(model: str, noun: str, fields: dict[str, Holding], **of: object) -> None:
    register(PersonalData(model=f"digests.{model}", noun=noun, fields=fields, **of))  # type: ignore[arg-type]  # names of its own fields


_table(
    "Issue",
    "issues of the digest",
    {"facts": told(), "note": typed()},
    done_by=("approved_by",),
)
_table(
    "IssueItem",
    "items of the digest",
    {
        "key": nothing("what it is about, by number"),
        "title": told(),
        "detail": told(),
        "url": nothing("an address of ours"),
        "data": told(),
        "hidden_reason": typed(),
        "wording": typed(),
    },
)
_table(
    "Edition",
    "editions of the digest",
    {
        "subject": told(),
        "preheader": told(),
        "text": told(),
        "html": told(),
        "status": nothing("how a product stands, in a word of ours"),
    },
)
_table(
    "Reader",
    "readers of the digest",
    {"suppressed_why": identity(), "suppressed_address": identity()},
    person="person_id",
)
_table("Subscription", "subscriptions", {}, person="person_id")
_table("ProductDigest", "ways of telling products", {})
_table(
    "DigestDelivery",
    "deliveries of the digest",
    {"reason": nothing("written without anybody in it"), "time_zone": identity("UTC")},
    person="person_id",
)
_table("DeliveryPart", "parts of deliveries", {})
