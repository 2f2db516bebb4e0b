"""The organisers' pages of the programme."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from forum.core import sheets
from forum.messages.models import Letter
from forum.programme.models import Proposal, Session, Track
from tests import cast
from tests.conftest import Read, Write
from tests.factories import a_proposal, a_room, a_session, a_speaker, a_track, a_venue, an_edition
from tests.inspection import InspectingClient, soup, words
from tests.programme.test_views_public import a_large_programme, named_speaker
from tests.statements import statements_of

BASE = "/organise/lens-2027"


@pytest.fixture
def organiser(client_for: Callable[[str], InspectingClient], write: Write) -> InspectingClient:
    """Return Omar's browser, and have his edition."""
    with write() as tx:
        an_edition(tx)
    return client_for("organiser")


PATHS = ("proposals", "proposals.csv", "proposals.xlsx", "programme", "programme/new", "tracks")


@pytest.mark.parametrize("path", PATHS)
def test_only_its_organisers_open_the_pages(
    client: InspectingClient, client_for: Callable[[str], InspectingClient], organiser: InspectingClient, path: str
) -> None:
    assert organiser.get(f"{BASE}/{path}").status_code == 200
    assert client.get(f"{BASE}/{path}").status_code == 302
    assert client_for("stranger").get(f"{BASE}/{path}").status_code == 403


def test_empty_pages_tell_the_next_step(organiser: InspectingClient) -> None:
    for path in ("proposals", "programme", "tracks"):
        assert organiser.page(f"{BASE}/{path}").select_one(".empty") is not None, path


def titles(client: InspectingClient, arguments: str) -> list[str]:
    return [words(cell) for cell in client.page(f"{BASE}/proposals?{arguments}").select("tbody th")]


@pytest.mark.parametrize(
    ("arguments", "found"),
    [
        ("", ["Zéro", "Été", "Ville"]),
        ("sort=title", ["Été", "Ville", "Zéro"]),
        ("sort=-minutes", ["Ville", "Été", "Zéro"]),
        ("sort=nonsense", ["Zéro", "Été", "Ville"]),
        ("state=accepted", ["Été"]),
        ("kind=workshop", ["Ville"]),
        ("q=ete", ["Été"]),
        ("q=zolkiewski", ["Ville"]),
        ("q=zzz", []),
        ("track=999999999999999999999", ["Zéro", "Été", "Ville"]),
        ("page=99999999999999", ["Zéro", "Été", "Ville"]),
        ("page=²", ["Zéro", "Été", "Ville"]),
    ],
)
def test_proposals_are_searched_filtered_and_sorted(
    organiser: InspectingClient, write: Write, arguments: str, found: list[str]
) -> None:
    with write() as tx:
        lukasz = named_speaker(tx, cast.LUKASZ)
        at = cast.NOW
        a_proposal(tx, lukasz, title="Ville", kind="workshop", minutes=90, submitted_at=at - timedelta(2))  # type: ignore[arg-type]
        a_proposal(tx, title="Été", state="accepted", decided_at=at, submitted_at=at - timedelta(1))
        a_proposal(tx, title="Zéro", minutes=20, submitted_at=at)
    assert titles(organiser, arguments) == found


def test_the_export_is_filtered_as_the_list_is(organiser: InspectingClient, write: Write) -> None:
    with write() as tx:
        a_proposal(tx, title="=Été", availability="Jeudi")
        a_proposal(tx, title="Autre", state="withdrawn")
    for kind in ("csv", "xlsx"):
        answer = organiser.get(f"{BASE}/proposals.{kind}?state=submitted")
        (row,) = sheets.read_rows(io.BytesIO(answer.data)).rows
        assert (row.get("titre"), row.get("e-mail"), row.get("disponibilités")) == (
            "=Été", "ada@example.org", "Jeudi",
        )  # fmt: skip


