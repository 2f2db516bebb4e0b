"""Schedules that come in."""

from __future__ import annotations

import os
from datetime import date, timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskCliRunner
from sqlalchemy import func, select

from forum.core import sheets
from forum.programme.documents import incoming
from forum.programme.models import Session, Speaker, Track
from forum.venues.models import Room
from tests import cast
from tests.conftest import Read, Write
from tests.factories import a_room, a_session, a_speaker, a_track, a_venue, an_edition
from tests.inspection import InspectingClient

HEADINGS = ["Titre", "Jour", "Début", "Durée", "Salle", "Thème", "Genre", "Langue", "Résumé", "Intervenants"]
GOOD = [
    "Été",
    "18/03/2027",
    "9h30",
    "45",
    "Auditorium",
    "Ville intelligente",
    "atelier",
    "fr",
    "De quoi",
    "Zoé Müller; Ada",
]


@pytest.fixture
def runner(app: Flask, write: Write) -> FlaskCliRunner:
    """Return the command line, with an edition that has a venue."""
    with write() as tx:
        a_venue(tx)
    return app.test_cli_runner()


def sheet(tmp_path: Path, *rows: list[str], name: str = "plan.csv") -> str:
    path = tmp_path / name
    content = sheets.csv_bytes(HEADINGS, rows) if name.endswith("csv") else sheets.xlsx_bytes(HEADINGS, rows)
    path.write_bytes(content)
    return str(path)


def take(app: Flask, runner: FlaskCliRunner, path: str, *options: str) -> tuple[int, str, str]:
    result = runner.invoke(app.cli, ["import", "schedule", path, "--edition", "lens-2027", *options])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.stdout, result.stderr


@pytest.mark.parametrize("name", ["plan.csv", "plan.xlsx"])
def test_a_spreadsheet_becomes_sessions(
    app: Flask, runner: FlaskCliRunner, read: Read, tmp_path: Path, name: str
) -> None:
    assert take(app, runner, sheet(tmp_path, GOOD, name=name))[0] == 0
    with read() as session:
        made = session.scalars(select(Session)).unique().one()
        assert (made.title, made.kind, made.minutes, made.starts_at, made.is_published) == (
            "Été", "workshop", 45, cast.OPENING, False,
        )  # fmt: skip
        assert made.room is not None
        assert made.track is not None
        assert (made.room.name, made.room.seats, made.track.slug) == ("Auditorium", 50, "ville-intelligente")
        assert [speaker.person.name for speaker in made.speakers] == ["Zoé Müller", "Ada"]


def test_bad_lines_are_named_and_the_good_ones_taken(
    app: Flask, runner: FlaskCliRunner, read: Read, tmp_path: Path
) -> None:
    def changed(title: str, **values: str) -> list[str]:
        row = dict(zip(HEADINGS, GOOD, strict=True)) | {"Titre": title, "Intervenants": ""} | values
        return list(row.values())

    path = sheet(
        tmp_path,
        GOOD,
        changed(""),
        changed("Demain", Jour="31/02/2027"),
        changed("Court", Durée="-5"),
        changed("Loin", Jour="25/03/2027"),
        changed("Même salle", Début="10:00"),
        changed("Même voix", Salle="Autre", Intervenants="ADA"),
        changed("Sans heure", Jour="", Début=""),
        changed("Sans jour", Jour=""),
    )
    status, said, complained = take(app, runner, path)
    lines = [" ".join(line.split()) for line in complained.splitlines()]
    assert (status, said.splitlines()[0]) == (0, "2 nouvelles sessions.")
    assert lines == [
        "ligne 3, « » : elle n’a pas de titre",
        "ligne 4, « Demain » : date illisible : 31/02/2027 9h30",
        "ligne 5, « Court » : durée absente, ou pas entre 1 minute et 12 heures",
        "ligne 10, « Sans jour » : un jour sans heure, ou une heure sans jour",
        "ligne 6, « Loin » : Cette heure est en dehors de l’édition, "
        "qui va du jeudi 18 mars 2027 au vendredi 19 mars 2027.",
        "ligne 7, « Même salle » : Auditorium : la salle est prise par « Été » de 9 h 30 à 10 h 15. "
        "Choisissez une autre salle ou une autre heure.",
        "ligne 8, « Même voix » : Ada intervient dans « Été » de 9 h 30 à 10 h 15. Choisissez une autre heure.",
        "7 entrées laissées de côté.",
    ]
    with read() as session:
        assert set(session.scalars(select(Session.title))) == {"Été", "Sans heure"}
        assert session.scalars(select(Room.name)).all() == ["Auditorium"]


