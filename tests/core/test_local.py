"""The parts of the local run that need no killing."""

import json
import os
import signal
import stat
import sys
import tarfile
from pathlib import Path
from typing import Any

import pytest

from core.local import process
from core.local.backup import pack, unpack
from core.local.environment import address, local_environment, secret_key
from core.local.errors import LocalError
from core.local.install import fingerprint
from core.local.layout import LONGEST_ADDRESS, Account, layout_at, private_folder
from core.local.manage import is_local
from core.local.run import check_port
from core.local.servers import announce, running, take_lock
from tests.plugins.local_run import walkable_folder

SLEEP = [sys.executable, "-c", "import time; time.sleep(60)"]
STUBBORN = [
    sys.executable,
    "-c",
    "from signal import *; signal(15, SIG_IGN); print('up', flush=True); pause()",
]


def test_sockets_fit_whatever_the_path(tmp_path: Path) -> None:
    deep = tmp_path / ("a long name " * 12)
    layout = layout_at(deep)
    for name in (layout.valkey_socket, layout.postgres_sockets / ".s.PGSQL.5432"):
        assert len(os.fsencode(name)) <= LONGEST_ADDRESS
    assert layout.postgres_data != layout_at(tmp_path / "other").postgres_data
    assert layout.sockets != layout_at(tmp_path / ("a long name " * 13)).sockets


@pytest.mark.skipif(os.getuid() != 0, reason="only root gives PostgreSQL another account")
def test_as_root_data_leaves_a_closed_folder(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    assert layout_at(closed / "var").postgres_data.is_relative_to("/var/lib/homegrown")
    with walkable_folder() as folder:
        assert layout_at(folder / "var").postgres_data == folder / "var" / "pg" / "data"


def test_a_private_folder_is_made_private(tmp_path: Path) -> None:
    open_folder = tmp_path / "open"
    open_folder.mkdir(mode=0o755)
    private_folder(open_folder)
    assert stat.S_IMODE(open_folder.stat().st_mode) == 0o700


def test_a_folder_of_somebody_else_is_refused(tmp_path: Path) -> None:
    stranger = Account("stranger", os.getuid() + 1, os.getgid())
    folder = tmp_path / "trap"
    folder.mkdir()
    with pytest.raises(LocalError, match="belongs to somebody else"):
        private_folder(folder, owner=stranger)
    link = tmp_path / "link"
    link.symlink_to(tmp_path)
    with pytest.raises(LocalError, match="belongs to somebody else"):
        private_folder(link)


def test_what_the_caller_sets_wins(tmp_path: Path) -> None:
    layout = layout_at(tmp_path / "var")
    given = {"SECRET_KEY": "mine", "PORT": "8123", "EMAIL_URL": "", "DEMO": "0"}
    found = local_environment(given, layout, database="d", redis="r", demo=True)
    assert found["SECRET_KEY"] == "mine"
    assert found["BASE_URL"] == "http://127.0.0.1:8123"
    assert found["DEMO"] == "0"
    assert found["EMAIL_URL"] == "console:"
    assert not layout.secret_key.exists()


def test_the_secret_key_is_made_once_and_private(tmp_path: Path) -> None:
    path = tmp_path / "var" / "secret-key"
    first = secret_key(path)
    assert len(first) >= 50
    assert secret_key(path) == first
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("host", "expected"),
    [("0.0.0.0", "127.0.0.1"), ("::", "127.0.0.1"), ("::1", "[::1]"), ("10.0.0.5", "10.0.0.5")],
)
def test_an_address_for_the_browser(host: str, expected: str) -> None:
    assert address(host) == expected


@pytest.mark.parametrize("port", ["", "http", "0", "65536", "-1", "80 80"])
def test_a_bad_port_is_named(port: str) -> None:
    with pytest.raises(LocalError, match="PORT"):
        check_port("127.0.0.1", port)


