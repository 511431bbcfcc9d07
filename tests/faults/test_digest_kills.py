"""F02: workers are killed all through a digest run; everybody gets exactly one mail.

The mail server writes each mail down before it says 250, and its log is what the probe reads. Every
kill is one of a whole process group, and counts only if mails were left in hand by it. "After the
250" is proven too: the server had said it, and our row was still *sending* when all were dead.
"""

from __future__ import annotations

import os
import random
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.faults.digest_run import DigestRun, digest_run, kill
from tests.faults.running import until

pytestmark = pytest.mark.faults

PEOPLE = int(os.environ.get("FAULT_PEOPLE", "2000"))
KILLS = int(os.environ.get("FAULT_KILLS", "300"))
AFTER_250 = KILLS // 6
SEED = 20261122
TICK = 0.3
DELAY = 0.12
HELD = "mail.after_250"


@dataclass
class Tally:
    """The kills that were made while mails were in hand."""

    kills: int = 0
    after_250: int = 0
    while_writing: int = 0
    mails_in_hand: int = 0
    missed: int = 0
    seen: set[tuple[int, int, str]] = field(default_factory=set)


def kill_all(run: DigestRun, chance: random.Random, tally: Tally, wanted: int) -> None:
    """Kill worker after worker until so many kills have counted, or nothing is left to send."""
    while tally.kills < wanted and is_open(run):
        group = run.start_worker()
        caught = until(lambda: bool(run.sending() - tally.seen), seconds=20, every=0.004)
        if caught and tally.after_250 * wanted <= tally.kills * AFTER_250:
            wait_for_250(run)
        else:
            time.sleep(chance.uniform(0, 0.25))
        planned = run.query("SELECT count(*) FROM digests_digestdelivery WHERE state = 'planned'")
        kill(group)
        count(run, tally, is_writing=bool(planned))


def wait_for_250(run: DigestRun) -> None:
    """Until a sender has heard 250 and is held there; it is let go when its process is dead."""
    faults = run.folder / "faults"
    (faults / "held" / HELD).touch()
    before = (faults / "reached").stat().st_size

    def is_held() -> bool:
        with (faults / "reached").open() as log:
            log.seek(before)
            return f"{HELD} " in (text := log.read()) and " held" in text

    until(is_held, seconds=5, every=0.005)


def count(run: DigestRun, tally: Tally, *, is_writing: bool) -> None:
    """What the dead have left: the server may be at a last commit of theirs for a moment."""
    assert until(lambda: not clients_of(run), seconds=10, every=0.01)
    (run.folder / "faults" / "held" / HELD).unlink(missing_ok=True)
    fresh = run.sending() - tally.seen
    tally.seen |= fresh
    if not fresh:
        tally.missed += 1
        return
    tally.kills += 1
    tally.mails_in_hand += len(fresh)
    tally.while_writing += is_writing
    tally.after_250 += any(message_id in run.sink.said for _, _, message_id in fresh)


def clients_of(run: DigestRun) -> int:
    """Connections to the database beside our own."""
    return int(
        run.query(
            "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'"
            " AND datname = current_database() AND pid <> pg_backend_pid()"
        )
    )


def is_open(run: DigestRun) -> bool:
    """Whether there is anything left to plan, write or send."""
    planned = "SELECT count(*) FROM digests_digestdelivery WHERE state <> 'planned'"
    ended = (
        "SELECT count(*) FROM core_outboundmail WHERE state NOT IN ('queued', 'sending', 'unsure')"
    )
    return run.query(planned) < PEOPLE or run.query(ended) < PEOPLE


def drain(run: DigestRun) -> float:
    """Let one worker live; seconds until everything has ended."""
    run.sink.delay = 0
    began = time.monotonic()
    run.start_worker()
    assert until(lambda: not is_open(run), seconds=300), run.facts()["mails"]
    return time.monotonic() - began


@dataclass(frozen=True)
class Found:
    """What everybody got."""

    without: int
    twice: int
    strange: int
    facts: dict


