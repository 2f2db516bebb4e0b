"""What visitors see of a programme."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask

from forum.core.db import LocalText, Transaction
from forum.people.rules import search_text
from forum.programme.models import Session
from tests import cast
from tests.clock import Clock
from tests.conftest import Write
from tests.factories import a_person, a_room, a_session, a_speaker, a_track, a_venue, an_edition
from tests.inspection import InspectingClient, words
from tests.statements import statements_of

ADDRESS = "/editions/lens-2027/programme"


def named_speaker(tx: Transaction, who: tuple[str, str, str]) -> object:
    return a_speaker(tx, person_id=a_person(tx, who, search_text=search_text(*who)).id)


@pytest.fixture
def full(write: Write) -> dict[str, str]:
    """Return the keys of sessions on two days, in two rooms and two themes."""
    with write() as tx:
        edition = an_edition(tx)
        venue = a_venue(tx, edition)
        big, small = a_room(tx, venue, name="Grand Théâtre"), a_room(tx, venue, name="Petite salle", position=2)
        smart = a_track(tx, edition)
        silver = a_track(tx, edition, "silver", name=LocalText(fr="Silver économie"))
        zoe = named_speaker(tx, cast.ZOE)
        at = cast.OPENING
        made = {
            "cities": a_session(tx, title="Été des villes", starts_at=at, room_id=big.id, track_id=smart.id),
            "age": a_session(
                tx, title="Bien vieillir", starts_at=at, room_id=small.id, track_id=silver.id, kind="workshop",
                speakers=(zoe,), seats=12, seats_taken=12,
            ),
            "tomorrow": a_session(tx, title="Demain", starts_at=at + timedelta(days=1), room_id=big.id, language="en"),
            "waiting": a_session(tx, title="Plus tard"),
            "hidden": a_session(tx, title="Cachée", is_published=False),
        }  # fmt: skip
        return {name: session.key for name, session in made.items()}


def titles(client: InspectingClient, arguments: str = "") -> list[str]:
    page = client.page(f"{ADDRESS}?{arguments}")
    return [words(heading) for heading in page.select(".timetable h3, .sessions h3")]


def test_the_whole_programme_has_a_table_a_day_and_what_waits_last(
    client: InspectingClient, full: dict[str, str]
) -> None:
    page = client.page(ADDRESS)
    assert [words(heading) for heading in page.select(".programme-day > h2")] == [
        "jeudi 18 mars 2027", "vendredi 19 mars 2027", "Heure à venir",
    ]  # fmt: skip
    assert [words(heading) for heading in page.select(".timetable thead th")] == [
        "Heure", "Grand Théâtre", "Petite salle",
    ]  # fmt: skip
    assert titles(client) == ["Été des villes", "Bien vieillir", "Demain", "Plus tard"]


@pytest.mark.parametrize(
    ("arguments", "found"),
    [
        ("day=2027-03-18", ["Été des villes", "Bien vieillir"]),
        ("day=2027-03-19", ["Demain"]),
        ("day=yesterday", ["Été des villes", "Bien vieillir", "Demain", "Plus tard"]),
        ("track=silver", ["Bien vieillir"]),
        ("track=unknown", ["Été des villes", "Bien vieillir", "Demain", "Plus tard"]),
        ("room=grand-theatre", ["Été des villes", "Demain"]),
        ("kind=workshop", ["Bien vieillir"]),
        ("language=en", ["Demain"]),
        ("q=ETE+villes", ["Été des villes"]),
        ("q=francoise", ["Bien vieillir"]),
        ("q=100%25", []),
        ("q=" + "x" * 5000, []),
        ("q=été&day=2027-03-19", []),
    ],
)
def test_filters_find(client: InspectingClient, full: dict[str, str], arguments: str, found: list[str]) -> None:
    assert titles(client, arguments) == found


def test_links_keep_the_other_filters(client: InspectingClient, full: dict[str, str]) -> None:
    page = client.page(f"{ADDRESS}?track=silver&q=bien")
    days = {words(link): str(link["href"]) for link in page.select(".tabs a")}
    assert days["jeu. 18 mars"] == f"{ADDRESS}?track=silver&q=bien&day=2027-03-18"
    page = client.page(f"{ADDRESS}?day=2027-03-18&kind=workshop")
    assert page.one("main form input[name=day]")["value"] == "2027-03-18"
    assert words(page.select_one("main form select[name=kind] option[selected]")) == "Atelier"


def test_a_search_without_result_says_what_to_do(client: InspectingClient, full: dict[str, str]) -> None:
    assert "Aucune session ne correspond" in words(client.page(f"{ADDRESS}?q=zzz").select_one(".empty"))


def test_an_empty_programme_leads_to_proposals(client: InspectingClient, write: Write) -> None:
    with write() as tx:
        an_edition(tx)
    assert client.page(ADDRESS).one(".empty a")["href"] == "/editions/lens-2027/propose"


def test_now_and_next_are_marked_while_the_edition_is_on(
    client: InspectingClient, full: dict[str, str], clock: Clock
) -> None:
    assert client.page(ADDRESS).select(".programme-moment") == []
    clock.moves_to(cast.OPENING + timedelta(minutes=5))
    page = client.page(ADDRESS)
    assert words(page.select_one(".programme-moment")).startswith("Maintenant et ensuite en ce moment Été des villes")
    assert [words(cell.select_one("h3")) for cell in page.select(".timetable__session--now")] == [
        "Été des villes", "Bien vieillir",
    ]  # fmt: skip
    clock.moves_to(cast.OPENING - timedelta(minutes=5))
    assert words(client.page(ADDRESS).select_one(".programme-moment")).startswith(
        "Maintenant et ensuite ensuite, à 9 h 30"
    )


def test_a_session_has_its_page(client: InspectingClient, full: dict[str, str]) -> None:
    page = client.page(f"/editions/lens-2027/sessions/{full['age']}/")
    assert words(page.h1) == "Bien vieillir"
    facts = words(page.select_one("main .facts"))
    assert "jeudi 18 mars 2027 de 9 h 30 à 10 h 15" in facts
    assert "Petite salle" in facts
    assert "Les 12 places sont prises." in facts
    assert page.select('main a[href$="/register"]') == []  # full
    described = json.loads(page.one('script[type="application/ld+json"]').string)  # type: ignore[union-attr, arg-type]
    assert (described["@type"], described["startDate"], described["remainingAttendeeCapacity"]) == (
        "Event", "2027-03-18T09:30:00+01:00", 0,
    )  # fmt: skip
    assert [person["name"] for person in described["performer"]] == ["Zoé de La Motte-Françoise"]


def test_a_session_with_a_free_seat_leads_to_registration(client: InspectingClient, write: Write) -> None:
    with write() as tx:
        key = a_session(tx, seats=2, seats_taken=1).key
    page = client.page(f"/editions/lens-2027/sessions/{key}/")
    assert words(page.select_one('main a[href="/editions/lens-2027/register"]')) == "S’inscrire et réserver une place"
    assert "1 place libre sur 2" in words(page.select_one("main .facts"))


def test_what_is_not_published_is_for_organisers(
    client: InspectingClient, full: dict[str, str], client_for: Callable[[str], InspectingClient]
) -> None:
    address = f"/editions/lens-2027/sessions/{full['hidden']}/"
    assert client.get(address).status_code == 404
    assert "Non publiée" in words(client_for("organiser").page(address).select_one(".notice"))
    assert client_for("stranger").get(address).status_code == 404


def test_a_session_is_not_shown_under_another_edition(
    client: InspectingClient, full: dict[str, str], write: Write
) -> None:
    with write() as tx:
        an_edition(tx, "amiens-2028")
    assert client.get(f"/editions/amiens-2028/sessions/{full['age']}/").status_code == 404


def test_words_of_speakers_cannot_break_a_page(client: InspectingClient, write: Write) -> None:
    with write() as tx:
        evil = '</script><script>alert("x")</script> <img src=x onerror=alert(1)>'
        speaker = a_speaker(tx, ("<b>Ada</b>", '"><script>', "x@example.org"), biography=evil)
        key = a_session(tx, title=evil, abstract=f"{evil}\n\n[x](javascript:alert(1))", speakers=(speaker,)).key
    page = client.page(f"/editions/lens-2027/sessions/{key}/")
    assert [str(script.get("type")) for script in page.select("script:not([src])")] == ["application/ld+json"]
    assert page.select("[onerror], main b, a[href^=javascript]") == []
    assert words(page.h1) == evil


def test_the_index_of_speakers_is_sorted_without_accents(client: InspectingClient, write: Write) -> None:
    with write() as tx:
        speakers = [
            named_speaker(tx, who) for who in (cast.NGUYEN, cast.ADA, cast.LUKASZ, ("Émile", "Éluard", "e@x.fr"))
        ]
        a_session(tx, speakers=tuple(speakers))  # type: ignore[arg-type]
        a_session(tx, speakers=(a_speaker(tx, cast.ZOE),), is_published=False)
    names = [words(name) for name in client.page("/editions/lens-2027/speakers/").select(".person__name")]
    assert names == ["Émile Éluard", "Ada Lovelace", "Thị Hồng Ánh Nguyễn", "Łukasz Żółkiewski"]
    found = client.page("/editions/lens-2027/speakers/?q=zolk").select(".person__name")
    assert [words(name) for name in found] == ["Łukasz Żółkiewski"]
    assert "Personne de ce nom" in words(client.page("/editions/lens-2027/speakers/?q=zzz").select_one(".empty"))


def test_a_speaker_has_a_page_once_a_session_is_published(client: InspectingClient, write: Write) -> None:
    with write() as tx:
        ada, zoe = a_speaker(tx, cast.ADA, biography="Elle *compte*."), a_speaker(tx, cast.ZOE)
        a_session(tx, title="Publiée", speakers=(ada,), starts_at=cast.OPENING)
        a_session(tx, title="Cachée", speakers=(ada, zoe), is_published=False)
        keys = (ada.key, zoe.key)
    page = client.page(f"/editions/lens-2027/speakers/{keys[0]}/")
    assert [words(heading) for heading in page.select(".sessions h3")] == ["Publiée"]
    assert "Elle compte ." in words(page.select_one(".prose"))
    assert client.get(f"/editions/lens-2027/speakers/{keys[1]}/").status_code == 404


def test_a_draft_does_not_exist_for_visitors(client: InspectingClient, write: Write) -> None:
    with write() as tx:
        an_edition(tx, state="draft")
    for path in (
        "programme",
        "programme.ics",
        "schedule.xml",
        "schedule.json",
        "speakers/",
        "propose",
        "programme.pdf",
    ):
        assert client.get(f"/editions/lens-2027/{path}").status_code == 404, path


def test_a_page_that_did_not_change_is_not_sent_again(client: InspectingClient, full: dict[str, str]) -> None:
    first = client.get(ADDRESS)
    assert first.headers["Cache-Control"] == "private, no-cache"
    assert client.get(ADDRESS, headers={"If-None-Match": first.headers["ETag"]}).status_code == 304


def a_large_programme(tx: Transaction, count: int) -> None:
    edition = an_edition(tx)
    venue = a_venue(tx, edition)
    track = a_track(tx, edition, f"track-{count}")
    for number in range(count):
        a_session(
            tx,
            starts_at=cast.OPENING,
            room_id=a_room(tx, venue).id,
            speakers=(a_speaker(tx, (f"Prénom {number}", "Nom", "x@example.org")),),
            track_id=track.id,
        )


@pytest.mark.parametrize(
    "path",
    ["programme", "programme?q=e", "speakers/", "programme.ics", "schedule.xml", "schedule.json"],
)
def test_thirty_sessions_cost_as_many_statements_as_one(
    app: Flask, client: InspectingClient, write: Write, path: str
) -> None:
    counts = []
    for number in (1, 29):
        with write() as tx:
            a_large_programme(tx, number)
        with statements_of(app) as asked:
            assert client.get(f"/editions/lens-2027/{path}").status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_a_thousand_letters_in_a_title_stay_on_the_page(client: InspectingClient, write: Write) -> None:
    with write() as tx:
        key = a_session(tx, title="x" * 1000, abstract="🎟 " * 2000).key
    assert words(client.page(f"/editions/lens-2027/sessions/{key}/").h1) == "x" * 1000
    with write() as tx:
        assert tx.session.query(Session).count() == 1
