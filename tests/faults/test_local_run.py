"""`make run` survives the death of any part, and of itself; copies can be put back."""

import datetime as dt
import os
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.local import process
from tests.plugins.local_run import PARTS, LocalRun, session_is_empty, walkable_folder

pytestmark = [pytest.mark.faults, pytest.mark.xdist_group("local-run")]

QUERY = (
    "from django.db import connection as c; k = c.cursor(); k.execute({!r}); print(k.fetchall())"
)

UPLOAD = "from imports.services import store_upload; store_upload([b'name'], name='x.csv')"

# Every table of the application with its number of rows and a hash that knows no order.
FINGERPRINT = """
from django.db import connection
with connection.cursor() as cursor:
    cursor.execute('''
        SELECT c.oid::regclass::text FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
        WHERE relkind IN ('r', 'p') AND nspname = 'public' ORDER BY 1''')
    for (table,) in cursor.fetchall():
        row_hash = 'sum(hashtextextended(t::text, 0)::numeric)'
        cursor.execute(f'SELECT count(*), coalesce({row_hash}, 0) FROM {table} t')
        print(table, *cursor.fetchone())
"""


@pytest.fixture(scope="module")
def running() -> Iterator[LocalRun]:
    """One run in a path with spaces, shared by the tests of this module."""
    with walkable_folder() as folder:
        run = LocalRun(folder / "var").start()
        try:
            run.wait_ready()
            yield run
        finally:
            run.stop()


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder that PostgreSQL's account can walk to."""
    with walkable_folder() as folder:
        yield folder


@pytest.mark.parametrize("part", PARTS)
def test_a_killed_part_comes_back(running: LocalRun, part: str) -> None:
    running.wait_ready()
    before = running.parts()
    times_back = running.text().count(f"{part} is back.")

    killed = running.kill(part)
    running.wait(lambda: running.text().count(f"{part} is back.") > times_back, seconds=30)
    running.wait_ready(30)

    after = running.parts()
    assert session_is_empty(killed)
    assert {name for name in PARTS if before[name] != after[name]} == {part}


def test_a_killed_web_process_is_replaced(running: LocalRun) -> None:
    running.wait_ready()
    leader = running.parts()["web"]
    members = process.session_members(leader)
    victim = max(members)
    os.kill(victim, signal.SIGKILL)

    running.wait(lambda: process.identity(victim) is None, seconds=10)
    running.wait(lambda: len(process.session_members(leader)) == len(members), seconds=30)
    assert running.parts()["web"] == leader
    answers = [running.get("/health/live")[0] for _ in range(20)]
    assert answers == [200] * 20


def test_a_second_start_is_refused(running: LocalRun) -> None:
    running.wait_ready()
    second = LocalRun(running.var).start()
    assert second.process is not None
    assert second.process.wait(timeout=20) == 1
    assert f"already runs from this folder: http://127.0.0.1:{running.port}" in second.text()
    assert running.is_ready()