def test_a_bad_host_is_named() -> None:
    with pytest.raises(LocalError, match="HOST"):
        check_port("256.0.0.1", "8000")


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({}, True),
        ({"DATABASE_URL": "d"}, True),
        ({"DATABASE_URL": "d", "REDIS_URL": "r", "SECRET_KEY": "s"}, False),
        ({"HOMEGROWN_LOCAL": "0"}, False),
    ],
)
def test_when_servers_of_our_own_are_wanted(environ: dict[str, str], expected: bool) -> None:
    assert is_local(environ) is expected


def test_a_lock_is_held_once(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with take_lock(path) or pytest.fail("free"):
        assert take_lock(path) is None
    again = take_lock(path)
    assert again is not None
    again.close()


def test_an_announcement_of_a_dead_process_is_ignored(tmp_path: Path) -> None:
    layout = layout_at(tmp_path)
    announce(layout, {"BASE_URL": "http://x", "SECRET_KEY": "s"}, command="make run")
    facts = running(layout)
    assert facts is not None
    assert facts["environment"] == {"BASE_URL": "http://x"}
    layout.runtime.write_text(json.dumps(facts | {"identity": f"{os.getpid()} 1 other-boot"}))
    assert running(layout) is None
    layout.runtime.write_text("{")
    assert running(layout) is None


def test_a_child_is_stopped_and_its_group_with_it(tmp_path: Path) -> None:
    child = process.start("sleeper", SLEEP)
    assert process.identity(child.process.pid)
    child.stop()
    assert not child.alive
    assert process.identity(child.process.pid) is None


def test_a_stubborn_child_is_killed(tmp_path: Path) -> None:
    output = tmp_path / "out"
    with output.open("wb") as file:
        child = process.start("stubborn", STUBBORN, output=file.fileno())
    assert process.wait_until(lambda: output.read_text() == "up\n", seconds=10)
    child.stop(patience=0.2)
    assert child.process.returncode == -signal.SIGKILL


def test_leftovers_are_found_by_number_and_time_of_start(tmp_path: Path) -> None:
    record = tmp_path / "processes.json"
    ours, stranger = process.start("worker", SLEEP), process.start("worker", SLEEP)
    try:
        process.record(record, [ours, stranger])
        rows = json.loads(record.read_text())
        # The stranger only has the number that one of ours once had.
        rows[1]["identity"] = rows[1]["identity"].replace(" ", " 1", 1)
        record.write_text(json.dumps(rows))
        reaper = process.wait_until
        assert process.stop_leftovers(record, patience=0.2) == ["worker"]
        assert reaper(lambda: not ours.alive, seconds=5)
        assert stranger.alive
        assert not record.exists()
    finally:
        ours.stop()
        stranger.stop()


def test_no_record_means_no_leftovers(tmp_path: Path) -> None:
    assert process.stop_leftovers(tmp_path / "missing.json") == []
    broken = tmp_path / "broken.json"
    broken.write_text("[")
    assert process.stop_leftovers(broken) == []


def test_the_stamp_of_an_installation_follows_the_locked_versions() -> None:
    marks = {fingerprint(group) for group in ("base", "embedded", "dev", "browser")}
    assert len(marks) == 4


def test_a_copy_of_files_holds_what_is_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Uploads come and go while the copy is made."""
    media = tmp_path / "media"
    (media / "imports").mkdir(parents=True)
    for name in ("a", "b", ".c.part"):
        (media / "imports" / name).write_text(name)
    add = tarfile.TarFile.add

    def add_slowly(self: tarfile.TarFile, name: Path, **options: Any) -> None:
        (media / "imports" / "b").unlink(missing_ok=True)
        add(self, name, **options)

    monkeypatch.setattr(tarfile.TarFile, "add", add_slowly)
    pack(media, tmp_path / "media.tar")
    unpack(tmp_path / "media.tar", tmp_path / "back")
    kept = [path.relative_to(tmp_path / "back") for path in (tmp_path / "back").rglob("*")]
    assert sorted(map(str, kept)) == ["imports", "imports/a"]
    assert (tmp_path / "back" / "imports" / "a").read_text() == "a"