def test_thirty_proposals_cost_as_many_statements_as_one(app: Flask, organiser: InspectingClient, write: Write) -> None:
    counts = []
    for number in (1, 29):
        with write() as tx:
            for index in range(number):
                a_proposal(tx, a_speaker(tx, (f"P{index}", "N", "x@example.org")), track_id=None)
        for path in ("proposals", "proposals.csv"):
            with statements_of(app) as asked:
                organiser.get(f"{BASE}/{path}")
            counts.append(len(asked))
    assert counts[:2] == counts[2:]


def test_thirty_sessions_cost_as_many_statements_as_one(app: Flask, organiser: InspectingClient, write: Write) -> None:
    counts = []
    for number in (1, 29):
        with write() as tx:
            a_large_programme(tx, number)
            for _index in range(number):
                a_session(tx, proposal_id=a_proposal(tx).id)
        with statements_of(app) as asked:
            organiser.get(f"{BASE}/programme")
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_one_proposal_is_accepted_with_words(organiser: InspectingClient, write: Write, read: Read) -> None:
    with write() as tx:
        proposal_id = a_proposal(tx).id
    address = f"{BASE}/proposals/{proposal_id}"
    answer = organiser.submit(address, {"words": "Avec *joie*."}, form='form[action$="/accept"]')
    assert answer.headers["Location"] == address
    with read() as session:
        letter = session.scalars(select(Letter).where(Letter.kind == "programme-proposal_accepted")).one()
        assert ("Avec *joie*." in letter.text, "<em>joie</em>" in letter.html) == (True, True)
        assert session.scalars(select(Session.title)).all() == ["Des données ouvertes pour la ville"]
    assert organiser.page(address).select_one('a[href*="/programme/"].button') is not None


def test_one_proposal_is_declined_and_taken_back(organiser: InspectingClient, write: Write, read: Read) -> None:
    with write() as tx:
        proposal_id = a_proposal(tx).id
    address = f"{BASE}/proposals/{proposal_id}"
    token = organiser.page(address).one("input[name=csrf_token]")["value"]
    assert organiser.post(f"{address}/decline", data={"csrf_token": token, "words": ""}).status_code == 303
    assert organiser.submit(address, {}, form='form[action$="/undo"]').status_code == 303
    with read() as session:
        assert session.scalars(select(Proposal.state)).all() == ["submitted"]
        assert session.scalars(select(Letter)).all() == []


def test_a_note_is_kept_and_stays_inside(organiser: InspectingClient, client: InspectingClient, write: Write) -> None:
    with write() as tx:
        proposal = a_proposal(tx)
        address, token = f"{BASE}/proposals/{proposal.id}", proposal.speaker.token
    organiser.submit(address, {"note": "À relire"}, form='form[action$="/note"]')
    assert "À relire" in organiser.get(address).get_data(as_text=True)
    assert "À relire" not in client.get(f"/p/{token}").get_data(as_text=True)
    assert organiser.submit(address, {"note": "x" * 2001}, form='form[action$="/note"]').status_code == 422


def test_several_are_decided_on_at_once(organiser: InspectingClient, write: Write, read: Read) -> None:
    with write() as tx:
        ids = [a_proposal(tx, state=state).id for state in ("submitted", "submitted", "withdrawn")]
    decide = {"ids": [str(each) for each in ids], "decision": "accept"}
    answer = organiser.submit(f"{BASE}/proposals", decide, form="form#decide")
    notices = [words(notice) for notice in soup(organiser.get(answer.headers["Location"])).select(".notice")]
    assert len(notices) == 2
    assert notices[0].startswith("2 propositions acceptées")
    with read() as session:
        assert session.scalar(select(func.count()).select_from(Session)) == 2


def test_nothing_chosen_is_said(organiser: InspectingClient, write: Write) -> None:
    with write() as tx:
        a_proposal(tx)
    answer = organiser.submit(f"{BASE}/proposals", {"decision": "decline"}, form="form#decide")
    assert "Choisissez d’abord" in words(soup(organiser.get(answer.headers["Location"])).select_one(".notice"))


