"""What the privacy page promises is done: no sooner, no later, and the numbers stay."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from forum.checkin.models import Device, HeadCountChange, Scan
from forum.core.db import Transaction
from forum.forecast.models import AttendanceAnswer
from forum.messages.models import Letter
from forum.people.models import Person, SignInLink
from forum.privacy import actions, rules
from forum.privacy.actions.purge import ERASERS
from forum.programme.models import Proposal, Speaker
from forum.registration.models import Group, Registration
from tests import cast
from tests.clock import Clock
from tests.conftest import Read, Write
from tests.factories import (
    a_badge,
    a_category,
    a_gate,
    a_person,
    a_proposal,
    a_registration,
    a_session,
    a_speaker,
    an_edition,
    an_exhibitor,
)
from tests.operations.test_check import a_scan

LAST_DAY = date(2027, 3, 19)


def after(days: int) -> datetime:
    """Return noon, so many days after the edition's last one."""
    return datetime(LAST_DAY.year, LAST_DAY.month, LAST_DAY.day, 12, tzinfo=cast.NOW.tzinfo) + timedelta(days=days)


def purge_at(write: Write, moment: datetime) -> dict[str, int]:
    with write() as tx:
        return actions.purge(tx, now=moment)


def a_group(tx: Transaction) -> Group:
    values = {"name": "Famille Lovelace", "token": "g", "submission_key": "k", "created_at": cast.NOW}
    category = a_category(tx)
    leader = a_person(tx, cast.ZOE)
    return tx.add(Group(edition_id=category.edition_id, category_id=category.id, leader_id=leader.id, **values))


def a_letter(tx: Transaction, **values: object) -> Letter:
    defaults: dict[str, object] = {
        "kind": "registration-confirmed", "once_key": "k", "to_email": "ada@example.org", "to_name": "Ada",
        "language": "fr", "subject": "Votre badge", "text": "Bonjour", "html": "<p>Bonjour",
        "attachments": [["badge", 1]],
        "next_try_at": cast.NOW, "written_at": cast.NOW, "state": "sent",
    }  # fmt: skip
    return tx.add(Letter(**(defaults | values)))


@pytest.mark.parametrize(("days", "left"), [(29, "Une boucle magnétique"), (30, "Une boucle magnétique"), (31, "")])
def test_adjustments_go_thirty_days_after(write: Write, read: Read, days: int, left: str) -> None:
    with write() as tx:
        a_registration(tx, adjustment="Une boucle magnétique")
    purge_at(write, after(days))
    with read() as session:
        assert session.scalar(select(Registration.adjustment)) == left


def test_people_become_nobody_after_twelve_months_and_still_count(write: Write, read: Read) -> None:
    with write() as tx:
        registration = a_registration(tx, queue_note="Sa sœur Zoé a une place")
        registration.person.news_consent_at = cast.NOW
        tx.add(AttendanceAnswer(registration_id=registration.id, answer="coming"))
        a_group(tx)
        a_scan(tx, a_badge(tx, registration), a_gate(tx), at=cast.OPENING)
    assert purge_at(write, after(365))["persons"] == 0
    assert purge_at(write, after(367))["persons"] == 2
    with read() as session:
        person = session.scalars(select(Person).limit(1)).one()
        assert (person.name, person.email, person.organisation_name, person.search_text) == ("—", "", None, "")
        assert (person.anonymised_at, person.news_consent_at) == (after(367), None)
        assert session.scalars(select(Registration.queue_note)).all() == [""]
        assert session.scalars(select(AttendanceAnswer.answer)).all() == ["coming"]
        assert session.scalars(select(Group.name)).all() == ["—"]
        assert session.scalar(select(func.count(Scan.id))) == 1
        assert session.scalar(select(Registration.state)) == "confirmed"


def test_who_comes_again_is_not_forgotten(write: Write, read: Read) -> None:
    with write() as tx:
        person = a_person(tx)
        a_registration(tx, person_id=person.id)
        next_year = an_edition(tx, "amiens-2028", first_day=date(2028, 3, 1), last_day=date(2028, 3, 2))
        a_registration(tx, person_id=person.id, category=a_category(tx, next_year))
    assert purge_at(write, after(400))["persons"] == 0


@pytest.mark.parametrize("role", ["speaker", "exhibitor"])
def test_speakers_and_exhibitors_of_recent_editions_stay(write: Write, role: str) -> None:
    with write() as tx:
        an_exhibitor(tx) if role == "exhibitor" else a_speaker(tx)
    assert purge_at(write, after(364))["persons"] == 0
    assert purge_at(write, after(367))["persons"] == 1


def test_the_name_of_who_spoke_stays_in_the_archive(write: Write, read: Read) -> None:
    with write() as tx:
        spoke = a_speaker(tx, cast.ADA, biography="Mathématicienne.")
        a_session(tx, speakers=(spoke,))
        a_speaker(tx, cast.ZOE, biography="Ne vint pas.")
    purge_at(write, after(367))
    with read() as session:
        found = [(each.person.name, each.person.email, each.biography) for each in session.scalars(select(Speaker))]
        assert sorted(found) == [("Ada Lovelace", "", "Mathématicienne."), ("—", "", "")]


