"""A mail as a page: the bytes that were sent, for whoever holds its address."""

from __future__ import annotations

import pytest

from core.mail import queue_mail
from core.models import OutboundMail
from digests.selectors.addresses import preferences_url, web_url
from digests.services import reading
from tests.factories.digests import DUE, DeliveryFactory
from tests.factories.stakeholders import PersonFactory

pytestmark = pytest.mark.django_db
HTML = (
    '<!doctype html><html><body style="color:#111"><p>Shift Planner: ½ of “it”.</p></body></html>'
)


@pytest.fixture
def delivery():
    person = PersonFactory()
    mail = queue_mail(
        kind="digest", to=person.email, subject="Shift Planner", text="T", html=HTML, now=DUE
    )
    return DeliveryFactory(person=person, state="rendered", mail=mail)


def path(delivery, epoch=0) -> str:
    return web_url(delivery.pk, delivery.person_id, epoch).removeprefix("http://testserver")


def test_it_is_the_html_of_the_mail(client, delivery):
    response = client.get(path(delivery))
    assert response.content.decode().strip() == HTML
    assert not response.cookies


def test_it_may_run_and_load_nothing_and_nobody_keeps_it(client, delivery):
    response = client.get(path(delivery))
    policy = response["Content-Security-Policy"]
    assert "sandbox" in policy
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert response["Cache-Control"] == "private, no-store"
    assert response["X-Robots-Tag"] == "noindex, nofollow"
    assert response["Referrer-Policy"] == "same-origin"


def test_nothing_is_written_to_it(client, delivery):
    assert client.post(path(delivery)).status_code == 405


def test_it_ends_with_the_addresses(client, delivery):
    old = path(delivery)
    reading.end_addresses(person=delivery.person, now=DUE)
    assert client.get(old).status_code == 404
    assert client.get(path(delivery, 1)).status_code == 200


def test_wrong_addresses_are_the_same_404(client, delivery):
    other = PersonFactory()
    url = path(delivery)
    token = preferences_url(delivery.person_id, 0).rstrip("/").rpartition("/")[2]
    for wrong in (
        f"{url[:-2]}{'A' if url[-2] != 'A' else 'B'}/",
        web_url(delivery.pk, other.pk, 0).removeprefix("http://testserver"),
        web_url(delivery.pk + 1, delivery.person_id, 0).removeprefix("http://testserver"),
        f"/digest/{token}/",
        "/digest/x/",
    ):
        assert client.get(wrong).status_code == 404, wrong


def test_a_mail_that_is_gone_is_a_404(client, delivery):
    OutboundMail.objects.all().delete()
    assert client.get(path(delivery)).status_code == 404


def test_one_that_was_not_written_is_a_404(client):
    assert client.get(path(DeliveryFactory())).status_code == 404
