"""Paper: the kit printed beforehand, blank badges that get a name later, ticks brought back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from forum.badges.models import Badge, BlankBadge
from forum.checkin.actions import Reading, check_in
from forum.checkin.models import Presence, Scan
from forum.desk.models import BlankReading, PaperKit
from forum.people.models import Person
from forum.registration.models import Registration
from tests import cast
from tests.clock import Clock
from tests.conftest import Read, Write
from tests.desk.reception import DESK, a_guest, text_of
from tests.factories import a_category, a_gate, a_seat, a_session
from tests.inspection import InspectingClient, words

ClientFor = Callable[[str], InspectingClient]
PAPER = f"{DESK}/paper"


def a_kit(client: InspectingClient, run_jobs: Callable[[], int], **asked: str | None) -> bytes:
    """Return the file of a kit."""
    assert client.submit(PAPER, dict(asked), form="form[action$='/kit']").status_code == 303
    run_jobs()
    link = client.page(PAPER).select_one("a[href$='.pdf']")
    return client.get(str(link["href"])).data


def test_one_button_makes_lists_and_badges_with_valid_codes(
    client_for: ClientFor, write: Write, read: Read, run_jobs: Callable[[], int]
) -> None:
    with write() as tx:
        for who in (cast.ZOE, cast.ADA, cast.ELENI):
            registration_id = a_guest(tx, who)
        from forum.registration.models import Registration

        a_seat(tx, tx.session.get_one(Registration, registration_id), a_session(tx, seats=10))
        a_guest(tx, cast.OMAR, state="cancelled")
    text = text_of(a_kit(client_for("organiser"), run_jobs, blanks="3"))
    order = [text.index(name) for name in ("de La Motte-Françoise, Zoé", "Lovelace, Ada", "Παπαδοπούλου")]
    assert order == sorted(order)
    assert ("●" in text, "3 personnes" in text, "Grand public" in text, "الفاروق" in text) == (True, True, True, False)
    assert ["n° 1" in text.lower(), "n° 3" in text.lower()] == [True, True]
    with read() as session:
        assert len(session.scalars(select(BlankBadge)).all()) == 3


def test_a_kit_of_nothing_is_refused_and_its_file_goes_after_a_day(
    client_for: ClientFor, write: Write, read: Read, run_jobs: Callable[[], int], clock: Clock
) -> None:
    with write() as tx:
        a_guest(tx)
    client = client_for("organiser")
    nothing = {"everybody": None, "by_category": None, "blanks": "0"}
    assert client.submit(PAPER, nothing, form="form[action$='/kit']").status_code == 422
    assert client.submit(PAPER, {"blanks": "5000"}, form="form[action$='/kit']").status_code == 422
    assert a_kit(client, run_jobs, blanks="0")[:5] == b"%PDF-"
    clock.moves(hours=25)
    run_jobs()
    with read() as session:
        (kit,) = session.scalars(select(PaperKit)).all()
    assert (kit.has_file, client.get(f"{PAPER}/kits/{kit.key}.pdf").status_code) == (False, 410)


def test_a_blank_read_at_a_gate_waits_for_its_name_and_then_its_holder_was_there(
    client_for: ClientFor, write: Write, read: Read, run_jobs: Callable[[], int], clock: Clock
) -> None:
    clock.moves_to(cast.OPENING)
    with write() as tx:
        a_guest(tx)
    client = client_for("organiser")
    a_kit(client, run_jobs, blanks="1")
    with write() as tx:
        code = tx.session.scalars(select(BlankBadge.code)).one()
        gate = a_gate(tx)
        for _twice in range(2):
            check_in(tx, gate, Reading(uuid="blank-1", code=code, at=cast.OPENING), now=cast.OPENING)
    assert words(client.page(PAPER).select_one(".desk-two tbody tr"))[:4] == "N° 1"
    clock.moves(hours=3)
    assert client.get(f"{DESK}?q={code}").location == f"{DESK}?blank={code}"
    answer = client.submit(f"{DESK}?blank={code}&q=zoe", {}, form="form[action*='/blank']")
    assert answer.status_code == 303
    with read() as session:
        reading = session.scalars(select(BlankReading)).one()
        passage = session.scalars(select(Scan).where(Scan.verdict == "admitted")).one()
        assert (passage.at, passage.badge_id, reading.counted_at) == (cast.OPENING, badge_of(session, code), clock())
        assert [each.is_inside for each in session.scalars(select(Presence))] == [True]
    assert client.page(PAPER).select(".desk-two tbody tr") == []
    again = client.submit(f"{DESK}?q=zoe", {}, form="form.person-card__again")
    assert again.status_code == 409  # it is on paper: a reason is asked


def test_badges_that_paper_brought_back_are_named_one_after_the_other(
    client_for: ClientFor, write: Write, read: Read, run_jobs: Callable[[], int]
) -> None:
    with write() as tx:
        a_guest(tx, cast.ADA)
    client = client_for("organiser")
    a_kit(client, run_jobs, blanks="3")
    assert [field["name"] for field in client.page(f"{PAPER}/blanks?blank=1").select("[autofocus]")] == ["name"]
    person = client.page(f"{PAPER}/blanks?blank=1&name=lovelace").select("button[name=registration]")
    assert [words(button) for button in person] == ["Lovelace, Ada Grand public"]
    chosen = {"registration": person[0]["value"]}
    answer = client.submit(f"{PAPER}/blanks?blank=1&name=lovelace", chosen, form="form[action$='/give']")
    assert (answer.status_code, answer.location) == (303, f"{PAPER}/blanks")
    newcomer = f"{PAPER}/blanks?blank=n°2&name=Zoubida+Ben Ali"
    asked = client.page(newcomer).select("form[action$='/register'] [type=text]")
    assert [field["value"] for field in asked] == ["Zoubida", "Ben Ali"]
    nameless = client.submit(newcomer, {"given_name": " "}, form="form[action$='/register']")
    assert nameless.status_code == 422
    assert client.submit(newcomer, {}, form="form[action$='/register']").status_code == 303
    with read() as session:
        named = session.execute(
            select(BlankBadge.number, Person.given_name)
            .join(Badge, Badge.id == BlankBadge.badge_id)
            .join(Registration, Registration.id == Badge.registration_id)
            .join(Registration.person)
            .order_by(BlankBadge.number)
        ).all()
        assert [tuple(each) for each in named] == [(1, "Ada"), (2, "Zoubida")]
    taken = client.get(f"{PAPER}/blanks?blank=2")
    assert (taken.status_code, "Prenez-en un autre" in taken.text) == (404, True)
    late = client.submit(f"{PAPER}/blanks?blank=3&name=ada", chosen | {"blank": "2"}, form="form[action$='/give']")
    assert late.status_code == 409


def badge_of(session: Session, code: str) -> int:
    return session.scalars(select(Badge.id).where(Badge.code == code)).one()


def test_ticks_become_passages_with_their_hour_each_once(
    client_for: ClientFor, write: Write, read: Read, clock: Clock
) -> None:
    clock.moves_to(cast.OPENING + timedelta(hours=2))
    with write() as tx:
        a_guest(tx, cast.ADA)
        a_guest(tx, ("Luc", "Leroy", "luc@example.org"))
        a_gate(tx)
    client = client_for("organiser")
    page = client.page(f"{PAPER}/ticks?letter=L")
    badges = [box["value"] for box in page.select("input[name=badge]")]
    ticks = {"badge": badges, "at": "2027-03-18T09:40"}
    for _twice in range(2):
        assert client.submit(f"{PAPER}/ticks?letter=L", ticks).status_code == 303
    with read() as session:
        scans = session.scalars(select(Scan)).all()
        assert [(scan.verdict, scan.reason, scan.at) for scan in scans] == [
            ("admitted", "paper", cast.OPENING + timedelta(minutes=10))
        ] * 2
    early = client.submit(f"{PAPER}/ticks?letter=L", ticks | {"at": "2027-03-18T23:00"})
    assert (early.status_code, "pas encore passée" in early.text) == (422, True)
    assert client.submit(f"{PAPER}/ticks?letter=L", {"badge": []}).status_code == 422


@pytest.mark.parametrize("wanted", ["999", "ABC", "0", "-1", "9" * 400])
def test_what_is_no_blank_badge_is_not_in_hand(client_for: ClientFor, write: Write, wanted: str) -> None:
    with write() as tx:
        a_category(tx)
    assert client_for("organiser").page(f"{DESK}?blank={wanted}").select(".counter__blank") == []
