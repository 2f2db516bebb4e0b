"""One day of chaos: who scans what where, and what goes wrong when, all from one seed."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from forum.bench.place import Place, more_badges, place
from forum.checkin import actions
from forum.checkin.actions import GateDetails
from forum.checkin.models import Gate
from forum.core import codes
from forum.core.db import LocalText, transaction
from tests.chaos.browsers import RealPhones
from tests.chaos.judgement import Logged, faults_of, log_of
from tests.chaos.network import RoughNetwork
from tests.chaos.phones import GateLink, SimulatedPhone, Volunteer
from tests.chaos.server import KillableServer, stop_database

LONGEST_REST = 90.0
"""Seconds after the day in which every phone must have sent what it holds."""
CLOCK_ERRORS = (timedelta(), timedelta(), timedelta(hours=2), timedelta(hours=-2), timedelta(seconds=-40))


@dataclass(frozen=True)
class Plan:
    """What a day is made of."""

    seed: int
    seconds: float
    database: str = "sqlite"
    phones: int = 30
    browsers: int = 0
    badges: int = 400
    longest_stop: float = 3.0
    """Seconds for which the database is away when it stops."""


@dataclass
class Report:
    """What happened, and what was wrong with it."""

    plan: Plan
    happened: Counter[str] = field(default_factory=Counter)
    connections: Counter[str] = field(default_factory=Counter)
    verdicts: Counter[str] = field(default_factory=Counter)
    scans: int = 0
    shown: int = 0
    told_later: int = 0
    repeated: int = 0
    deaths: int = 0
    by_browsers: int = 0
    faults: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        """Return the report as it is printed."""
        lines = [
            f"seed {self.plan.seed}, {self.plan.database}, {self.plan.seconds:.0f} s, "
            f"{self.plan.phones} simulated phones, {self.plan.browsers} browsers",
            f"  scans in the log   {self.scans}, of them by browsers {self.by_browsers}",
            f"  verdicts shown     {self.shown}, corrected later {self.told_later}",
            f"  never shown        {self.deaths} (the phone died first)",
            f"  answers repeated   {self.repeated}",
            f"  in the log         {dict(sorted(self.verdicts.items()))}",
            f"  what went wrong    {dict(sorted(self.happened.items()))}",
            f"  connections        {dict(sorted(self.connections.items()))}",
            f"  FAULTS             {len(self.faults)}",
        ]
        return "\n".join([*lines, *(f"    {fault}" for fault in self.faults[:20])])


@dataclass(frozen=True)
class Doors:
    """The gates of the day and the badges that come to them."""

    gates: Sequence[GateLink]
    codes: Sequence[str]

    def next_code(self, chance: Random) -> str:
        """Draw what is held before a phone: mostly badges, a few badly typed, cut off, forged or from elsewhere."""
        code = chance.choice(self.codes)
        kind = chance.random()
        if kind < 0.9:
            return code
        if kind < 0.93:
            return code.lower()
        if kind < 0.96:
            return code.replace("0", "O").replace("1", "l")
        if kind < 0.98:
            return code[:17]
        return "".join(chance.choice(codes.ALPHABET) for _ in range(26))


def run_day(plan: Plan, *, folder: Path) -> Report:
    """Live through a day and judge it."""
    chance, report = Random(plan.seed), Report(plan)
    with place(plan.database) as forum, served_roughly(forum, chance) as (server, network):
        doors = open_doors(forum, badges=plan.badges)
        faults, network.fault_share = network.fault_share, 0.0  # volunteers open their links before the doors open
        with RealPhones(folder, doors=doors, port=network.port, plan=plan) as browsers:
            network.fault_share = faults
            volunteers = [volunteer(number, plan=plan, doors=doors, port=network.port) for number in range(plan.phones)]
            for each in volunteers:
                each.start()
            trouble = threading.Thread(target=make_trouble, args=(plan, forum, server, network, report), daemon=True)
            trouble.start()
            browsers.scan_until(time.monotonic() + plan.seconds, chance=Random(plan.seed + 1))
            trouble.join()
            network.fault_share, network.is_down = 0.0, False
            browsers.send_the_rest()
        for each in volunteers:
            each.join()
        report.connections.update(network.seen)
        judge(report, forum, volunteers=volunteers, browsers=browsers, doors=doors)
    return report


@contextmanager
def served_roughly(forum: Place, chance: Random) -> Iterator[tuple[KillableServer, RoughNetwork]]:
    """Serve a forum behind a rough network."""
    server = KillableServer(forum)
    server.start()
    network = RoughNetwork(Random(chance.random()), server.port)
    try:
        yield server, network
    finally:
        network.close()
        server.stop()


def open_doors(forum: Place, *, badges: int) -> Doors:
    """Open two entrances and an exit of one venue, all on the edition of today."""
    made = more_badges(forum, badges)
    key, _token = forum.gate()
    links = []
    with forum.app.app_context(), transaction() as tx:
        first = tx.session.query(Gate).filter_by(key=key).one()
        for name, direction in (("North", "in"), ("South", "in"), ("Way out", "out")):
            details = GateDetails(
                name=LocalText(fr=name, en=name), direction=direction, rule="once-a-day", venue_id=first.venue_id
            )
            gate = actions.open_a_gate(tx, first.edition_id, details, now=datetime.now(UTC))
            links.append(GateLink(gate.key, gate.token, direction))
    return Doors(links, made)


def volunteer(number: int, *, plan: Plan, doors: Doors, port: int) -> Volunteer:
    """Put a volunteer with a phone of their own at one of the gates."""
    chance = Random(f"{plan.seed}-{number}")
    phone = SimulatedPhone(
        name=f"simulated-{number:02d}",
        gate=doors.gates[number % len(doors.gates)],
        port=port,
        chance=chance,
        clock_error=chance.choice(CLOCK_ERRORS),
    )
    now = time.monotonic()
    ends_at = now + plan.seconds
    return Volunteer(phone, doors.next_code, ends_at=ends_at, gives_up_at=ends_at + LONGEST_REST)


def make_trouble(plan: Plan, forum: Place, server: KillableServer, network: RoughNetwork, report: Report) -> None:
    """Let one thing after another go wrong until the day ends, then set everything right."""
    chance, ends_at = Random(plan.seed + 2), time.monotonic() + plan.seconds
    troubles: dict[str, Callable[[], None]] = {
        "server killed": lambda: kill_and_start(server, after=chance.uniform(0, 1.5)),
        "worker killed": server.kill_one_worker,
        "network down": lambda: cut_network(network, seconds=chance.uniform(1, 3)),
        "database stopped": lambda: stop_database(forum, seconds=plan.longest_stop),
    }
    names = list(troubles)
    chance.shuffle(names)
    while time.monotonic() < ends_at:
        time.sleep(chance.uniform(0.5, 2.0))
        name = names.pop() if names else chance.choice(sorted(troubles))
        report.happened[name] += 1
        troubles[name]()
    if server.process is None or server.process.poll() is not None:
        server.start()


def kill_and_start(server: KillableServer, *, after: float) -> None:
    """Kill the server and start it again a little later."""
    server.kill()
    time.sleep(after)
    server.start()


def cut_network(network: RoughNetwork, *, seconds: float) -> None:
    """Let nothing through for a while."""
    network.is_down = True
    time.sleep(seconds)
    network.is_down = False


def judge(report: Report, forum: Place, *, volunteers: Sequence[Volunteer], browsers: RealPhones, doors: Doors) -> None:
    """Compare what was shown with the log, and count."""
    phones = [each.phone for each in volunteers]
    with forum.app.app_context():
        log = log_of([gate.key for gate in doors.gates])
        report.faults += [f"{each.phone.name}: {each.fault!r}" for each in volunteers if each.fault]
        report.faults += faults_of(phones, log, datetime.now(UTC))
        report.faults += browsers.faults(log)
    count(report, phones, log, browsers)


def count(report: Report, phones: Sequence[SimulatedPhone], log: Sequence[Logged], browsers: RealPhones) -> None:
    """Add up the day."""
    report.scans = len(log)
    report.verdicts.update(row.verdict for row in log)
    report.by_browsers = sum(row.device in browsers.devices for row in log)
    report.shown = sum(len(phone.shown) for phone in phones) + report.by_browsers
    report.told_later = sum(shown.later is not None for phone in phones for shown in phone.shown.values())
    report.repeated = sum(phone.repeated for phone in phones)
    report.deaths = sum(phone.deaths for phone in phones)
