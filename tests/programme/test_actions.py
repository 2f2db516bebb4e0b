"""The verbs of the programme."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from forum.core import events
from forum.core.email import Email
from forum.core.refusals import NotFound
from forum.messages.models import Letter
from forum.people.actions import PersonDetails
from forum.people.models import Person
from forum.programme import rules
from forum.programme.actions import proposals, sessions, tracks
from forum.programme.actions.proposals import SessionOffer, SpeakerProfile
from forum.programme.actions.sessions import SessionDetails
from forum.programme.events import SessionMoved, SpeakerAccepted
from forum.programme.models import Proposal, Session, Speaker, Track
from tests import cast
from tests.conftest import Read, Write
from tests.factories import (
    LocalText,
    a_proposal,
    a_room,
    a_session,
    a_speaker,
    a_track,
    a_venue,
    an_edition,
)

OFFER = SessionOffer(title="Été", abstract="**De quoi**", kind="talk", language="fr", minutes=45, availability="Jeudi")
PROFILE = SpeakerProfile(
    person=PersonDetails(given_name="Zoé", family_name="Müller", email="zoe@example.org"), biography="Née."
)
DETAILS = SessionDetails(title="Atelier", abstract="", kind="workshop", language="fr", minutes=60)


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Return what the programme tells the features above."""
    heard: list[object] = []
    for kind in (SpeakerAccepted, SessionMoved):
        monkeypatch.setitem(events._subscribers, kind, [lambda _tx, happened: heard.append(happened)])
    return heard


def letters(read: Read) -> list[tuple[str, str]]:
    with read() as session:
        return [(letter.kind, letter.to_email) for letter in session.scalars(select(Letter).order_by(Letter.id))]


def test_a_proposal_is_written_with_its_speaker_and_a_letter(write: Write, read: Read, now: datetime) -> None:
    with write() as tx:
        proposals.propose(tx, an_edition(tx).id, offer=OFFER, profile=PROFILE, submission_key="a" * 26, now=now)
    with read() as session:
        proposal = session.scalars(select(Proposal)).one()
        assert (proposal.title, proposal.state, proposal.minutes, proposal.availability) == (
            "Été", "submitted", 45, "Jeudi",
        )  # fmt: skip
        assert (proposal.speaker.person.name, proposal.speaker.biography) == ("Zoé Müller", "Née.")
    assert letters(read) == [("programme-proposal_received", "zoe@example.org")]


def test_the_same_form_sent_twice_is_one_proposal(write: Write, read: Read, now: datetime) -> None:
    ids = []
    for _time in range(2):
        with write() as tx:
            edition_id = an_edition(tx).id
            ids.append(
                proposals.propose(tx, edition_id, offer=OFFER, profile=PROFILE, submission_key="a" * 26, now=now).id
            )
    with read() as session:
        assert (ids[0] == ids[1], len(session.scalars(select(Person)).all())) == (True, 1)
    assert len(letters(read)) == 1


def test_a_theme_of_another_edition_is_refused(write: Write, now: datetime) -> None:
    with write() as tx:
        foreign = a_track(tx, an_edition(tx, "amiens-2028"))
        offer = SessionOffer(**(OFFER.__dict__ | {"track_id": foreign.id}))
        with pytest.raises(NotFound):
            proposals.propose(tx, an_edition(tx).id, offer=offer, profile=PROFILE, submission_key="b" * 26, now=now)


def test_accepting_makes_the_session_tells_and_writes(
    write: Write, read: Read, now: datetime, told: list[object]
) -> None:
    with write() as tx:
        speaker = a_speaker(tx)
        track = a_track(tx)
        proposal = a_proposal(tx, speaker, title="Titre", minutes=30, track_id=track.id)
        session = proposals.accept(tx, proposal.id, words="Bravo !", now=now)
        assert (session.title, session.minutes, session.track_id, session.is_published) == (
            "Titre",
            30,
            track.id,
            False,
        )
        assert (session.speakers, session.proposal_id, session.starts_at) == ([speaker], proposal.id, None)
        speaker_id = speaker.id
    assert told == [SpeakerAccepted(speaker_id=speaker_id, at=now)]
    assert letters(read) == [("programme-proposal_accepted", "ada@example.org")]
    with read() as session_:
        assert "Bravo" in session_.scalars(select(Letter)).one().text


