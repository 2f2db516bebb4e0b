"""Taking places and seats, changing, giving back, coming back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select

from forum.core import codes
from forum.core.db import LocalText, Transaction
from forum.core.refusals import Refusal
from forum.messages.models import Letter
from forum.people.actions import PersonDetails
from forum.people.models import Person
from forum.programme.events import SpeakerAccepted
from forum.registration import actions, rules
from forum.registration.actions import CategoryDraft, RegistrationChange, RegistrationRequest
from forum.registration.models import Category, Registration, Seat
from tests import cast
from tests.conftest import Read, Write
from tests.factories import a_category, a_person, a_registration, a_seat, a_session, a_speaker, an_edition


def details(who: tuple[str, str, str] = cast.ADA, **values: Any) -> PersonDetails:
    given_name, family_name, email = who
    return PersonDetails(given_name=given_name, family_name=family_name, email=email, **values)


def a_request(tx: Transaction, **values: Any) -> RegistrationRequest:
    category = values.pop("category", None) or a_category(tx)
    request = RegistrationRequest(
        edition_id=category.edition_id,
        category_id=category.id,
        details=details(),
        adjustment="",
        session_ids=(),
        submission_key=codes.new_token(),
    )
    return replace(request, **values)


def a_workshop(tx: Transaction, *, hours: float = 0, **values: Any) -> Any:
    return a_session(
        tx,
        starts_at=cast.OPENING + timedelta(hours=hours),
        **({"kind": "workshop", "seats": 5, "title": "Atelier"} | values),
    )


def figures(read: Read) -> dict[str, int]:
    with read() as session:
        return {
            "registrations": session.scalar(select(func.count(Registration.id))) or 0,
            "persons": session.scalar(select(func.count(Person.id))) or 0,
            "seats": session.scalar(select(func.count(Seat.id))) or 0,
            "letters": session.scalar(select(func.count(Letter.id))) or 0,
            "taken": session.scalar(select(func.sum(Category.taken))) or 0,
        }


def letters(read: Read) -> list[str]:
    with read() as session:
        return list(session.scalars(select(Letter.kind).order_by(Letter.id)))


def test_registering_takes_a_place_and_seats_and_writes_a_letter(write: Write, read: Read, now: datetime) -> None:
    with write() as tx:
        workshop, visit = a_workshop(tx), a_workshop(tx, hours=2, kind="site-visit")
        made = actions.register(tx, a_request(tx, session_ids=(visit.id, workshop.id)), now=now)
        assert (made.state, made.person.name, made.category.name["fr"]) == ("confirmed", "Ada Lovelace", "Grand public")
        assert (workshop.seats_taken, visit.seats_taken) == (1, 1)
    assert figures(read) == {"registrations": 1, "persons": 1, "seats": 2, "letters": 1, "taken": 1}
    with read() as session:
        letter = session.scalars(select(Letter)).one()
        assert letter.kind == "registration-confirmed"
        assert letter.attachments == [["badge", made.id], ["calendar", made.id]]
        assert f"http://localhost/r/{made.token}" in letter.text


def test_the_same_form_twice_is_one_registration(write: Write, read: Read, now: datetime) -> None:
    with write() as tx:
        request = a_request(tx)
        first = actions.register(tx, request, now=now)
    with write() as tx:
        again = actions.register(tx, replace(request, details=details(cast.ZOE)), now=now)
        assert again.id == first.id
    assert figures(read) == {"registrations": 1, "persons": 1, "seats": 0, "letters": 1, "taken": 1}


def test_the_same_form_twice_is_answered_even_when_full_or_closed(write: Write, now: datetime) -> None:
    with write() as tx:
        edition = an_edition(tx)
        request = a_request(tx, category=a_category(tx, places=1))
        first = actions.register(tx, request, now=now)
        edition.registration_closes_at = now
    with write() as tx:
        assert actions.register(tx, request, now=now).id == first.id


@pytest.mark.parametrize("at", ["full", "session full", "clash", "closed", "not public", "other edition", "walk-in"])
def test_a_refusal_leaves_nothing(write: Write, read: Read, now: datetime, at: str) -> None:
    expected: dict[str, type[Refusal]] = {
        "full": rules.SoldOut,
        "session full": rules.SessionFull,
        "clash": rules.SessionsClash,
        "closed": rules.RegistrationClosed,
        "not public": rules.NotOffered,
        "other edition": rules.NotOffered,
        "walk-in": rules.NotOffered,
    }
    with write() as tx:
        request = a_request(tx)
        category = tx.session.get_one(Category, request.category_id)
        if at == "full":
            category.places, category.has_waiting_list = 0, False
        elif at == "session full":
            free, full = a_workshop(tx), a_workshop(tx, hours=3, seats=0)
            request = replace(request, session_ids=(free.id, full.id))
        elif at == "clash":
            request = replace(request, session_ids=(a_workshop(tx).id, a_workshop(tx, hours=0.5).id))
        elif at == "closed":
            an_edition(tx).registration_closes_at = now
        elif at == "not public":
            category.is_public = False
        elif at == "other edition":
            request = replace(request, edition_id=an_edition(tx, "amiens-2028").id)
        else:
            request = replace(request, session_ids=(a_workshop(tx, seats=None).id,))
    with pytest.raises(expected[at]), write() as tx:
        actions.register(tx, request, now=now)
    assert figures(read) == {"registrations": 0, "persons": 0, "seats": 0, "letters": 0, "taken": 0}


def test_the_desk_registers_in_any_category_at_any_hour(write: Write, now: datetime) -> None:
    with write() as tx:
        an_edition(tx, registration_closes_at=now)
        request = a_request(tx, category=a_category(tx, is_public=False))
        assert actions.register(tx, request, now=now, at_desk=True).is_confirmed


def test_who_speaks_is_admitted_once_in_a_category_of_their_kind(write: Write, read: Read, now: datetime) -> None:
    with write() as tx:
        speaker = a_speaker(tx)
        tx.tell(SpeakerAccepted(speaker.id, now))
        tx.tell(SpeakerAccepted(speaker.id, now))
    with read() as session:
        registration = session.scalars(select(Registration)).one()
        assert registration.person_id == speaker.person_id
        category = registration.category
        assert (category.kind, category.name, category.is_public, category.taken) == (
            "speaker",
            {"fr": "Intervention", "en": "Speaker"},
            False,
            1,
        )
    assert letters(read) == ["registration-admitted"]


def test_who_is_admitted_again_after_cancelling_comes_back(write: Write, read: Read, now: datetime) -> None:
    with write() as tx:
        edition, person = an_edition(tx), a_person(tx)
        first = actions.admit(tx, edition_id=edition.id, person_id=person.id, kind="exhibitor", now=now)
        actions.cancel(tx, first.id, now=now)
    with write() as tx:
        again = actions.admit(tx, edition_id=edition.id, person_id=person.id, kind="exhibitor", now=now)
        assert (again.id, again.state, again.category.taken) == (first.id, "confirmed", 1)
    assert letters(read) == ["registration-admitted", "registration-cancelled", "registration-confirmed"]


def test_seats_move_all_at_once(write: Write, read: Read, now: datetime) -> None:
    with write() as tx:
        old, kept, new = a_workshop(tx), a_workshop(tx, hours=2), a_workshop(tx, hours=4)
        made = actions.register(tx, a_request(tx, session_ids=(old.id, kept.id)), now=now)
    with write() as tx:
        actions.change(tx, made.id, RegistrationChange(session_ids=(kept.id, new.id)), now=now)
    with read() as session:
        assert set(session.scalars(select(Seat.session_id))) == {kept.id, new.id}
        assert [session.get_one(type(each), each.id).seats_taken for each in (old, kept, new)] == [0, 1, 1]
    assert letters(read) == ["registration-confirmed", "registration-changed"]


@pytest.mark.parametrize("why", ["full", "clash"])
def test_a_refused_change_loses_no_seat(write: Write, read: Read, now: datetime, why: str) -> None:
    with write() as tx:
        old, kept = a_workshop(tx), a_workshop(tx, hours=2)
        wanted = a_workshop(tx, hours=4, seats=0) if why == "full" else a_workshop(tx, hours=2.5)
        made = actions.register(tx, a_request(tx, session_ids=(old.id, kept.id)), now=now)
    refusal = rules.SessionFull if why == "full" else rules.SessionsClash
    with pytest.raises(refusal), write() as tx:
        wish = RegistrationChange(details=details(cast.ZOE), session_ids=(kept.id, wanted.id))
        actions.change(tx, made.id, wish, now=now)
    with read() as session:
        assert set(session.scalars(select(Seat.session_id))) == {old.id, kept.id}
        assert session.get_one(Registration, made.id).person.name == "Ada Lovelace"
        assert [session.get_one(type(each), each.id).seats_taken for each in (old, kept, wanted)] == [1, 1, 0]


def test_two_kept_sessions_that_were_moved_together_do_not_block_another_change(write: Write, now: datetime) -> None:
    with write() as tx:
        first, second, third = a_workshop(tx), a_workshop(tx, hours=2), a_workshop(tx, hours=6)
        made = actions.register(tx, a_request(tx, session_ids=(first.id, second.id)), now=now)
        second.starts_at, second.ends_at = first.starts_at, first.ends_at
    with write() as tx:
        actions.change(tx, made.id, RegistrationChange(session_ids=(first.id, second.id, third.id)), now=now)


def test_moving_to_another_category_takes_a_place_there_and_frees_one_here(write: Write, now: datetime) -> None:
    with write() as tx:
        here, there = a_category(tx), a_category(tx, slug="pro")
        made = actions.register(tx, a_request(tx, category=here), now=now)
        actions.change(tx, made.id, RegistrationChange(category_id=there.id), now=now)
        assert (here.taken, there.taken, made.category.slug) == (0, 1, "pro")


def test_moving_to_a_full_or_hidden_category_is_refused(write: Write, now: datetime) -> None:
    with write() as tx:
        made = a_registration(tx)
        full, hidden = a_category(tx, slug="full", places=0), a_category(tx, slug="hidden", is_public=False)
        with pytest.raises(rules.SoldOut):
            actions.change(tx, made.id, RegistrationChange(category_id=full.id), now=now)
        with pytest.raises(rules.NotOffered):
            actions.change(tx, made.id, RegistrationChange(category_id=hidden.id), now=now)
        assert (made.category.slug, made.category.taken, full.taken) == ("public", 1, 0)


def test_an_adjustment_alone_writes_no_letter(write: Write, read: Read, now: datetime) -> None:
    with write() as tx:
        made = a_registration(tx)
        actions.change(tx, made.id, RegistrationChange(adjustment="Une boucle magnétique"), now=now)
    assert letters(read) == []


def test_cancelling_frees_place_and_seats_once(write: Write, read: Read, now: datetime) -> None:
    with write() as tx:
        workshop = a_workshop(tx)
        made = actions.register(tx, a_request(tx, session_ids=(workshop.id,)), now=now)
    for _ in range(2):
        with write() as tx:
            actions.cancel(tx, made.id, now=now)
    with read() as session:
        assert session.get_one(type(workshop), workshop.id).seats_taken == 0
        assert session.get_one(Registration, made.id).cancelled_at == now
    assert figures(read) == {"registrations": 1, "persons": 1, "seats": 0, "letters": 2, "taken": 0}


def test_who_comes_back_needs_a_free_place(write: Write, now: datetime) -> None:
    with write() as tx:
        category = a_category(tx, places=1, has_waiting_list=False)
        made = actions.register(tx, a_request(tx, category=category), now=now)
        actions.cancel(tx, made.id, now=now)
        other = actions.register(tx, a_request(tx, category=category), now=now)
        with pytest.raises(rules.SoldOut):
            actions.come_back(tx, made.id, now=now)
        actions.cancel(tx, other.id, now=now)
        assert actions.come_back(tx, made.id, now=now).is_confirmed
        assert category.taken == 1


def test_a_cancelled_registration_cannot_be_changed(write: Write, now: datetime) -> None:
    with write() as tx, pytest.raises(rules.CancelledAlready):
        actions.change(tx, a_registration(tx, state="cancelled").id, RegistrationChange(adjustment="x"), now=now)


@pytest.mark.parametrize(
    "verb", [actions.cancel, lambda tx, id, now: actions.change(tx, id, RegistrationChange(), now=now)]
)
def test_nothing_changes_after_the_last_day(write: Write, verb: Callable[..., object]) -> None:
    with write() as tx, pytest.raises(rules.EditionOver):
        verb(tx, a_registration(tx).id, now=cast.OPENING + timedelta(days=5))


def test_lost_links_are_sent_once_in_ten_minutes_and_to_known_addresses_only(
    write: Write, read: Read, now: datetime
) -> None:
    with write() as tx:
        a_registration(tx), a_registration(tx)
        edition = an_edition(tx)
        actions.send_lost_links(tx, edition.id, "Ada@Example.org", now=now)
        actions.send_lost_links(tx, edition.id, "ada@example.org", now=now)
        actions.send_lost_links(tx, edition.id, "nobody@example.org", now=now)
    with read() as session:
        letter = session.scalars(select(Letter)).one()
        assert (letter.to_email, letter.text.count("http://localhost/r/")) == ("ada@example.org", 2)


def test_places_cannot_go_under_those_taken(write: Write) -> None:
    with write() as tx:
        category = a_registration(tx).category
        draft = CategoryDraft(name=LocalText(fr="Presse"), description=LocalText(), places=0)
        with pytest.raises(rules.PlacesBelowTaken):
            actions.edit_category(tx, category.id, draft)
        assert actions.edit_category(tx, category.id, replace(draft, places=1)).places == 1


def test_categories_get_names_for_addresses_and_an_order(write: Write) -> None:
    with write() as tx:
        edition = an_edition(tx)
        draft = CategoryDraft(name=LocalText(fr="Élèves & étudiants"), description=LocalText())
        first, second = (actions.add_category(tx, edition.id, draft) for _ in range(2))
        assert (first.slug, second.slug) == ("eleves-etudiants", "eleves-etudiants-2")
        actions.move_category(tx, second.id, up=True)
        assert first.position > second.position


def test_a_category_goes_only_when_nobody_ever_had_it(write: Write) -> None:
    with write() as tx:
        used, unused = a_registration(tx, state="cancelled").category, a_category(tx, slug="unused")
        with pytest.raises(rules.CategoryInUse):
            actions.remove_category(tx, used.id)
        actions.remove_category(tx, unused.id)


def test_a_seat_of_a_registration_is_a_row(write: Write, now: datetime) -> None:
    with write() as tx:
        made, workshop = a_registration(tx), a_workshop(tx)
        a_seat(tx, made, workshop)
        actions.cancel(tx, made.id, now=now)
        assert (workshop.seats_taken, made.seats) == (0, [])


def an_unpaid(tx: Transaction, now: datetime, **values: Any) -> Registration:
    """A person of a category that costs something, whose place is kept."""
    category = a_category(tx, slug="paid", price=Decimal("12.00"), **values)
    return actions.register(tx, a_request(tx, category=category), now=now)


def test_a_place_that_costs_is_kept_until_it_is_paid(write: Write, read: Read, now: datetime) -> None:
    with write() as tx:
        made = an_unpaid(tx, now)
        assert (made.state, made.category.taken) == ("unpaid", 1)
    assert letters(read) == []
    for _ in range(2):
        with write() as tx:
            assert actions.confirm_paid(tx, made.id, now=now).is_confirmed
    assert (letters(read), figures(read)["taken"]) == (["registration-confirmed"], 1)


def test_a_place_that_was_not_paid_is_free_again(write: Write, read: Read, now: datetime) -> None:
    with write() as tx:
        made = an_unpaid(tx, now)
    for _ in range(2):
        with write() as tx:
            assert actions.release_unpaid(tx, made.id, now=now).state == "cancelled"
    assert (letters(read), figures(read)["taken"]) == (["registration-released"], 0)
    with write() as tx:
        assert actions.confirm_paid(tx, made.id, now=now).state == "cancelled"