def found_by(run: DigestRun) -> Found:
    """`strange`: mails whose bytes or Message-ID are not those that were written once."""
    facts, received = run.facts(), run.sink.received()
    addresses = {f"reader-{number}@faults.example" for number in range(PEOPLE)}
    assert set(received) <= addresses
    written = {who: tuple(mail) for who, mail in facts["written"].items()}
    return Found(
        without=len(addresses - set(received)),
        twice=sum(len(mails) > 1 for mails in received.values()),
        strange=sum(mail != written.get(who) for who, mails in received.items() for mail in mails),
        facts=facts,
    )


def test_kills_with_a_probe_leave_nobody_without_and_nobody_with_two(tmp_path: Path) -> None:
    tally = Tally()
    with digest_run(tmp_path, people=PEOPLE, delay=DELAY) as run:
        run.start_clock(TICK)
        began = time.monotonic()
        kill_all(run, random.Random(SEED), tally, KILLS)
        tell("with a probe", tally, began, run, drain(run))
        found = found_by(run)
    assert tally.kills >= KILLS
    assert tally.after_250 >= AFTER_250
    check_rows(found)
    assert (found.without, found.twice, found.strange) == (0, 0, 0)


def test_kills_without_a_probe_leave_nobody_without_and_repeat_the_same_bytes(
    tmp_path: Path,
) -> None:
    tally = Tally()
    with digest_run(tmp_path, people=PEOPLE, delay=DELAY, probe=False) as run:
        run.start_clock(TICK)
        began = time.monotonic()
        kill_all(run, random.Random(SEED + 1), tally, KILLS)
        tell("without", tally, began, run, drain(run))
        found = found_by(run)
    print(f"{found.twice} people got the same bytes twice; {found.facts['unsure']} shown as unsure")
    assert tally.kills >= KILLS
    assert tally.after_250 >= AFTER_250
    # What ten senders have died with is begun by nobody again: it may be what kills them.
    given_up = found.facts["mails"].pop("failed", 0)
    found.facts["mails"]["sent"] += given_up
    print(f"{given_up} given up after ten dead senders each, though they had arrived")
    check_rows(found)
    assert (found.without, found.strange) == (0, 0)
    # The fault bites: without evidence a mail of a dead sender is sent again, and that is shown.
    assert 0 < found.twice <= found.facts["unsure"]


def test_control_noting_first_and_sending_then_the_check_is_red(tmp_path: Path) -> None:
    with digest_run(tmp_path, people=PEOPLE, delay=DELAY) as run:
        run.flags = ("--mark-first",)
        run.start_clock(TICK)
        chance = random.Random(SEED)
        for _ in range(10):
            group, before = run.start_worker(), len(run.sink.said)
            until(lambda before=before: len(run.sink.said) > before, seconds=20, every=0.01)
            time.sleep(chance.uniform(0, 0.2))
            kill(group)
        drain(run)
        time.sleep(2)
        found = found_by(run)
    print(f"\nnoted first: {found.without} people without")
    assert found.without > 0


def check_rows(found: Found) -> None:
    """One delivery a person, each with its mail and its parts; the plan ran once a slot."""
    facts = found.facts
    assert facts["deliveries"] == {"rendered": PEOPLE}
    assert facts["of_people"] == facts["parts"] == PEOPLE
    assert facts["mails"] == {"sent": PEOPLE}
    assert facts["unfinished"] == 0
    assert len(facts["slots"]) == len(set(facts["slots"]))


def tell(name: str, tally: Tally, began: float, run: DigestRun, drained: float) -> None:
    copies = Counter(len(mails) for mails in run.sink.received().values())
    print(
        f"\n{name}: {tally.kills} kills with mails in hand ({tally.mails_in_hand} of them), "
        f"{tally.after_250} of them between the server's 250 and our commit, "
        f"{tally.while_writing} while mails were still being written; {tally.missed} more hit "
        f"nobody; {time.monotonic() - began:.0f} s, the rest in {drained:.1f} s; "
        f"copies: {dict(sorted(copies.items()))}"
    )
