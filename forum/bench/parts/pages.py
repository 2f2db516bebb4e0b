"""Pages that can be reached by links: the public ones, the organisers', and the slowest of them."""

from __future__ import annotations

import re
import statistics
from collections.abc import Iterable
from html.parser import HTMLParser
from urllib.parse import urlencode, urljoin, urlsplit

from forum.bench.clients import NotMeasured, form_values, load
from forum.bench.connection import Client
from forum.bench.notes import Figures, Notes, attempt
from forum.bench.parts.measuring import CLIENTS, SECONDS, expect, timed
from forum.bench.place import Place, place, served
from forum.demo.actions import OWNER

MOST_PAGES = 60
TIMES = 5


def pages(notes: Notes) -> Figures:
    """Measure public pages (all that the home page leads to, in two clicks) and the organisers' slowest one."""
    names = ("pages_per_s", "pages_p99_ms", "programme_pages_per_s", "slowest_page_ms", "slowest_organiser_page_ms")
    figures: Figures = dict.fromkeys(names)
    with attempt(notes), place("sqlite") as here, served(here) as server:
        visitor = Client(server.base)
        public = reachable(visitor, "/")
        if len(public) < 10:
            raise NotMeasured(f"only {len(public)} public pages can be reached from the home page")
        figures["slowest_page_ms"] = slowest(notes, visitor, public)
        programme = f"/editions/{here.today}/programme"
        for name, paths in (("pages", public), ("programme_pages", [programme])):
            get = [{"kind": "get", "seconds": SECONDS, "paths": paths, "first": 7 * n} for n in range(CLIENTS)]
            measured = load(server.base, get)
            expect(notes, f"{len(paths)} {name.replace('_', ' ')}", measured, "200")
            figures[f"{name}_per_s"] = measured.per_second
            if name == "pages":
                figures["pages_p99_ms"] = measured.percentile(0.99)
        organiser = Client(server.base)
        sign_in(organiser, here)
        within = (f"/organise/{here.today}", f"/organise/{here.today}/")
        start = [path for path in reachable(organiser, "/organise/") if path.startswith("/organise")]
        more = [path for path in reachable(organiser, within[0]) if path.startswith("/organise")]
        figures["slowest_organiser_page_ms"] = slowest(notes, organiser, sorted({*start, *more}))
    return figures


class LinkReader(HTMLParser):
    """Reads where a page's links lead."""

    def __init__(self) -> None:
        """Start with none."""
        super().__init__()
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take the links."""
        target = dict(attrs).get("href")
        if tag == "a" and target:
            self.links.append(target)


NOT_PAGES = re.compile(r"\.(pdf|ics|xml|json|csv|xlsx)$|/(export|sign-out|scan|api)\b|/delete$|/static/")


def is_page(path: str) -> bool:
    """Tell whether an address is a page of ours that may be opened again and again."""
    return path.startswith("/") and not NOT_PAGES.search(path)


def reachable(client: Client, first: str) -> list[str]:
    """Return pages that can be reached by links, breadth first, without files and without other languages."""
    found: list[str] = []
    waiting = [first]
    seen = {first}
    while waiting and len(found) < MOST_PAGES:
        path = waiting.pop(0)
        status, content = client.ask("GET", path, Accept="text/html", Accept_Language="fr")
        if status != 200:
            continue
        found.append(path)
        reader = LinkReader()
        reader.feed(content.decode("utf-8", "replace"))
        for link in reader.links:
            parts = urlsplit(urljoin(path, link))
            target = parts.path
            if not parts.netloc and target not in seen and is_page(parts.path):
                seen.add(target)
                waiting.append(target)
    return found


def slowest(notes: Notes, client: Client, paths: Iterable[str]) -> float:
    """Return the milliseconds of the slowest page for one visitor alone, the median of some times."""
    medians = {}
    for path in paths:
        client.ask("GET", path, Accept="text/html")
        medians[path] = statistics.median(
            timed(lambda path=path: client.ask("GET", path, Accept="text/html"))  # type: ignore[misc]
            for _time in range(TIMES)
        )
    ranked = sorted(medians, key=lambda path: -medians[path])[:3]
    notes.say("slowest pages: " + ", ".join(f"{path} {medians[path] * 1000:.0f} ms" for path in ranked))
    return medians[ranked[0]] * 1000


def sign_in(client: Client, here: Place) -> None:
    """Sign in as the demonstration's owner."""
    status, content = client.ask("GET", "/sign-in", Accept="text/html")
    values = form_values(content.decode()) | {"email": OWNER, "password": here.password}
    body = urlencode(values).encode()
    status, _content = client.ask("POST", "/sign-in", body, Content_Type="application/x-www-form-urlencoded")
    if status not in (302, 303):
        raise NotMeasured(f"signing in answered {status}")