def test_a_used_port_is_named(place: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        run = LocalRun(place / "var", port=port).start()
        assert run.process is not None
        assert run.process.wait(timeout=20) == 1
    assert f"PORT={port}" in run.text()
    assert run.parts() == {}


def test_manage_finds_the_running_servers(running: LocalRun) -> None:
    running.wait_ready()
    done = running.manage("shell", "-c", QUERY.format("SHOW unix_socket_directories"))
    assert done.returncode == 0, done.stderr
    assert (running.var.name in done.stdout) or ("homegrown-" in done.stdout)
    assert running.is_ready()


def test_manage_starts_servers_for_its_own_duration(place: Path) -> None:
    run = LocalRun(place / "var")
    done = run.manage("shell", "-c", QUERY.format("SELECT count(*) > 0 FROM django_migrations"))
    assert done.returncode == 0, done.stderr
    assert "True" in done.stdout
    assert run.parts() == {}
    assert not (run.var / "runtime.json").exists()


def test_a_killed_runner_leaves_nothing_behind(place: Path) -> None:
    run = LocalRun(place / "var").start()
    try:
        run.wait_ready()
        parts = run.parts()
        assert run.process is not None
        run.process.kill()
        run.process.wait()

        # The next start waits for what is still ending, and serves.
        run.start().wait_ready()
        assert all(session_is_empty(pid) for pid in parts.values())
    finally:
        assert run.stop() == 0
    assert run.parts() == {}


def test_a_copy_can_be_put_back(place: Path) -> None:
    run = LocalRun(place / "var")
    fill = "from accounts.models import User; User.objects.create(email='a@example.com', name='Ä')"
    assert run.manage("shell", "-c", fill).returncode == 0
    (run.var / "media" / "note.txt").write_text("kept")
    assert run.manage("shell", "-c", UPLOAD).returncode == 0
    [uploaded] = (run.var / "media" / "imports").iterdir()
    before = run.manage("shell", "-c", FINGERPRINT).stdout
    assert "accounts_user 1 " in before

    copy = place / "my copy"
    done = run.run("-m", "core.local", "backup", str(copy))
    assert done.returncode == 0, done.stderr
    drop = "DROP SCHEMA public CASCADE; CREATE SCHEMA public"
    # The command itself fails afterwards: there is nothing left to look at.
    run.manage(
        "shell", "-c", f"from django.db import connection as c; c.cursor().execute({drop!r})"
    )
    (run.var / "media" / "note.txt").unlink()
    uploaded.unlink()

    done = run.run("-m", "core.local", "restore", str(copy))
    assert done.returncode == 0, done.stderr
    assert run.manage("shell", "-c", FINGERPRINT).stdout == before
    assert (run.var / "media" / "note.txt").read_text() == "kept"
    assert uploaded.read_text() == "name"


POST = """
from django.utils import timezone
from core.mail import queue_mail, send_due
for number in range(3):
    queue_mail(kind='t', to='a@example.com', subject='S', text='T', html='H', now=timezone.now())
    print('sent', send_due() if {sends} else 0)
"""


def test_an_older_copy_sends_nothing_until_somebody_says_so(place: Path) -> None:
    """F18, whole: a copy of 08:00 with mail that waits, put back at 10:00."""
    run = LocalRun(place / "var", EMAIL_URL="dummy:")
    assert "sent 1" in run.manage("shell", "-c", POST.format(sends=True)).stdout
    assert run.manage("shell", "-c", POST.format(sends=False)).returncode == 0
    copy = place / "eight"
    assert run.run("-m", "core.local", "backup", str(copy)).returncode == 0
    assert "mail-mark" not in " ".join(path.name for path in copy.iterdir())
    send = "from core.mail import send_due; print('sent', send_due())"
    assert "sent 3" in run.manage("shell", "-c", send).stdout

    done = run.run("-m", "core.local", "restore", str(copy))
    assert done.returncode == 0, done.stderr
    assert "Sending is paused" in done.stdout
    assert "--drop-due-before" in done.stdout
    assert "sent 0" in run.manage("shell", "-c", send).stdout
    now = dt.datetime.now(dt.UTC).isoformat()
    done = run.manage("mail_resume", "--drop-due-before", now)
    assert "3 not sent again" in done.stdout
    assert "sent 1" in run.manage("shell", "-c", POST.format(sends=True)).stdout


def test_a_damaged_copy_changes_nothing(place: Path) -> None:
    run = LocalRun(place / "var")
    assert run.manage("migrate", "-v0").returncode == 0
    before = run.manage("shell", "-c", FINGERPRINT).stdout
    copy = place / "copy"
    assert run.run("-m", "core.local", "backup", str(copy)).returncode == 0
    with (copy / "database.dump").open("r+b") as dump:
        dump.seek(200)
        dump.write(b"damage")

    done = run.run("-m", "core.local", "restore", str(copy))
    assert done.returncode == 1
    assert "damaged" in done.stderr
    assert run.manage("shell", "-c", FINGERPRINT).stdout == before
