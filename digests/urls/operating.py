"""What an administrator sees of all mail, and does about it."""

from __future__ import annotations

from django.urls import URLPattern, path

from digests.urls import converters  # noqa: F401  # registers <monday:…>
from digests.views.operating import delivery, people, sending, weeks

DIGESTS = "mail/digests/"
DELIVERY = f"{DIGESTS}<int:delivery_id>/"
PEOPLE = f"{DIGESTS}people/"
PERSON = f"{PEOPLE}<int:person_id>/"

urlpatterns: list[URLPattern] = [
    path(DIGESTS, weeks.delivery_list, name="delivery_list"),
    path(f"{DIGESTS}weeks/<monday:week>/", weeks.delivery_week, name="delivery_week"),
    path(PEOPLE, people.delivery_people, name="delivery_people"),
    path(PERSON, people.delivery_person, name="delivery_person"),
    path(f"{PERSON}lift/", people.suppression_lift, name="suppression_lift"),
    path(DELIVERY, delivery.delivery_detail, name="delivery_detail"),
    path(f"{DELIVERY}retry/", delivery.delivery_retry, name="delivery_retry"),
    path("mail/pause/", sending.mail_pause, name="mail_pause"),
    path("mail/resume/", sending.mail_resume, name="mail_resume"),
]
