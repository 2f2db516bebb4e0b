"""The scan API: each scan judged on its own, the same id the same answer, refusals that a phone understands."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import func, select

from forum.checkin import actions
from forum.checkin.models import Device, Gate, Presence, Scan
from forum.core import codes
from forum.core.db import LocalText, db
from tests import cast
from tests.checkin.door import Phone
from tests.clock import Clock
from tests.conftest import Read, Write
from tests.factories import a_badge, a_gate, a_person, a_registration, a_seat, a_session, a_venue, an_edition
from tests.statements import statements_of


@pytest.fixture
def opening(clock: Clock) -> Clock:
    """Put the clock to the first morning."""
    clock.moves_to(cast.OPENING)
    return clock


@pytest.fixture
def code(write: Write) -> str:
    """Return the code of Ada's badge."""
    with write() as tx:
        return a_badge(tx).code


@pytest.fixture
def phone(app: Flask, write: Write, opening: Clock) -> Phone:
    """Return a phone at the main entrance of a venue for 500."""
    with write() as tx:
        return Phone.at(app, a_gate(tx, venue_id=a_venue(tx).id))


def test_a_badge_is_let_in_once_and_the_second_scan_says_when_and_where(
    phone: Phone, code: str, opening: Clock
) -> None:
    first = phone.scan_item(code)
    assert phone.results(first) == [
        {
            "id": first["id"],
            "verdict": "admitted",
            "reason": None,
            "at": "2027-03-18T08:30:00.000Z",
            "person": {"name": "Ada Lovelace", "category": "Grand public"},
            "first": None,
            "message": "Badge valable.",
            "advice": "Laissez entrer.",
        }
    ]
    opening.moves(minutes=10)
    second = phone.scan_item(code, at=opening())
    assert phone.results(second, now=opening().isoformat()) == [
        {
            "id": second["id"],
            "verdict": "already-in",
            "reason": None,
            "at": "2027-03-18T08:40:00.000Z",
            "person": {"name": "Ada Lovelace", "category": "Grand public"},
            "first": {"at": "2027-03-18T08:30:00.000Z", "gate": "Entrée principale"},
            "message": "À l’intérieur depuis 9\xa0h\xa030, Entrée principale.",
            "advice": "Vérifiez qui porte le badge, ou envoyez la personne à l’accueil.",
        }
    ]


def test_an_id_sent_again_gets_its_first_answer_again(phone: Phone, code: str, opening: Clock, read: Read) -> None:
    scan = phone.scan_item(code)
    first = phone.results(scan)
    opening.moves(minutes=5)
    assert phone.results(scan) == first
    assert phone.results(scan | {"code": codes.new_code()}) == first
    with read() as session:
        assert session.scalar(select(func.count()).select_from(Scan)) == 1


def test_an_id_twice_in_one_batch_is_one_scan(phone: Phone, code: str) -> None:
    scan = phone.scan_item(code)
    assert [answer["verdict"] for answer in phone.results(scan, scan)] == ["admitted", "admitted"]


def test_a_refused_scan_sent_again_is_refused_again_with_the_same_words(phone: Phone, code: str) -> None:
    phone.results(phone.scan_item(code))
    second = phone.scan_item(code)
    assert phone.results(second) == phone.results(second)


def test_one_broken_item_does_not_block_the_others(phone: Phone, code: str) -> None:
    good, other = phone.scan_item(code), phone.scan_item(codes.new_code())
    broken = [
        None,
        7,
        "scan",
        [],
        {},
        {"id": 3},
        {"id": "not a uuid", "code": code, "at": good["at"]},
        phone.scan_item(code) | {"at": "yesterday"},
        phone.scan_item(code) | {"at": "2027-03-18T09:30:00"},
        phone.scan_item(code) | {"at": "0001-01-01T00:00:00+23:59"},
        phone.scan_item(None),
        phone.scan_item(["x"]),
        phone.scan_item(code, direction="sideways"),
        phone.scan_item(code, direction=None),
    ]
    results = phone.results(*broken, good, other)
    assert [answer["verdict"] for answer in results] == ["unknown"] * len(broken) + ["admitted", "unknown"]
    assert [answer.get("unreadable", False) for answer in results] == [True] * len(broken) + [False, False]
    assert all(answer["message"] for answer in results)


