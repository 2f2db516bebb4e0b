"""Lists of people: a search among many registrations, and a file that comes in."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import insert, select, text

from forum.bench.clients import NotMeasured
from forum.bench.notes import Figures, Notes, attempt
from forum.bench.parts.measuring import timed
from forum.bench.place import Place, place
from forum.core import codes
from forum.core.db import db, transaction
from forum.editions.models import Edition
from forum.people.models import Person
from forum.registration.models import Category, Registration

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
