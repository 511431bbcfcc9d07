"""Addresses of accounts. Of allauth's views only those in use exist, under allauth's own names."""

from __future__ import annotations

from allauth.account import views as allauth
from django.urls import include, path, re_path

from accounts.selectors import nobody_yet
from accounts.views import feeds, organisation
from accounts.views import people as views

# The template asks `nobody_yet` only when it is shown.
sign_in = allauth.LoginView.as_view(extra_context={"nobody_yet": nobody_yet})

sign_in_pages = [
    path("login/", sign_in, name="account_login"),
    path("logout/", views.sign_out, name="account_logout"),
    path("password/change/", views.change_password, name="account_change_password"),
    path("reauthenticate/", views.reauthenticate, name="account_reauthenticate"),
    path("password/reset/", allauth.password_reset, name="account_reset_password"),
    path(
        "password/reset/done/",
        allauth.password_reset_done,
        name="account_reset_password_done",
    ),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>[^/]+)/$",
        allauth.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path(
        "password/reset/key/done/",
        allauth.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
]

pages = [
    path("people/", views.person_list, name="person_list"),
    path("people/invite/", views.person_invite, name="person_invite"),
    path("people/<int:user_id>/", views.person_detail, name="person_detail"),
    path("people/<int:user_id>/edit/", views.person_edit, name="person_edit"),
    path("people/<int:user_id>/deactivate/", views.person_deactivate, name="person_deactivate"),
    path("people/<int:user_id>/reactivate/", views.person_reactivate, name="person_reactivate"),
    path("people/<int:user_id>/resend/", views.person_resend, name="person_resend"),
    path("profile/", views.profile, name="profile"),
    path("profile/density/", views.density, name="density"),
    path("profile/feeds/", feeds.feed_list, name="feed_list"),
    path("profile/feeds/new/", feeds.feed_create, name="feed_create"),
    path("profile/feeds/<uuid:key_id>/revoke/", feeds.feed_revoke, name="feed_revoke"),
    path("profile/sessions/", views.sign_out_everywhere, name="sign_out_everywhere"),
    path("settings/", organisation.organisation_edit, name="organisation_edit"),
    path("settings/history/", organisation.organisation_history, name="organisation_history"),
    path("demo/", views.demo_sign_in, name="demo_sign_in"),
]

urlpatterns = [
    path("accounts/", include(sign_in_pages)),
    path("", include((pages, "accounts"))),
]