def test_accepting_twice_makes_one_session(write: Write, read: Read, now: datetime) -> None:
    with write() as tx:
        proposal_id = a_proposal(tx).id
        proposals.accept(tx, proposal_id, now=now)
    with pytest.raises(rules.ProposalDecided), write() as tx:
        proposals.accept(tx, proposal_id, now=now)
    with read() as session:
        assert len(session.scalars(select(Session)).all()) == 1


def test_a_decline_is_taken_back_while_its_letter_waits(write: Write, read: Read, now: datetime) -> None:
    with write() as tx:
        proposal_id = a_proposal(tx).id
        proposals.decline(tx, proposal_id, words="Dommage.", now=now)
    assert letters(read) == [("programme-proposal_declined", "ada@example.org")]
    with write() as tx:
        assert proposals.take_decline_back(tx, proposal_id).state == "submitted"
    assert letters(read) == []


def test_a_decline_whose_letter_left_stays(
    write: Write, now: datetime, outbox: list[Email], run_jobs: Callable[[], int]
) -> None:
    with write() as tx:
        proposal_id = a_proposal(tx).id
        letter_of = proposals.decline(tx, proposal_id, now=now)
        letter = tx.session.scalars(select(Letter)).one()
        letter.state = "sent"
        assert letter_of.state == "declined"
    with pytest.raises(rules.LetterHasLeft), write() as tx:
        proposals.take_decline_back(tx, proposal_id)
    with write() as tx:
        assert proposals.accept(tx, proposal_id, now=now).title == "Des données ouvertes pour la ville"


def test_a_speaker_changes_and_withdraws_only_what_waits(write: Write, now: datetime) -> None:
    with write() as tx:
        proposal_id = a_proposal(tx).id
        assert proposals.change_proposal(tx, proposal_id, OFFER).title == "Été"
        assert proposals.withdraw(tx, proposal_id, now=now).state == "withdrawn"
        assert proposals.withdraw(tx, proposal_id, now=now).state == "withdrawn"
        with pytest.raises(rules.ProposalDecided):
            proposals.change_proposal(tx, proposal_id, OFFER)


def test_a_profile_is_found_under_its_new_name(write: Write) -> None:
    with write() as tx:
        speaker = proposals.change_profile(tx, a_speaker(tx).id, PROFILE)
        assert (speaker.person.name, "muller" in speaker.person.search_text) == ("Zoé Müller", True)


def test_a_published_session_that_moves_writes_to_its_speakers(
    write: Write, read: Read, now: datetime, told: list[object]
) -> None:
    with write() as tx:
        room = a_room(tx)
        speakers = (a_speaker(tx, cast.ADA), a_speaker(tx, cast.ZOE))
        session = a_session(tx, speakers=speakers)
        sessions.schedule(tx, session.id, starts_at=cast.OPENING, room_id=room.id, now=now)
        session_id, room_id = session.id, room.id
    assert letters(read) == [
        ("programme-session_moved", "ada@example.org"),
        ("programme-session_moved", "zoe@example.org"),
    ]
    with write() as tx:  # the same again is no news
        sessions.schedule(tx, session_id, starts_at=cast.OPENING, room_id=room_id, now=now + timedelta(minutes=1))
    with write() as tx:
        sessions.schedule(tx, session_id, starts_at=None, room_id=None, now=now + timedelta(minutes=2))
    assert (len(letters(read)), len(told)) == (4, 2)


