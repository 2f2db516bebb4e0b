"""The outbox in the organisers' pages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from forum.core.email import Email
from forum.messages.models import Letter
from tests.conftest import Read, Write
from tests.factories import a_registration, an_edition
from tests.inspection import InspectingClient, soup, words
from tests.messages.letters import a_letter

OUTBOX = "/organise/lens-2027/letters"


@pytest.fixture
def organiser(client_for: Callable[[str], InspectingClient], write: Write) -> InspectingClient:
    """Return the browser of who organises the edition."""
    with write() as tx:
        an_edition(tx)
    return client_for("organiser")


def subjects(client: InspectingClient, query: str = "") -> list[str]:
    return [words(link) for link in client.page(f"{OUTBOX}{query}").select(".list-name > a")]


def test_an_empty_outbox_says_what_comes(organiser: InspectingClient) -> None:
    assert "Pas encore de lettre" in words(organiser.page(OUTBOX).main)


def test_without_a_mail_server_the_page_says_that_letters_are_kept(organiser: InspectingClient, write: Write) -> None:
    with write() as tx:
        letter = a_letter(tx, state="kept")
    page = organiser.page(OUTBOX)
    assert "pas envoyées" in words(page.select_one(".notice--warning"))
    assert page.select("form[action$=send-again]") == []
    assert organiser.page(f"{OUTBOX}/{letter.id}").select("form[action$=send-again]") == []


def test_sending_without_a_mail_server_is_refused_with_a_sentence(organiser: InspectingClient, write: Write) -> None:
    with write() as tx:
        letter = a_letter(tx, state="kept")
    token = organiser.page("/organise/lens-2027/categories/new").one("input[name=csrf_token]")["value"]
    for address in (f"{OUTBOX}/{letter.id}/send-again", f"{OUTBOX}/send-again"):
        answer = organiser.post(address, data={"csrf_token": token, "state": "kept"})
        assert answer.status_code == 409
        assert "FORUM_SMTP_URL" in words(soup(answer).main)


def test_letters_are_listed_by_state_and_found_by_words(organiser: InspectingClient, write: Write) -> None:
    with write() as tx:
        a_letter(tx, subject="Perdue", state="failed", to_name="Zoé")
        a_letter(tx, subject="Partie", state="sent")
        a_letter(tx, subject="Ailleurs", edition_slug="amiens-2028")
    assert sorted(subjects(organiser)) == ["Partie", "Perdue"]
    assert subjects(organiser, "?state=failed") == ["Perdue"]
    assert subjects(organiser, "?q=Zo") == ["Perdue"]
    assert subjects(organiser, "?q=%25") == []


def test_failed_letters_leave_again_one_or_all(
    organiser: InspectingClient, write: Write, outbox: list[Email], run_jobs: Callable[[], int]
) -> None:
    with write() as tx:
        first = a_letter(tx, subject="Une", state="failed", last_error="550 non")
        a_letter(tx, subject="Deux", state="failed")
    assert "550 non" in words(organiser.page(f"{OUTBOX}/{first.id}").main)
    organiser.submit(f"{OUTBOX}/{first.id}", {}, form="form[action$=send-again]")
    run_jobs()
    assert [email.subject for email in outbox] == ["Une"]
    organiser.submit(OUTBOX, {}, form="form[action$=send-again]")
    run_jobs()
    assert [email.subject for email in outbox] == ["Une", "Deux"]


def test_a_letter_on_its_way_is_not_sent_again(
    organiser: InspectingClient, write: Write, outbox: list[Email], run_jobs: Callable[[], int]
) -> None:
    with write() as tx:
        letter = a_letter(tx, state="failed")
    page = f"{OUTBOX}/{letter.id}"
    token = organiser.page(page).one("form[action$=send-again] input")["value"]
    first, second = (organiser.post(f"{page}/send-again", data={"csrf_token": token}) for _ in "12")
    assert (first.status_code, second.status_code) == (303, 409)


def test_an_interrupted_letter_asks_a_person_to_decide(
    organiser: InspectingClient, write: Write, outbox: list[Email]
) -> None:
    with write() as tx:
        letter = a_letter(tx, state="failed", last_error="interrupted")
    assert "Elle est peut-être partie" in words(organiser.page(f"{OUTBOX}/{letter.id}").main)


def test_the_html_of_a_letter_is_locked_in_its_frame(organiser: InspectingClient, write: Write) -> None:
    with write() as tx:
        letter = a_letter(tx)
    page = organiser.get(f"{OUTBOX}/{letter.id}")
    frame = soup(page).select_one("iframe")
    assert frame is not None
    assert (frame["sandbox"], frame["src"]) == ([], f"{OUTBOX}/{letter.id}/html")
    assert "frame-src 'self'" in page.headers["Content-Security-Policy"]
    html = organiser.get(f"{OUTBOX}/{letter.id}/html")
    assert html.headers["Content-Security-Policy"] == (
        "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'; sandbox"
    )
    assert html.headers["X-Frame-Options"] == "SAMEORIGIN"


def test_letters_of_another_edition_are_not_shown(organiser: InspectingClient, write: Write) -> None:
    with write() as tx:
        letter = a_letter(tx, edition_slug="amiens-2028")
    for part in ("", "/html"):
        assert organiser.get(f"{OUTBOX}/{letter.id}{part}").status_code == 404


def test_the_outbox_takes_as_many_statements_for_thirty_as_for_one(
    organiser: InspectingClient, write: Write, statements: Any
) -> None:
    with write() as tx:
        a_letter(tx)
    with statements() as few:
        organiser.page(OUTBOX)
    with write() as tx:
        for _ in range(30):
            a_letter(tx)
    with statements() as many:
        organiser.page(OUTBOX)
    assert len(many) == len(few)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_letter_of_registration_is_valid_html_in_both_languages(
    app: Flask, organiser: InspectingClient, write: Write, read: Read, now: Any, language: str
) -> None:
    from forum.registration import actions

    with write() as tx:
        made = a_registration(tx)
        made.person.language = language
        made.category.kind = "speaker"
        actions.resend(tx, made, now=now)
        actions.change(tx, made.id, actions.RegistrationChange(category_id=None, session_ids=()), now=now)
        actions.admit(tx, edition_id=made.edition_id, person_id=person_in(tx, language), kind="speaker", now=now)
        actions.send_lost_links(tx, made.edition_id, "ada@example.org", now=now)
        actions.cancel(tx, made.id, now=now)
    with read() as session:
        letters = session.scalars(select(Letter)).all()
    assert {letter.kind for letter in letters} == {
        "registration-confirmed",
        "registration-admitted",
        "registration-lost-link",
        "registration-cancelled",
    }
    for letter in letters:
        answer = organiser.get(f"{OUTBOX}/{letter.id}/html")  # inspected: one h1, a title, a language, no error
        assert soup(answer).html["lang"] == language  # type: ignore[index]
        assert "%(" not in letter.text + letter.html + letter.subject
        assert "{{" not in letter.text + letter.html


def person_in(tx: Any, language: str) -> int:
    from tests.factories import a_person

    return int(a_person(tx, language=language).id)
