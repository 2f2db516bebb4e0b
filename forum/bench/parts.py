"""What is measured: each part returns figures whose names end in their unit, None where it could not be measured."""

from __future__ import annotations

import re
import statistics
import time
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from urllib.parse import urlencode, urljoin, urlsplit

from sqlalchemy import insert, select, text

from forum.bench.badges import badges
from forum.bench.clients import PROCESSES, THREADS, Client, Measured, NotMeasured, form_values, load
from forum.bench.growth import scan_growth
from forum.bench.notes import Figures, Notes, Part, attempt
from forum.bench.place import Place, more_badges, place, served
from forum.core import codes
from forum.core.db import db, transaction
from forum.demo.actions import OWNER
from forum.editions.models import Edition
from forum.mailings import actions as mailings
from forum.mailings.models import Mailing
from forum.mailings.rules import Segment
from forum.mailings.rules.ready import READY
from forum.people.models import Person
from forum.registration.models import Category, Registration

CLIENTS = PROCESSES * THREADS
SECONDS = 8.0
"""How long each load lasts."""

BADGES = 9_000
"""Badges made beforehand: each is scanned once."""

BATCH = 100
MOST_PAGES = 60
TIMES = 5

# --- start


def start(notes: Notes) -> Figures:
    """Measure a cold start (a new process until it can serve, caches of the disk warm) and the memory after pages."""
    with place("sqlite") as here:
        seconds = []
        memory = None
        for _time in range(3):
            with served(here) as server:
                seconds.append(server.seconds)
                plans = [{"kind": "get", "seconds": 2, "paths": ["/", f"/editions/{here.today}/"]}] * CLIENTS
                load(server.base, plans)
                memory = server.memory()
    return {"cold_start_s": statistics.median(seconds), "memory_mb": memory}


def timed(work: Callable[[], object]) -> float:
    """Return the seconds that some work took."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


# --- scans


def scans(notes: Notes) -> Figures:
    """Measure scans through the API: eight clients, one scan a request, each badge once, all of them admitted."""
    figures: Figures = {}
    for database in ("sqlite", "postgresql"):
        per_second, slowest, batches = (
            f"scans_{database}_per_s",
            f"scans_{database}_p99_ms",
            f"scan_batches_{database}_per_s",
        )
        figures |= {per_second: None, slowest: None, batches: None}
        with attempt(notes), place(database) as here:
            codes = more_badges(here, BADGES)
            with served(here) as server:
                scan(here, server.base, codes[:400], seconds=2)  # warm
                single = scan(here, server.base, codes[400 : 2 * BADGES // 3], seconds=SECONDS)
                figures |= {per_second: single.per_second, slowest: single.percentile(0.99)}
                expect(notes, f"scans on {database}", single, "admitted")
                many = scan(here, server.base, codes[2 * BADGES // 3 :], seconds=SECONDS, batch=BATCH)
                figures[batches] = many.per_second
                expect(notes, f"batches of {BATCH} scans on {database}", many, "admitted")
    return figures


def scan(here: Place, base: str, codes: Sequence[str], *, seconds: float, batch: int = 1) -> Measured:
    """Let eight clients scan, each its own badges."""
    gate, token = here.gate()
    return load(
        base,
        [
            {
                "kind": "scan",
                "seconds": seconds,
                "gate": gate,
                "token": token,
                "batch": batch,
                "codes": codes[n::CLIENTS],
            }
            for n in range(CLIENTS)
        ],
    )


def expect(notes: Notes, what: str, measured: Measured, answer: str) -> None:
    """Say what was measured; raise `NotMeasured` when the answers are not those of the work that was meant."""
    wrong = {name: number for name, number in measured.answers.items() if name != answer}
    p50, p99 = measured.percentile(0.5), measured.percentile(0.99)
    notes.say(
        f"{what}: {measured.units} in {measured.seconds:.1f} s, {measured.per_second:.0f}/s, "
        f"p50 {p50:.1f} ms, p99 {p99:.1f} ms, {len(measured.requests)} requests"
    )
    if sum(wrong.values()) > len(measured.requests) / 100:
        raise NotMeasured(f"{what}: the answers were {dict(measured.answers)}")
    if wrong:
        notes.say(f"{what}: other answers: {wrong}")


# --- registrations


def registrations(notes: Notes) -> Figures:
    """Measure registrations through the form: eight clients, each a browser that opened the form and sends it filled.

    Each is a person, a registration, a badge, a place taken and a letter written, in one transaction.
    """
    figures: Figures = {}
    for database in ("sqlite", "postgresql"):
        per_second, slowest = f"registrations_{database}_per_s", f"registrations_{database}_p99_ms"
        figures |= {per_second: None, slowest: None}
        with attempt(notes), place(database) as here, served(here) as server:
            register(here, server.base, seconds=2)  # warm
            measured = register(here, server.base, seconds=SECONDS)
            expect(notes, f"registrations on {database}", measured, "303")
            figures |= {per_second: measured.per_second, slowest: measured.percentile(0.99)}
    return figures


def register(here: Place, base: str, *, seconds: float) -> Measured:
    """Let eight clients register people for the coming edition."""
    with here.app.app_context(), transaction() as tx:
        category_id = tx.session.scalar(
            select(Category.id).join(Edition).where(Edition.slug == here.coming, Category.slug == "public")
        )
    path = f"/editions/{here.coming}/register"
    return load(base, [{"kind": "register", "seconds": seconds, "path": path, "category_id": category_id}] * CLIENTS)


def register_page(notes: Notes) -> Figures:
    """Measure the page of the form itself, with its questions: what an opening hour asks for first."""
    figures: Figures = {"register_page_per_s": None, "register_page_p99_ms": None}
    with attempt(notes), place("sqlite") as here, served(here) as server:
        path = f"/editions/{here.coming}/register"
        load(server.base, [{"kind": "get", "seconds": 2, "paths": [path]}] * CLIENTS)  # warm
        measured = load(server.base, [{"kind": "get", "seconds": SECONDS, "paths": [path]}] * CLIENTS)
        expect(notes, "pages of the form", measured, "200")
        figures |= {
            "register_page_per_s": measured.per_second,
            "register_page_p99_ms": measured.percentile(0.99),
        }
    return figures


# --- pages


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


# --- programme


def programme(notes: Notes) -> Figures:
    """Measure the printed programme of today's edition (40 sessions) in a warm process."""
    figures: Figures = {"programme_pdf_s": None}
    with attempt(notes), place("sqlite") as here:
        client = here.app.test_client()
        warm = client.get(f"/editions/{here.coming}/programme.pdf")
        if warm.status_code != 200:
            raise NotMeasured(f"the programme's PDF answered {warm.status_code}")
        figures["programme_pdf_s"] = timed(lambda: client.get(f"/editions/{here.today}/programme.pdf"))
    return figures


