"""Issues of the digest, who reads them, and what became of every mail."""

from digests.models.deliveries import DeliveryPart, DigestDelivery
from digests.models.issues import Edition, Issue, IssueItem
from digests.models.readers import ProductDigest, Reader, Subscription

__all__ = [
    "DeliveryPart",
    "DigestDelivery",
    "Edition",
    "Issue",
    "IssueItem",
    "ProductDigest",
    "Reader",
    "Subscription",
]
