"""How the scanner bears a long day and a long list: run by hand, not by the suite.

python -m tests.journeys.measure_scanner [camera|list|day …]; figures stand in docs/scanner.md.
"""

from __future__ import annotations

import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from forum.bench.place import Place, more_badges, place, served
from tests.journeys.browser import badge_picture, chromium, film, wait_for
from tests.journeys.film import held, scenes

STATE = "({...document.getElementById('state').dataset})"
SEEN = "(window.seen ??= [], addEventListener('verdictseen', (event) => seen.push(event.detail.milliseconds)), 0)"
ROWS = """(async () => {
  const name = (await indexedDB.databases()).find((each) => each.name.startsWith('door-')).name;
  const answer = (asked) => new Promise((done) => { asked.onsuccess = () => done(asked.result); });
  const database = await answer(indexedDB.open(name));
  const counts = {};
  for (const store of database.objectStoreNames) {
    counts[store] = await answer(database.transaction(store).objectStore(store).count());
  }
  database.close();
  return counts;
})()"""
LOOK_UP = """(words) => {
  const field = document.getElementById('name');
  field.value = words;
  const start = performance.now();
  field.dispatchEvent(new Event('input'));
  return performance.now() - start;
}"""
ON_ITS_WAY = """performance.getEntriesByType('resource').filter((each) => each.name.includes('/list'))
  .map((each) => Math.round(each.duration))"""
TAKEN = "performance.getEntriesByName('list taken').map((each) => Math.round(each.duration))"
SCAN_ALL = """async (codes) => {
  for (const code of codes) {
    const shown = new Promise((done) => addEventListener('verdictseen', done, { once: true }));
    for (const key of code) document.body.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }));
    await shown;
  }
}"""
SCANS = 5_000
AT_ONCE = 50
PEOPLE = 20_000


def main(parts: Sequence[str]) -> None:
    """Measure the parts asked for, all without."""
    known: dict[str, Callable[[Place, str, str], None]] = {"camera": camera, "list": long_list, "day": long_day}
    with place("sqlite") as here, served(here, workers=1) as server:
        _key, token = here.gate()
        for name in parts or known:
            known[name](here, server.base, f"{server.base}/scan/{token}")


def ready(page: Page, address: str) -> None:
    """Open a scanner and wait until its list is there."""
    page.goto(address)
    wait_for(page, STATE, lambda state: state.get("online") == "true" and "à jour" in page.inner_text("#state"))
    if page.locator("#begin").is_visible():
        page.click("#begin")
    page.evaluate(SEEN)


def camera(here: Place, _base: str, address: str) -> None:
    """From the picture to the card, over more than a hundred scans by the camera."""
    codes = more_badges(here, 120)
    chance = random.Random(5)
    pictures = [held(badge_picture(code, side=260), chance=chance) for code in codes]
    with tempfile.TemporaryDirectory() as folder:
        seen_by_camera = film(Path(folder) / "camera.mjpeg", scenes(pictures, frames=15, gap=5))
        with chromium(Path(folder) / "profile", camera=seen_by_camera) as context:
            page = context.new_page()
            ready(page, address)
            wait_for(page, "seen.length", lambda count: count >= 115, longest=300)
            tell("from the picture to the card (ms)", page.evaluate("seen"))


def long_list(here: Place, base: str, address: str) -> None:
    """A list of 20,000 people: how long until it is there, its weight, how fast a name is found."""
    more_badges(here, PEOPLE)
    with tempfile.TemporaryDirectory() as folder, chromium(Path(folder)) as context:
        page = context.new_page()
        weights: list[float] = []
        page.on("requestfinished", lambda request: weigh(request, weights))
        started = time.monotonic()
        ready(page, address)
        print(f"{PEOPLE} people and more: {time.monotonic() - started:.1f} s from opening; kilobytes: {weights}")
        print("of that on its way:", page.evaluate(ON_ITS_WAY), "ms; on the phone:", page.evaluate(TAKEN), "ms")
        page.wait_for_timeout(1_000)
        page.click("#show-search")
        for words in ("camille numero 19999", "zz", "numero 7", "ca"):
            page.fill("#name", "")
            spent = page.evaluate(LOOK_UP, words)
            print(f"“{words}”: {spent:.1f} ms, {page.locator('#found button').count()} found")
        weights.clear()
        page.evaluate("dispatchEvent(new Event('online'))")
        page.wait_for_timeout(3_000)
        print(f"nothing changed: {weights} kB")
        started = time.monotonic()
        page.goto(address)
        wait_for(page, STATE, lambda state: state.get("online") == "true")
        print(f"opened again: {time.monotonic() - started:.1f} s")


def weigh(request: Any, weights: list[float]) -> None:
    """Note what an answer with a list weighed on its way."""
    if "/list" in request.url:
        weights.append(round(request.sizes()["responseBodySize"] / 1000, 1))


def long_day(here: Place, _base: str, address: str) -> None:
    """5,000 scans on one page: memory after a collection, and rows on the disk."""
    codes = more_badges(here, SCANS // 2)
    chance = random.Random(5)
    with tempfile.TemporaryDirectory() as folder, chromium(Path(folder)) as context:
        page = context.new_page()
        ready(page, address)
        inspector = context.new_cdp_session(page)
        for number in range(0, SCANS, AT_ONCE):
            if number % 500 == 0:
                print(number, heap(inspector), page.evaluate(ROWS), flush=True)
            page.evaluate(SCAN_ALL, [chance.choice(codes) for _ in range(AT_ONCE)])
        wait_for(page, STATE, lambda state: state.get("pending") == "0")
        print(SCANS, heap(inspector), page.evaluate(ROWS))
        tell("from the last key to the card (ms)", page.evaluate("seen"))


def heap(inspector: Any) -> str:
    """Return how much memory the page's scripts hold once the rubbish is taken away."""
    inspector.send("HeapProfiler.collectGarbage")
    used = inspector.send("Runtime.getHeapUsage")["usedSize"]
    return f"{used / 1e6:.2f} MB"


def tell(what: str, figures: Sequence[float]) -> None:
    """Print how figures lie."""
    ordered = sorted(figures)
    share = ordered[int(len(ordered) * 0.95)]
    middle = statistics.median(ordered)
    print(f"{what}: {len(ordered)} scans, median {middle:.0f}, 95 % under {share:.0f}, longest {ordered[-1]:.0f}")


if __name__ == "__main__":
    main(sys.argv[1:])
