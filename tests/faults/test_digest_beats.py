"""F05, F10: three clocks at once, none over a slot, and a broker that forgets: one run a slot.

Time is scaled: what beat ticks every 15 seconds it ticks twice a second, so that three of them tick
in 20 seconds as often as in ten minutes of life. Slots come up while it runs, because people become
readers in zones that nobody had.
"""

from __future__ import annotations

import os
import random
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.local.layout import layout_at
from tests.faults.digest_run import DigestRun, digest_run, kill
from tests.faults.running import until

pytestmark = pytest.mark.faults

PEOPLE, EACH = 60, 3
TICK = 0.5
SECONDS = float(os.environ.get("FAULT_SECONDS", "20"))
SEED = 20261122
# Their Mondays are instants that nobody else in the run has.
LATER = ("Asia/Kolkata", "Asia/Kathmandu", "Australia/Adelaide", "Pacific/Marquesas", "Asia/Kabul")
SETTLED = """
SELECT count(*) = (SELECT count(DISTINCT person_id) FROM stakeholders_placement
                   WHERE since < '2200-01-01')
   AND count(*) = (SELECT count(*) FROM core_outboundmail WHERE state = 'sent')
FROM digests_digestdelivery WHERE state = 'rendered'
"""
NOT_YET = """
UPDATE stakeholders_placement SET since = '2200-01-01' WHERE person_id IN (
    SELECT id FROM stakeholders_person ORDER BY id DESC LIMIT %s
)
"""
COME = """
WITH coming AS (
    SELECT person_id FROM stakeholders_placement WHERE since = '2200-01-01'
    GROUP BY person_id ORDER BY person_id LIMIT %s
), moved AS (
    UPDATE stakeholders_person SET time_zone = %s WHERE id IN (SELECT person_id FROM coming)
)
UPDATE stakeholders_placement SET since = '2020-01-01'
WHERE person_id IN (SELECT person_id FROM coming)
"""

FORGET = """
CREATE FUNCTION forget() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
CREATE TRIGGER forget BEFORE UPDATE ON core_scheduleslot FOR EACH ROW
    WHEN (NEW.job = 'digests.plan') EXECUTE FUNCTION forget()
"""


@pytest.fixture
def run(tmp_path: Path) -> Iterator[DigestRun]:
    with digest_run(tmp_path, people=PEOPLE, delay=0) as found:
        found.database.execute(NOT_YET, [EACH * len(LATER)])
        yield found


def come(run: DigestRun, zone: str) -> None:
    """Three people are readers from now on, and it is past nine where they are."""
    run.database.execute(COME, [EACH, zone])


def is_settled(run: DigestRun) -> bool:
    return bool(run.query(SETTLED))


def runs_of(run: DigestRun) -> list[str]:
    """What workers have noted of the slots that they ran."""
    log = (run.folder / "worker.log").read_text()
    return [line for line in log.splitlines() if "digests_planned " in line]


def check(run: DigestRun) -> None:
    """Everybody has one mail, and each instant was run once."""
    assert until(lambda: is_settled(run), seconds=90)
    facts, received = run.facts(), run.sink.received()
    assert facts["deliveries"] == {"rendered": PEOPLE}
    assert {who: len(mails) for who, mails in received.items()} == dict.fromkeys(
        facts["written"], 1
    )
    assert facts["unfinished"] == 0
    runs = runs_of(run)
    assert len(runs) == len(facts["slots"]) == len(set(facts["slots"])), runs
    print(f"\n{len(facts['slots'])} slots, {len(runs)} runs, {len(received)} mails")


def test_three_clocks_killed_at_random_make_one_run_a_slot(run: DigestRun) -> None:
    chance = random.Random(SEED)
    clocks = [run.start_clock(TICK) for _ in range(3)]
    run.start_worker()
    run.start_worker()
    began, killed, zones = time.monotonic(), 0, list(LATER)
    while time.monotonic() < began + SECONDS or zones:
        time.sleep(chance.uniform(0.5, 2))
        at = chance.randrange(3)
        kill(clocks[at].pid)
        clocks[at] = run.start_clock(TICK)
        killed += 1
        if zones:
            come(run, zones.pop())
    check(run)
    print(f"{killed} clocks killed")


def test_clocks_that_were_away_over_a_slot_catch_up_once(run: DigestRun) -> None:
    run.start_worker()
    clock = run.start_clock(TICK)
    assert until(lambda: is_settled(run), seconds=90)
    kill(clock.pid)
    time.sleep(2 * TICK)
    for zone in LATER:
        come(run, zone)
    time.sleep(6 * TICK)
    assert run.query("SELECT count(*) FROM digests_digestdelivery") == PEOPLE - EACH * len(LATER)
    for _ in range(3):
        run.start_clock(TICK)
    check(run)


def test_a_broker_that_is_emptied_and_restarted_loses_no_slot(run: DigestRun) -> None:
    chance = random.Random(SEED)
    run.start_clock(TICK)
    run.start_clock(TICK)
    run.start_worker()
    began, lost, zones = time.monotonic(), 0, list(LATER)
    while time.monotonic() < began + SECONDS or zones:
        time.sleep(chance.uniform(0.5, 3))
        restart_empty(run)
        lost += 1
        if zones:
            come(run, zones.pop())
    check(run)
    print(f"the broker came back empty {lost} times")


def restart_empty(run: DigestRun) -> None:
    """Kill the broker, and start it without anything that it knew."""
    servers = run.servers
    [broker] = [child for child in servers.children if child.name == "valkey"]
    kill(broker.process.pid)
    broker.stop()
    for file in layout_at(run.folder).valkey_data.rglob("*"):
        if file.is_file():
            file.unlink()
    assert servers.valkey is not None
    servers.children[servers.children.index(broker)] = servers.valkey.start()


def test_control_slots_that_nobody_finishes_are_run_by_every_tick(run: DigestRun) -> None:
    """Without the note on the row each tick runs its slot again, and the check would see it."""
    run.database.execute(FORGET)
    run.start_clock(TICK)
    run.start_worker()
    assert until(lambda: is_settled(run), seconds=90)
    time.sleep(6 * TICK)
    slots = run.query("SELECT count(*) FROM core_scheduleslot WHERE job = 'digests.plan'")
    assert len(runs_of(run)) > slots
