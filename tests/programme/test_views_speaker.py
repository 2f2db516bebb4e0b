"""Proposing a session, and the speaker's own page."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from forum.messages.models import Letter
from forum.programme.models import Proposal, Speaker
from tests import cast
from tests.conftest import Read, Write
from tests.factories import a_proposal, a_room, a_session, a_speaker, a_track, an_edition
from tests.inspection import InspectingClient, soup, words

ADDRESS = "/editions/lens-2027/propose"
FILLED = {
    "title": "Des données pour la ville",
    "abstract": "Ce que **nous** avons appris.",
    "kind": "workshop",
    "language": "en",
    "minutes": "90",
    "availability": "Jeudi matin",
    "given_name": "Zoé",
    "family_name": "Müller",
    "email": "zoe@example.org",
    "organisation_name": "Atelier Nord",
    "position_title": "cheffe",
    "biography": "Née à Lens.",
}


@pytest.fixture(autouse=True)
def edition(write: Write) -> None:
    """Have an edition that takes proposals, with a theme."""
    with write() as tx:
        a_track(tx, an_edition(tx))


def test_a_proposal_leads_to_ones_own_page(client: InspectingClient, read: Read) -> None:
    answer = client.submit(ADDRESS, FILLED)
    with read() as session:
        proposal = session.scalars(select(Proposal)).one()
        token = proposal.speaker.token
        assert {name: getattr(proposal, name) for name in ("title", "kind", "language", "minutes", "availability")} == {
            "title": "Des données pour la ville",
            "kind": "workshop",
            "language": "en",
            "minutes": 90,
            "availability": "Jeudi matin",
        }
        letter = session.scalars(select(Letter)).one()
        assert (letter.subject, letter.language) == (
            "Votre proposition est arrivée : Des données pour la ville", "fr",
        )  # fmt: skip
        assert f"http://localhost/p/{token}" in letter.text
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/p/{token}")
    page = client.page(f"/p/{token}")
    assert "Votre proposition est arrivée" in words(page.select_one(".notice"))


def test_the_same_form_twice_is_one_proposal(client: InspectingClient, read: Read) -> None:
    key = str(client.page(ADDRESS).one("input[name=submission_key]")["value"])
    answers = [client.submit(ADDRESS, FILLED | {"submission_key": key}) for _time in range(2)]
    assert answers[0].headers["Location"] == answers[1].headers["Location"]
    with read() as session:
        counts = [session.scalar(select(func.count()).select_from(table)) for table in (Proposal, Speaker, Letter)]
    assert counts == [1, 1, 1]


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"title": ""}, "title", ""),
        ({"title": "x" * 151}, "title", ""),
        ({"abstract": "   "}, "abstract", ""),
        ({"abstract": "é" * 3001}, "abstract", ""),
        ({"minutes": "-1"}, "minutes", ""),
        ({"minutes": "bientôt"}, "minutes", ""),
        ({"kind": "break"}, "kind", ""),
        ({"language": "xx"}, "language", ""),
        ({"track_id": "99999"}, "track_id", ""),
        ({"given_name": ""}, "given_name", ""),
        ({"family_name": "x" * 10_000}, "family_name", ""),
        ({"email": "zoe@"}, "email", "Ce n’est pas une adresse"),
        ({"email": "zoe@example.org\r\nBcc: x@example.org"}, "email", ""),
        ({"website": "http://spam.example"}, "website", "Laissez ce champ vide"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_lost(
    client: InspectingClient, read: Read, changes: dict[str, Any], field: str, sentence: str
) -> None:
    answer = client.submit(ADDRESS, FILLED | changes)
    page = soup(answer)
    assert answer.status_code == 422
    assert page.select_one("#errors") is not None
    if field != "website":
        assert page.select_one(f"#{field}-error") is not None
        assert page.one("#biography").get_text().strip() == "Née à Lens."
    with read() as session:
        assert session.scalars(select(Proposal)).all() == []


@pytest.mark.parametrize("who", cast.HARD_NAMES)
def test_every_name_is_taken_as_it_is(client: InspectingClient, read: Read, who: tuple[str, str, str]) -> None:
    given_name, family_name, email = who
    client.submit(ADDRESS, FILLED | {"given_name": f" {given_name}\0 ", "family_name": family_name, "email": email})
    with read() as session:
        speaker = session.scalars(select(Speaker)).one()
        assert (speaker.person.given_name, speaker.person.family_name) == (given_name, family_name)


def test_before_and_after_one_is_told(client: InspectingClient, write: Write) -> None:
    with write() as tx:
        an_edition(tx).proposals_open_at = cast.NOW + timedelta(days=1)
    assert "Les propositions ouvrent le mardi 2 mars 2027 à 10 h" in words(client.page(ADDRESS).select_one(".empty"))
    with write() as tx:
        an_edition(tx).proposals_open_at = None
    assert "ne prend pas de propositions" in words(client.page(ADDRESS).select_one(".empty"))


def test_a_form_that_was_open_too_long_is_told_so(client: InspectingClient, write: Write, read: Read) -> None:
    page = client.page(ADDRESS)
    data = FILLED | {name: str(page.one(f"input[name={name}]")["value"]) for name in ("csrf_token", "submission_key")}
    with write() as tx:
        an_edition(tx).proposals_close_at = cast.NOW
    assert client.post(ADDRESS, data=data).status_code == 410
    with read() as session:
        assert session.scalars(select(Proposal)).all() == []


def test_a_speaker_changes_a_proposal_that_waits(client: InspectingClient, write: Write, read: Read) -> None:
    with write() as tx:
        token = a_proposal(tx).speaker.token
    address = f"/p/{token}/proposals/1"
    assert client.submit(address, {"title": "Autre titre"}).headers["Location"] == f"/p/{token}"
    assert client.submit(address, {"title": ""}).status_code == 422
    with read() as session:
        assert session.scalars(select(Proposal.title)).all() == ["Autre titre"]


def test_a_speaker_withdraws_once_and_for_all(client: InspectingClient, write: Write, read: Read) -> None:
    with write() as tx:
        token = a_proposal(tx).speaker.token
    form = 'form[action$="/withdraw"]'
    assert client.submit(f"/p/{token}", {}, form=form).status_code == 303
    page = client.page(f"/p/{token}")
    assert page.select(form) == []
    assert "Vous l’avez retirée" in words(page.select_one(".own-proposal"))
    assert client.get(f"/p/{token}/proposals/1").status_code == 409


def test_what_was_answered_cannot_be_changed(client: InspectingClient, write: Write) -> None:
    with write() as tx:
        token = a_proposal(tx, state="accepted").speaker.token
    assert client.get(f"/p/{token}/proposals/1").status_code == 409
    assert client.get(f"/p/{token}/proposals/2").status_code == 404


def test_the_own_page_shows_the_slot(client: InspectingClient, write: Write) -> None:
    with write() as tx:
        speaker = a_speaker(tx)
        proposal = a_proposal(tx, speaker, state="accepted")
        room = a_room(tx, name="Auditorium")
        a_session(
            tx, proposal_id=proposal.id, speakers=(speaker,), starts_at=cast.OPENING, room_id=room.id, title="Une"
        )
        a_session(tx, speakers=(speaker,), title="Deux")
        token = speaker.token
    page = client.page(f"/p/{token}")
    assert "jeudi 18 mars 2027 à 9 h 30, Auditorium" in words(page.select_one(".own-proposal"))
    assert [words(heading) for heading in page.select(".own-proposal h3")] == [
        "Des données ouvertes pour la ville", "Deux",
    ]  # fmt: skip


def test_a_profile_is_changed(client: InspectingClient, write: Write, read: Read) -> None:
    with write() as tx:
        token = a_speaker(tx).token
    changes = {"family_name": "Byron", "biography": "Poète."}
    assert client.submit(f"/p/{token}/profile", changes).status_code == 303
    assert client.submit(f"/p/{token}/profile", {"email": "rien"}).status_code == 422
    with read() as session:
        speaker = session.scalars(select(Speaker)).one()
        assert (speaker.person.name, speaker.biography) == ("Ada Byron", "Poète.")


@pytest.mark.parametrize("token", ["x", "a" * 26, "a" * 5000])
def test_an_unknown_link_opens_nothing(client: InspectingClient, token: str) -> None:
    assert client.get(f"/p/{token}").status_code == 404


def test_a_page_is_in_its_speakers_language(client: InspectingClient, write: Write) -> None:
    with write() as tx:
        speaker = a_speaker(tx)
        speaker.person.language = "en"
        token = speaker.token
    assert words(client.page(f"/p/{token}").h1) == "Hello Ada"
