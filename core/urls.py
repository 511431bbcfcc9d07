"""Addresses of core: the demo's mailbox. Health probes are wired in config."""

from django.urls import path

from core import dev_mail

urlpatterns = [
    path("dev/mail/", dev_mail.mail_list, name="dev_mail_list"),
    path("dev/mail/<int:mail_id>/", dev_mail.mail_detail, name="dev_mail_detail"),
    path("dev/mail/<int:mail_id>/body/", dev_mail.mail_body, name="dev_mail_body"),
]
