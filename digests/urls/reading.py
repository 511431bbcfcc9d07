"""What readers do about their mail, with and without an account."""

from __future__ import annotations

from django.urls import URLPattern, path

from digests.views.reading import copies, following, leaving, mine, preferring, responding

PRODUCT = "products/<slug:slug>/digest/"
MINE = "profile/digest/"

urlpatterns: list[URLPattern] = [
    path(f"{PRODUCT}follow/", following.follow, name="follow"),
    path(f"{PRODUCT}unfollow/", following.unfollow, name="unfollow"),
    path(f"{PRODUCT}items/<int:item_id>/ask/", responding.respond, name="respond"),
    path(MINE, mine.my_digest, name="my_digest"),
    path(f"{MINE}<int:delivery_id>/", mine.my_digest_mail, name="my_digest_mail"),
    path("digest/preferences/<str:preferences_token>/", preferring.preferences, name="preferences"),
    path("digest/unsubscribe/<str:unsubscribe_token>/", leaving.unsubscribe, name="unsubscribe"),
    path("digest/<str:copy_token>/", copies.web_copy, name="web_copy"),
]
