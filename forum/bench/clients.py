"""Eight clients in processes of their own, keeping their connections: the load of a benchmark. Standard library only.

`python -m forum.bench.clients` reads plans from its first line, says `ready` when its clients are connected, waits for
a second line, works, and answers with what it measured.
"""

from __future__ import annotations

import gzip
import itertools
import json
import secrets
import subprocess
import sys
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from forum.bench.connection import Client

ROOT = Path(__file__).resolve().parents[2]
PROCESSES = 2
THREADS = 4
ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"


@dataclass
class Measured:
    """What was measured: how long each request took, and how each was answered."""

    seconds: float = 0.0
    requests: list[float] = field(default_factory=list)
    answers: Counter[str] = field(default_factory=Counter)
    units: int = 0
    """What was done: requests, or scans when they go in batches."""

    @property
    def per_second(self) -> float:
        """Return how many units were done in a second."""
        return self.units / self.seconds if self.seconds else 0.0

    def percentile(self, share: float) -> float:
        """Return the milliseconds that a share of the requests took at most."""
        ordered = sorted(self.requests)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))] * 1000 if ordered else 0.0


class NotMeasured(Exception):  # noqa: N818 (a lack, said in a sentence)
    """Something could not be measured; the message says why."""


# ------------------------------------------------------------------------------------------------------ the benchmark


def load(base: str, plans: Sequence[dict[str, Any]]) -> Measured:
    """Let eight clients work through their plans at once; return what they measured together."""
    with ExitStack() as stack:
        processes = [stack.enter_context(a_process()) for _ in range(PROCESSES)]
        try:
            for number, process in enumerate(processes):
                send(process, {"base": base, "plans": plans[number::PROCESSES]})
            for process in processes:
                if receive(process) != "ready":
                    raise NotMeasured("a client could not begin")
            for process in processes:
                send(process, "go")
            return together([receive(process) for process in processes])
        finally:
            for process in processes:
                process.kill()


def a_process() -> subprocess.Popen[str]:
    """Start a process of clients."""
    command = [sys.executable, "-m", "forum.bench.clients"]
    return subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def send(process: subprocess.Popen[str], message: object) -> None:
    """Send one line."""
    assert process.stdin
    process.stdin.write(json.dumps(message) + "\n")
    process.stdin.flush()


def receive(process: subprocess.Popen[str]) -> Any:
    """Read one line; what went wrong there is said here."""
    assert process.stdout
    line = process.stdout.readline()
    if not line:
        raise NotMeasured("a process of clients ended early")
    message = json.loads(line)
    if isinstance(message, dict) and "trouble" in message:
        raise NotMeasured(message["trouble"])
    return message


def together(parts: Sequence[dict[str, Any]]) -> Measured:
    """Add up what the processes measured; the time is the whole time, from the first start to the last end."""
    measured = Measured(seconds=max(part["ended"] for part in parts) - min(part["began"] for part in parts))
    for part in parts:
        measured.requests += part["requests"]
        measured.answers.update(part["answers"])
        measured.units += part["units"]
    return measured


# --------------------------------------------------------------------------------------------------------- the clients


class Phone(Client):
    """A phone at a gate, with one connection that it keeps: it sends what the scanner page sends, to the letter."""

    def __init__(self, base: str, *, gate: str, token: str) -> None:
        """Write what is the same in each request."""
        super().__init__(base)
        self.device = uuid.uuid4().hex
        self.head = (
            f"POST /api/v1/gates/{gate}/scans HTTP/1.1\r\nHost: {self.address[0]}:{self.address[1]}\r\n"
            f"Authorization: Bearer {token}\r\n"
            f"X-Device: {self.device}\r\nContent-Type: application/json\r\nAccept: */*\r\nOrigin: {base}\r\n"
            "Accept-Encoding: gzip, deflate, br\r\nAccept-Language: fr-FR,fr;q=0.9,en;q=0.8\r\nSec-Fetch-Mode: cors\r\n"
            "User-Agent: Mozilla/5.0 (Linux; Android 15; K) AppleWebKit/537.36 Chrome/142 Mobile Safari/537.36\r\n"
            "Content-Length: "
        )

    def scan(self, codes: Sequence[str]) -> str:
        """Send badges that were read; return their verdicts, once every answer is known to be its own scan's."""
        now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        scans = [{"id": str(uuid.uuid4()), "code": code, "direction": "in", "at": now, "ago": 0} for code in codes]
        sent = {"now": now, "device": self.device, "pending": 0, "scans": scans}
        body = json.dumps(sent, separators=(",", ":")).encode()
        status, content = self.exchange(f"{self.head}{len(body)}\r\n\r\n".encode() + body)
        if status != 200:
            return str(status)
        results = json.loads(gzip.decompress(content) if content.startswith(b"\x1f\x8b") else content)["results"]
        if [result["id"] for result in results] != [scan["id"] for scan in scans]:
            return "answers to other scans"
        return "+".join(sorted({result.get("verdict", "unreadable") for result in results}))


