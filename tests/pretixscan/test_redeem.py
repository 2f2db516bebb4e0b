"""What a scan is answered: the behaviours that pretix's own tests name, each with our verdict in the one log."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from threading import Barrier, Thread
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from forum.badges.actions.blanks import make_blanks
from forum.badges.queries import blanks_with_numbers
from forum.checkin.models import Gate, Scan
from forum.registration.models import Registration
from tests import cast
from tests.clock import Clock
from tests.conftest import Read, Write
from tests.factories import a_badge, a_category, a_gate, a_registration, a_seat, a_session, an_edition
from tests.pretixscan.app import ORGANISER, App, a_device, switched_on

RUSH = 20


@pytest.fixture(autouse=True)
def on(app: Flask, clock: Clock) -> Iterator[None]:
    """Let pretixSCAN in, on the first morning."""
    clock.moves_to(cast.OPENING)
    with switched_on(app):
        yield


class Door:
    """A gate, a device at it, and a badge."""

    def __init__(self, app: Flask, write: Write, state: str = "confirmed", **gate: Any) -> None:
        """Prepare all three."""
        with write() as tx:
            edition = an_edition(tx)
            self.gate = a_gate(tx, edition, **gate)
            self.registration = a_registration(tx, state=state)
            self.badge = a_badge(tx, self.registration)
            device = a_device(tx, edition, self.gate)
        self.write = write
        self.app = App.set_up(app, device)
        self.code = self.badge.code

    def scan(self, **values: Any) -> tuple[int, str]:
        """Scan the badge; return the status and `ok`, or the reason."""
        response = self.app.redeem(self.gate, values.pop("secret", self.code), **values)
        body = response.get_json()
        return response.status_code, "ok" if body["status"] == "ok" else body["reason"]


Told = tuple[int, str]
OK: Told = (201, "ok")

STATES = {
    "cancelled": (400, "canceled"),
    "declined": (400, "canceled"),
    "unpaid": (400, "unpaid"),
    "pending": (400, "unapproved"),
    "offered": (400, "unapproved"),
    "waiting": (400, "unapproved"),
}


@pytest.mark.parametrize("state", STATES)
def test_who_is_not_confirmed_is_refused_in_pretix_s_words_and_let_in_when_it_happened(
    app: Flask, write: Write, state: str
) -> None:
    door = Door(app, write, state)
    assert door.scan() == STATES[state]
    assert door.scan(ignore_unpaid=True) == STATES[state]
    assert door.scan(force=True) == OK


SCANS: dict[str, tuple[list[dict[str, Any]], list[Told]]] = {
    "only once": ([{}, {}], [OK, (400, "already_redeemed")]),
    "the same nonce again": ([{"nonce": "n"}, {"nonce": "n"}], [OK, OK]),
    "the same nonce after a refusal": ([{}, {"nonce": "n"}, {"nonce": "n"}], [OK, *[(400, "already_redeemed")] * 2]),
    "forced after a refusal with the same nonce": (
        [{}, {"nonce": "n"}, {"nonce": "n", "force": True}, {"nonce": "n"}],
        [OK, (400, "already_redeemed"), OK, OK],
    ),
    "forced twice": ([{}, {"force": True}, {"force": True, "nonce": "n"}], [OK, OK, OK]),
    "in, out, in": ([{}, {"type": "exit"}, {}], [OK, OK, (400, "already_redeemed")]),
    "out without in": ([{"type": "exit"}], [OK]),
    "unknown": ([{"secret": "unknown"}, {"secret": "unknown", "force": True}], [(404, "invalid")] * 2),
    "special characters": ([{"secret": "abc+-/==\0é😀"}, {"secret": "  "}, {"secret": ""}], [(404, "invalid")] * 3),
    "a very long one": ([{"secret": "A" * 100_000}], [(404, "invalid")]),
}


@pytest.mark.parametrize("case", SCANS)
def test_scans_in_a_row_get_pretix_s_answers(app: Flask, write: Write, case: str) -> None:
    sent, told = SCANS[case]
    door = Door(app, write)
    assert [door.scan(**each) for each in sent] == told


def test_groups_lower_case_and_look_alikes_are_read(app: Flask, write: Write) -> None:
    door = Door(app, write, rule="freely")
    assert door.scan(secret=f" {door.code[:4].lower()}-{door.code[4:]}") == OK
    assert door.app.upload(door.gate, f"{door.code[:4]}/{door.code[4:]}").status_code == 404
    assert door.app.upload(door.gate, f"{door.code[:4]} {door.code[4:]}").status_code == 201


def test_a_gate_s_rule_day_hours_and_categories_are_kept(app: Flask, write: Write, clock: Clock) -> None:
    door = Door(app, write, rule="freely")
    assert [door.scan(), door.scan()] == [OK, OK]
    daily = Door(app, write, rule="once-a-day")
    assert [daily.scan(), daily.scan()] == [OK, (400, "already_redeemed")]
    clock.moves(days=1)
    assert daily.scan() == OK
    clock.moves(days=1)
    late = daily.app.redeem(daily.gate, daily.code).get_json()
    assert late["reason"] == "invalid_time"
    assert late["reason_explanation"] == "Cette porte n’est pas ouverte aujourd’hui."


def test_the_explanation_may_be_in_the_holder_s_language(app: Flask, write: Write, clock: Clock) -> None:
    door = Door(app, write)
    with write() as tx:
        tx.session.get_one(Registration, door.registration.id).person.language = "en"
    clock.moves(days=2)
    told = door.app.redeem(door.gate, door.code, use_order_locale=True).get_json()
    assert told["reason_explanation"] == "This gate is not open today."


def test_a_seat_is_an_add_on_that_the_session_s_door_asks_for(app: Flask, write: Write) -> None:
    with write() as tx:
        session = a_session(tx, starts_at=cast.OPENING, seats=10, title="Atelier")
        edition, gate = an_edition(tx), a_gate(tx, session_id=session.id, seats_kept_minutes=10)
        seated, other = a_registration(tx), a_registration(tx)
        a_seat(tx, seated, session)
        codes = [a_badge(tx, each).code for each in (seated, other)]
        device = a_device(tx, edition, gate)
    phone = App.set_up(app, device)
    (door,) = phone.get("checkinlists/").get_json()["results"]
    assert (door["all_products"], door["addon_match"]) == (False, True)
    items = {item["id"]: item["name"]["fr"] for item in phone.get("items/").get_json()["results"]}
    assert [items[number] for number in door["limit_products"]] == ["Atelier"]
    assert phone.verdict(gate, codes[0]) == "ok"
    told = phone.redeem(gate, codes[1]).get_json()
    number = "Pas de place dans cette session\N{NO-BREAK SPACE}: numéro 1 de la file à cette porte."
    assert (told["reason"], told["reason_explanation"]) == ("rules", number)
    phone.download()
    with_seat = phone.orders[seated.reference]["positions"]
    assert [position["item"] in door["limit_products"] for position in with_seat] == [False, True]
    assert [len(position["checkins"]) for position in with_seat] == [0, 1]
    assert len(phone.orders[other.reference]["positions"]) == 1


def test_a_blank_badge_and_one_of_another_edition_tell_nothing(app: Flask, write: Write) -> None:
    door = Door(app, write)
    with write() as tx:
        (number,) = make_blanks(
            tx, edition_id=an_edition(tx).id, category_id=a_category(tx).id, count=1, account_id=None, now=cast.NOW
        )
        (blank,) = blanks_with_numbers(tx.session, an_edition(tx).id, [number])
        elsewhere = a_category(tx, an_edition(tx, "amiens-2028"))
        foreign = a_badge(tx, a_registration(tx, category=elsewhere)).code
    assert door.scan(secret=blank.code) == (400, "blocked")
    told = door.app.redeem(door.gate, foreign).get_json()
    assert (told["reason"], "position" in told) == ("invalid", False)
    assert "Lovelace" not in door.app.redeem(door.gate, foreign, force=True).get_data(as_text=True)


def test_notes_are_told_only_where_the_gate_shows_them(app: Flask, write: Write) -> None:
    said = {"adjustment": "Près d’une prise", "door_word": "Accueilli par la maire"}
    for notes, texts in (
        ([], []),
        (["word"], ["Accueilli par la maire"]),
        (["word", "adjustment"], list(said.values())[::-1]),
    ):
        door = Door(app, write, notes=notes)
        with write() as tx:
            registration = tx.session.get_one(Registration, door.registration.id)
            registration.adjustment, registration.door_word = said["adjustment"], said["door_word"]
        told = door.app.redeem(door.gate, door.code).get_json()
        assert (told["checkin_texts"], told["require_attention"]) == (texts, bool(texts))
        door.app.download()
        order = door.app.orders[door.registration.reference]
        assert (order["checkin_text"], order["checkin_attention"]) == (" · ".join(texts) or None, bool(texts))


def test_the_download_shows_only_the_notes_that_every_gate_of_the_device_shows(app: Flask, write: Write) -> None:
    with write() as tx:
        gates = [a_gate(tx, notes=["word"]), a_gate(tx)]
        registration = a_registration(tx, door_word="Accueilli par la maire")
        a_badge(tx, registration)
        device = a_device(tx, an_edition(tx), *gates)
    phone = App.set_up(app, device)
    phone.download()
    assert phone.orders[registration.reference]["checkin_text"] is None


def test_two_doors_into_one_place_are_one_entry_on_both_lists(app: Flask, write: Write) -> None:
    with write() as tx:
        one, two = a_gate(tx), a_gate(tx)
        code = a_badge(tx).code
        device = a_device(tx, an_edition(tx), one, two)
    phone = App.set_up(app, device)
    assert phone.verdict(one, code) == "ok"
    assert phone.verdict(two, code) == "already_redeemed"
    phone.download()
    checkins = phone.position(code)["checkins"]
    assert [each["list"] for each in checkins] == [one.id, two.id]
    assert len({each["id"] for each in checkins}) == 2


def test_lists_are_named_one_by_one(app: Flask, write: Write) -> None:
    with write() as tx:
        one, two = a_gate(tx), a_gate(tx)
        device = a_device(tx, an_edition(tx), one, two)
    phone = App.set_up(app, device)
    search = f"{ORGANISER}/checkinrpc/search/"
    for answer in (phone.redeem(one, "x", lists=[]), phone.get(search, search="ada")):
        assert (answer.status_code, answer.get_json()) == (400, ["No check-in list passed."])
    several = ["Selecting two check-in lists from the same event is unsupported."]
    assert phone.redeem(one, "x", lists=[one.id, two.id]).get_json() == several
    assert phone.get(search, search="ada", list=[one.id, two.id]).get_json() == several


def test_a_revoked_gate_disappears_but_takes_what_it_let_through(app: Flask, write: Write, read: Read) -> None:
    door = Door(app, write)
    with write() as tx:
        tx.session.get_one(Gate, door.gate.id).revoked_at = cast.OPENING
    assert door.app.get("checkinlists/").get_json()["results"] == []
    assert door.app.redeem(door.gate, door.code).status_code == 400
    assert door.app.upload(door.gate, door.code, nonce="n").status_code == 201
    with read() as session:
        assert session.scalars(select(Scan.verdict)).all() == ["admitted"]


def test_a_passage_is_taken_back_within_a_quarter_of_an_hour_from_its_own_device(
    app: Flask, write: Write, clock: Clock
) -> None:
    door = Door(app, write)
    with write() as tx:
        other = a_device(tx, an_edition(tx), tx.session.get_one(Gate, door.gate.id))
    stranger = App.set_up(app, other)
    door.scan(nonce="n")
    annul, body = f"{ORGANISER}/checkinrpc/annul/", {"lists": [door.gate.id], "nonce": "n"}
    assert stranger.post(annul, body).status_code == 404
    assert door.app.post(annul, body | {"nonce": "other"}).status_code == 404
    assert [door.app.post(annul, body).status_code for _twice in range(2)] == [200, 200]
    assert door.scan(nonce="again") == OK
    clock.moves(minutes=16)
    late = door.app.post(annul, body | {"nonce": "again"})
    assert (late.status_code, list(late.get_json())) == (400, ["detail"])


def test_scans_that_come_late_keep_their_hour_and_nothing_comes_from_the_future(
    app: Flask, write: Write, read: Read, clock: Clock
) -> None:
    door = Door(app, write, rule="freely")
    for sent in ("2027-03-18T08:00:00Z", "2027-03-18T09:10:00+01:00", "2030-01-01T00:00:00Z", None):
        assert door.scan(datetime=sent) == OK
    with read() as session:
        at = [datetime(2027, 3, 18, 8, minute, tzinfo=UTC) for minute in (0, 10)]
        assert session.scalars(select(Scan.at).order_by(Scan.id)).all() == [*at, cast.OPENING, cast.OPENING]


def verdicts_at_once(app: Flask, phones: list[App], gate: Gate, code: str) -> Counter[str]:
    """Scan one badge on several devices at once."""
    together, told, faults = Barrier(len(phones)), Counter[str](), []

    def scan(phone: App) -> None:
        try:
            together.wait(20)
            told[phone.verdict(gate, code)] += 1
        except BaseException as fault:
            faults.append(fault)

    threads = [Thread(target=scan, args=(phone,)) for phone in phones]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    return told


@pytest.mark.rush
def test_one_of_twenty_devices_lets_a_badge_in(app: Flask, write: Write) -> None:
    """What happens without the guards is shown in tests/checkin/test_rush.py: they are the same."""
    with write() as tx:
        gate, code = a_gate(tx), a_badge(tx).code
        devices = [a_device(tx, an_edition(tx), gate, name=f"Scanner {n}") for n in range(RUSH)]
    phones = [App.set_up(app, device) for device in devices]
    assert verdicts_at_once(app, phones, gate, code) == {"ok": 1, "already_redeemed": RUSH - 1}
