"""The public form and a person's own page, in French and in English."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from forum.core.db import LocalText
from forum.core.kept import forget_all
from forum.messages.models import Letter
from forum.people.models import Person
from forum.registration.models import Category, Registration
from tests import cast
from tests.conftest import Read, Write, browser
from tests.factories import a_category, a_registration, a_seat, a_session, an_edition
from tests.inspection import InspectingClient, soup, words

FORM = "/editions/lens-2027/register"
OWN = ("csrf_token", "submission_key")
FILLED = {"given_name": "Ada", "family_name": "Lovelace", "email": "ada@example.org"}


def the_registration(read: Read) -> Registration:
    with read() as session:
        return session.scalars(select(Registration)).one()


def count(read: Read) -> int:
    with read() as session:
        return session.scalar(select(func.count(Registration.id))) or 0


def open_edition(write: Write, **values: Any) -> int:
    with write() as tx:
        return a_category(tx, an_edition(tx, **values)).id


def a_workshop(tx: Any, title: str = "Atelier LoRa", hours: float = 0, **values: Any) -> Any:
    start = cast.OPENING + timedelta(hours=hours)
    return a_session(tx, starts_at=start, **({"kind": "workshop", "seats": 5, "title": title} | values))


def test_registering_takes_three_requests_and_no_script(client: InspectingClient, write: Write, read: Read) -> None:
    category_id = open_edition(write)
    with write() as tx:
        workshop = a_workshop(tx)
    sent = client.submit(FORM, FILLED | {"category_id": category_id, "session_ids": [workshop.id], "adjustment": "LSF"})
    made = the_registration(read)
    assert (sent.status_code, sent.location) == (303, f"/r/{made.token}?new=1")
    page = client.page(sent.location)
    assert words(page.h1) == "Nous vous attendons"
    assert "Atelier LoRa" in words(page.main)
    assert made.adjustment == "LSF"


def test_the_form_speaks_english_and_so_do_the_letter_and_the_own_page(
    client: InspectingClient, write: Write, read: Read, run_jobs: Any, outbox: Any
) -> None:
    category_id = open_edition(write)
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    assert words(client.page(FORM).h1) == "Register"
    sent = client.submit(FORM, FILLED | {"category_id": category_id})
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "fr"
    assert words(client.page(sent.location).h1) == "You are expected"
    with read() as session:
        assert session.scalars(select(Letter.subject)).one() == "You are registered: Forum Lens, Thursday 18 March 2027"


def test_the_same_form_sent_twice_is_one_registration(client: InspectingClient, write: Write, read: Read) -> None:
    category_id = open_edition(write)
    page = client.page(FORM)
    key = page.one("input[name=submission_key]")["value"]
    first, second = (client.submit(FORM, FILLED | {"category_id": category_id, "submission_key": key}) for _ in "12")
    assert first.location == second.location
    assert count(read) == 1


def test_a_key_that_is_none_of_ours_opens_nobody_elses_page(client: InspectingClient, write: Write, read: Read) -> None:
    with write() as tx:
        speaker = a_registration(tx, submission_key="admitted:1:1")
        category_id = speaker.category_id
    sent = client.submit(FORM, FILLED | {"category_id": category_id, "submission_key": "admitted:1:1"})
    assert speaker.token not in sent.location
    assert count(read) == 2


@pytest.mark.parametrize(
    ("values", "field", "sentence"),
    [
        ({"given_name": ""}, "given_name", "Remplissez ce champ."),
        ({"family_name": "   "}, "family_name", "Remplissez ce champ."),
        ({"family_name": "x" * 10_000}, "family_name", "100 caractères au plus"),
        ({"email": "ada@"}, "email", "n’est pas une adresse"),
        ({"email": "ada@example.org\r\nBcc: all@example.org"}, "email", "n’est pas une adresse"),
        ({"adjustment": "x" * 10_000}, "adjustment", "500 caractères au plus"),
        ({"category_id": None}, "category_id", "Choisissez à quel titre"),
    ],
)
def test_what_is_missing_or_wrong_is_said_at_its_field(
    client: InspectingClient, write: Write, read: Read, values: dict[str, Any], field: str, sentence: str
) -> None:
    with write() as tx:
        category_id = a_category(tx).id
        a_category(tx, slug="pro")
    answer = client.submit(FORM, FILLED | {"category_id": category_id} | values)
    page = soup(answer)
    assert answer.status_code == 422
    assert sentence in words(page.select_one(f"#{field}-error"))
    assert page.select_one(f'#errors a[href="#{field}"]') is not None
    assert count(read) == 0
    if field != "given_name":
        assert page.one("#given_name")["value"] == "Ada"


@pytest.mark.parametrize(
    "name",
    ["عمر الفاروق", "Nguyễn Thị Hồng Ánh", "🦊 Renard", "<script>alert(1)</script>", 'O\'Brien "B"', "=1+1", "Ô"],
)
def test_every_script_is_a_name(client: InspectingClient, write: Write, read: Read, name: str) -> None:
    category_id = open_edition(write)
    sent = client.submit(FORM, FILLED | {"category_id": category_id, "given_name": name})
    assert name in words(client.page(sent.location).select_one("#ticket-name"))
    with read() as session:
        letter = session.scalars(select(Letter)).one()
    assert name in letter.text
    assert "<script>" not in letter.html


def test_a_line_break_in_a_name_adds_no_header(
    client: InspectingClient, write: Write, run_jobs: Any, outbox: Any
) -> None:
    category_id = open_edition(write)
    client.submit(FORM, FILLED | {"category_id": category_id, "given_name": "Ada\r\nBcc: all@example.org"})
    run_jobs()
    assert [email.to_name for email in outbox] == ["Ada Bcc: all@example.org Lovelace"]


def test_the_last_seat_taken_meanwhile_is_said_at_the_sessions(
    client: InspectingClient, write: Write, read: Read
) -> None:
    category_id = open_edition(write)
    with write() as tx:
        workshop = a_workshop(tx, seats=0)
    answer = client.submit(FORM, FILLED | {"category_id": category_id, "session_ids": [workshop.id]})
    page = soup(answer)
    assert answer.status_code == 409
    assert "« Atelier LoRa »" in words(page.select_one("#session_ids-error")).replace("\u00a0", " ")
    assert page.one(f"#session-{workshop.id}:not([checked])")["name"] == "waiting_ids"
    assert count(read) == 0


def test_all_full_sessions_are_named_at_once(client: InspectingClient, write: Write, read: Read) -> None:
    category_id = open_edition(write)
    with write() as tx:
        ids = [a_workshop(tx, title, hours, seats=0).id for title, hours in (("Atelier LoRa", 0), ("Visite", 3))]
    answer = client.submit(FORM, FILLED | {"category_id": category_id, "session_ids": ids})
    said = words(soup(answer).select_one("#session_ids-error")).replace("\u00a0", " ")
    assert (answer.status_code, count(read)) == (409, 0)
    assert "« Atelier LoRa », « Visite »" in said


def test_sessions_at_the_same_hour_are_said_before_and_refused_after(client: InspectingClient, write: Write) -> None:
    category_id = open_edition(write)
    with write() as tx:
        first, second = a_workshop(tx), a_workshop(tx, "Visite", 0.5)
    assert "en même temps que : Visite" in words(client.page(FORM).main).replace("\u00a0", " ")
    answer = client.submit(FORM, FILLED | {"category_id": category_id, "session_ids": [first.id, second.id]})
    assert answer.status_code == 409


def test_a_full_category_among_others_cannot_be_chosen(client: InspectingClient, write: Write, read: Read) -> None:
    with write() as tx:
        full, free = a_category(tx, places=0, has_waiting_list=False), a_category(tx, slug="pro", places=3)
    page = client.page(FORM)
    assert page.one(f"#category-{full.id}").has_attr("disabled")
    assert "3 places restantes" in words(page.select_one(f"label[for=category-{free.id}]"))
    answer = client.submit(FORM, FILLED | {"category_id": full.id})
    assert (answer.status_code, count(read)) == (409, 0)


@pytest.mark.parametrize(
    ("values", "title"),
    [
        ({"registration_opens_at": None}, "Les inscriptions ne sont pas encore ouvertes"),
        ({"registration_opens_at": cast.NOW + timedelta(days=1)}, "Les inscriptions ne sont pas encore ouvertes"),
        ({"registration_closes_at": cast.NOW}, "Les inscriptions sont closes"),
        ({"state": "archived"}, "Cette édition est terminée"),
    ],
)
def test_each_state_has_its_own_words(
    client: InspectingClient, write: Write, values: dict[str, Any], title: str
) -> None:
    open_edition(write, **values)
    page = client.page(FORM)
    assert words(page.h1) == title
    assert page.select_one("main form") is None


def test_a_full_edition_says_so(client: InspectingClient, write: Write) -> None:
    with write() as tx:
        a_category(tx, has_waiting_list=False, places=0)
    assert words(client.page(FORM).h1) == "Toutes les places sont prises"


def test_a_form_that_was_open_when_registration_closed_is_refused_with_a_sentence(
    client: InspectingClient, write: Write, read: Read, clock: Any
) -> None:
    category_id = open_edition(write, registration_closes_at=cast.NOW + timedelta(hours=1))
    token = client.page(FORM).one("input[name=csrf_token]")["value"]
    clock.moves(hours=2)
    answer = client.post(FORM, data=FILLED | {"category_id": category_id, "csrf_token": token})
    assert (answer.status_code, count(read)) == (410, 0)
    assert "contact@example.org" in words(soup(answer).main)


def test_a_draft_does_not_exist(client: InspectingClient, write: Write) -> None:
    open_edition(write, state="draft")
    assert client.get(FORM).status_code == 404


def test_a_robot_is_told_that_nothing_was_saved(client: InspectingClient, write: Write, read: Read) -> None:
    category_id = open_edition(write)
    answer = client.submit(FORM, FILLED | {"category_id": category_id, "website": "http://spam"})
    assert (words(soup(answer).h1), count(read)) == ("Inscription non faite", 0)


def test_an_address_that_looks_like_a_slip_is_asked_about_afterwards(client: InspectingClient, write: Write) -> None:
    category_id = open_edition(write)
    sent = client.submit(FORM, FILLED | {"category_id": category_id, "email": "ada@gmial.com"})
    assert "Vouliez-vous écrire ada@gmail.com" in words(client.page(sent.location).main)


def test_without_a_mail_server_no_letter_is_promised(client: InspectingClient, write: Write, outbox: Any) -> None:
    category_id = open_edition(write)
    sent = client.submit(FORM, FILLED | {"category_id": category_id})
    assert "en route vers ada@example.org" in words(client.page(sent.location).main)
    client.application.extensions.pop("forum.sender")
    assert "en route" not in words(client.page(sent.location).main)


def test_a_person_changes_details_and_sessions(client: InspectingClient, write: Write, read: Read) -> None:
    with write() as tx:
        made = a_registration(tx)
        old, new = a_workshop(tx), a_workshop(tx, "Visite", 3)
        a_seat(tx, made, old)
    answer = client.submit(f"/r/{made.token}/change", {"given_name": "Augusta", "session_ids": [new.id]})
    assert (answer.status_code, answer.location) == (303, f"/r/{made.token}")
    page = words(client.page(f"/r/{made.token}").main)
    assert ("Augusta Lovelace" in page, "Visite" in page, "Atelier LoRa" in page) == (True, True, False)


def test_a_form_of_change_sent_as_it_is_changes_nothing(client: InspectingClient, write: Write, read: Read) -> None:
    with write() as tx:
        made = a_registration(tx, adjustment="Près de la scène")
        a_seat(tx, made, a_workshop(tx, seats=1))
    assert client.submit(f"/r/{made.token}/change", {}).status_code == 303
    with read() as session:
        assert session.scalar(select(func.count(Letter.id))) == 0
        assert session.get_one(Registration, made.id).adjustment == "Près de la scène"


def test_a_refused_change_shows_the_form_as_it_was_filled(client: InspectingClient, write: Write) -> None:
    with write() as tx:
        made = a_registration(tx)
        full = a_category(tx, slug="pro", places=0)
    answer = client.submit(f"/r/{made.token}/change", {"given_name": "Augusta", "category_id": full.id})
    assert answer.status_code == 409
    assert soup(answer).one("#given_name")["value"] == "Augusta"


def test_a_speaker_is_not_offered_to_become_public(client: InspectingClient, write: Write, read: Read) -> None:
    with write() as tx:
        a_category(tx)
        made = a_registration(tx, category=a_category(tx, slug="speaker", kind="speaker", is_public=False))
    page = client.page(f"/r/{made.token}/change")
    assert page.select("input[name=category_id]") == []
    assert client.submit(f"/r/{made.token}/change", {"given_name": "Augusta"}).status_code == 303
    assert the_registration(read).category.slug == "speaker"


def test_a_place_is_given_back_after_a_question_and_taken_again(
    client: InspectingClient, write: Write, read: Read
) -> None:
    with write() as tx:
        made = a_registration(tx)
    address = f"/r/{made.token}"
    client.page(f"{address}/cancel")
    assert the_registration(read).is_confirmed
    client.submit(f"{address}/cancel", {})
    assert words(client.page(address).h1) == "Inscription annulée"
    client.submit(address, {}, form="form[action$=come-back]")
    assert words(client.page(address).h1) == "Mon inscription"


def test_who_cancelled_and_finds_no_place_is_told(client: InspectingClient, write: Write) -> None:
    with write() as tx:
        made = a_registration(tx, state="cancelled", category=a_category(tx, places=0, has_waiting_list=False))
    page = client.page(f"/r/{made.token}")
    assert page.select_one("form[action$=come-back]") is None
    assert client.get(f"/r/{made.token}/change").status_code == 409


def test_the_calendar_holds_the_days_and_the_chosen_sessions(client: InspectingClient, write: Write) -> None:
    with write() as tx:
        made = a_registration(tx)
        a_seat(tx, made, a_workshop(tx))
    answer = client.get(f"/r/{made.token}/calendar.ics")
    text = answer.get_data(as_text=True)
    assert answer.mimetype == "text/calendar"
    assert text.count("BEGIN:VEVENT") == 2
    assert ("DTSTART;VALUE=DATE:20270318" in text, "DTEND;VALUE=DATE:20270320" in text) == (True, True)
    assert ("DTSTART:20270318T083000Z" in text, "SUMMARY:Atelier LoRa" in text) == (True, True)


def test_private_pages_are_kept_by_nobody(client: InspectingClient, write: Write) -> None:
    with write() as tx:
        made = a_registration(tx)
    answer = client.get(f"/r/{made.token}")
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] in ("no-referrer", "strict-origin")
    assert client.get("/r/unknown").status_code == 404


@pytest.mark.parametrize("email", ["ada@example.org", "nobody@example.org"])
def test_a_lost_link_is_answered_in_the_same_words_for_everyone(
    client: InspectingClient, write: Write, email: str
) -> None:
    with write() as tx:
        a_registration(tx)
    answer = client.submit("/editions/lens-2027/lost-link", {"email": email})
    assert (answer.status_code, words(soup(answer).h1)) == (200, "Regardez dans votre boîte aux lettres")
    assert email not in words(soup(answer).main)


def test_the_form_takes_as_many_statements_with_thirty_sessions_as_with_one(
    client: InspectingClient, write: Write, statements: Any
) -> None:
    open_edition(write)
    with write() as tx:
        a_workshop(tx)
    with statements() as few:
        client.page(FORM)
    with write() as tx:
        for number in range(30):
            a_category(tx, slug=f"c{number}")
            a_workshop(tx, hours=number)
    with statements() as many:
        client.page(FORM)
    assert len(many) == len(few)


def test_places_are_counted(client: InspectingClient, write: Write, read: Read) -> None:
    category_id = open_edition(write)
    client.submit(FORM, FILLED | {"category_id": category_id})
    with read() as session:
        assert session.get_one(Category, category_id).taken == 1


def test_one_registration_costs_few_statements(client: InspectingClient, write: Write, statements: Any) -> None:
    """The hot path of a rush: who adds a statement here makes every desk of the opening hour slower."""
    category_id = open_edition(write)
    token = client.page(FORM).one("input[name=csrf_token]")["value"]
    with statements() as seen:
        answer = client.post(FORM, data=FILLED | {"category_id": category_id, "csrf_token": token})
    assert answer.status_code == 303
    assert len([statement for statement in seen if not statement.startswith(("BEGIN", "COMMIT"))]) <= 12


@pytest.fixture
def kept_forms(client: InspectingClient) -> Iterator[None]:
    """Keep the page of the form as in a rush; tests look at their changes at once otherwise."""
    forget_all()
    client.application.extensions["forum.kept_seconds"] = 3600.0
    yield
    del client.application.extensions["forum.kept_seconds"]
    forget_all()


def test_a_kept_form_is_everyones_but_its_token_and_its_key(
    client: InspectingClient, kept_forms: None, write: Write, read: Read, statements: Any
) -> None:
    category_id = open_edition(write)
    other = browser(client.application)
    first = client.page(FORM)
    with statements() as seen:
        second = other.page(FORM)
    assert seen == []
    values = [{name: str(page.one(f"input[name={name}]")["value"]) for name in OWN} for page in (first, second)]
    assert all(values[0][name] != values[1][name] for name in OWN)
    for visitor, own in zip((client, other), values, strict=True):
        assert visitor.post(FORM, data=FILLED | {"category_id": category_id} | own).status_code == 303
    assert client.post(FORM, data=FILLED | {"category_id": category_id} | values[1]).status_code == 400
    assert count(read) == 2


def test_a_kept_form_is_not_for_who_signed_in_brings_a_code_or_reads_another_language(
    client: InspectingClient, client_for: Any, kept_forms: None, write: Write
) -> None:
    open_edition(write)
    client.page(FORM)
    with write() as tx:
        a_category(tx).name = LocalText(fr="Tout le monde", en="Everybody")
    assert "Grand public" in words(client.page(FORM).main), "kept for a moment"
    assert "Tout le monde" in words(client_for("organiser").page(FORM).main)
    assert "Tout le monde" in words(client.page(f"{FORM}?code=x").main)
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    assert "Everybody" in words(client.page(FORM).main)


def test_nothing_is_ticked_and_a_tick_is_written_down(client: InspectingClient, write: Write, read: Read) -> None:
    with write() as tx:
        a_category(tx)
    address = "/editions/lens-2027/register"
    assert client.page(address).select("input[name=news][checked]") == []
    filled = {"given_name": "Ada", "family_name": "Lovelace", "email": "ada@example.org"}
    client.submit(address, filled)
    browser(client.application).submit(address, filled | {"news": "y"})
    with read() as session:
        assert list(session.scalars(select(Person.news_consent_at).order_by(Person.id))) == [None, cast.NOW]