@pytest.mark.parametrize(
    "wrong",
    ["", "x", "7K3M", "0" * 25, "💥", "ع" * 26, "A" * 10_000, "' OR 1=1 --", "\x00", "ILOUILOUILOUILOUILOUILOU00"],
)
def test_forged_and_truncated_codes_are_unknown(phone: Phone, wrong: str) -> None:
    assert phone.verdict(wrong or " ") == "unknown"


def test_a_well_formed_code_that_is_not_ours_is_unknown(phone: Phone) -> None:
    assert phone.verdict(codes.new_code()) == "unknown"


def test_a_code_typed_by_hand_is_understood(phone: Phone, code: str) -> None:
    typed = codes.grouped(code).lower().replace("0", "o").replace("1", "l")
    assert phone.verdict(typed) == "admitted"


def test_a_person_found_by_name_is_sent_by_hash(phone: Phone, code: str) -> None:
    item = phone.scan_item(None) | {"hash": hashlib.sha256(code.encode()).hexdigest()}
    assert [answer["verdict"] for answer in phone.results(item)] == ["admitted"]


def test_a_badge_of_another_edition_is_not_named(phone: Phone, write: Write) -> None:
    with write() as tx:
        from tests.factories import a_category

        other = a_category(tx, an_edition(tx, "amiens-2028"))
        foreign = a_badge(tx, a_registration(tx, category=other)).code
    answer = phone.results(phone.scan_item(foreign))[0]
    assert (answer["verdict"], answer["person"]) == ("wrong-gate", None)
    assert answer["message"].startswith("Ce badge est celui d’une autre édition")


def test_cancelled_and_replaced_badges_say_which(phone: Phone, write: Write) -> None:
    with write() as tx:
        cancelled = a_badge(tx, a_registration(tx, state="cancelled")).code
        registration = a_registration(tx, cast.ZOE)
        replaced = a_badge(tx, registration, voided_at=cast.NOW).code
    answers = phone.results(phone.scan_item(cancelled), phone.scan_item(replaced))
    assert [(answer["verdict"], answer["message"]) for answer in answers] == [
        ("cancelled", "Cette inscription est annulée."),
        ("cancelled", "Un badge plus récent remplace celui-ci."),
    ]


def test_the_day_before_is_not_today(app: Flask, write: Write, clock: Clock, code: str) -> None:
    with write() as tx:
        early = Phone.at(app, a_gate(tx))
    assert early.verdict(code, at=clock()) == "not-today"


def test_each_day_has_its_entry_but_once_means_once(app: Flask, write: Write, code: str, opening: Clock) -> None:
    with write() as tx:
        daily = Phone.at(app, a_gate(tx, rule="once-a-day", venue_id=a_venue(tx).id))
        once = Phone.at(app, a_gate(tx, rule="once", venue_id=a_venue(tx).id))
        free = Phone.at(app, a_gate(tx, rule="freely", venue_id=a_venue(tx).id))
    seen = []
    for _day in range(2):
        for door in (daily, once, free):
            seen.append([door.verdict(code, at=opening()) for _ in range(2)])
        opening.moves(days=1)
    assert seen == [
        ["admitted", "already-in"], ["admitted", "already-in"], ["admitted", "admitted"],
        ["admitted", "already-in"], ["already-in", "already-in"], ["admitted", "admitted"],
    ]  # fmt: skip


def test_a_session_door_lets_in_who_has_a_seat(app: Flask, write: Write, opening: Clock) -> None:
    with write() as tx:
        workshop = a_session(tx, seats=10, starts_at=cast.OPENING + timedelta(minutes=20))
        door = Phone.at(app, a_gate(tx, session_id=workshop.id))
        seated = a_registration(tx)
        a_seat(tx, seated, workshop)
        with_seat, without = a_badge(tx, seated).code, a_badge(tx, a_registration(tx, cast.ZOE)).code
    assert [door.verdict(code) for code in (with_seat, without, with_seat)] == ["admitted", "wrong-gate", "already-in"]
    assert door.get("status").get_json()["inside"] == 1


