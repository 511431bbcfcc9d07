"""Uploaded files: there whole or not at all, and gone when they are old."""

from __future__ import annotations

import datetime as dt
import errno
import hashlib
import os
import resource
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from imports import services
from imports.enums import RunState
from imports.kinds import FileRefused
from imports.models import ImportRun, RefusedValue
from tests.factories.imports import (
    NOW,
    FakeKind,
    bring_in,
    fake_kind,
    make_run,
    team_names,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path / "media"
    return settings.MEDIA_ROOT / "imports"


@pytest.fixture
def fake() -> Iterator[FakeKind]:
    with fake_kind() as kind:
        yield kind


# The file


def test_an_upload_is_stored_whole_under_a_random_name(media: Path) -> None:
    stored = services.store_upload([b"a,b\n", b"1,2\n"], name="../../etc/Values.CSV")
    assert stored.path.read_bytes() == b"a,b\n1,2\n"
    assert stored.path.parent == media
    assert "Values" not in stored.file
    assert (stored.size, stored.sha256) == (8, hashlib.sha256(b"a,b\n1,2\n").hexdigest())
    assert stored.path.stat().st_mode & 0o777 == 0o600
    assert list(media.iterdir()) == [stored.path]


@pytest.mark.parametrize("name", ["x.xls", "x.pdf", "x", "csv", "x.csv.exe", ""])
def test_other_kinds_of_files_are_refused(name: str, media: Path) -> None:
    with pytest.raises(FileRefused, match="CSV, TSV or XLSX"):
        services.store_upload([b"1"], name=name)
    assert not media.exists()


def test_a_file_over_the_limit_is_refused_while_it_comes(settings: Any, media: Path) -> None:
    settings.IMPORT_MAX_BYTES = 2 * 1024 * 1024
    came = 0

    def endless() -> Iterator[bytes]:
        nonlocal came
        while True:
            came += 1
            yield bytes(1024 * 1024)

    with pytest.raises(FileRefused, match="larger than 2 MB"):
        services.store_upload(endless(), name="x.csv")
    assert came == 3
    assert list(media.iterdir()) == []


def test_an_empty_file_is_refused(media: Path) -> None:
    with pytest.raises(FileRefused, match="empty"):
        services.store_upload([], name="x.csv")
    assert list(media.iterdir()) == []


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_leaves_no_half_file(
    code: int, media: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(handle: int) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(FileRefused, match="no room"):
        services.store_upload([b"name\n"], name="x.csv")
    assert list(media.iterdir()) == []


def test_a_disk_that_fills_up_half_way_leaves_nothing(media: Path) -> None:
    """The system itself stops the write: the largest file is set to 1 MB for a moment."""
    pieces = [bytes(300_000)] * 5
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, before[1]))
    try:
        with pytest.raises(FileRefused, match="no room"):
            services.store_upload(pieces, name="x.csv")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert list(media.iterdir()) == []
    assert services.store_upload(pieces, name="x.csv").size == 1_500_000


def test_a_broken_upload_leaves_no_half_file(media: Path) -> None:
    def broken() -> Iterator[bytes]:
        yield b"name\n"
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        services.store_upload(broken(), name="x.csv")
    assert list(media.iterdir()) == []


# Age


@pytest.mark.parametrize(
    ("state", "after"),
    [
        (RunState.DONE, RunState.DONE),
        (RunState.FAILED, RunState.FAILED),
        (RunState.READY, RunState.CANCELLED),
        (RunState.MAPPING, RunState.CANCELLED),
        (RunState.PUBLISHING, RunState.PUBLISHING),
    ],
)
def test_old_files_go_and_runs_stay(
    fake: FakeKind, state: str, after: str, django_capture_on_commit_callbacks: Any
) -> None:
    run = make_run()
    ImportRun.objects.filter(pk=run.pk).update(state=state)
    services.prune(now=NOW + dt.timedelta(days=30))
    assert run.path.exists()

    with django_capture_on_commit_callbacks(execute=True):
        services.prune(now=NOW + dt.timedelta(days=30, seconds=1))
    stays = state == RunState.PUBLISHING
    found = ImportRun.objects.get(pk=run.pk)
    assert (found.state, bool(found.file), run.path.exists()) == (after, stays, stays)
    assert found.problem == ("The file was deleted after 30 days." if state != after else "")


@pytest.mark.parametrize(("state", "stays"), [(RunState.DONE, 0), (RunState.PUBLISHING, 1)])
def test_what_was_refused_goes_with_the_file(fake: FakeKind, state: str, stays: int) -> None:
    run, young = make_run(), make_run()
    ImportRun.objects.filter(pk=run.pk).update(state=state)
    ImportRun.objects.filter(pk=young.pk).update(created_at=NOW + dt.timedelta(days=1))
    for one in (run, young):
        RefusedValue.objects.create(run=one, line=2, raw="soon", reason="This is not a day.")
    assert services.prune(now=NOW + dt.timedelta(days=30)).refused == 0
    assert services.prune(now=NOW + dt.timedelta(days=30, seconds=1)).refused == 1 - stays
    assert (run.refused.count(), young.refused.count()) == (stays, 1)


def test_files_of_no_run_go_after_a_day(fake: FakeKind, media: Path) -> None:
    run = make_run()
    lost = services.store_upload([b"name\n"], name="x.csv").path
    half = media / ".abc.part"
    half.write_text("half")
    fresh = services.store_upload([b"name\n"], name="x.csv").path
    for path, hours in ((run.path, 25), (lost, 25), (half, 25), (fresh, 23)):
        moment = (NOW - dt.timedelta(hours=hours)).timestamp()
        os.utime(path, (moment, moment))
    assert services.prune(now=NOW).orphans == 2
    assert set(media.iterdir()) == {run.path, fresh}


def test_what_no_undo_needs_any_more_goes(fake: FakeKind) -> None:
    bring_in(make_run())
    late = NOW + dt.timedelta(days=30)
    assert services.prune(now=late).objects == 0
    assert services.prune(now=late + dt.timedelta(seconds=1)).objects == 2
    assert team_names() == ["Alpha", "Beta"]
