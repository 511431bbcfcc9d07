"""Addresses of core: search, and the demo's mailbox. Health probes are wired in config."""

from django.urls import include, path

from core import dev_mail, finder, views

find = [
    path("search/", finder.search_page, name="search"),
    path("unsent/", views.unsent_page, name="unsent"),
]

urlpatterns = [
    path("", include((find, "core"))),
    path("dev/mail/", dev_mail.mail_list, name="dev_mail_list"),
    path("dev/mail/<int:mail_id>/", dev_mail.mail_detail, name="dev_mail_detail"),
    path("dev/mail/<int:mail_id>/body/", dev_mail.mail_body, name="dev_mail_body"),
]