def test_the_same_file_twice_doubles_nothing(app: Flask, runner: FlaskCliRunner, read: Read, tmp_path: Path) -> None:
    path = sheet(tmp_path, GOOD)
    take(app, runner, path)
    assert take(app, runner, path)[1] == "0 nouvelle session.\n1 session modifiée.\n"
    with read() as session:
        counts = [session.scalar(select(func.count()).select_from(model)) for model in (Session, Speaker, Room, Track)]
    assert counts == [1, 2, 1, 1]


def test_a_rehearsal_changes_nothing(app: Flask, runner: FlaskCliRunner, read: Read, tmp_path: Path) -> None:
    status, said, _complained = take(app, runner, sheet(tmp_path, GOOD), "--dry-run")
    assert (status, said.splitlines()[0]) == (0, "Répétition : rien n’est écrit.".replace(" :", "\xa0:"))
    with read() as session:
        assert session.scalars(select(Session)).all() == []
        assert session.scalars(select(Room)).all() == []


def test_two_sessions_may_swap_their_rooms(app: Flask, runner: FlaskCliRunner, read: Read, tmp_path: Path) -> None:
    first, second = ["Un", *GOOD[1:]], ["Deux", *GOOD[1:]]
    first[9] = second[9] = ""
    second[4] = "Petite salle"
    take(app, runner, sheet(tmp_path, first, second))
    first[4], second[4] = second[4], first[4]
    assert take(app, runner, sheet(tmp_path, first, second))[2] == ""
    with read() as session:
        rooms = {each.title: each.room.name for each in session.scalars(select(Session)).unique() if each.room}
    assert rooms == {"Un": "Petite salle", "Deux": "Auditorium"}


def test_nothing_taken_is_a_failure(app: Flask, runner: FlaskCliRunner, tmp_path: Path) -> None:
    assert take(app, runner, sheet(tmp_path, ["", *GOOD[1:]]))[0] == 1


def test_without_a_venue_rooms_cannot_be_made(app: Flask, write: Write, tmp_path: Path) -> None:
    with write() as tx:
        an_edition(tx)
    status, _said, complained = take(app, app.test_cli_runner(), sheet(tmp_path, GOOD))
    assert (status, "Ajoutez d’abord un lieu" in complained) == (1, True)


XML = """<?xml version="1.0"?>{prolog}<schedule><day date="2027-03-18"><room name="Auditorium">
<event id="7" guid="g-7"><date>2027-03-18T09:30:00+01:00</date><duration>00:45</duration><title>{title}</title>
<abstract>&lt;p&gt;Un &lt;b&gt;mot&lt;/b&gt;&lt;/p&gt;&lt;ul&gt;&lt;li&gt;deux&lt;/li&gt;&lt;/ul&gt;</abstract>
</event></room></day></schedule>"""


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ('<!DOCTYPE a [<!ENTITY b "bbbb">]><schedule>&b;</schedule>', "entités"),
        (XML.format(prolog='<!DOCTYPE s SYSTEM "file:///etc/passwd">', title="x"), "entités"),
        ("<schedule><day></schedule>", "ligne 1"),
        ("<rss/>", "premier élément"),
        ('{"schedule": []}', "JSON"),
        ("[" * 100_000, "JSON"),
        ("nom;heure\nx;y", "titre"),
    ],
)
def test_what_is_no_schedule_is_refused_with_its_reason(app: Flask, write: Write, content: str, why: str) -> None:
    with write() as tx:
        edition = an_edition(tx)
        with pytest.raises(incoming.UnreadableSchedule) as refused:
            incoming.read_schedule(content.encode(), edition)
        assert why in str(refused.value)


