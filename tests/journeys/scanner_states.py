"""Every state of the scanner's page, played one after the other on one page: for axe, and for pictures of each.

The page is real and so is its memory; the server's answers, the camera and the phone's clock are what a state needs.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from playwright.sync_api import Page, Route

from forum.core import codes
from tests.journeys.browser import wait_for

STATE = "({...document.getElementById('state').dataset})"
SHOWN = "(({ verdict, reason }) => [verdict, reason])(document.getElementById('verdict').dataset)"
TROUBLE = "document.getElementById('trouble').dataset.trouble ?? ''"
SYNC = "dispatchEvent(new Event('online'))"
KEYS = """(code) => [...code].forEach(
  (key) => document.body.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true })),
)"""
# A camera that sees a grey wall and has a light, refuses, or is missing; a phone whose clock runs ahead; a full disk.
PHONE = """
window.phone = { camera: sessionStorage.getItem("camera") ?? "missing", ahead: 0 };
const refused = { missing: "NotFoundError", refused: "NotAllowedError", busy: "NotReadableError" };
refused.asked = refused.busy; // what the phone answers in the end
const real = Date.now.bind(Date);
Date.now = () => real() + window.phone.ahead;
const devices = navigator.mediaDevices;
devices.enumerateDevices = async () => ["1", "2"].map((id) => (
  { kind: "videoinput", deviceId: id, label: id === "1" ? "" : "camera2 0, facing back, ultra-wide lens" }));
