"""The holder's badge, and printing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from bs4 import BeautifulSoup
from flask import Flask
from pypdfium2 import PdfDocument
from sqlalchemy import select

from forum.badges.models import Badge, PrintJob
from forum.badges.rules import Selection
from forum.core.db import LocalText
from tests import cast
from tests.conftest import Read, Write
from tests.factories import a_badge, a_category, a_registration, an_edition
from tests.inspection import InspectingClient, soup, words
from tests.statements import statements_of

ClientFor = Callable[[str], InspectingClient]
BADGES = "/organise/lens-2027/badges"


def many_badges(write: Write, count: int) -> None:
    with write() as tx:
        for _ in range(count):
            a_badge(tx)


def pages_of(pdf: bytes) -> list[str]:
    document = PdfDocument(pdf)
    return [document[number].get_textpage().get_text_bounded() for number in range(len(document))]


def test_a_holder_sees_their_badge(client: InspectingClient, write: Write) -> None:
    with write() as tx:
        badge = a_badge(tx)
        token, reference = badge.registration.token, badge.registration.reference
    response = client.get(f"/r/{token}/badge.pdf")
    assert (response.status_code, response.mimetype) == (200, "application/pdf")
    assert f'inline; filename="badge-lens-2027-{reference}.pdf"' in response.headers["Content-Disposition"]
    assert response.headers["Cache-Control"] == "no-store"
    (text,) = pages_of(response.data)
    assert "Ada" in text
    assert "Lovelace" in text


def test_who_cancelled_reads_why_there_is_no_badge(client: InspectingClient, write: Write) -> None:
    with write() as tx:
        registration = a_registration(tx)
        a_badge(tx, registration)
        registration.state = "cancelled"
        token = registration.token
    page = client.page(f"/r/{token}/badge.pdf", status=410)
    assert "Cette inscription n’est pas confirmée" in words(page.main)


def test_a_guessed_token_finds_nothing(client: InspectingClient) -> None:
    client.page("/r/00000000000000000000000000/badge.pdf", status=404)


def test_strangers_do_not_print(client: InspectingClient, client_for: ClientFor, write: Write) -> None:
    many_badges(write, 1)
    assert client.get(BADGES).status_code == 302
    assert client_for("stranger").get(BADGES).status_code == 403
    assert client_for("stranger").post(f"{BADGES}/print").status_code in (400, 403)


def test_without_badges_the_page_tells_the_next_step(client_for: ClientFor, write: Write) -> None:
    with write() as tx:
        an_edition(tx)
    assert "Aucun badge pour l’instant" in words(client_for("organiser").page(BADGES).main)


def test_the_page_counts_printed_and_changed(client_for: ClientFor, write: Write, now: datetime) -> None:
    with write() as tx:
        a_badge(tx)
        a_badge(tx, printed_at=now)
        a_badge(tx, printed_at=now, printed_words="what it said then")
        a_badge(tx, voided_at=now)
        a_badge(tx, a_registration(tx, state="cancelled"))
    numbers = [figure.get_text() for figure in client_for("organiser").page(BADGES).select(".figure__number")]
    assert numbers == ["3", "2", "1", "1"]


def test_a_few_badges_come_at_once_and_are_noted(
    client_for: ClientFor, write: Write, read: Read, now: datetime
) -> None:
    with write() as tx:
        a_badge(tx, a_registration(tx, cast.ZOE))
        a_badge(tx, a_registration(tx, cast.ADA))
        a_badge(tx, a_registration(tx, cast.ELENI))
    response = client_for("organiser").submit(BADGES, {"format": "a6", "sort": "name"})
    assert response.mimetype == "application/pdf"
    given_names = [next(name for name in ("Zoé", "Ada", "Ελένη") if name in text) for text in pages_of(response.data)]
    assert given_names == ["Zoé", "Ada", "Ελένη"]  # La Motte, Lovelace, Παπαδοπούλου
    with read() as session:
        assert set(session.scalars(select(Badge.printed_at))) == {now}


def test_only_what_is_new_or_changed_is_printed_again(client_for: ClientFor, write: Write) -> None:
    with write() as tx:
        people = [a_badge(tx, a_registration(tx, who)).registration.person for who in (cast.ADA, cast.ZOE)]
    client = client_for("organiser")
    assert len(pages_of(client.submit(BADGES, {}).data)) == 2
    assert "Rien de nouveau" in client.submit(BADGES, {}, follow_redirects=True).get_data(as_text=True)
    with write() as tx:
        tx.session.merge(people[1]).organisation_name = "Atelier du Nord"
        a_badge(tx, a_registration(tx, cast.ELENI))
    texts = pages_of(client.submit(BADGES, {}).data)
    assert ["Zoé" in texts[0], "Ελένη" in texts[1], len(texts)] == [True, True, 2]
    assert len(pages_of(client.submit(BADGES, {"which": "all"}).data)) == 3


def test_one_category_alone(client_for: ClientFor, write: Write) -> None:
    with write() as tx:
        press = a_category(tx, slug="press", kind="press", name=LocalText(fr="Presse", en="Press"))
        a_badge(tx, a_registration(tx, cast.ADA, category=press))
        a_badge(tx, a_registration(tx, cast.ZOE))
        press_id = press.id
    (text,) = pages_of(client_for("organiser").submit(BADGES, {"category": [str(press_id)]}).data)
    assert "Presse" in text


def test_people_chosen_in_a_list_are_printed(client_for: ClientFor, write: Write) -> None:
    with write() as tx:
        ids = [str(a_badge(tx).registration_id) for _ in range(3)]
    client = client_for("organiser")
    page = client.page(f"{BADGES}?registration={ids[0]}&registration={ids[2]}&registration=x&registration=999999999")
    assert len(page.select("input[name=registration][checked]")) == 2
    token = token_of(page)
    response = client.post(f"{BADGES}/print", data={"csrf_token": token, "registration": [ids[0], ids[2]]})
    assert len(pages_of(response.data)) == 2


def token_of(page: BeautifulSoup) -> str:
    field = page.select_one("input[name=csrf_token]")
    assert field is not None
    return str(field["value"])


def test_another_editions_people_are_not_printed(client_for: ClientFor, write: Write) -> None:
    with write() as tx:
        a_badge(tx)
        elsewhere = a_category(tx, an_edition(tx, "amiens-2028"), name=LocalText(fr="Ailleurs"))
        foreign = a_badge(tx, a_registration(tx, category=elsewhere)).registration_id
    client = client_for("organiser")
    token = token_of(client.page(BADGES))
    response = client.post(
        f"{BADGES}/print", data={"csrf_token": token, "registration": [str(foreign)]}, follow_redirects=True
    )
    assert "Aucun badge ne correspond" in response.get_data(as_text=True)


def test_nobody_chosen_prints_nobody(client_for: ClientFor, write: Write, read: Read) -> None:
    many_badges(write, 2)
    client = client_for("organiser")
    token = token_of(client.page(BADGES))
    for data in ({}, {"registration": ["x"]}):
        response = client.post(f"{BADGES}/print", data={"csrf_token": token} | data)
        assert response.status_code == 303
    with read() as session:
        assert set(session.scalars(select(Badge.printed_at))) == {None}


def test_a_layout_that_nobody_offered_is_refused(client_for: ClientFor, write: Write) -> None:
    many_badges(write, 1)
    response = client_for("organiser").submit(BADGES, {"format": "a0"})
    assert response.status_code == 422
    assert len(soup(response).select(".field__error")) == 1


def test_many_are_made_in_the_background(
    client_for: ClientFor, write: Write, read: Read, run_jobs: Callable[[], int], now: datetime
) -> None:
    many_badges(write, 45)
    client = client_for("organiser")
    response = client.submit(BADGES, {"format": "a4x4"})
    assert response.status_code == 303
    address = response.headers["Location"]
    assert "0 badges sur 45 préparés" in words(client.page(address).main)
    assert client.get(f"{address}.pdf").status_code == 410
    with read() as session:
        assert set(session.scalars(select(Badge.printed_at))) == {None}
    run_jobs()
    page = client.page(address)
    assert "Télécharger les 45 badges" in words(page.main)
    with read() as session:  # the file is there, and nobody has it yet
        assert set(session.scalars(select(Badge.printed_at))) == {None}
    file = client.get(f"{address}.pdf")
    assert len(pages_of(file.data)) == 12
    assert "attachment" in file.headers["Content-Disposition"]
    with read() as session:
        assert set(session.scalars(select(Badge.printed_at))) == {now}
    assert "45 badges" in words(client.page(BADGES).main)


def test_who_cancelled_is_left_out_and_named(client_for: ClientFor, write: Write, run_jobs: Callable[[], int]) -> None:
    with write() as tx:
        coming = a_badge(tx).registration_id
        gone = a_badge(tx, a_registration(tx, cast.ZOE, state="cancelled")).registration_id
    client = client_for("organiser")
    token = token_of(client.page(BADGES))
    response = client.post(f"{BADGES}/print", data={"csrf_token": token, "registration": [str(coming), str(gone)]})
    run_jobs()
    text = words(client.page(response.headers["Location"]).main)
    assert "1 personne n’est pas imprimée" in text
    assert "Zoé de La Motte-Françoise" in text
    assert len(pages_of(client.get(f"{response.headers['Location']}.pdf").data)) == 1


def test_another_editions_print_jobs_are_not_found(client_for: ClientFor, write: Write, now: datetime) -> None:
    with write() as tx:
        an_edition(tx)
        other = an_edition(tx, "amiens-2028")
        selection = Selection(registration_ids=()).as_json()
        tx.add(PrintJob(edition_id=other.id, key="foreign", selection=selection, asked_at=now))
    client_for("organiser").page(f"{BADGES}/prints/foreign", status=404)


def test_the_page_asks_as_often_for_thirty_as_for_one(app: Flask, client_for: ClientFor, write: Write) -> None:
    client = client_for("organiser")
    counts = []
    for more in (1, 29):
        many_badges(write, more)
        with write() as tx:
            a_badge(tx, a_registration(tx, category=a_category(tx, slug=f"category-{more}")))
        with statements_of(app) as sent:
            client.page(BADGES)
        counts.append(len(sent))
    assert counts[0] == counts[1]


def test_a_lost_badge_is_made_void_and_a_new_one_lets_its_holder_in(
    client_for: ClientFor, write: Write, read: Read
) -> None:
    with write() as tx:
        badge = a_badge(tx)
        address, former = f"/organise/lens-2027/registrations/{badge.registration_id}", badge.code
    answer = client_for("organiser").submit(address, {"reason": "copied"}, form='form[action$="/badges/reissue"]')
    assert (answer.status_code, answer.location) == (303, address)
    with read() as session:
        badges = session.scalars(select(Badge).order_by(Badge.id)).all()
        assert [(each.code == former, each.is_valid, each.void_reason) for each in badges] == [
            (True, False, "copied"),
            (False, True, None),
        ]


def test_nobody_makes_the_badges_of_another_edition_void(client_for: ClientFor, write: Write) -> None:
    with write() as tx:
        an_edition(tx)
        a_badge(tx)
        other = a_badge(tx, a_registration(tx, category=a_category(tx, an_edition(tx, "amiens-2028")))).registration_id
    organiser = client_for("organiser")
    page = organiser.page("/organise/lens-2027/badges")
    token = page.select_one("input[name=csrf_token]")
    assert token is not None
    values = {"csrf_token": token["value"], "registration": other}
    assert organiser.post("/organise/lens-2027/badges/reissue", data=values).status_code == 404