def test_a_session_that_is_not_published_moves_in_silence(write: Write, read: Read, now: datetime) -> None:
    with write() as tx:
        session = a_session(tx, speakers=(a_speaker(tx),), is_published=False)
        sessions.schedule(tx, session.id, starts_at=cast.OPENING, room_id=None, now=now)
    assert letters(read) == []


def test_publishing_writes_the_slot_once(write: Write, read: Read, now: datetime) -> None:
    with write() as tx:
        edition_id = an_edition(tx).id
        a_session(tx, speakers=(a_speaker(tx),), starts_at=cast.OPENING, is_published=False)
        a_session(tx, is_published=False)
        assert sessions.publish(tx, edition_id, None, now=now) == 2
        assert sessions.publish(tx, edition_id, None, now=now) == 0
    assert letters(read) == [("programme-session_moved", "ada@example.org")]


def test_two_sessions_do_not_share_a_room(write: Write, now: datetime) -> None:
    with write() as tx:
        room_id = a_room(tx).id
        a_session(tx, starts_at=cast.OPENING, room_id=room_id, minutes=60)
        late, after = a_session(tx), a_session(tx)
        with pytest.raises(rules.RoomTaken):
            sessions.schedule(tx, late.id, starts_at=cast.OPENING + timedelta(minutes=59), room_id=room_id, now=now)
        sessions.schedule(tx, after.id, starts_at=cast.OPENING + timedelta(minutes=60), room_id=room_id, now=now)


def test_a_room_is_taken_by_another_edition_too(write: Write, now: datetime) -> None:
    with write() as tx:
        edition = an_edition(tx)
        twin = an_edition(tx, "lens-2027-junior")
        venue = a_venue(tx, edition)
        venue.editions.append(twin)
        room = a_room(tx, venue)
        a_session(tx, edition=twin, starts_at=cast.OPENING, room_id=room.id)
        with pytest.raises(rules.RoomTaken):
            sessions.schedule(tx, a_session(tx).id, starts_at=cast.OPENING, room_id=room.id, now=now)


def test_a_speaker_is_not_in_two_rooms(write: Write, now: datetime) -> None:
    with write() as tx:
        ada = a_speaker(tx)
        a_session(tx, starts_at=cast.OPENING, speakers=(ada,))
        with pytest.raises(rules.SpeakerTaken):
            sessions.schedule(
                tx, a_session(tx, speakers=(ada,)).id, starts_at=cast.OPENING, room_id=a_room(tx).id, now=now
            )


def test_a_room_of_no_venue_of_the_edition_is_refused(write: Write, now: datetime) -> None:
    with write() as tx:
        foreign = a_room(tx, a_venue(tx, an_edition(tx, "amiens-2028")))
        with pytest.raises(rules.RoomElsewhere):
            sessions.schedule(tx, a_session(tx).id, starts_at=cast.OPENING, room_id=foreign.id, now=now)