# --- letters


def letters(notes: Notes) -> Figures:
    """Measure a letter to ten thousand people: compiled, filled for each, written in batches with durable commits."""
    figures: Figures = {}
    for database in ("sqlite", "postgresql"):
        name = "letters_10000_s" if database == "sqlite" else "letters_10000_postgresql_s"
        figures[name] = None
        with attempt(notes), place(database) as here:
            more_badges(here, 10_000)
            now = datetime.now(UTC)
            mailing_id = letter_to_all(here, now=now)
            with here.app.app_context():
                figures[name] = timed(lambda now=now, number=mailing_id: write_all(number, now=now))  # type: ignore[misc]
                written = db.session.get_one(Mailing, mailing_id).written
            notes.say(f"letters on {database}: {written} written in {figures[name]:.1f} s")
            if written < 10_000:
                raise NotMeasured(f"letters on {database}: only {written} were written")
    return figures


def letter_to_all(here: Place, *, now: datetime) -> int:
    """Plan a letter of ours, with places and an unsubscribe link for each reader, to everyone of today's edition."""
    ready = next(each for each in READY if each.key == "practical")
    with here.app.app_context(), transaction() as tx:
        edition_id = tx.session.scalars(select(Edition.id).where(Edition.slug == here.today)).one()
        made = mailings.write_mailing(
            tx, edition_id, mailings.MailingDetails(ready.subject, ready.body, Segment()), now=now
        )
        return mailings.plan(tx, made.id, mailings.Plan(), now=now).id


def write_all(mailing_id: int, *, now: datetime) -> None:
    """Write the letters of a mailing as the worker does."""
    with transaction() as tx:
        mailings.begin(tx, mailing_id, now=now)
        compiled = mailings.compiled_letters(tx, mailing_id)
    is_left = True
    while is_left:
        with transaction() as tx:
            is_left = mailings.prepare_batch(tx, mailing_id, compiled, now=now)


# --- lists

IN_THE_LIST, IN_THE_FILE = 100_000, 20_000
SEARCHES = (
    "{family}",
    "{given} {family}",
    "{family_start}",
    "{slip}",
    "{given} {slip}",
    "{email_start}",
    "{reference}",
    "Ville de Lens",
)
"""What organisers type: a name, whole or begun, with and without a slip; an address; a reference; an organisation."""


def lists(notes: Notes) -> Figures:
    """Measure a search among 100,000 registrations (95 of 100 are as fast), and a list of 20,000 that comes in."""
    figures: Figures = {}
    for database in ("sqlite", "postgresql"):
        search, taken = f"search_100000_{database}_ms", f"import_20000_{database}_s"
        figures |= {search: None, taken: None}
        with attempt(notes), place(database) as here:
            figures[taken] = import_many(notes, here)
            figures[search] = search_many(notes, here)
    return figures