def test_what_came_to_nothing_is_forgotten(write: Write, read: Read) -> None:
    with write() as tx:
        a_proposal(tx, state="declined", title="Refusée", note="Hors sujet", availability="Jeudi")
        a_proposal(tx, a_speaker(tx, cast.ZOE), state="accepted", title="Acceptée", note="Très bien")
    purge_at(write, after(367))
    with read() as session:
        found = {(each.state, each.title, each.note, each.availability) for each in session.scalars(select(Proposal))}
        assert found == {("declined", "—", "", ""), ("accepted", "Acceptée", "", "")}


@pytest.mark.parametrize(("state", "is_erased"), [("sent", True), ("failed", True), ("kept", True), ("waiting", False)])
def test_letters_lose_their_words(write: Write, read: Read, state: str, is_erased: bool) -> None:
    with write() as tx:
        a_letter(tx, state=state)
    assert purge_at(write, cast.NOW + timedelta(days=89))["letters"] == 0
    assert purge_at(write, cast.NOW + timedelta(days=91))["letters"] == int(is_erased)
    with read() as session:
        letter = session.scalars(select(Letter)).one()
        assert letter.kind == "registration-confirmed"
        assert (letter.text == "") == (letter.to_email == "") == (letter.attachments == []) == is_erased


def test_the_words_of_the_door_go_and_its_counts_stay(write: Write, read: Read) -> None:
    with write() as tx:
        gate = a_gate(tx)
        device = tx.add(Device(gate_id=gate.id, key="phone-one", last_seen_at=cast.NOW))
        a_scan(tx, a_badge(tx), gate, at=cast.OPENING, reason="cancelled", override="Le maire la connaît")
        values = {"edition_id": gate.edition_id, "kind": "forum", "difference": -7, "at": cast.OPENING}
        tx.add(
            HeadCountChange(uuid="u", reason="Compté à vue", device_id=device.id, received_at=cast.OPENING, **values)
        )
    assert purge_at(write, after(365))["scans"] == 0
    assert purge_at(write, after(367))["scans"] == 2
    with read() as session:
        assert session.scalars(select(Scan.override)).all() == [""]
        change = session.scalars(select(HeadCountChange)).one()
        assert (change.difference, change.reason, change.device_id) == (-7, "", None)


def test_links_and_phones_are_forgotten(write: Write, read: Read) -> None:
    with write() as tx:
        account = cast.account(tx, "owner")
        tx.add(SignInLink(account_id=account.id, token_hash="h", expires_at=cast.NOW))
        gate = a_gate(tx)
        device = tx.add(Device(gate_id=gate.id, key="phone", last_seen_at=cast.OPENING))
        a_scan(tx, a_badge(tx), gate, at=cast.OPENING, device_id=device.id)
    purged = purge_at(write, after(31))
    assert (purged["sign_in_links"], purged["devices"]) == (1, 1)
    with read() as session:
        assert session.scalar(select(func.count(Scan.id)).where(Scan.device_id.is_(None))) == 1


def test_a_second_purge_finds_nothing(write: Write) -> None:
    with write() as tx:
        a_registration(tx, adjustment="Une chaise")
        a_speaker(tx, cast.ZOE)
        a_letter(tx)
    assert sum(purge_at(write, after(400)).values()) == 4
    assert sum(purge_at(write, after(400)).values()) == 0


def test_a_dry_run_erases_nothing(app: Flask, write: Write, read: Read, clock: Clock) -> None:
    with write() as tx:
        a_registration(tx, adjustment="Une chaise")
    clock.moves_to(after(31))
    result = app.test_cli_runner().invoke(args=["purge", "--dry-run"])
    assert (
        "       1  L’aménagement dont vous avez besoin, le justificatif demandé par une catégorie, "
        "et le mot des organisateurs à l’entrée à votre sujet\n" in result.output
    )
    with read() as session:
        assert session.scalar(select(Registration.adjustment)) == "Une chaise"
    app.test_cli_runner().invoke(args=["purge"])
    with read() as session:
        assert session.scalar(select(Registration.adjustment)) == ""


def test_it_runs_by_itself(app: Flask, write: Write, read: Read, clock: Clock) -> None:
    from forum.privacy.jobs import purge_nightly

    with write() as tx:
        a_registration(tx, adjustment="Une chaise")
    with app.app_context():
        assert purge_nightly(after(31)) == 1
    with read() as session:
        assert session.scalar(select(Registration.adjustment)) == ""


def test_every_kind_that_ends_has_somebody_who_erases_it() -> None:
    ends = {kept.key for kept in rules.KEPT if kept.since != "never" and kept.fate == "erased"}
    assert ends <= set(ERASERS)


def test_the_promise_is_in_both_languages(app: Flask) -> None:
    with app.test_request_context("/?lang=en"):
        english = [str(each.end) for each in rules.KEPT]
    with app.test_request_context("/?lang=fr"):
        french = [str(each.end) for each in rules.KEPT]
    assert len({*english, *french}) == len({*english}) + len({*french})
    assert any("30 jours" in words.replace("\u00a0", " ") for words in french)