devices.getUserMedia = async () => {
  const { camera } = window.phone;
  if (camera === "asked") await new Promise((resolve) => { window.answer = resolve; });
  if (refused[camera]) throw new DOMException("", refused[camera]);
  const wall = Object.assign(document.createElement("canvas"), { width: 1280, height: 720 });
  const pen = wall.getContext("2d");
  setInterval(() => { pen.fillStyle = "#6e6962"; pen.fillRect(0, 0, 1280, 720); }, 100);
  const stream = wall.captureStream(10);
  stream.getVideoTracks()[0].getCapabilities = () => ({ torch: true });
  return stream;
};
const Decoder = Worker;
window.Worker = function (address, options) { // one that never loaded says so
  if (window.phone.decodes !== false) return new Decoder(address, options);
  return { postMessage() { setTimeout(() => this.onerror(), 0); }, terminate() {} };
};
if (sessionStorage.getItem("private")) Object.defineProperty(window, "indexedDB", { get() { throw new Error(); } });
"""
CARD_ALONE = (
    "Boolean(document.querySelector('#verdict:not([hidden])')) && !document.querySelector('[aria-expanded=true]')"
)
KEEP_GATES = """(names) => localStorage.setItem("door-gates", JSON.stringify(names.map(
  (name, index) => ({ key: `gate${index}`, name, edition: "Lens 2027", address: "/scan/x", seen: Date.now() }),
)))"""
FULL_DISK = """void (IDBDatabase.prototype.transaction = () => {
  throw new DOMException("", "QuotaExceededError");
})"""
FIRST = {"at": "2027-03-18T07:12:00Z", "gate": "Entrée nord"}
LONG_NAME = "Marie-Antoinette Vandenbroucke-Delattre de La Motte-Françoise"
NOTES = [
    {"kind": "adjustment", "words": "Fauteuil roulant"},
    {"kind": "word", "words": "Prévenir Omar : accueillie par le maire"},
    {"kind": "minor", "words": "Mineur : un parent est d’accord."},
]
TROUBLES_OF_THE_GATE = {
    "pin-changed": (401, ""),
    "gate-revoked": (410, "gate-revoked"),
    "edition-over": (410, "edition-over"),
    "no-gate": (404, ""),
}
PANELS = ("show-search", "show-code", "show-clicker", "show-last", "show-more")


def answers(person: dict[str, Any]) -> list[dict[str, Any]]:
    """Return one answer for each look of the card, with the reasons that change its words."""
    return [
        {"verdict": "admitted", "person": person},
        {"verdict": "admitted", "person": person | {"name": LONG_NAME, "notes": NOTES}},
        {"verdict": "left", "person": person},
        {"verdict": "already-in", "person": person, "first": FIRST},
        {"verdict": "conflict", "person": person, "first": FIRST},
        {"verdict": "not-today", "reason": "day", "person": person},
        {"verdict": "not-today", "reason": "hours", "person": person},
        {"verdict": "wrong-gate", "reason": "category", "person": person},
        {"verdict": "wrong-gate", "reason": "no-seat", "person": person},
        {"verdict": "wrong-gate", "reason": "waits", "person": person},
        {"verdict": "wrong-gate", "reason": "full", "person": person},
        {"verdict": "wrong-gate", "reason": "other-edition", "person": None},
        {"verdict": "cancelled", "person": person},
        {"verdict": "cancelled", "reason": "replaced", "person": person | {"name": "Maximiliane " * 40}},
        {"verdict": "unknown", "reason": "blank", "person": None},
        {"verdict": "unknown", "person": None},
    ]


class Player:
    """A page of the scanner whose server says what a state needs."""

    def __init__(self, page: Page, address: str) -> None:
        """Stand between the page and its server."""
        self.page, self.address = page, address
        self.body: dict[str, Any] = {}
        self.answer: dict[str, Any] = {}
        self.gate: dict[str, Any] = {"override": True, "opens_at": "08:30", "seats_free_at": "2027-03-18T09:10:00Z"}
        self.news: dict[str, Any] = {}
        self.refusal: tuple[int, str] | None = None
        self.is_offline = False
        page.add_init_script(PHONE)
        page.route("**/api/v1/gates/*/scans", self.scanned)
        page.route("**/api/v1/gates/*/list*", self.listed)
        page.route("**/api/v1/gates/*/clicks", self.clicked)

    def scanned(self, route: Route) -> None:
        """Answer each scan with the verdict of the state."""
        if self.is_away(route):
            return
        sent = json.loads(route.request.post_data or "{}")["scans"]
        told = [{"first": None, **self.answer, "id": scan["id"], "at": scan["at"]} for scan in sent]
        route.fulfill(json={"results": told})

    def listed(self, route: Route) -> None:
        """Give the list that the server gave first, with the gate and the news of the state."""
        if self.is_away(route):
            return
        self.body = self.body or route.fetch().json()
        route.fulfill(json=self.body | self.news | {"gate": self.body["gate"] | self.gate})

    def clicked(self, route: Route) -> None:
        """Keep clicks on the phone, as a server without them would."""
        if not self.is_away(route):
            route.fulfill(status=404, json={})

    def is_away(self, route: Route) -> bool:
        """Refuse what the state refuses."""
        if self.is_offline:
            route.abort()
        elif self.refusal:
            route.fulfill(status=self.refusal[0], json={"code": self.refusal[1]})
        return self.is_offline or self.refusal is not None

    def phone(self, **facts: Any) -> None:
        """Change what the phone is."""
        self.page.evaluate("(facts) => Object.assign(phone, facts)", facts)

    def learns(self, **news: Any) -> None:
        """Let the phone ask for its list, and wait until it has shown what is new."""
        self.news = news
        count = json.dumps(str(news["inside"]) if "inside" in news else None)
        self.page.evaluate(SYNC)
        wait_for(self.page, f"{count} ?? ''", lambda text: text == "" or self.page.inner_text("#inside") == text)

    def scan(self, answer: dict[str, Any]) -> None:
        """Scan a badge that nobody knows, and be answered so."""
        self.answer = answer
        self.page.evaluate("delete document.getElementById('verdict').dataset.reason")  # so that the next is told apart
        self.page.evaluate(KEYS, codes.new_code())
        wait_for(self.page, SHOWN, [answer["verdict"], answer.get("reason") or ""].__eq__)

    def open(self, tool: str) -> None:
        """Open a panel."""
        if self.page.get_attribute(f"#{tool}", "aria-expanded") != "true":
            self.page.click(f"#{tool}")


def is_card(page: Page) -> bool:
    """Tell whether an answer covers the picture and nothing is open beside it: the rest of the page is as before."""
    return bool(page.evaluate(CARD_ALONE))


def states(page: Page, address: str, *, person: dict[str, Any]) -> Iterator[str]:
    """Play every state; each name is given while that state is on the screen."""
    player = Player(page, address)
    page.goto(address)
    wait_for(page, STATE, lambda state: state.get("online") == "true")
    wait_for(page, "document.getElementById('content').dataset.ready ?? ''", bool)
    yield "welcome"
    page.evaluate("document.getElementById('rehearse').click()")  # on a small phone it stands under «More»
    yield "rehearsal"
    while page.locator("#verdict-close").is_visible():
        page.click("#verdict-close")
    yield from of_the_camera(player)
    for answer in answers(person):
        player.scan(answer)
        notes = "with notes" if "notes" in (answer["person"] or {}) else ""
        yield f"{answer['verdict']} {answer.get('reason', '')} {notes}".strip()
    yield from of_the_panels(player, person)
    yield from of_the_day(player, person)
    yield from of_the_options(player, person)
    yield from of_the_network(player, person)
    yield from of_the_gate(player)
    yield from of_the_disk(player)


def of_the_camera(player: Player) -> Iterator[str]:
    """Play what a camera can do, and what it does not."""
    page = player.page
    page.click("#begin")
    for camera in ("missing", "refused", "busy"):
        player.phone(camera=camera)
        if camera != "missing":
            page.click("#trouble-button")
        wait_for(page, TROUBLE, f"camera-{camera}".__eq__)
        yield f"camera {camera}"
    player.phone(camera="asked")
    page.click("#trouble-button")
    wait_for(page, TROUBLE, "camera-asked".__eq__)
    yield "camera asked"
    page.evaluate("answer()")
    wait_for(page, TROUBLE, "camera-busy".__eq__)
    player.phone(camera="seeing", decodes=False)
    page.click("#trouble-button")
    wait_for(page, TROUBLE, "decoder-missing".__eq__)
    yield "decoder missing"
    page.evaluate("sessionStorage.setItem('camera', 'seeing')")
    page.reload()
    wait_for(page, "document.getElementById('torch').hidden", False.__eq__)
    yield "ready"


def of_the_panels(player: Player, person: dict[str, Any]) -> Iterator[str]:
    """Play the panels, over an answer and without one, empty, full and wrong."""
    page = player.page
    page.click("#verdict-close")
    for tool in PANELS:
        player.open(tool)
        yield f"panel {tool}"
    player.open("show-search")
    for words in ("a", "zzzz", "an", "ma"):
        page.fill("#name", words)
        yield f"search {words}"
    page.fill("#name", "")
    player.open("show-code")
    page.fill("#code", "ABC")
    page.press("#code", "Enter")
    yield "code wrong"
    player.scan({"verdict": "already-in", "person": person, "first": FIRST})
    for tool in ("show-code", "show-clicker"):
        player.open(tool)
        yield f"panel over an answer {tool}"
    page.click("#show-clicker")
    page.click("#override")
    yield "override"
    page.click("#override-form button[type=submit]")
    yield "override wrong"
    page.click("#override-cancel")


def of_the_day(player: Player, person: dict[str, Any]) -> Iterator[str]:
    """Play how full it is, a badge that was let in twice, other gates of the phone."""
    page = player.page
    for inside in (520, 620, 650):
        player.learns(inside=inside, capacity=650)
        yield f"inside {inside}"
    player.scan({"verdict": "admitted", "person": person | {"notes": NOTES[:1]}})
    yield "full and let in"
    twice = [{"code": number, "name": LONG_NAME, **FIRST} for number in "ab"]
    player.learns(inside=651, capacity=650, conflicts=twice)
    wait_for(page, "document.getElementById('conflict').hidden", False.__eq__)
    yield "let in twice"
    page.evaluate("document.getElementById('verdict-close').click()")
    page.evaluate(KEEP_GATES, ["Sortie", "Porte : Réparer plutôt que racheter : mesurer une carte mère"])
    player.open("show-more")
    wait_for(page, "document.querySelectorAll('#gates-list li').length", (2).__eq__)
    yield "other gates"
    page.click("#show-more")
    player.learns(inside=244, capacity=650, conflicts=[])


def of_the_options(player: Player, person: dict[str, Any]) -> Iterator[str]:
    """Play what a volunteer sets: names hidden, the left hand, the sun."""
    page = player.page
    for option in ("hidesNames", "left", "sun"):
        player.open("show-more")
        page.check(f"[data-option={option}]")
        yield f"option {option}"
        page.click("#show-more")
        player.scan({"verdict": "admitted", "person": person})
        yield f"option {option}, let in"
    for answer in (answers(person)[place] for place in (2, 3, 12)):
        player.scan(answer)
        yield f"sun {answer['verdict']}"
    player.open("show-more")
    for option in ("hidesNames", "left", "sun"):
        page.uncheck(f"[data-option={option}]")
    page.click("#show-more")


def of_the_network(player: Player, person: dict[str, Any]) -> Iterator[str]:
    """Play a phone without the network, for a moment and for long."""
    page = player.page
    player.is_offline = True
    page.evaluate("dispatchEvent(new Event('offline'))")
    player.scan({"verdict": "unknown", "person": None})
    yield "offline unknown"
    page.click("#verdict-close")
    player.phone(ahead=40 * 60_000)
    wait_for(page, "document.getElementById('state').className", lambda name: "bad" in name)
    yield "offline old list"
    player.phone(ahead=0)
    player.is_offline = False
    page.evaluate(SYNC)
    wait_for(page, STATE, lambda state: state["online"] == "true")


def of_the_gate(player: Player) -> Iterator[str]:
    """Play a gate that says no."""
    for name, refusal in TROUBLES_OF_THE_GATE.items():
        player.refusal = refusal
        player.page.evaluate(SYNC)
        wait_for(player.page, TROUBLE, name.__eq__)
        yield name
    player.refusal = None
    player.page.evaluate(SYNC)
    wait_for(player.page, TROUBLE, "".__eq__)


def of_the_disk(player: Player) -> Iterator[str]:
    """Play a full phone, and one whose browser keeps nothing."""
    page = player.page
    page.evaluate(FULL_DISK)
    page.evaluate(KEYS, codes.new_code())
    wait_for(page, TROUBLE, "storage-full".__eq__)
    yield "storage full"
    page.evaluate("sessionStorage.setItem('private', 'yes')")
    page.reload()
    wait_for(page, TROUBLE, "storage-refused".__eq__)
    yield "storage refused"
    page.evaluate("sessionStorage.clear()")