def import_many(notes: Notes, here: Place) -> float:
    """Return the seconds that a list takes once somebody agreed to it: people, registrations and badges, no letters."""
    from forum.lists import actions, rules
    from forum.lists.models import ListTask

    headings = ("prénom", "nom", "courriel", "organisme")
    rows = [(n, (f"Camille {n}", invented(n), f"camille{n}@example.org", "Ville de Lens")) for n in range(IN_THE_FILE)]
    now = datetime.now(UTC)
    with here.app.app_context(), here.app.test_request_context():
        with transaction() as tx:
            edition_id = tx.session.scalar(select(Edition.id).where(Edition.slug == here.coming)) or 0
            task = actions.ask_import(
                tx,
                edition_id=edition_id,
                account_id=None,
                content=rules.packed(headings, rows),
                headings=headings,
                language="fr",
                now=now,
            )
        go_through(task.id)
        with transaction() as tx:
            actions.agree(tx, task.id, {"duplicates": "skip"})
        seconds = timed(lambda: go_through(task.id))
        done = db.session().get_one(ListTask, task.id, populate_existing=True).changed
    if done != IN_THE_FILE:
        raise NotMeasured(f"of {IN_THE_FILE} lines, {done} were taken")
    notes.say(f"{done} people registered from a list in {seconds:.1f} s")
    return seconds


def go_through(task_id: int) -> None:
    """Go through a task as the background worker does."""
    from forum.lists import actions

    with transaction() as tx:
        task = actions.claim(tx, now=datetime.now(UTC), task_id=task_id)
    if task is None:
        raise NotMeasured("the task was taken by somebody else")
    for step in actions.steps(db.session(), task):
        with transaction() as tx:
            step(tx, datetime.now(UTC))


def invented(number: int) -> str:
    """Return a family name of syllables of the region; there are some thousands."""
    syllables = ("van", "der", "le", "be", "ri", "mont", "dou", "cor", "net", "quin", "ba", "sel", "lier", "gu", "paul")
    parts = (syllables[number % 15], syllables[number // 15 % 15], syllables[number // 225 % 15], "rt"[: number % 3])
    return "".join(parts).capitalize()


def search_many(notes: Notes, here: Place) -> float:
    """Return the milliseconds in which 95 of 100 searches find and read their first page of fifty."""
    from forum.lists import queries
    from forum.lists.rules import ListFilter

    fill(here, IN_THE_LIST - IN_THE_FILE)
    slowest: list[float] = []
    with here.app.app_context():
        session = db.session()
        edition = session.scalars(select(Edition).where(Edition.slug == here.coming)).one()
        references = session.scalars(select(Registration.reference).limit(25)).all()
        for turn, reference in enumerate(references):
            family, given = invented(turn * 137), GIVEN[turn % len(GIVEN)]
            known = {
                "given": given,
                "family": family,
                "family_start": family[:4],
                "slip": family[:2] + family[3:],
                "email_start": f"{given.lower()}.{family.lower()}",
                "reference": reference,
            }
            for search in SEARCHES:
                wanted = ListFilter(words=search.format(**known))
                slowest.append(timed(lambda wanted=wanted: queries.found(session, edition, wanted, number=1, size=50)))  # type: ignore[misc]
                session.expunge_all()
                session.add(edition)
    slowest.sort()
    middle, high = slowest[len(slowest) // 2] * 1000, slowest[len(slowest) * 95 // 100] * 1000
    notes.say(f"{len(slowest)} searches among {IN_THE_LIST}: half under {middle:.0f} ms, 95 of 100 under {high:.0f} ms")
    return high


GIVEN = ("Marie", "Zoé", "Ahmed", "Łukasz", "Camille", "Jean-Pierre", "Inès", "Thị", "Léa", "Hugo", "Fatima", "Noémie")


def fill(here: Place, number: int) -> None:
    """Register so many people for the coming edition, straight in the tables."""
    from forum.people.actions import PersonDetails, person_values

    now = datetime.now(UTC)
    with here.app.app_context(), transaction() as tx:
        found = select(Edition.id, Category.id).join(Category).where(Edition.slug == here.coming)
        edition_id, category_id = tx.session.execute(found.where(Category.slug == "public")).one()
        for start in range(0, number, 2_000):
            people = []
            for n in range(start, start + 2_000):
                given, family = GIVEN[n % len(GIVEN)], invented(n)
                email = f"{given}.{family}{n}@{('example.org', 'gmail.com', 'orange.fr')[n % 3]}".lower()
                organisation = "Ville de Lens" if n % 40 == 0 else None
                people.append(person_values(PersonDetails(given, family, email, organisation)) | {"created_at": now})
            ids = tx.session.scalars(insert(Person).returning(Person.id), people).all()
            rows = [
                {
                    "edition_id": edition_id,
                    "category_id": category_id,
                    "person_id": person_id,
                    "token": codes.new_token(),
                    "reference": codes.new_reference(),
                    "submission_key": codes.new_token(),
                    "registered_at": now - timedelta(minutes=person_id),
                    "changed_at": now,
                }
                for person_id in ids
            ]
            tx.session.execute(insert(Registration), rows)
    if here.settings.database_url.startswith("postgresql"):
        with here.app.app_context(), db.engine.connect() as connection:
            connection.execute(text("ANALYZE"))
            connection.commit()


PARTS: dict[str, Part] = {
    "start": start,
    "badges": badges,
    "scans": scans,
    "registrations": registrations,
    "lists": lists,
    "register_page": register_page,
    "pages": pages,
    "programme": programme,
    "letters": letters,
}

LONG_PARTS: dict[str, Part] = {"scan_growth": scan_growth}
"""Those that take minutes and gigabytes: only when they are asked for."""
