"""Real phones: Chromium with the scanner page, a USB scanner's keystrokes, a profile that survives being killed."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any, Self

from playwright.sync_api import BrowserContext, Error, Page, sync_playwright

from tests.chaos.judgement import INSIDE, Logged
from tests.journeys.browser import ARGUMENTS, chromium_path, wait_for

if TYPE_CHECKING:
    from tests.chaos.day import Doors, Plan

CARD = "document.getElementById('verdict').dataset.verdict ?? ''"
SHOWN_AT = "document.getElementById('verdict').dataset.scan ?? ''"
PENDING = "document.getElementById('state').dataset.pending ?? '0'"
DEVICE = "localStorage.getItem('door-device')"
READY = "document.querySelector('main.scanner')?.dataset.ready ?? ''"
# All at once, as a USB scanner types: one by one through the driver takes too long on a machine that is busy.
KEYSTROKES = """(code) => { for (const key of code) document.body.dispatchEvent(
  new KeyboardEvent("keydown", { key, code: /\\d/.test(key) ? `Digit${key}` : `Key${key}`, bubbles: true })); }"""
LONGEST = 60.0
TRIES = 6


@dataclass
class RealPhone:
    """One browser at one gate, and what its volunteer saw."""

    context: BrowserContext
    page: Page
    address: str
    device: str
    shown: dict[str, str] = field(default_factory=dict)
    scanned: int = 0

    def scan(self, code: str) -> None:
        """Type a code as a USB scanner does, wait for the card, and note what it says of which scan."""
        wait_for(self.page, READY, bool, longest=LONGEST)
        before = self.page.evaluate(SHOWN_AT)
        self.page.evaluate(KEYSTROKES, code)
        scan_id = wait_for(self.page, SHOWN_AT, lambda shown: shown not in ("", before), longest=LONGEST)
        self.shown[scan_id] = self.page.evaluate(CARD)
        self.scanned += 1

    def open_again(self) -> None:
        """Close the page in the middle of its work and open it again, as a phone that was put away."""
        self.page.close()
        self.page = self.context.new_page()
        for _attempt in range(TRIES):
            with suppress(Error, AssertionError):  # a page of which half arrived is loaded again, as a person would
                self.page.goto(self.address)
                wait_for(self.page, READY, bool, longest=LONGEST / TRIES)
                return
        raise AssertionError(f"{self.address} did not open in {TRIES} tries")


class RealPhones:
    """The browsers of a day; none, where the plan asks for none."""

    def __init__(self, folder: Path, *, doors: Doors, port: int, plan: Plan) -> None:
        """Remember what is needed; `with` opens them."""
        self.folder, self.doors, self.port, self.plan = folder, doors, port, plan
        self.phones: list[RealPhone] = []
        self.devices: set[str] = set()
        self.stack = ExitStack()

    def __enter__(self) -> Self:
        """Open the browsers at the gates."""
        if self.plan.browsers:
            program = chromium_path()
            playwright = self.stack.enter_context(sync_playwright())
            for number in range(self.plan.browsers):
                self.phones.append(self.opened(playwright, program, number))
        self.devices = {phone.device for phone in self.phones}
        return self

    def __exit__(self, *_fault: object) -> None:
        """Close them."""
        self.stack.close()

    def opened(self, playwright: Any, program: str, number: int) -> RealPhone:
        """Open one browser; the page is ready when its list is there and it works without the network."""
        context = playwright.chromium.launch_persistent_context(
            self.folder / f"phone-{number}",
            executable_path=program,
            headless=True,
            args=list(ARGUMENTS),
            viewport={"width": 390, "height": 844},
            locale="fr-FR",
        )
        self.stack.callback(context.close)
        gate = self.doors.gates[number % len(self.doors.gates)]
        page, address = context.new_page(), f"http://127.0.0.1:{self.port}/scan/{gate.token}"
        page.goto(address)
        wait_for(page, READY, bool, longest=LONGEST)
        wait_for(page, "caches.match(location.href).then(Boolean)", bool, longest=LONGEST)
        return RealPhone(context, page, address, str(page.evaluate(DEVICE)))

    def scan_until(self, ends_at: float, *, chance: Random) -> None:
        """Scan in turn at each browser until the day ends; now and then one is closed and opened again."""
        while time.monotonic() < ends_at:
            if not self.phones:
                time.sleep(0.1)
            for phone in self.phones:
                if chance.random() < 0.04:
                    phone.open_again()
                phone.scan(chance.choice(self.doors.codes))

    def send_the_rest(self) -> None:
        """Wait until no browser has anything to send."""
        for phone in self.phones:
            wait_for(phone.page, PENDING, lambda pending: pending == "0", longest=LONGEST)

    def faults(self, log: Sequence[Logged]) -> list[str]:
        """Compare what each browser showed with the log."""
        found = []
        for phone in self.phones:
            rows = {row.uuid: row for row in log if row.device == phone.device}
            if len(rows) != phone.scanned:
                found.append(f"browser {phone.device[-4:]}: {phone.scanned} scans, {len(rows)} in the log")
            for scan_id, verdict in phone.shown.items():
                row = rows.get(scan_id)
                if row is None:
                    found.append(f"browser {phone.device[-4:]}: {scan_id} was shown and is not in the log")
                elif (verdict in INSIDE) != (row.verdict in INSIDE) or (verdict == "left") != (row.verdict == "left"):
                    found.append(f"browser {phone.device[-4:]}: {scan_id} told as {verdict}, kept as {row.verdict}")
        return found
