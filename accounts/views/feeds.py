"""A person's addresses of feeds: for calendars and readers that can't sign in."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts import feeds
from accounts.models import FeedKey
from accounts.policies import FeedKeyRequest, user_of
from accounts.selectors.feeds import feed_address, feed_names, keys_of
from accounts.services.feeds import NoSuchFeed, make_feed_key, revoke_feed_key
from core.paging import list_page
from core.toasts import add_toast

GET_OR_POST = ["GET", "HEAD", "POST"]
LONGEST_NUMBER = 18  # digits of a key that the database can hold
PAGE = 20
GONE = "A feed that you can’t read any more"


@dataclass(frozen=True, slots=True)
class FeedRow:
    """An address in the list; `name` is empty where its owner may not read the feed any more."""

    key: FeedKey
    name: str
    address: str


@require_safe
def feed_list(request: HttpRequest) -> HttpResponse:
    """The addresses in force, and those that can be made from here."""
    user = user_of(request)
    page = list_page(keys_of(user), request, noun="address", plural="addresses", size=PAGE)
    names = feed_names(user, page.rows)
    context = {
        "page": page,
        "rows": [FeedRow(key, names.get(key.pk, ""), feed_address(key)) for key in page.rows],
        "offers": [purpose for purpose in feeds.purposes if not purpose.needs_product],
        "crumbs": [*_crumbs()[:1], ("Feeds", "")],
    }
    return render(request, "accounts/feed_list.html", context)


@require_http_methods(GET_OR_POST)
def feed_create(request: HttpRequest) -> HttpResponse:
    """Make an address for the feed that the link named; without a name, back to the list."""
    purpose = feeds.purposes.entries.get(request.GET.get("purpose", ""))
    if purpose is None:
        return redirect("accounts:feed_list")
    user, product_id = user_of(request), _number(request.GET.get("product", ""))
    key = FeedKey(user=user, purpose=purpose.key, product_id=product_id)
    name = feed_names(user, [key]).get(key.pk)
    if name is None:
        raise Http404("No feed like this.")
    if request.method == "POST":
        try:
            make_feed_key(purpose=purpose, by=user, now=timezone.now(), product_id=product_id)
        except NoSuchFeed:
            raise Http404("No feed like this.") from None
        add_toast(request, "The address is ready: copy it into your calendar or reader.")
        return redirect("accounts:feed_list")
    context = {
        "title": "Make an address for a feed",
        "lede": f"{name}. {purpose.about}",
        "consequences": [
            "Whoever has the address reads the feed with your rights, without signing in.",
            "Keep it to yourself; you can revoke it at any time.",
        ],
        "confirm_label": "Make the address",
        "cancel_url": reverse("accounts:feed_list"),
        "crumbs": [*_crumbs(), ("New", "")],
    }
    return render(request, "components/confirm_page.html", context)


@require_http_methods(GET_OR_POST)
def feed_revoke(request: FeedKeyRequest, key_id: object) -> HttpResponse:
    """Let an address answer nobody any more."""
    key = request.feed_key
    name = feed_names(request.user, [key]).get(key.pk, GONE)
    if request.method == "POST":
        revoke_feed_key(key=key, by=request.user, now=timezone.now())
        add_toast(request, "The address is revoked.")
        return redirect("accounts:feed_list")
    context = {
        "title": "Revoke an address",
        "lede": f"{name}.",
        "consequences": ["Programs that read it find nothing there any more."],
        "confirm_label": "Revoke the address",
        "cancel_url": reverse("accounts:feed_list"),
        "crumbs": [*_crumbs(), ("Revoke", "")],
    }
    return render(request, "components/confirm_page.html", context)


def _number(text: str) -> int | None:
    is_number = text.isascii() and text.isdigit() and len(text) <= LONGEST_NUMBER
    return int(text) if is_number else None


def _crumbs() -> list[tuple[str, str]]:
    feeds_url = reverse("accounts:feed_list")
    return [("Your profile", reverse("accounts:profile")), ("Feeds", feeds_url)]
