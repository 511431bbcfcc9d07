"""Mappings with a name."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import User
from imports import services
from imports.models import SavedMapping
from tests.factories.accounts import UserFactory
from tests.factories.imports import NOW
from tests.htmx import open_page, parse
from tests.imports.figures import MAPPING, upload_run
from tests.imports.pages.asking import mapping_url

pytestmark = pytest.mark.django_db


def test_a_mapping_is_pasted_or_dropped(client: Client, person: User) -> None:
    data = {"kind": "figures", "name": "Pasted", "text": MAPPING}
    assert client.post("/imports/mappings/new/", data).status_code == 302
    dropped = SimpleUploadedFile("m.toml", MAPPING.replace("\n", "\r\n").encode("utf-8-sig"))
    data = {"kind": "figures", "name": "Dropped", "file": dropped}
    assert client.post("/imports/mappings/new/", data).status_code == 302
    assert {one.text for one in SavedMapping.objects.all()} == {MAPPING}
    data = {"kind": "figures", "name": "pasted", "text": MAPPING}
    response = client.post("/imports/mappings/new/", data)
    assert response.status_code == 422
    assert b"There is already a mapping called Pasted." in response.content


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"text": ""}, "Paste a mapping, or choose its file."),
        ({"text": "a = "}, "TOML"),
        ({"text": MAPPING, "name": ""}, "Name is missing."),
        ({"file": SimpleUploadedFile("m.toml", b"\xff\xfe")}, "no text in UTF-8"),
        ({"kind": "nonsense", "text": MAPPING}, "not one of"),
    ],
)
def test_a_mapping_that_is_wrong_says_what(client: Client, typed: Any, words: str) -> None:
    data = {"kind": "figures", "name": "New", "text": "", **typed}
    response = client.post("/imports/mappings/new/", data)
    assert response.status_code == 422
    assert words in parse(response.content.decode()).select_one(".error-summary").text


def test_who_made_a_mapping_may_change_and_delete_it(client: Client, person: User) -> None:
    saved = services.save_mapping(name="Ours", kind="figures", text=MAPPING, by=person, now=NOW)
    url = saved.get_absolute_url()
    run = upload_run(by=person)
    client.post(mapping_url(run), {"do": "use", "saved": saved.pk})
    assert "used by 1 import" in open_page(client, url).text
    text = MAPPING.replace("growth", "pilot")
    assert client.post(f"{url}edit/", {"name": "Theirs", "text": text}).url == url
    saved.refresh_from_db()
    assert (saved.name, saved.text) == ("Theirs", text)
    bad = client.post(f"{url}edit/", {"name": "Theirs", "text": "nonsense"})
    assert bad.status_code == 422
    download = client.get(f"{url[:-1]}.toml")
    assert download.content.decode() == text
    assert download["Content-Disposition"] == 'attachment; filename="theirs.toml"'
    assert "Files can no longer be read with it." in open_page(client, f"{url}delete/").text
    assert client.post(f"{url}delete/").url == "/imports/mappings/"
    assert not SavedMapping.objects.exists()
    run.refresh_from_db()
    assert run.mapping == MAPPING


def test_others_read_a_mapping_and_leave_it_alone(client: Client) -> None:
    saved = services.save_mapping(
        name="Ours", kind="figures", text=MAPPING, by=UserFactory(), now=NOW
    )
    url = saved.get_absolute_url()
    page = open_page(client, url)
    assert "Ours, since 2017" in page.soup.select_one("pre").text
    assert page.soup.select(f"main a[href^='{url}']") == []
    assert client.post(f"{url}edit/", {"name": "Mine", "text": MAPPING}).status_code == 403
    assert client.post(f"{url}delete/").status_code == 403
    assert SavedMapping.objects.get().name == "Ours"


def test_no_mapping_yet(client: Client) -> None:
    page = open_page(client, "/imports/mappings/")
    assert "No mapping is saved yet" in page.text
    assert client.get("/imports/mappings/999999/").status_code == 404
