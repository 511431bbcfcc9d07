"""Files beside requests: honest ones are kept, all others are refused in words, none is opened."""

from __future__ import annotations

import datetime as dt
import os
import threading
import time
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction

from core import stored_files
from core.mentions import Mentions
from intake.models import Attachment, Draft
from intake.rules.files import LONGEST_NAME, FileRefused, clean_name, kind_of
from intake.services.attachments import add_attachment, remove_attachment
from intake.services.drafts import save_draft
from intake.services.storing import path_of, prune_attachments, write_file
from tests.factories.accounts import UserFactory
from tests.factories.intake import NOW, RequestFactory, VoiceFactory
from tests.factories.portfolio import ProductFactory
from tests.intake import files
from tests.kpis.test_measurement_table import waits_for_a_lock
from tests.portfolio.test_races import at_once

HONEST = {
    "screen.png": files.png(),
    "Photo.JPEG": files.jpg(),
    "letter.pdf": files.pdf(),
    "notes.txt": "Übersicht – 1 < 2\n".encode(),
    "table.csv": b"a;b\r\n1;2\r\n",
    "utf16.txt": "ä\tb".encode("utf-16"),
    "offer.docx": files.document(),
    "plan.xlsx": files.sheet(),
}
ZIP = files.archive({"a.txt": b"x"})
HTML = b"<!DOCTYPE html><script>alert(1)</script>"
HOSTILE = {
    "empty.png": b"",
    "drawing.svg": b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
    "page.html": HTML,
    "archive.zip": ZIP,
    "program.exe": b"MZ\x90\0",
    "program.txt": b"MZ\x90\0\3",
    "script.txt": b"#!/bin/sh\nrm -rf /",
    "page.txt": HTML,
    "drawing.csv": b"  <svg onload=alert(1)>",
    "xml.txt": b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]>',
    "nul.txt": b"a\0b",
    "picture.png": files.jpg(),
    "picture.jpg": files.png(),
    "archive.docx": ZIP,
    "sheet.docx": files.sheet(),
    "half.png": files.png()[:40],
    "png and zip.png": files.png() + ZIP,
    "zip in png.png": files.png(before_end=files.chunk(b"teXt", ZIP)),
    "page in png.png": files.png()[:33] + files.chunk(b"tEXt", HTML) + files.png()[33:],
    "jpg and zip.jpg": files.jpg() + ZIP,
    "jpg with page.jpg": b"\xff\xd8\xff\xfe" + HTML + b"\xff\xd9",
    "pdf and zip.pdf": files.pdf() + ZIP,
    "pdf with page.pdf": b"%PDF-1.4\n" + HTML + files.pdf(),
    "page and pdf.pdf": HTML + files.pdf(),
    "docx and page.docx": files.document() + HTML,
    "page and docx.docx": HTML + files.document(),
    "docx with comment.docx": files.archive(
        {"[Content_Types].xml": files.TYPES, "word/document.xml": b""}, comment=HTML
    ),
    "bomb.docx": files.bomb(),
    "macros.docx": files.document(**{"word/vbaProject.bin": b"x"}),
    "way out.docx": files.document(**{"../../etc/passwd": b"x"}),
    "many.xlsx": files.sheet(**{f"x{number}": b"" for number in range(5001)}),
    "cut.xlsx": files.sheet()[:-30],
}
NAMES = (
    "", ".", "..", ".png", "noending", "a\0b.png", "a\nb.png", "../..", "a/", "x." + "y" * 200,
)  # fmt: skip


@pytest.fixture
def draft(db) -> Draft:
    return save_draft(
        user=UserFactory(), product=ProductFactory(), answers={}, token=uuid4(), now=NOW
    )


def add(draft, name, data):
    return add_attachment(draft=draft, name=name, file=files.text(data), by=draft.user, now=NOW)


@pytest.mark.parametrize("name", HONEST)
def test_an_honest_file_is_what_it_says(name):
    assert kind_of(clean_name(name), HONEST[name]) == name.lower().rpartition(".")[2].replace(
        "jpeg", "jpg"
    )


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_at_once_in_words(name):
    begin = time.process_time()
    with pytest.raises(FileRefused) as refused:
        kind_of(clean_name(name), HOSTILE[name])
    assert str(refused.value).endswith(".")
    assert time.process_time() - begin < 1


@pytest.mark.parametrize("name", NAMES)
def test_a_name_that_is_none_is_refused(name):
    with pytest.raises(FileRefused):
        clean_name(name)


@pytest.mark.parametrize(
    ("name", "kept"),
    [("C:\\Users\\a\\Büro plan.pdf", "Büro plan.pdf"), ("../../../x.txt", "x.txt")],
)
def test_folders_are_no_part_of_a_name(name, kept):
    assert clean_name(name) == kept


def test_a_name_of_ten_megabytes_is_cut():
    kept = clean_name("n" * 10_000_000 + ".png")
    assert len(kept) == LONGEST_NAME
    assert kept.endswith(".png")


def test_the_stored_name_says_nothing_and_nobody_else_reads_it(draft):
    kept = add(draft, "salaries.txt", b"x")
    assert kept.file.startswith("intake/")
    assert "salar" not in kept.file
    assert path_of(kept).stat().st_mode & 0o077 == 0
    assert (kept.size, kept.kind, kept.name) == (1, "txt", "salaries.txt")


