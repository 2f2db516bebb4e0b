"""An organiser writes to many, looks at it, plans it; a reader wants no more of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from forum.core.db import LocalText
from forum.core.email import Email, message
from forum.mailings.models import Mailing, Subscriber
from forum.messages.models import BouncedAddress, Letter
from forum.people.models import Person
from tests import cast
from tests.conftest import Read, Write
from tests.factories import a_category, a_registration, an_edition
from tests.inspection import InspectingClient, soup, words
from tests.mailings.letters import a_mailing, some_people

MAILINGS = "/organise/lens-2027/letters/mailings"
RunJobs = Callable[[], int]
PLAN = {"when": "days", "days": "-7", "hour": "09:00"}


@pytest.fixture
def organiser(client_for: Callable[[str], InspectingClient], write: Write) -> InspectingClient:
    """Return the browser of who organises the edition."""
    with write() as tx:
        an_edition(tx)
    return client_for("organiser")


def the_mailing(read: Read) -> Mailing:
    with read() as session:
        return session.scalars(select(Mailing)).one()


def test_a_letter_of_ours_is_written_looked_at_planned_and_held_back(
    organiser: InspectingClient, write: Write, read: Read
) -> None:
    with write() as tx:
        a_registration(tx, cast.ANNE_SOPHIE)
    assert "Une semaine avant" in words(organiser.page(MAILINGS).main)
    made = organiser.submit(f"{MAILINGS}/new?start=week-before", {})
    page = soup(organiser.get(made.headers["Location"]))
    assert "1 personne à ce jour" in words(page.main)
    here = made.headers["Location"]
    preview = organiser.get(f"{here}/preview")
    assert "Dans une semaine à Lens" in words(soup(preview).main)
    assert "frame-src 'self'" in preview.headers["Content-Security-Policy"]
    html = organiser.get(f"{here}/preview.html")
    assert "sandbox" in html.headers["Content-Security-Policy"]
    assert "Bonjour Anne-Sophie Marie-Bernadette," in words(soup(html))
    assert "Hello Anne-Sophie" in words(soup(organiser.get(f"{here}/preview.html?language=en")))
    organiser.submit(here, PLAN, form="form[action$=plan]")
    assert the_mailing(read).state == "scheduled"
    assert "jeudi 11 mars 2027 à 9 h" in words(organiser.page(here).main).replace("\u00a0", " ")
    organiser.submit(here, {}, form="form[action$=stop]")
    assert the_mailing(read).state == "draft"
    organiser.submit(here, {}, form="form[action$=delete]")
    assert "Pas programmées" not in words(organiser.page(MAILINGS).main)


@pytest.mark.parametrize(
    ("values", "field", "sentence"),
    [
        ({"body_fr": "Bonjour {prenon}"}, "body_fr", "{prénom}"),
        ({"subject_en": "{badge}"}, "subject_en", "objet"),
        ({"body_fr": "[x]({prénom})"}, "body_fr", "aucun lien"),
        ({"audience": "past", "body_fr": "{badge}"}, "body_fr", "éditions passées"),
        ({"audience": "waiting", "asks_attendance": "y"}, "asks_attendance", "attendues"),
        ({"body_fr": ""}, "body_fr", "Remplissez"),
        ({"subject_fr": "x" * 10_000}, "subject_fr", "trop long"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(
    organiser: InspectingClient, read: Read, values: dict[str, str], field: str, sentence: str
) -> None:
    answer = organiser.submit(f"{MAILINGS}/new", {"subject_fr": "Bonjour", "body_fr": "Bonjour"} | values)
    assert answer.status_code == 422
    assert sentence in words(soup(answer).select_one(f"#{field}-error"))
    with read() as session:
        assert session.scalars(select(Mailing)).all() == []


def test_a_letter_that_is_leaving_stays_as_it_is(
    organiser: InspectingClient, write: Write, read: Read, run_jobs: RunJobs
) -> None:
    with write() as tx:
        some_people(tx, 2)
        here = f"{MAILINGS}/{a_mailing(tx).id}"
    token = organiser.page(here).one("input[name=csrf_token]")["value"]
    run_jobs()
    assert organiser.get(f"{here}/edit").status_code == 409
    for verb, values in (("plan", PLAN), ("delete", {})):
        assert organiser.post(f"{here}/{verb}", data={"csrf_token": token} | values).status_code == 409
    assert "2" in words(organiser.page(here).select_one(".figure-grid"))
    with read() as session:
        assert len(session.scalars(select(Letter)).all()) == 2


def test_no_letter_is_planned_in_the_past(organiser: InspectingClient, write: Write, read: Read) -> None:
    with write() as tx:
        here = f"{MAILINGS}/{a_mailing(tx, state='draft').id}"
    for plan in (PLAN | {"days": "-14", "hour": "00:00"}, {"when": "moment", "moment": "2027-02-28T09:00"}):
        moved = {"days": "-14", "hour": "00:00"} if plan.get("days") else {}
        with write() as tx:
            if moved:
                edition = tx.session.scalars(select(Mailing)).one().edition
                edition.first_day = cast.NOW.date()
        answer = organiser.submit(here, plan, form="form[action$=plan]")
        assert answer.status_code == 422
        assert "passé" in words(soup(answer).select_one(".field__error"))
    assert organiser.submit(here, {"when": "moment", "moment": ""}, form="form[action$=plan]").status_code == 422
    assert the_mailing(read).state == "draft"


def test_now_means_now(
    organiser: InspectingClient, write: Write, outbox: list[Email], run_jobs: RunJobs, read: Read
) -> None:
    with write() as tx:
        a_registration(tx)
        here = f"{MAILINGS}/{a_mailing(tx, state='draft').id}"
    organiser.submit(here, {"when": "now"}, form="form[action$=plan]")
    run_jobs()
    assert [email.to for email in outbox] == ["ada@example.org"]


def test_a_trial_goes_to_the_organiser_alone(
    organiser: InspectingClient, write: Write, outbox: list[Email], run_jobs: RunJobs
) -> None:
    with write() as tx:
        some_people(tx, 3)
        here = f"{MAILINGS}/{a_mailing(tx, state='draft').id}"
    organiser.submit(f"{here}/preview", {}, form="form[action*=trial]")
    run_jobs()
    assert [(email.to, email.subject) for email in outbox] == [("omar@example.org", "Bonjour Camille")]


def test_letters_of_another_edition_are_copied_only_by_who_organises_it(
    organiser: InspectingClient, client_for: Callable[[str], InspectingClient], write: Write, read: Read
) -> None:
    with write() as tx:
        other = a_mailing(tx, an_edition(tx, "amiens-2026"), subject=LocalText(fr="Ailleurs"))
        here = f"{MAILINGS}/{other.id}/copy"
    token = organiser.page(f"{MAILINGS}/new").one("input[name=csrf_token]")["value"]
    assert organiser.post(here, data={"csrf_token": token}).status_code == 404
    assert organiser.get(f"{MAILINGS}/{other.id}").status_code == 404
    owner = client_for("owner")
    assert owner.submit(f"{MAILINGS}/new", {}, form="form[action$=copy]").status_code == 303
    with read() as session:
        assert sorted(session.scalars(select(Mailing.state))) == ["draft", "scheduled"]


def test_mailings_carry_one_click_and_letters_about_ones_place_do_not(
    app: Flask, client: InspectingClient, write: Write, read: Read, outbox: list[Email], run_jobs: RunJobs
) -> None:
    with write() as tx:
        ada = a_registration(tx)
        a_mailing(tx)
        a_mailing(tx, asks_attendance=True, subject=LocalText(fr="Venez-vous ?"))
        from forum.registration.actions import resend

        resend(tx, ada, now=cast.NOW)
    run_jobs()
    with_link = [email for email in outbox if email.unsubscribe_address]
    assert [email.subject for email in with_link] == ["Bonjour Ada"]
    with app.app_context():
        built = message(with_link[0], mail_from="forum@example.org")
    address = str(with_link[0].unsubscribe_address)
    assert built["List-Unsubscribe"] == f"<{address}>"
    assert built["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert address in with_link[0].text
    path = address.removeprefix("http://localhost")

    client.page(path)  # a mail scanner looks: nothing happens
    with read() as session:
        assert session.scalars(select(Subscriber.unsubscribed_at)).one() is None
    answer = client.post(path, data={"List-Unsubscribe": "One-Click"})  # a mail program, without any form of ours
    assert answer.status_code == 200
    outbox.clear()
    with write() as tx:
        a_mailing(tx, subject=LocalText(fr="Encore"))
        a_mailing(tx, asks_attendance=True, subject=LocalText(fr="Et vous ?"))
    run_jobs()
    assert [email.subject for email in outbox] == ["Et vous ?"]
    client.submit(path, {})  # that was a mistake
    with write() as tx:
        a_mailing(tx, subject=LocalText(fr="De retour"))
    run_jobs()
    assert [email.subject for email in outbox][1:] == ["De retour"]
    assert client.get("/unsubscribe/nobody").status_code == 404


def test_who_wants_none_and_who_is_not_there_is_told_to_the_organiser(
    organiser: InspectingClient, write: Write
) -> None:
    from forum.mailings.rules import fingerprint

    with write() as tx:
        some_people(tx, 4)
        tx.add(Subscriber(fingerprint=fingerprint("camille0@example.org"), token="t", unsubscribed_at=cast.NOW))
        tx.add(BouncedAddress(email="camille1@example.org", reason="550 nobody", bounced_at=cast.NOW))
        here = f"{MAILINGS}/{a_mailing(tx, state='draft').id}"
    shown = words(organiser.page(here).main)
    assert "2 personnes à ce jour" in shown
    assert "1 personne ne veut pas" in shown
    assert "1 adresse n’existe plus" in shown


def test_news_of_the_next_editions_is_agreed_to_by_oneself(client: InspectingClient, write: Write, read: Read) -> None:
    with write() as tx:
        ada = a_registration(tx)
    page = f"/r/{ada.token}/news"

    def agreed() -> bool:
        with read() as session:
            return session.scalars(select(Person.news_consent_at)).one() is not None

    assert not agreed()
    client.submit(page, {"agrees": "yes"})
    assert agreed()
    client.submit(page, {"agrees": "no"})
    assert not agreed()


def test_the_organisers_own_words_stand_in_confirmations(
    organiser: InspectingClient, write: Write, outbox: list[Email], run_jobs: RunJobs
) -> None:
    from forum.registration.actions import resend

    organiser.submit(
        "/organise/lens-2027/letters/confirmation", {"words_fr": "Venez en **train** <script>", "words_en": ""}
    )
    with write() as tx:
        resend(tx, a_registration(tx), now=cast.NOW)
    run_jobs()
    assert "Venez en **train** <script>" in outbox[0].text
    assert "<p>Venez en <strong>train</strong> &lt;script&gt;</p>" in outbox[0].html


def test_the_outbox_shows_the_letters_of_one_mailing(
    organiser: InspectingClient, write: Write, run_jobs: RunJobs
) -> None:
    with write() as tx:
        some_people(tx, 2)
        first, second = a_mailing(tx), a_mailing(tx, subject=LocalText(fr="Autre"))
    run_jobs()
    for mailing, subject in ((first, "Bonjour Camille"), (second, "Autre")):
        page = organiser.page(f"/organise/lens-2027/letters?mailing={mailing.id}")
        assert [words(link) for link in page.select(".list-name > a")] == [subject] * 2


def test_lists_take_as_many_statements_for_thirty_as_for_one(
    organiser: InspectingClient, write: Write, statements: Any
) -> None:
    counts = []
    for number in (1, 30):
        with write() as tx:
            for each in range(number):
                a_mailing(tx, state=("scheduled", "draft", "finished")[each % 3] if number > 1 else "draft")
            some_people(tx, number)
        with statements() as seen:
            organiser.page(MAILINGS)
            organiser.page(f"{MAILINGS}/{1_000_000}", status=404)
        counts.append(len(seen))
    assert counts[0] == counts[1]


def test_only_organisers_of_the_edition_write(
    client: InspectingClient, client_for: Callable[[str], InspectingClient], write: Write
) -> None:
    with write() as tx:
        a_category(tx)
    assert client.get(MAILINGS).status_code == 302
    assert client_for("stranger").get(MAILINGS).status_code == 403
