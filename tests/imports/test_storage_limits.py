"""No one person fills the disk, and no one's form stands in another's way."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from imports import services
from imports.kinds import FileRefused
from imports.models import ImportRun
from tests.factories.accounts import UserFactory
from tests.factories.imports import NOW, fake_kind

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _limits(settings: Any, tmp_path: Path) -> Iterator[None]:
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.IMPORT_MAX_STORED_BYTES = 10
    with fake_kind():
        yield


def begin(person: Any, stored: services.StoredFile, token: Any = None) -> ImportRun:
    return services.create_run(
        kind="teams", stored=stored, file_name="a.csv", token=token, by=person, now=NOW
    )


def test_a_person_with_much_stored_sends_no_more_until_something_is_cancelled() -> None:
    person, other = UserFactory(), UserFactory()
    run = begin(person, services.store_upload([b"name\nab"], name="a.csv", by=person))
    services.store_upload([b"name\ncd"], name="a.csv", by=person)  # no import has it yet
    with pytest.raises(FileRefused, match="files stored here"):
        services.store_upload([b"x"], name="a.csv", by=person)
    services.store_upload([b"x"], name="a.csv", by=other)
    services.cancel_run(run_id=run.pk, by=person, now=NOW)
    (Path(run.path)).unlink(missing_ok=True)  # goes with the commit, which a test does not reach
    services.store_upload([b"x"], name="a.csv", by=person)


def test_files_of_a_form_that_is_wrong_count_as_well(client: Client) -> None:
    person = UserFactory()
    client.force_login(person)

    def send() -> str:
        file = SimpleUploadedFile("a.csv", b"name\nabcdef")
        answer = client.post("/imports/new/", {"kind": "nonsense", "file": file})
        assert answer.status_code == 422
        return answer.content.decode()

    assert "files stored here" not in send()
    assert "files stored here" in send()


def test_the_mark_of_somebody_elses_form_makes_an_import_of_ones_own() -> None:
    person, other, token = UserFactory(), UserFactory(), uuid4()
    theirs = begin(other, services.store_upload([b"a"], name="a.csv", by=other), token)
    mine = begin(person, services.store_upload([b"b"], name="a.csv", by=person), token)
    assert (mine.by, theirs.by) == (person, other)
    assert mine.path.read_bytes() == b"b"