def test_a_file_that_is_too_large_is_refused(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(incoming, "MAXIMUM_BYTES", 10)
    with write() as tx, pytest.raises(incoming.ScheduleTooLarge):
        incoming.read_schedule(b"<schedule/>", an_edition(tx))


def test_html_of_an_abstract_becomes_plain_paragraphs(write: Write) -> None:
    with write() as tx:
        schedule = incoming.read_schedule(XML.format(prolog="", title="Titre").encode(), an_edition(tx))
    assert [(entry.title, entry.abstract) for entry in schedule.entries] == [("Titre", "Un mot\n\n- deux")]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("lecture", "talk"),
        ("Atelier", "workshop"),
        ("Table ronde", "panel"),
        ("site-visit", "site-visit"),
        ("", "talk"),
    ],
)
def test_kinds_of_other_systems_are_understood(text: str, kind: str) -> None:
    assert incoming.read_kind(text) == kind


@pytest.mark.parametrize(("text", "code"), [("en-GB", "en"), ("Français", "fr"), ("", "fr"), ("de", "de")])
def test_languages_are_understood(text: str, code: str) -> None:
    assert incoming.read_language(text) == code


@pytest.mark.parametrize("address", ["schedule.xml", "schedule.json"])
def test_what_we_give_out_comes_in_again_as_the_same_sessions(
    app: Flask, write: Write, read: Read, client: InspectingClient, tmp_path: Path, address: str
) -> None:
    with write() as tx:
        room = a_room(tx, name="Auditorium")
        ada = a_speaker(tx)
        for number in range(3):
            starts_at = cast.OPENING + timedelta(hours=number)
            a_session(
                tx,
                room_id=room.id,
                starts_at=starts_at,
                speakers=(ada,),
                track_id=a_track(tx, slug="ville-intelligente").id if not number else None,
            )
    before = client.get(f"/editions/lens-2027/{address}").data
    (tmp_path / address).write_bytes(before)
    status, said, complained = take(app, app.test_cli_runner(), str(tmp_path / address))
    assert (status, said, complained) == (0, "0 nouvelle session.\n3 sessions modifiées.\n", "")
    with read() as session:
        assert session.scalar(select(func.count()).select_from(Speaker)) == 1
    assert strip_version(client.get(f"/editions/lens-2027/{address}").data) == strip_version(before)


def strip_version(content: bytes) -> list[bytes]:
    return [line for line in content.splitlines() if b"version" not in line]


REAL = {
    "31c3-2014.xml": (date(2014, 12, 27), date(2014, 12, 31), 138, 4, 136),
    "camp2019-frab.json": (date(2019, 8, 21), date(2019, 8, 26), 79, 2, 79),
    "fosdem-2025.xml": (date(2025, 2, 1), date(2025, 2, 2), 943, 29, 942),
}
"""Real files: first and last day, entries, rooms that are used, and sessions that fit: nobody is in two places."""


def real_schedules(repository: Path) -> Path:
    beside = repository.parent / "shared" / "data" / "schedules"
    return beside if beside.exists() else Path(os.environ.get("FORUM_SHARED", "/work/shared")) / "data" / "schedules"


@pytest.mark.parametrize("name", REAL)
def test_real_schedules_come_in(app: Flask, write: Write, read: Read, repository: Path, name: str) -> None:
    path = real_schedules(repository) / name
    if not path.exists():
        pytest.skip(f"the real schedule {name} is not on this machine")
    first_day, last_day, entries, rooms, fitting = REAL[name]
    with write() as tx:
        edition = an_edition(tx, first_day=first_day, last_day=last_day)
        a_venue(tx, edition)
        read_entries = incoming.read_schedule(path.read_bytes(), edition)
        assert (len(read_entries.entries), read_entries.bad) == (entries, [])
    status, _said, complained = take(app, app.test_cli_runner(), str(path), "--publish")
    with read() as session:
        counts = [session.scalar(select(func.count()).select_from(model)) for model in (Session, Room)]
    assert (status, counts, len(complained.splitlines())) == (
        0, [fitting, rooms], entries - fitting + (1 if entries > fitting else 0),
    )  # fmt: skip