def test_a_phone_two_hours_off_is_put_right(phone: Phone, code: str, read: Read) -> None:
    off = timedelta(hours=2)
    late = phone.scan_item(code, at=cast.OPENING - timedelta(minutes=3) + off)
    phone.results(late, now=(cast.OPENING + off).isoformat())
    with read() as session:
        assert session.scalar(select(Scan.at)) == cast.OPENING - timedelta(minutes=3)


def test_the_badges_of_a_batch_are_read_together_and_a_badge_twice_in_it_enters_once(
    phone: Phone, code: str, write: Write
) -> None:
    with write() as tx:
        other = a_badge(tx, a_registration(tx, person=a_person(tx, cast.ZOE))).code
    with statements_of(phone.app) as sent:
        results = phone.results(*(phone.scan_item(each) for each in (code, other, code)))
    assert [result["verdict"] for result in results] == ["admitted", "admitted", "already-in"]
    assert sum("FROM badge JOIN" in " ".join(statement.split()) for statement in sent) == 2


def test_five_hundred_at_once_and_not_one_more(phone: Phone, write: Write, read: Read) -> None:
    with write() as tx:
        several = [a_badge(tx, a_registration(tx)).code for _ in range(40)]
    items = [phone.scan_item(several[number % 40]) for number in range(500)]
    verdicts = [answer["verdict"] for answer in phone.results(*items)]
    assert (verdicts.count("admitted"), verdicts.count("already-in")) == (40, 460)
    refused = phone.send(*items, phone.scan_item("x"))
    assert (refused.status_code, refused.get_json()["code"]) == (422, "too-many-scans")


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"scans": 3}', b"null", b'{"now": "x"}'])
def test_a_body_that_is_no_batch_is_refused_with_a_sentence(phone: Phone, body: bytes) -> None:
    headers = phone.all_headers() | {"Content-Type": "application/json"}
    response = phone.app.test_client().post(f"/api/v1/gates/{phone.key}/scans", data=body, headers=headers)
    assert (response.status_code, response.mimetype) == (422, "application/problem+json")
    assert response.get_json()["code"] == "unreadable-batch"


@pytest.mark.parametrize("path", ["scans", "list", "search?q=ada", "status"])
def test_the_wrong_token_opens_nothing(phone: Phone, path: str) -> None:
    client = phone.app.test_client()
    for header in ({}, {"Authorization": "Bearer nonsense"}, {"Authorization": f"Basic {phone.token}"}):
        method = client.post if path == "scans" else client.get
        response = method(f"/api/v1/gates/{phone.key}/{path}", headers=header)
        assert (response.status_code, response.get_json()["code"]) == (401, "no-gate-token")
    other = Phone(phone.app, "nosuchky", phone.token)
    assert other.get("list").status_code == 401


def test_a_gates_token_opens_no_other_gate(phone: Phone, app: Flask, write: Write) -> None:
    with write() as tx:
        other = Phone.at(app, a_gate(tx))
    assert Phone(app, other.key, phone.token).get("list").status_code == 401


def test_a_revoked_gate_is_gone_and_a_new_link_opens_it_again(phone: Phone, code: str, write: Write) -> None:
    with write() as tx:
        gate_id = tx.session.scalar(select(Gate.id).where(Gate.key == phone.key))
        actions.revoke_gate(tx, gate_id, now=cast.OPENING)
    response = phone.send(phone.scan_item(code))
    assert (response.status_code, response.get_json()["code"]) == (410, "gate-revoked")
    with write() as tx:
        token = actions.renew_link(tx, gate_id).token
    assert phone.get("list").status_code == 401
    assert Phone(phone.app, phone.key, token).verdict(code) == "admitted"