Step = Callable[[Client], tuple[str, int]]
"""One request: what kind of answer came, and how many units were done."""


def getting(_client: Client, plan: dict[str, Any]) -> Iterator[Step]:
    """Open pages one after the other, round and round."""
    ends = time.monotonic() + plan["seconds"]
    paths = plan["paths"]
    number = plan.get("first", 0)
    while time.monotonic() < ends:
        path = paths[number % len(paths)]
        number += 1

        def step(client: Client, path: str = path) -> tuple[str, int]:
            status, _content = client.ask("GET", path, Accept="text/html")
            return str(status), 1

        yield step


def scanning(client: Client, plan: dict[str, Any]) -> Iterator[Step]:
    """Scan badges at a gate, so many in a request; each badge once."""
    phone = Phone(client.base, gate=plan["gate"], token=plan["token"])
    ends = time.monotonic() + plan["seconds"]
    size = plan["batch"]
    for start in range(0, len(plan["codes"]), size):
        if time.monotonic() > ends:
            return
        codes = plan["codes"][start : start + size]

        def step(_client: Client, codes: Sequence[str] = codes) -> tuple[str, int]:
            return phone.scan(codes), len(codes)

        yield step


def registering(client: Client, plan: dict[str, Any]) -> Iterator[Step]:
    """Fill the registration form in again and again, each time as somebody else."""
    ends = time.monotonic() + plan["seconds"]
    path = plan["path"]
    status, content = client.ask("GET", path, Accept="text/html", Accept_Language="fr")
    if status != 200:
        raise NotMeasured(f"the form at {path} answered {status}")
    values = form_values(content.decode()) | {"category_id": str(plan["category_id"])}
    # All but who it is stays the same, so it is encoded once; what is each one's own needs no encoding.
    own = ("given_name", "family_name", "email", "submission_key")
    same = urlencode({name: value for name, value in values.items() if name not in own})
    browser = "".join(secrets.choice(ALPHABET) for _ in range(18))
    visitor = dict(client.cookies)  # each is somebody else, who knows nothing of the answer to the one before
    for number in itertools.count():
        if time.monotonic() > ends:
            return
        body = (
            f"{same}&given_name=Camille&family_name=Delattre+{number}"
            f"&email=camille.{browser}.{number}%40example.org&submission_key={browser}{number:08d}"
        ).encode()

        def step(client: Client, body: bytes = body) -> tuple[str, int]:
            client.cookies = dict(visitor)
            status, _content = client.ask("POST", path, body, Content_Type="application/x-www-form-urlencoded")
            return str(status), int(status == 303)

        yield step


class FormReader(HTMLParser):
    """Reads what a browser would send of the page's form as it stands."""

    def __init__(self) -> None:
        """Start outside of any form."""
        super().__init__()
        self.values: dict[str, str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take fields with a value; unticked boxes are not sent."""
        given = dict(attrs)
        name, kind = given.get("name"), given.get("type") or "text"
        if tag == "input" and name and kind not in ("checkbox", "radio", "submit", "file"):
            self.values.setdefault(name, given.get("value") or "")
        elif tag == "textarea" and name:
            self.values.setdefault(name, "")


def form_values(html: str) -> dict[str, str]:
    """Return the values of a page's fields."""
    reader = FormReader()
    reader.feed(html)
    return reader.values


KINDS: dict[str, Callable[[Client, dict[str, Any]], Iterator[Step]]] = {
    "get": getting,
    "scan": scanning,
    "register": registering,
}


def main() -> None:
    """Work through the plans of one process, a thread for each."""
    task = json.loads(sys.stdin.readline())
    clients = [Client(task["base"]) for _plan in task["plans"]]
    measured = Measured()
    lock = threading.Lock()
    troubles: list[str] = []

    def work(client: Client, plan: dict[str, Any]) -> None:
        try:
            for step in KINDS[plan["kind"]](client, plan):
                started = time.perf_counter()
                answer, units = step(client)
                took = time.perf_counter() - started
                with lock:
                    measured.requests.append(took)
                    measured.answers[answer] += 1
                    measured.units += units
        except (OSError, NotMeasured, ValueError, KeyError) as error:
            troubles.append(f"{type(error).__name__}: {error}")

    for client in clients:
        client.ask("GET", "/healthz")  # connected before the clock starts
    say("ready")
    sys.stdin.readline()
    threads = [threading.Thread(target=work, args=pair) for pair in zip(clients, task["plans"], strict=True)]
    began = time.time()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if troubles:
        say({"trouble": troubles[0]})
        return
    say(
        {
            "began": began,
            "ended": time.time(),
            "requests": measured.requests,
            "answers": measured.answers,
            "units": measured.units,
        }
    )


def say(message: object) -> None:
    """Answer with one line."""
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
