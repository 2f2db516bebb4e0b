"""Phones that behave as the scanner page does: decide, write down, show; send until answered, each scan once."""

from __future__ import annotations

import hashlib
import http.client
import json
import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

PATIENCE = 1.2
"""Seconds that the server has to answer before the phone's own verdict is shown, as in static/checkin/page.js."""
Row = dict[str, Any]


class UnansweredError(Exception):
    """The network or the server gave no whole answer."""


@dataclass(frozen=True)
class GateLink:
    """What a volunteer was given."""

    key: str
    token: str
    direction: str


@dataclass
class Disk:
    """What survives when a phone's battery dies: the list, the queue, the cursor."""

    entered: dict[str, bool] = field(default_factory=dict)  # code hash → is in already
    queue: list[Row] = field(default_factory=list)
    cursor: str | None = None


@dataclass
class Shown:
    """What a volunteer saw for one scan, first and, when the server knew better, later."""

    code: str
    direction: str
    verdict: str
    later: str | None = None

    @property
    def last_word(self) -> str:
        """Return what the volunteer was told in the end."""
        return self.later or self.verdict


class SimulatedPhone:
    """One volunteer's phone at a gate."""

    def __init__(self, *, name: str, gate: GateLink, port: int, chance: Random, clock_error: timedelta) -> None:
        """Give a phone its link; its clock is wrong by `clock_error`."""
        self.name, self.gate, self.port, self.chance, self.clock_error = name, gate, port, chance, clock_error
        self.disk = Disk()
        self.shown: dict[str, Shown] = {}
        self.written: set[str] = set()  # every scan that reached the disk, shown or not
        self.undone: set[str] = set()
        self.answers: dict[str, str] = {}  # the first answer to each id, for repeats
        self.changed_answers: list[str] = []
        self.repeated = 0
        self.deaths = 0

    def now(self) -> datetime:
        """Return the hour on this phone."""
        return datetime.now(UTC) + self.clock_error

    # ---- the volunteer

    def scan(self, code: str) -> None:
        """Read a badge: decide, write down, show; one time in thirty the phone dies before it showed anything."""
        scan, hash_of_code = self.decide(code)
        self.disk.queue.append(scan)
        self.written.add(scan["id"])
        if scan["shown"] == "admitted":
            self.disk.entered[hash_of_code] = True
        if self.chance.random() < 1 / 30:
            self.deaths += 1
            return
        answer = self.send_now(scan)
        verdict = answer["verdict"] if answer else scan["shown"]
        self.shown[scan["id"]] = Shown(scan["code"], scan["direction"], verdict)

    def decide(self, code: str) -> tuple[Row, str]:
        """Return the scan with the phone's own verdict, from its list alone."""
        plain = code.upper().translate(str.maketrans("OIL", "011"))
        hash_of_code = hashlib.sha256(plain.encode()).hexdigest()
        verdict = "left" if self.gate.direction == "out" else "admitted"
        if hash_of_code not in self.disk.entered:
            verdict = "unknown"
        elif verdict == "admitted" and self.disk.entered[hash_of_code]:
            verdict = "already-in"
        scan = {
            "id": str(uuid.UUID(int=self.chance.getrandbits(128), version=4)),
            "code": code,
            "at": self.now().isoformat(),
            "direction": self.gate.direction,
            "shown": verdict,
        }
        return scan, hash_of_code

    def undo_last(self) -> None:
        """Take the last passage back, as a volunteer who tapped on the wrong person does."""
        passed = [scan_id for scan_id, shown in self.shown.items() if shown.last_word in ("admitted", "left")]
        if passed and passed[-1] not in self.undone:
            self.undone.add(passed[-1])
            self.disk.queue.append({"undoes": passed[-1], "at": self.now().isoformat()})

    # ---- the network

    def send_now(self, scan: Row) -> Row | None:
        """Send one scan at once; None where no answer came in time."""
        try:
            results = self.post("scans", {"scans": [{**scan, "shown": None}]}, timeout=PATIENCE)["results"]
        except UnansweredError:
            return None
        self.taken(results)
        answer: Row = results[0]
        return answer

    def synchronise(self) -> None:
        """Send what waits and fetch what changed; what fails is tried the next time."""
        waiting = [row for row in self.disk.queue if "undoes" not in row]
        for start in range(0, len(waiting), 100):
            results = self.post("scans", {"scans": waiting[start : start + 100]}, timeout=10)["results"]
            for answer in results:
                shown = self.shown.get(answer["id"])
                if shown is not None and answer["verdict"] != shown.verdict:
                    shown.later = answer["verdict"]
            self.taken(results)
        for row in [row for row in self.disk.queue if "undoes" in row]:
            answer = self.post(f"scans/{row['undoes']}/undo", {"at": row["at"]}, timeout=10, fine=(200, 404, 409))
            if not answer.get("undone"):
                self.undone.discard(row["undoes"])
            self.disk.queue.remove(row)
        self.fetch_list()

    def fetch_list(self) -> None:
        """Take over what changed."""
        since = f"?since={self.disk.cursor}" if self.disk.cursor else ""
        answer = self.request("GET", f"list{since}", None, timeout=10, fine=(200,))
        mine = {row.get("code") for row in self.disk.queue if row.get("shown") == "admitted"}
        hashes = {hashlib.sha256(str(code).encode()).hexdigest() for code in mine}
        for person in answer["people"]:
            if person["state"] == "valid":
                self.disk.entered[person["code"]] = person["entered"] is not None or person["code"] in hashes
        self.disk.cursor = answer["cursor"]

    def taken(self, results: list[Row]) -> None:
        """Take out of the queue what was answered for; an id answered twice must be answered alike."""
        for answer in results:
            first = self.answers.setdefault(answer["id"], answer["verdict"])
            if first != answer["verdict"]:
                self.changed_answers.append(f"{answer['id']}: {first}, then {answer['verdict']}")
        answered = {answer["id"] for answer in results}
        self.disk.queue[:] = [row for row in self.disk.queue if row.get("id") not in answered]

    def repeat(self) -> None:
        """Send an old scan again, as a phone does whose answer was lost."""
        if not self.answers:
            return
        scan_id = self.chance.choice(sorted(self.answers))
        again = {"id": scan_id, "code": "0" * 26, "at": self.now().isoformat(), "direction": self.gate.direction}
        self.repeated += 1
        self.taken(self.post("scans", {"scans": [again]}, timeout=10)["results"])

    def post(self, path: str, body: Row, *, timeout: float, fine: tuple[int, ...] = (200,)) -> Row:
        """Send something, with the phone's clock and its name."""
        whole = {"now": self.now().isoformat(), "device": self.name, "pending": len(self.disk.queue)} | body
        return self.request("POST", path, json.dumps(whole), timeout=timeout, fine=fine)

    def request(self, method: str, path: str, body: str | None, *, timeout: float, fine: tuple[int, ...]) -> Row:
        """Ask the gate's interface. Raises `UnansweredError` for all that a phone tries again."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        headers = {"Authorization": f"Bearer {self.gate.token}", "Content-Type": "application/json"}
        headers |= {"X-Device": self.name, "X-Pending": str(len(self.disk.queue))}
        try:
            connection.request(method, f"/api/v1/gates/{self.gate.key}/{path}", body, headers)
            response = connection.getresponse()
            content = response.read()
            if response.status >= 500:
                raise UnansweredError(f"{response.status}")
            assert response.status in fine, f"{path}: {response.status} {content[:300]!r}"
            answer: Row = json.loads(content)
            return answer
        except (OSError, http.client.HTTPException, json.JSONDecodeError) as lack:
            raise UnansweredError(str(lack)) from lack
        finally:
            connection.close()


@dataclass
class Volunteer(threading.Thread):
    """Somebody who scans until the day ends, then waits until the phone has sent everything."""

    phone: SimulatedPhone
    next_code: Callable[[Random], str]
    ends_at: float
    gives_up_at: float
    pause: float = 0.25
    fault: BaseException | None = None

    def __post_init__(self) -> None:
        """Become a thread that ends with the program."""
        super().__init__(daemon=True)

    __hash__ = threading.Thread.__hash__

    def run(self) -> None:
        """Scan, undo, repeat, synchronise; then send what is left."""
        try:
            self.keep_the_gate()
            self.send_the_rest()
        except BaseException as fault:
            self.fault = fault

    def keep_the_gate(self) -> None:
        """Do what a volunteer does all day."""
        chance, synchronises_at = self.phone.chance, 0.0
        while time.monotonic() < self.ends_at:
            if time.monotonic() > synchronises_at:
                synchronises_at = time.monotonic() + 1
                self.quietly(self.phone.synchronise)
            self.phone.scan(self.next_code(chance))
            if chance.random() < 0.03:
                self.phone.undo_last()
            if chance.random() < 0.1:
                self.quietly(self.phone.repeat)
            time.sleep(chance.uniform(0, 2 * self.pause))

    def send_the_rest(self) -> None:
        """Synchronise until nothing waits any more."""
        while time.monotonic() < self.gives_up_at:
            self.quietly(self.phone.synchronise)
            if not self.phone.disk.queue:
                return
            time.sleep(0.2)

    @staticmethod
    def quietly(work: Callable[[], None]) -> None:
        """Try something that the network may spoil."""
        try:
            work()
        except UnansweredError:
            return