def test_a_gate_is_kept_for_a_second_for_its_own_phones_and_a_new_link_opens_at_once(
    phone: Phone, code: str, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(phone.app.extensions, "forum.kept_seconds", 3600.0)
    assert phone.verdict(code) == "admitted"
    with statements_of(phone.app) as sent:
        assert phone.verdict(code) == "already-in"
    assert [statement for statement in sent if "FROM gate" in statement] == []
    with write() as tx:
        token = actions.renew_link(tx, tx.session.scalar(select(Gate.id).where(Gate.key == phone.key))).token
    assert Phone(phone.app, phone.key, token).verdict(code) == "already-in"


def test_after_the_edition_late_scans_are_taken_for_two_days_and_nothing_else(
    phone: Phone, code: str, opening: Clock
) -> None:
    evening = cast.OPENING + timedelta(days=1, hours=8)
    opening.moves_to(evening + timedelta(days=1))
    assert phone.get("list").status_code == 410
    late = phone.scan_item(code, at=evening, shown="admitted")
    assert phone.results(late, now=opening().isoformat())[0]["verdict"] == "admitted"
    opening.moves(days=2)
    assert phone.send(phone.scan_item(code)).get_json()["code"] == "edition-over"


def test_two_phones_without_network_that_let_the_same_badge_in_are_both_kept_and_the_second_is_marked(
    phone: Phone, code: str, read: Read
) -> None:
    phone.verdict(code, shown="admitted")
    answer = phone.results(phone.scan_item(code, at=cast.OPENING - timedelta(minutes=1), shown="admitted"))[0]
    assert (answer["verdict"], answer["first"]["gate"]) == ("conflict", "Entrée principale")
    with read() as session:
        assert session.scalars(select(Scan.verdict).order_by(Scan.id)).all() == ["admitted", "conflict"]
        assert session.scalars(select(Presence.is_inside)).all() == [True]


def test_who_leaves_is_no_longer_counted(phone: Phone, code: str) -> None:
    counts = []
    for direction in ("in", "out"):
        phone.verdict(code, direction=direction)
        counts.append(phone.get("status").get_json()["inside"])
    assert counts == [1, 0]


def test_a_late_entry_does_not_bring_back_who_left_after_it(phone: Phone, code: str) -> None:
    phone.verdict(code, direction="out", at=cast.OPENING)
    phone.verdict(code, at=cast.OPENING - timedelta(minutes=30), shown="admitted")
    assert phone.get("status").get_json()["inside"] == 0


def test_the_status_says_the_word_when_it_gets_full(app: Flask, write: Write, opening: Clock) -> None:
    with write() as tx:
        door = Phone.at(app, a_gate(tx, venue_id=a_venue(tx, safe_capacity=5).id))
        several = [a_badge(tx, a_registration(tx)).code for _ in range(5)]
    levels = []
    for each in several:
        door.verdict(each)
        status = door.get("status").get_json()
        levels.append((status["inside"], status["capacity"], status["level"]))
    assert levels == [(1, 5, None), (2, 5, None), (3, 5, None), (4, 5, 80), (5, 5, 100)]
    assert status["alert"] == "Complet\xa0: un sort, un entre"


def test_a_passage_is_taken_back_and_the_badge_may_enter_again(phone: Phone, code: str, read: Read) -> None:
    scan = phone.scan_item(code)
    phone.results(scan)
    assert phone.undo(scan["id"]).get_json() == {"id": scan["id"], "undone": True}
    assert phone.undo(scan["id"]).status_code == 200
    assert phone.get("status").get_json()["inside"] == 0
    assert phone.verdict(code) == "admitted"
    with read() as session:
        assert [bool(at) for at in session.scalars(select(Scan.undone_at).order_by(Scan.id))] == [True, False]


def test_undoing_an_exit_brings_the_person_back_inside(phone: Phone, code: str) -> None:
    phone.verdict(code)
    out = phone.scan_item(code, direction="out", at=cast.OPENING + timedelta(seconds=0))
    phone.results(out)
    phone.undo(out["id"])
    assert phone.get("status").get_json()["inside"] == 1


def test_an_undo_that_comes_too_late_or_from_another_phone_is_refused(phone: Phone, code: str, opening: Clock) -> None:
    scan = phone.scan_item(code)
    phone.results(scan)
    other = Phone(phone.app, phone.key, phone.token, device="phone-two")
    assert other.undo(scan["id"]).get_json()["code"] == "other-device"
    opening.moves(minutes=16)
    assert phone.undo(scan["id"]).get_json()["code"] == "too-late-to-undo"
    in_time = (cast.OPENING + timedelta(minutes=1)).isoformat()
    assert phone.undo(scan["id"], at=in_time, now=opening().isoformat()).status_code == 200
    assert phone.undo(str(uuid4())).status_code == 404
    assert phone.undo("x").status_code == 404


def test_a_phone_is_known_with_what_it_has_yet_to_send(phone: Phone, code: str, read: Read) -> None:
    phone.results(phone.scan_item(code), pending=3)
    with read() as session:
        assert [(device.key, device.pending) for device in session.scalars(select(Device))] == [("phone-one", 3)]
    phone.get("list")
    with read() as session:
        assert [(device.key, device.pending) for device in session.scalars(select(Device))] == [("phone-one", 0)]


def test_search_forgives_accents_and_shows_a_few(phone: Phone, write: Write) -> None:
    from forum.people.rules import search_text

    with write() as tx:
        for who in (cast.ADA, cast.ZOE, cast.NGUYEN, *[("Zoé", f"Martin {n}", "z@example.org") for n in range(12)]):
            person = a_person(tx, who, search_text=search_text(who[0], who[1]))
            a_badge(tx, a_registration(tx, person_id=person.id))
    found = phone.get("search?q=zoe de la motte").get_json()["people"]
    assert [(person["name"], person["state"]) for person in found] == [("Zoé de La Motte-Françoise", "valid")]
    assert len(phone.get("search?q=ZOÉ").get_json()["people"]) == 8
    assert phone.get("search?q=nguyen hong").get_json()["people"][0]["name"] == "Thị Hồng Ánh Nguyễn"
    assert phone.get("search?q=%25%25").get_json()["people"] == []
    assert phone.get("search?q=a").get_json()["code"] == "too-short-search"


def test_verdicts_speak_the_phones_language(phone: Phone, code: str) -> None:
    phone.headers["Accept-Language"] = "en"
    assert phone.results(phone.scan_item(code))[0]["advice"] == "Let them in."


def test_a_single_scan_asks_the_database_few_things(phone: Phone, code: str) -> None:
    phone.verdict(codes.new_code())
    with statements_of(phone.app) as sent:
        phone.verdict(code)
    # The gate, the device (written once a minute), the badge, the scan, the presence; on PostgreSQL these two in one.
    asked = [statement for statement in sent if not statement.startswith("BEGIN")]
    assert len(asked) == 5 - is_postgresql(phone.app), asked


def is_postgresql(app: Flask) -> bool:
    """Tell which database the tests run on."""
    with app.app_context():
        return db.engine.dialect.name == "postgresql"


def test_the_list_takes_as_many_statements_for_thirty_as_for_one(phone: Phone, write: Write, code: str) -> None:
    with statements_of(phone.app) as few:
        phone.get("list")
    with write() as tx:
        for _ in range(30):
            a_badge(tx, a_registration(tx))
    with statements_of(phone.app) as many:
        phone.get("list")
    assert len(many) == len(few)


def names(answer: dict[str, list[dict[str, str]]]) -> list[str]:
    """Return the names of a list's answer."""
    return sorted(person["name"] for person in answer["people"])


def test_the_list_holds_hashes_and_the_little_a_door_must_show(phone: Phone, code: str) -> None:
    phone.verdict(code)
    answer = phone.get("list").get_json()
    assert answer["people"] == [
        {
            "code": hashlib.sha256(code.encode()).hexdigest(),
            "name": "Ada Lovelace",
            "category": "Grand public",
            "state": "valid",
            "seat": False,
            "entered": {"at": "2027-03-18T08:30:00.000Z", "day": "2027-03-18", "gate": "Entrée principale"},
        }
    ]
    assert code not in phone.get("list").get_data(as_text=True)
    assert (answer["complete"], answer["total"], answer["inside"], answer["capacity"]) == (True, 1, 1, 500)


def test_with_a_cursor_come_changes_only(phone: Phone, write: Write, code: str, opening: Clock) -> None:
    cursor = phone.get("list").get_json()["cursor"]
    opening.moves(minutes=2)
    quiet = phone.get(f"list?since={cursor}").get_json()
    assert (quiet["people"], quiet["complete"], quiet["total"]) == ([], False, 1)
    with write() as tx:
        a_badge(tx, a_registration(tx, cast.ZOE), changed_at=opening())
    changed = phone.get(f"list?since={quiet['cursor']}").get_json()
    assert names(changed) == ["Zoé de La Motte-Françoise"]
    opening.moves(minutes=2)
    phone.verdict(code, at=opening())
    entered = phone.get(f"list?since={changed['cursor']}").get_json()
    assert [person["entered"]["gate"] for person in entered["people"] if person["entered"]] == ["Entrée principale"]


def test_a_change_of_the_same_moment_that_was_committed_late_is_not_missed(
    phone: Phone, write: Write, opening: Clock
) -> None:
    with write() as tx:
        a_badge(tx, a_registration(tx), changed_at=opening())
    cursor = phone.get("list").get_json()["cursor"]
    with write() as tx:  # its transaction began before the list was asked, and ended after
        a_badge(tx, a_registration(tx, cast.ZOE), changed_at=opening())
        a_badge(tx, a_registration(tx, cast.OMAR), changed_at=opening() - timedelta(seconds=20))
    found = names(phone.get(f"list?since={cursor}").get_json())
    assert {"Zoé de La Motte-Françoise", "عمر الفاروق"} <= set(found)


def test_a_server_clock_put_back_loses_no_entry(phone: Phone, code: str, opening: Clock) -> None:
    cursor = phone.get("list").get_json()["cursor"]
    opening.moves(hours=-1)
    phone.verdict(code, at=opening())
    assert names(phone.get(f"list?since={cursor}").get_json()) == ["Ada Lovelace"]


def test_an_undo_reaches_the_other_phones(phone: Phone, code: str, opening: Clock) -> None:
    scan = phone.scan_item(code)
    phone.results(scan)
    opening.moves(minutes=5)
    cursor = phone.get("list").get_json()["cursor"]
    opening.moves(minutes=5)
    phone.undo(scan["id"])
    changed = phone.get(f"list?since={cursor}").get_json()["people"]
    assert [person["entered"] for person in changed] == [None]


@pytest.mark.parametrize("cursor", ["x", "💥", "e30", "W10", "bnVsbA", "A" * 5000, "WyJhIiwiYiIsImMiLCJkIl0"])
def test_a_cursor_that_is_not_ours_gets_the_whole_list(phone: Phone, code: str, cursor: str) -> None:
    answer = phone.get(f"list?since={cursor}").get_json()
    assert (answer["complete"], names(answer)) == (True, ["Ada Lovelace"])


def test_long_lists_leave_compressed(phone: Phone, write: Write) -> None:
    with write() as tx:
        for _ in range(30):
            a_badge(tx, a_registration(tx))
    phone.headers["Accept-Encoding"] = "gzip"
    response = phone.get("list")
    assert response.headers["Content-Encoding"] == "gzip"


def test_a_gate_without_a_french_name_still_has_one(app: Flask, write: Write, opening: Clock, code: str) -> None:
    with write() as tx:
        door = Phone.at(app, a_gate(tx, name=LocalText(en="Back door")))
    assert door.get("list").get_json()["gate"]["name"] == "Back door"


def test_a_phone_that_showed_its_own_word_before_the_answer_came_is_believed(
    phone: Phone, write: Write, read: Read
) -> None:
    with write() as tx:
        known, new = a_badge(tx).code, a_badge(tx, a_registration(tx, cast.ZOE)).code
    phone.verdict(known)
    again, first = phone.scan_item(known), phone.scan_item(new)
    assert [each["verdict"] for each in phone.results(again, first)] == ["already-in", "admitted"]
    # The answers came too late: the first was let in, the second was sent away. Both are sent again, more than once.
    for _ in range(2):
        told = phone.results(again | {"shown": "admitted"}, first | {"shown": "unknown"})
        assert [each["verdict"] for each in told] == ["conflict", "unknown"]
    assert phone.verdict(new) == "admitted"
    with read() as session:
        inside = session.scalars(select(Presence.is_inside)).all()
        assert (len(inside), all(inside)) == (2, True)
        assert len(session.scalars(select(Scan)).all()) == 4


def test_a_body_of_thousands_of_lists_in_one_another_is_no_batch(phone: Phone) -> None:
    headers = {**phone.all_headers(), "Content-Type": "application/json"}
    response = phone.app.test_client().post(f"/api/v1/gates/{phone.key}/scans", data="[" * 200_000, headers=headers)
    assert (response.status_code, response.get_json()["code"]) == (422, "unreadable-batch")