def test_what_the_database_refuses_becomes_the_same_sentence(
    write: Write, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rule looks away the first time, as if somebody had taken the room in between."""
    asked = []

    def blind(*arguments: object, **values: object) -> list[Session]:
        asked.append(values)
        return [] if len(asked) == 1 else present

    with write() as tx:
        room = a_room(tx)
        present = [a_session(tx, starts_at=cast.OPENING, room_id=room.id)]
        late = a_session(tx)
        monkeypatch.setattr("forum.programme.queries.in_the_way", blind)
        with pytest.raises(rules.RoomTaken):
            sessions.schedule(tx, late.id, starts_at=cast.OPENING, room_id=room.id, now=now)
        assert (len(asked), late.starts_at) == (2, None)


def test_a_longer_session_must_fit_where_it_stands(write: Write, now: datetime) -> None:
    with write() as tx:
        room = a_room(tx)
        first = a_session(tx, starts_at=cast.OPENING, room_id=room.id, minutes=30)
        a_session(tx, starts_at=cast.OPENING + timedelta(minutes=45), room_id=room.id)
        with pytest.raises(rules.RoomTaken):
            sessions.change_session(tx, first.id, DETAILS, now=now)
    with write() as tx:
        first = a_session(tx, starts_at=cast.OPENING, minutes=30)
        changed = sessions.change_session(tx, first.id, DETAILS, now=now)
        assert changed.ends_at == cast.OPENING + timedelta(minutes=60)


def test_seats_stay_above_those_taken(write: Write, now: datetime) -> None:
    with write() as tx:
        session = a_session(tx, seats=10, seats_taken=4)
        few = SessionDetails(**(DETAILS.__dict__ | {"seats": 3}))
        with pytest.raises(rules.SeatsBelowTaken):
            sessions.change_session(tx, session.id, few, now=now)


def test_speakers_are_named_in_the_order_given(write: Write, read: Read, now: datetime) -> None:
    with write() as tx:
        ada, zoe = a_speaker(tx, cast.ADA), a_speaker(tx, cast.ZOE)
        details = SessionDetails(**(DETAILS.__dict__ | {"speaker_ids": (zoe.id, ada.id)}))
        session_id = sessions.add_session(tx, an_edition(tx).id, details, now=now).id
    with read() as session:
        assert [each.person.given_name for each in session.get_one(Session, session_id).speakers] == ["Zoé", "Ada"]


def test_speakers_of_another_edition_are_refused(write: Write, now: datetime) -> None:
    with write() as tx:
        foreign = a_speaker(tx, edition=an_edition(tx, "amiens-2028"))
        details = SessionDetails(**(DETAILS.__dict__ | {"speaker_ids": (foreign.id,)}))
        with pytest.raises(NotFound):
            sessions.add_session(tx, an_edition(tx).id, details, now=now)


def test_a_session_that_people_chose_is_not_removed(write: Write, read: Read) -> None:
    with write() as tx:
        free, chosen = a_session(tx), a_session(tx, seats=9, seats_taken=1)
        sessions.remove_session(tx, free.id, now=cast.NOW)
        with pytest.raises(rules.SessionInUse):
            sessions.remove_session(tx, chosen.id, now=cast.NOW)
    with read() as session:
        assert len(session.scalars(select(Session)).all()) == 1


def test_themes_come_change_and_go(write: Write, read: Read) -> None:
    with write() as tx:
        edition_id = an_edition(tx).id
        track = tracks.add_track(tx, edition_id, tracks.TrackDetails(name=LocalText(fr="Été numérique")))
        assert track.slug == "ete-numerique"
        with pytest.raises(rules.TrackExists):
            tracks.add_track(tx, edition_id, tracks.TrackDetails(name=LocalText(fr="ÉTÉ numérique")))
        session_id = a_session(tx, track_id=track.id).id
        tracks.change_track(tx, track.id, tracks.TrackDetails(name=LocalText(fr="Autre", en="Other"), position=2))
        assert (track.slug, track.name) == ("ete-numerique", {"fr": "Autre", "en": "Other"})
        tracks.remove_track(tx, track.id)
    with read() as session:
        assert session.get_one(Session, session_id).track_id is None
        assert session.scalars(select(Track)).all() == []


def test_the_database_keeps_one_speaker_row_for_a_person(write: Write) -> None:
    with pytest.raises(IntegrityError), write() as tx:
        speaker = a_speaker(tx)
        a_speaker(tx, person_id=speaker.person_id)


def test_imported_speakers_without_an_address_get_no_letter(write: Write, read: Read, now: datetime) -> None:
    with write() as tx:
        session = a_session(tx, speakers=(a_speaker(tx, ("Ada", "", "")),))
        sessions.schedule(tx, session.id, starts_at=cast.OPENING, room_id=None, now=now)
    assert letters(read) == []
    with read() as reading:
        assert reading.scalars(select(Speaker)).one().person.email == ""