def test_five_files_of_five_megabytes_and_no_more(draft, settings):
    settings.INTAKE_FILE_MAX_BYTES = 10
    with pytest.raises(FileRefused, match="larger than"):
        add(draft, "a.txt", b"x" * 11)
    for number in range(5):
        add(draft, f"{number}.txt", b"x" * 10)
    add(draft, "4.txt", b"x" * 10)  # the same again is the same
    with pytest.raises(FileRefused, match="5 files"):
        add(draft, "5.txt", b"x")
    assert Attachment.objects.count() == 5
    assert settings.INTAKE_FILES_MAX == 5


def test_a_refused_file_leaves_nothing_and_loses_nothing(client, draft, settings):
    folder = settings.MEDIA_ROOT / "intake"
    before = set(folder.iterdir()) if folder.exists() else set()
    Draft.objects.filter(pk=draft.pk).update(answers={"goal": "Know who works"})
    client.force_login(draft.user)
    url = f"/products/{draft.product.slug}/ask/files/"
    for name, data in HOSTILE.items():
        answer = client.post(url, {"file": SimpleUploadedFile(name, data)})
        assert answer.status_code == 422, name
        assert b"There is a problem" in answer.content
    assert client.post(url, {}).status_code == 422
    assert not Attachment.objects.exists()
    assert (set(folder.iterdir()) if folder.exists() else set()) == before
    assert Draft.objects.get().answers == {"goal": "Know who works"}


def test_a_name_that_breaks_the_form_is_refused_in_words_too(client, draft):
    client.force_login(draft.user)
    name = "n" * 10_000_000 + ".png"
    body = (
        f'--b\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'.encode()
        + files.png() + b"\r\n--b--\r\n"
    )  # fmt: skip
    answer = client.post(
        f"/products/{draft.product.slug}/ask/files/",
        data=body, content_type="multipart/form-data; boundary=b",
    )  # fmt: skip
    assert answer.status_code in (400, 413, 422)
    assert b"<h1" in answer.content
    assert not Attachment.objects.exists()


def test_what_belongs_to_nothing_goes_after_a_while(
    db, settings, tmp_path, django_capture_on_commit_callbacks
):
    settings.MEDIA_ROOT = tmp_path
    values = {"name": "a.txt", "kind": "txt", "size": 1, "sha256": "0" * 64, "created_at": NOW}
    loose = Attachment.objects.create(file=write_file(b"1"), **values)
    kept = Attachment.objects.create(file=write_file(b"2"), request=RequestFactory(), **values)
    orphan = settings.MEDIA_ROOT / write_file(b"3")
    later = NOW + dt.timedelta(days=3)
    for path in (path_of(loose), path_of(kept), orphan):
        os.utime(path, (NOW.timestamp(), NOW.timestamp()))
    assert prune_attachments(now=NOW + dt.timedelta(days=1)) == 0
    with django_capture_on_commit_callbacks(execute=True):
        assert prune_attachments(now=later) == 2
    assert list(Attachment.objects.all()) == [kept]
    assert path_of(kept).exists()
    assert not orphan.exists()
    assert not path_of(loose).exists()
    assert prune_attachments(now=later) == 0


@pytest.mark.django_db(transaction=True)
def test_a_file_that_is_sent_while_it_is_taken_away_stays(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    kept = Attachment.objects.create(
        file=write_file(b"1"), name="a.txt", kind="txt", size=1, sha256="0" * 64, created_at=NOW
    )
    request, taken = RequestFactory(), threading.Event()

    def send():
        with transaction.atomic():
            Attachment.objects.filter(pk=kept.pk, request=None).update(request=request)
            taken.set()
            return waits_for_a_lock()

    def take_away():
        assert taken.wait(10)
        return remove_attachment(attachment=kept)

    assert at_once(send, take_away) == [True, False]
    assert Attachment.objects.get().request == request
    assert path_of(kept).exists()


def test_erasing_somebody_takes_their_files_and_leaves_those_of_others(
    db, settings, tmp_path, django_capture_on_commit_callbacks
):
    settings.MEDIA_ROOT = tmp_path
    gone, other = UserFactory(), UserFactory()
    own = VoiceFactory(user=gone).request
    as_guest = VoiceFactory(user=None, email="Gus@Example.net").request
    joined = VoiceFactory(user=other).request
    VoiceFactory(user=gone, request=joined, kind="joiner")

    def file(request, by):
        return Attachment.objects.create(
            request=request, by=by, file=write_file(b"1"), name="a.txt", kind="txt", size=1,
            sha256="0" * 64, created_at=NOW,
        )  # fmt: skip

    theirs = [file(own, other), file(as_guest, None), file(joined, gone), file(None, gone)]
    left = [file(joined, other), file(None, None)]
    who = Mentions.of(["Gus"], ["gus@example.net"])
    with django_capture_on_commit_callbacks(execute=True):
        assert stored_files.forget_files(user_ids=[gone.pk], who=who) == len(theirs)
    assert set(Attachment.objects.all()) == set(left)
    assert [path_of(one).exists() for one in theirs + left] == [False] * 4 + [True] * 2
