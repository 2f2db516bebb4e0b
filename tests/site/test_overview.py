"""An edition at a glance."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from flask import Flask

from forum.checkin.models import Presence
from forum.core.db import LocalText, Transaction
from forum.messages.models import Letter
from forum.site.queries.overview import overview
from forum.site.rules import Bar, curve_bars
from tests import cast
from tests.conftest import Read, Write
from tests.factories import (
    a_badge,
    a_category,
    a_person,
    a_proposal,
    a_registration,
    a_room,
    a_session,
    a_speaker,
    a_stand,
    an_edition,
    an_exhibitor,
)
from tests.inspection import InspectingClient, words
from tests.statements import statements_of

ClientFor = Callable[[str], InspectingClient]
ADDRESS = "/organise/lens-2027/"


def a_letter(tx: Transaction, state: str, edition_slug: str = "lens-2027") -> None:
    """Write a letter in a state."""
    tx.add(
        Letter(
            edition_slug=edition_slug,
            kind="registration-confirmed",
            once_key=f"{state}:{edition_slug}:{id(object())}:{datetime.now(UTC).timestamp()}",
            to_email="ada@example.org",
            to_name="Ada",
            language="fr",
            subject="Bonjour",
            text="Bonjour",
            html="<p>Bonjour</p>",
            state=state,
            next_try_at=cast.NOW,
            written_at=cast.NOW,
        )
    )


def fill(tx: Transaction) -> None:
    """Give lens-2027 some of everything, and another edition things that must not be counted."""
    edition, other = an_edition(tx), an_edition(tx, "amiens-2028")
    category = a_category(tx, edition, places=10)
    staff = a_category(tx, edition, "staff", places=None, position=1, name=LocalText(fr="Équipe"))
    days = [cast.NOW, cast.NOW, cast.NOW - timedelta(days=2), datetime(2027, 2, 25, 23, 30, tzinfo=UTC)]
    made = [
        a_registration(
            tx, who, category=category, registered_at=day, adjustment="une boucle" if day != cast.NOW else ""
        )
        for who, day in zip(cast.HARD_NAMES, days, strict=False)
    ]
    a_registration(tx, category=staff, registered_at=cast.NOW)
    a_registration(tx, category=category, state="cancelled", cancelled_at=cast.NOW, adjustment="une boucle")
    a_registration(tx, category=a_category(tx, other), adjustment="ailleurs")
    badge = a_badge(tx, made[0], printed_at=cast.NOW)
    a_badge(tx, made[1])
    a_badge(tx, made[1], voided_at=cast.NOW, printed_at=cast.NOW)
    tx.add(Presence(badge_id=badge.id, edition_id=edition.id, is_inside=True, since=cast.NOW))
    speaker = a_speaker(tx, edition=edition)
    a_proposal(tx, speaker)
    a_proposal(tx, speaker, state="declined")
    an_exhibitor(tx, edition)
    an_exhibitor(tx, edition, state="accepted")
    an_exhibitor(tx, edition, state="accepted", stand_id=a_stand(tx, edition).id)
    a_session(tx, edition=edition, starts_at=cast.OPENING, room_id=a_room(tx).id)
    a_session(tx, edition=edition, starts_at=cast.OPENING, meeting_point="Gare", kind="site-visit")
    a_session(tx, edition=edition, is_published=False)
    for state in ("failed", "kept", "kept", "sent"):
        a_letter(tx, state)
    a_letter(tx, "failed", "amiens-2028")


def test_the_figures_are_those_of_this_edition(write: Write, read: Read) -> None:
    with write() as tx:
        fill(tx)
    with read() as session:
        figures = overview(session, an_edition(Transaction(session)), now=cast.NOW)
    numbers = {name: value for name, value in vars(figures).items() if isinstance(value, int)}
    assert numbers == {
        "registered": 5,
        "cancelled": 1,
        "adjustments": 2,
        "proposals_waiting": 1,
        "exhibitors_waiting": 1,
        "exhibitors_without_stand": 1,
        "letters_failed": 1,
        "letters_kept": 2,
        "sessions": 3,
        "sessions_without_hour": 1,
        "sessions_without_room": 1,
        "sessions_unpublished": 1,
        "badges": 2,
        "badges_printed": 1,
        "inside": 1,
    }
    assert figures.places == 10


def test_days_are_those_of_the_host_city_and_none_is_left_out(write: Write, read: Read) -> None:
    """Half past eleven in the evening, UTC, is the next day in Lens."""
    with write() as tx:
        fill(tx)
    with read() as session:
        figures = overview(session, an_edition(Transaction(session)), now=cast.NOW)
    assert [(point.day.isoformat(), point.count, point.sum) for point in figures.curve] == [
        ("2027-02-26", 1, 1),
        ("2027-02-27", 1, 2),
        ("2027-02-28", 0, 2),
        ("2027-03-01", 3, 5),
    ]


def test_the_page_leads_to_each_list(client_for: ClientFor, write: Write) -> None:
    with write() as tx:
        fill(tx)
    page = client_for("organiser").page(ADDRESS)
    assert {words(link): link["href"] for link in page.select(".todo a")} == {
        "1 proposition à traiter": f"{ADDRESS}proposals?state=submitted",
        "1 exposant attend une réponse": f"{ADDRESS}exhibitors?state=submitted",
        "1 exposant sans stand": f"{ADDRESS}exhibitors?state=accepted",
        "1 session sans horaire": f"{ADDRESS}programme",
        "1 session sans lieu": f"{ADDRESS}programme",
        "1 session non publiée": f"{ADDRESS}programme",
        "2 personnes ont besoin d’un aménagement": f"{ADDRESS}registrations?adjustment=1",
        "1 lettre n’est pas partie": f"{ADDRESS}letters?state=failed",
        "2 lettres gardées, faute de serveur de messagerie": f"{ADDRESS}letters?state=kept",
    }
    assert words(page.select_one(".figure")) == "5 inscrits sur 10 places"
    assert len(page.select(".curve rect")) == 4
    assert [words(cell) for cell in page.select(".curve-table tbody tr:first-child > *")] == ["lun. 1er mars", "3", "5"]


def test_an_empty_edition_says_what_to_do_first(client_for: ClientFor, write: Write) -> None:
    with write() as tx:
        an_edition(tx)
    page = words(client_for("organiser").page(ADDRESS).main)
    for sentence in ("Rien ne vous attend.", "Pas encore de catégorie", "Personne n’est encore inscrit."):
        assert sentence in page


def test_the_overview_is_for_organisers_of_that_edition(
    client: InspectingClient, client_for: ClientFor, write: Write
) -> None:
    with write() as tx:
        an_edition(tx)
    answers = [each.get(ADDRESS).status_code for each in (client, client_for("stranger"), client_for("owner"))]
    assert answers == [302, 403, 200]


def test_the_overview_costs_the_same_for_one_and_for_thirty(app: Flask, client_for: ClientFor, write: Write) -> None:
    client = client_for("organiser")
    counts = []
    for number in (1, 30):
        with write() as tx:
            edition = an_edition(tx)
            for each in range(number):
                category = a_category(tx, edition, f"category-{number}-{each}")
                a_badge(tx, a_registration(tx, category=category, person_id=a_person(tx).id))
                a_session(tx, edition=edition)
                an_exhibitor(tx, edition)
        with statements_of(app) as sent:
            client.page(ADDRESS)
        counts.append(len(sent))
    assert counts[0] == counts[1]


def test_bars_fill_the_drawing_and_few_days_do_not_make_walls() -> None:
    assert curve_bars([]) == []
    assert curve_bars([0]) == [Bar(x=0.0, y=120.0, width=34.3, height=0.0)]
    assert curve_bars([1, 4])[1] == Bar(x=42.9, y=0.0, width=34.3, height=120.0)