def test_proposals_of_another_edition_are_not_found(organiser: InspectingClient, write: Write) -> None:
    with write() as tx:
        foreign = a_proposal(tx, a_speaker(tx, edition=an_edition(tx, "amiens-2028")))
        session = a_session(tx, edition=an_edition(tx, "amiens-2028"))
        track = a_track(tx, an_edition(tx, "amiens-2028"))
        paths = [f"proposals/{foreign.id}", f"programme/{session.id}", f"tracks/{track.id}"]
    assert [organiser.get(f"{BASE}/{path}").status_code for path in paths] == [404, 404, 404]


def test_a_session_is_written_with_a_new_speaker_and_placed(
    organiser: InspectingClient, write: Write, read: Read
) -> None:
    with write() as tx:
        ada = a_speaker(tx)
        room = a_room(tx, name="Auditorium", seats=30)
        ada_id, room_id = ada.id, room.id
    values = {
        "title": "Ouverture",
        "kind": "ceremony",
        "minutes": "30",
        "seats": "40",
        "speaker_ids": [str(ada_id)],
        "new_given_name": "Zoé",
        "new_family_name": "Müller",
    }
    address = organiser.submit(f"{BASE}/programme/new", values).headers["Location"]
    slot = {"day": "2027-03-19", "starts_at": "14:30", "room_id": str(room_id)}
    answer = organiser.submit(address, slot, form="form#slot")
    assert answer.headers["Location"] == address
    page = organiser.page(address)
    assert "La salle a moins de places" in " ".join(words(notice) for notice in page.select(".notice"))
    with read() as session:
        made = session.scalars(select(Session)).unique().one()
        assert (made.title, made.seats, made.is_published) == ("Ouverture", 40, False)
        assert made.starts_at == cast.OPENING + timedelta(days=1, hours=5)
        assert [speaker.person.name for speaker in made.speakers] == ["Ada Lovelace", "Zoé Müller"]


def test_a_form_sent_as_it_stands_changes_nothing(organiser: InspectingClient, write: Write, read: Read) -> None:
    with write() as tx:
        zoe, ada = a_speaker(tx, cast.ZOE), a_speaker(tx, cast.ADA)
        a_speaker(tx, cast.O)
        session_id = a_session(
            tx, speakers=(zoe, ada), seats=9, track_id=a_track(tx).id, starts_at=cast.OPENING, language="de"
        ).id
    address = f"{BASE}/programme/{session_id}"

    def facts() -> tuple[object, ...]:
        with read() as session:
            made = session.get_one(Session, session_id)
            return (
                made.title, made.abstract, made.kind, made.language, made.minutes, made.track_id, made.seats,
                made.starts_at, made.ends_at, [speaker.person.given_name for speaker in made.speakers],
            )  # fmt: skip

    before = facts()
    assert organiser.submit(address, {}, form=f'form[action="{address}"]').status_code == 303
    assert organiser.submit(address, {}, form="form#slot").status_code == 303
    assert (facts(), before[-1]) == (before, ["Zoé", "Ada"])


def test_a_taken_room_is_said_at_its_field_and_the_choice_is_kept(organiser: InspectingClient, write: Write) -> None:
    with write() as tx:
        room = a_room(tx, name="Auditorium")
        a_session(tx, title="La première", starts_at=cast.OPENING, room_id=room.id)
        late = a_session(tx)
        address, room_id = f"{BASE}/programme/{late.id}", room.id
    slot = {"day": "2027-03-18", "starts_at": "10:00", "room_id": str(room_id)}
    answer = organiser.submit(address, slot, form="form#slot")
    page = soup(answer)
    assert answer.status_code == 422
    assert words(page.select_one("#room_id-error")) == (
        "Auditorium : la salle est prise par « La première » de 9 h 30 à 10 h 15. "
        "Choisissez une autre salle ou une autre heure."
    )
    assert page.one("#starts_at")["value"] == "10:00"


@pytest.mark.parametrize(
    ("slot", "field"),
    [({"day": "2027-05-01"}, "day"), ({"starts_at": "25:99"}, "starts_at"), ({"room_id": "999999"}, "room_id")],
)
def test_a_slot_that_cannot_be_is_said(
    organiser: InspectingClient, write: Write, slot: dict[str, str], field: str
) -> None:
    with write() as tx:
        address = f"{BASE}/programme/{a_session(tx).id}"
    answer = organiser.submit(address, {"starts_at": "10:00"} | slot, form="form#slot")
    assert answer.status_code == 422
    assert soup(answer).select_one(f"#{field}-error") is not None


def test_an_hour_is_taken_away(organiser: InspectingClient, write: Write, read: Read) -> None:
    with write() as tx:
        address = f"{BASE}/programme/{a_session(tx, starts_at=cast.OPENING).id}"
    assert organiser.submit(address, {"starts_at": ""}, form="form#slot").status_code == 303
    with read() as session:
        assert session.scalars(select(Session.starts_at)).all() == [None]


def test_seats_below_those_taken_are_said_at_the_field(organiser: InspectingClient, write: Write) -> None:
    with write() as tx:
        address = f"{BASE}/programme/{a_session(tx, seats=9, seats_taken=5).id}"
    answer = organiser.submit(address, {"seats": "4"}, form=f'form[action="{address}"]')
    assert answer.status_code == 422
    assert "5 places sont déjà prises" in words(soup(answer).select_one("#seats-error"))


def test_sessions_are_published_one_or_all(organiser: InspectingClient, write: Write, read: Read) -> None:
    with write() as tx:
        ids = [a_session(tx, is_published=False).id for _ in range(3)]
    address = f"{BASE}/programme/{ids[0]}"
    assert organiser.submit(address, {}, form='form[action$="/publish"]').status_code == 303
    assert organiser.submit(address, {}, form='form[action$="/hide"]').status_code == 303
    organiser.submit(f"{BASE}/programme", {"what": "all"}, form='form[action$="/publish"]')
    with read() as session:
        assert session.scalars(select(Session.is_published)).all() == [True] * 3


def test_a_session_is_removed_unless_people_chose_it(organiser: InspectingClient, write: Write, read: Read) -> None:
    with write() as tx:
        free, chosen = a_session(tx).id, a_session(tx, seats=3, seats_taken=1).id
    remove = 'form[action$="/remove"]'
    assert organiser.submit(f"{BASE}/programme/{free}", {}, form=remove).status_code == 303
    assert organiser.submit(f"{BASE}/programme/{chosen}", {}, form=remove).status_code == 409
    with read() as session:
        assert session.scalars(select(Session.id)).all() == [chosen]


def test_those_without_an_hour_come_first(organiser: InspectingClient, write: Write) -> None:
    with write() as tx:
        a_session(tx, title="Placée", starts_at=cast.OPENING, room_id=a_room(tx, a_venue(tx)).id)
        a_session(tx, title="À placer", is_published=False)
    page = organiser.page(f"{BASE}/programme")
    assert [words(link) for link in page.select("main tbody th a, main tbody h3 a")] == ["À placer", "Placée"]


def test_themes_are_added_changed_and_removed(organiser: InspectingClient, read: Read) -> None:
    address = f"{BASE}/tracks"
    assert organiser.submit(address, {"name_fr": "Été", "name_en": "Summer"}).status_code == 303
    twice = organiser.submit(address, {"name_fr": "ÉTÉ"})
    assert (twice.status_code, words(soup(twice).select_one("#name_fr-error"))) == (422, "Un thème porte déjà ce nom.")
    with read() as session:
        track = session.scalars(select(Track)).one()
    assert organiser.submit(f"{address}/{track.id}", {"name_fr": "Hiver"}).status_code == 303
    assert organiser.submit(f"{address}/{track.id}", {}, form='form[action$="/remove"]').status_code == 303
    with read() as session:
        assert session.scalars(select(Track)).all() == []
