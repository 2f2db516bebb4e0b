"""Exhibitors on the web: the list, the form, the private page, the organisers' pages."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta

import openpyxl
import pytest
from flask import Flask
from sqlalchemy import select

from forum.badges.models import Badge
from forum.core.email import Email
from forum.exhibitors.models import Exhibitor
from forum.people.models import Organisation
from forum.registration.models import Registration
from tests import cast
from tests.clock import Clock
from tests.conftest import Read, Write
from tests.factories import a_stand, an_edition, an_exhibitor, an_organisation
from tests.inspection import InspectingClient, soup, words
from tests.statements import statements_of

ClientFor = Callable[[str], InspectingClient]
FORM = "/editions/lens-2027/exhibit"
LIST = "/editions/lens-2027/exhibitors/"
ORGANISE = "/organise/lens-2027/exhibitors"
FILLED = {
    "organisation": "Capteurs du Nord",
    "kind": "start-up",
    "pitch": "Des capteurs pour les berges.",
    "given_name": "Zoé",
    "family_name": "de La Motte",
    "email": "Zoe@Example.org",
    "staff_places": "3",
}


def one(read: Read) -> Exhibitor:
    with read() as session:
        return session.scalars(select(Exhibitor)).one()


@pytest.fixture
def edition(write: Write) -> int:
    with write() as tx:
        return an_edition(tx).id


def accepted(write: Write, name: str = "Capteurs du Nord", **values: object) -> tuple[str, str]:
    """Return the key and the token of a new accepted exhibitor."""
    with write() as tx:
        exhibitor = an_exhibitor(tx, organisation_id=an_organisation(tx, name=name).id, state="accepted", **values)
        return exhibitor.key, exhibitor.token


# --- applying


def test_an_application_is_taken_and_answered(
    client: InspectingClient, edition: int, read: Read, outbox: list[Email], run_jobs: Callable[[], int]
) -> None:
    response = client.submit(FORM, FILLED | {"website": "capteurs.example", "siret": "732 829 320 00074"})
    exhibitor = one(read)
    assert response.headers["Location"] == f"/x/{exhibitor.token}"
    assert exhibitor.organisation.website == "https://capteurs.example"
    assert exhibitor.organisation.siret == "73282932000074"
    assert (exhibitor.state, exhibitor.staff_places, exhibitor.contact.email) == ("submitted", 3, "zoe@example.org")
    page = client.page(f"/x/{exhibitor.token}")
    assert "à traiter" in words(page.main)
    run_jobs()
    assert [(email.to, email.subject) for email in outbox] == [
        ("zoe@example.org", "Votre candidature pour exposer est arrivée : Forum Lens")
    ]
    assert f"http://localhost/x/{exhibitor.token}" in outbox[0].text


def test_a_form_sent_twice_is_one_application(client: InspectingClient, edition: int, read: Read) -> None:
    key = str(client.page(FORM).one("input[name=submission_key]")["value"])
    first = client.submit(FORM, FILLED | {"submission_key": key})
    second = client.submit(FORM, FILLED | {"submission_key": key, "organisation": "Autre"})
    assert first.headers["Location"] == second.headers["Location"]
    assert one(read).organisation.name == "Capteurs du Nord"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("organisation", ""),
        ("organisation", "x" * 10_000),
        ("kind", "bank"),
        ("kind", None),
        ("pitch", " \u200b ".replace("\u200b", "")),
        ("email", "nobody"),
        ("website", "javascript:alert(1)"),
        ("website", "https://"),
        ("siret", "732 829 320 00075"),
        ("staff_places", "0"),
        ("staff_places", "many"),
        ("description", "x" * 3001),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_lost(
    client: InspectingClient, edition: int, read: Read, field: str, value: str | None
) -> None:
    response = client.submit(FORM, FILLED | {field: value})
    assert response.status_code == 422
    page = soup(response)
    assert page.select_one(f"#{field}-error") is not None
    if field != "organisation":
        assert page.one("#organisation")["value"] == "Capteurs du Nord"
    with read() as session:
        assert session.scalars(select(Organisation)).all() == []


def test_hard_names_pass(client: InspectingClient, edition: int, read: Read) -> None:
    hostile = "<script>alert(1)</script> & “É” عمر 🦊"
    client.submit(FORM, FILLED | {"organisation": hostile, "given_name": "عمر", "family_name": "الفاروق"})
    exhibitor = one(read)
    assert (exhibitor.organisation.name, exhibitor.contact.name) == (hostile, "عمر الفاروق")
    assert hostile in words(client.page(f"/x/{exhibitor.token}").h1)


def test_a_robot_is_sent_away(client: InspectingClient, edition: int, read: Read) -> None:
    assert client.submit(FORM, FILLED | {"nickname": "buy now"}).status_code == 303
    with read() as session:
        assert session.scalars(select(Exhibitor)).all() == []


def test_the_form_says_when_it_opens_and_that_it_is_closed(client: InspectingClient, write: Write) -> None:
    with write() as tx:
        an_edition(tx, applications_open_at=cast.NOW + timedelta(days=3))
        an_edition(tx, "amiens-2027", applications_open_at=None)
    assert "4 mars 2027" in words(client.page(FORM).main)
    assert "ne prend pas" in words(client.page("/editions/amiens-2027/exhibit").main)


def test_a_form_sent_too_late_keeps_what_was_written(
    client: InspectingClient, write: Write, read: Read, clock: Clock
) -> None:
    with write() as tx:
        an_edition(tx, applications_close_at=cast.NOW + timedelta(hours=1))
    page = client.page(FORM)
    clock.moves(hours=2)
    token = str(page.one("input[name=csrf_token]")["value"])
    response = client.post(FORM, data=FILLED | {"csrf_token": token})
    assert response.status_code == 410
    shown = soup(response)
    assert shown.one("#organisation")["value"] == "Capteurs du Nord"
    assert "ne prend pas" in words(shown.select_one("#errors"))


# --- visitors


def test_without_exhibitors_the_list_says_so(client: InspectingClient, edition: int) -> None:
    assert "pas encore connus" in words(client.page(LIST).main)


def test_visitors_find_exhibitors_whatever_accents_they_type(client: InspectingClient, write: Write) -> None:
    with write() as tx:
        stand_id = a_stand(tx, label="B12", area="Halle basse").id
    accepted(write, "Écoles d’Été", stand_id=stand_id)
    accepted(write, "Brique & Cie")
    with write() as tx:
        an_exhibitor(tx, organisation_id=an_organisation(tx, name="Pas encore").id)
    assert [words(each) for each in client.page(LIST).select(".exhibitors h2")] == ["Brique & Cie", "Écoles d’Été"]
    for query in ("?q=ecoles+ete", "?q=b12", "?q=ETE&sort=stand"):
        assert [words(each) for each in client.page(LIST + query).select(".exhibitors h2")] == ["Écoles d’Été"]
    assert "Aucun exposant" in words(client.page(f"{LIST}?q=rien").main)
    by_stand = [words(each) for each in client.page(f"{LIST}?sort=stand").select(".exhibitors h2")]
    assert by_stand == ["Écoles d’Été", "Brique & Cie"]
    assert "Aucun" in words(client.page(f"{LIST}?kind=school").main)


def test_an_exhibitors_page_is_public_once_accepted(client: InspectingClient, write: Write) -> None:
    key, _token = accepted(write, description="**Fort** [lien](javascript:alert(1)) <script>x</script>")
    page = client.page(f"{LIST}{key}/")
    assert words(page.h1) == "Capteurs du Nord"
    assert page.select_one(".prose strong") is not None
    assert page.select(".prose a[href], .prose script") == []
    assert "ada@example.org" not in str(page)
    with write() as tx:
        waiting = an_exhibitor(tx).key
    client.page(f"{LIST}{waiting}/", status=404)
    client.page(f"/editions/lens-2027/exhibitors/{'0' * 8}/", status=404)


# --- the private page


def test_an_exhibitor_changes_what_is_said_of_it(client: InspectingClient, write: Write, read: Read) -> None:
    _key, token = accepted(write)
    client.submit(f"/x/{token}/edit", {"pitch": "Mieux.", "description": "Long."})
    assert (one(read).pitch, one(read).description) == ("Mieux.", "Long.")
    assert client.submit(f"/x/{token}/edit", {"pitch": ""}).status_code == 422


def test_named_staff_get_a_badge_and_those_taken_off_lose_it(
    client: InspectingClient, write: Write, read: Read, outbox: list[Email], run_jobs: Callable[[], int]
) -> None:
    _key, token = accepted(write, staff_places=2)
    person = {"given_name": "Ελένη", "family_name": "Παπαδοπούλου", "email": "eleni@example.org"}
    for _twice in range(2):
        client.submit(f"/x/{token}", person, form=f"form[action='/x/{token}/staff']")
    with read() as session:
        (badge,) = session.scalars(select(Badge))
        assert (badge.is_valid, badge.registration.category.kind) == (True, "exhibitor")
        assert badge.registration.person.organisation_name == "Capteurs du Nord"
        reference = badge.registration.reference
    run_jobs()
    assert [email.to for email in outbox] == ["eleni@example.org"]
    assert outbox[0].attachments[0].type == "application/pdf"
    client.submit(f"/x/{token}", {}, form=f"form[action='/x/{token}/staff/{reference}/remove']")
    with read() as session:
        assert [each.state for each in session.scalars(select(Registration))] == ["cancelled"]
    assert "Ελένη" not in words(client.page(f"/x/{token}").select_one("#staff"))


def test_no_more_staff_than_places(client: InspectingClient, write: Write, read: Read) -> None:
    _key, token = accepted(write, staff_places=1)
    page = client.page(f"/x/{token}")
    csrf = str(page.one("input[name=csrf_token]")["value"])
    data = {"csrf_token": csrf, "given_name": "Ada", "family_name": "L.", "email": "ada@example.org"}
    assert client.post(f"/x/{token}/staff", data=data).status_code == 303
    response = client.post(f"/x/{token}/staff", data=data | {"given_name": "Bob"})
    assert response.status_code == 409
    assert "Les 1 places" in words(soup(response).main) or "sont prises" in words(soup(response).main)
    with read() as session:
        assert len(session.scalars(select(Registration)).all()) == 1


def test_who_withdraws_frees_the_stand_and_the_badges(client: InspectingClient, write: Write, read: Read) -> None:
    with write() as tx:
        stand_id = a_stand(tx).id
    key, token = accepted(write, stand_id=stand_id)
    person = {"given_name": "Ada", "family_name": "L.", "email": "ada@example.org"}
    client.submit(f"/x/{token}", person, form=f"form[action='/x/{token}/staff']")
    client.submit(f"/x/{token}", {}, form=f"form[action='/x/{token}/withdraw']")
    exhibitor = one(read)
    assert (exhibitor.state, exhibitor.stand_id) == ("withdrawn", None)
    with read() as session:
        assert [each.state for each in session.scalars(select(Registration))] == ["cancelled"]
    client.page(f"{LIST}{key}/", status=404)
    assert "Candidater à nouveau" in words(client.page(f"/x/{token}").main)


def test_a_guessed_link_finds_nothing(client: InspectingClient) -> None:
    client.page(f"/x/{'0' * 26}", status=404)


# --- organisers


def test_strangers_see_no_applications(client: InspectingClient, client_for: ClientFor, edition: int) -> None:
    assert client.get(ORGANISE).status_code == 302
    assert client_for("stranger").get(ORGANISE).status_code == 403
    assert client_for("stranger").get(f"{ORGANISE}.csv").status_code == 403


def test_organisers_accept_with_a_stand(
    client_for: ClientFor, write: Write, read: Read, outbox: list[Email], run_jobs: Callable[[], int]
) -> None:
    with write() as tx:
        stand_id = a_stand(tx, label="C3").id
        key = an_exhibitor(tx).key
    client = client_for("organiser")
    values = {"stand_id": str(stand_id), "staff_places": "4", "words": "À bientôt."}
    response = client.submit(f"{ORGANISE}/{key}", values, form=f"form[action$='{key}/accept']")
    assert response.status_code == 303
    exhibitor = one(read)
    assert (exhibitor.state, exhibitor.stand_id, exhibitor.staff_places) == ("accepted", stand_id, 4)
    with read() as session:
        assert [badge.registration.person_id for badge in session.scalars(select(Badge))] == [exhibitor.contact_id]
    run_jobs()
    subjects = {email.subject for email in outbox}
    assert "Vous exposez : Forum Lens" in subjects
    letter = next(email for email in outbox if email.subject == "Vous exposez : Forum Lens")
    assert "C3" in letter.text
    assert "À bientôt." in letter.text


def test_a_stand_that_is_taken_is_refused_with_a_sentence(client_for: ClientFor, write: Write, read: Read) -> None:
    with write() as tx:
        stand_id = a_stand(tx, label="C3").id
        key = an_exhibitor(tx).key
    accepted(write, "Déjà là", stand_id=stand_id)
    response = client_for("organiser").submit(
        f"{ORGANISE}/{key}", {"stand_id": str(stand_id)}, form=f"form[action$='{key}/accept']"
    )
    assert response.status_code == 409
    assert "Le stand C3 est attribué à Déjà là" in words(soup(response).select_one("#stand_id-error"))
    with read() as session:
        assert session.scalars(select(Exhibitor.state).where(Exhibitor.key == key)).one() == "submitted"


@pytest.mark.parametrize("stand_id", ["999999", "99999999999999999999", "x"])
def test_a_stand_that_is_not_there_is_refused(client_for: ClientFor, write: Write, stand_id: str) -> None:
    with write() as tx:
        key = an_exhibitor(tx).key
    response = client_for("organiser").submit(
        f"{ORGANISE}/{key}", {"stand_id": stand_id}, form=f"form[action$='{key}/accept']"
    )
    assert response.status_code in (409, 422)
    assert soup(response).select_one("#stand_id-error") is not None


def test_organisers_move_an_exhibitor_and_decline_it(
    client_for: ClientFor, write: Write, read: Read, outbox: list[Email], run_jobs: Callable[[], int]
) -> None:
    with write() as tx:
        stand_id = a_stand(tx, label="D4").id
    key, _token = accepted(write)
    client = client_for("organiser")
    values = {"stand_id": str(stand_id), "staff_places": "2"}
    client.submit(f"{ORGANISE}/{key}", values, form=f"form[action$='{key}/stand']")
    assert one(read).stand_id == stand_id
    client.submit(f"{ORGANISE}/{key}", {"decline_words": "Désolés."}, form=f"form[action$='{key}/decline']")
    assert (one(read).state, one(read).stand_id) == ("declined", None)
    run_jobs()
    assert [email.subject for email in outbox] == [
        "Votre stand : D4, Forum Lens",
        "Votre candidature pour exposer : Forum Lens",
    ]
    assert "Désolés." in outbox[1].text


def test_a_note_is_for_organisers_only(
    client_for: ClientFor, client: InspectingClient, write: Write, read: Read
) -> None:
    key, token = accepted(write)
    organiser = client_for("organiser")
    organiser.submit(f"{ORGANISE}/{key}", {"note": "À rappeler"}, form=f"form[action$='{key}/note']")
    assert one(read).note == "À rappeler"
    assert "À rappeler" not in str(client.page(f"/x/{token}"))


def test_organisers_search_filter_and_sort(client_for: ClientFor, write: Write) -> None:
    accepted(write, "Brique")
    accepted(write, "Âtre")
    with write() as tx:
        an_exhibitor(tx, organisation_id=an_organisation(tx, name="Canal", kind="school").id)
    client = client_for("organiser")

    def names(query: str) -> list[str]:
        return [words(each) for each in client.page(ORGANISE + query).select("tbody th a")]

    assert names("") == ["Âtre", "Brique", "Canal"]
    assert names("?sort=-name") == ["Canal", "Brique", "Âtre"]
    assert names("?state=submitted") == ["Canal"]
    assert names("?kind=school&q=canal") == ["Canal"]
    assert names("?q=ada%40example&sort=nonsense&state=nonsense") == ["Âtre", "Brique", "Canal"]
    assert "Aucun exposant" in words(client.page(f"{ORGANISE}?q=zzz").main)


def test_without_applications_the_list_tells_the_next_step(client_for: ClientFor, edition: int) -> None:
    assert "Préparer les stands" in words(client_for("organiser").page(ORGANISE).main)


def test_the_list_leaves_as_csv_and_xlsx(client_for: ClientFor, write: Write) -> None:
    accepted(write, "=cmd|' /C calc'!A0")
    accepted(write, "Brique")
    client = client_for("organiser")
    text = client.get(f"{ORGANISE}.csv?q=brique").data.decode("utf-8-sig")
    assert len(text.splitlines()) == 2
    assert text.splitlines()[1].startswith("Brique;")
    book = openpyxl.load_workbook(io.BytesIO(client.get(f"{ORGANISE}.xlsx").data))
    names = [row[0].value for row in book.worksheets[0].iter_rows(min_row=2)]
    assert sorted(map(str, names)) == ["=cmd|' /C calc'!A0", "Brique"]
    assert {row[0].data_type for row in book.worksheets[0].iter_rows(min_row=2)} == {"s"}
    assert "'=cmd" in client.get(f"{ORGANISE}.csv").data.decode("utf-8-sig")


def test_lists_are_paged(client_for: ClientFor, write: Write) -> None:
    for number in range(51):
        accepted(write, f"Atelier {number:02}")
    page = client_for("organiser").page(f"{ORGANISE}?page=2")
    assert [words(each) for each in page.select("tbody th a")] == ["Atelier 50"]


@pytest.mark.parametrize("address", [ORGANISE, LIST])
def test_lists_ask_as_often_for_thirty_as_for_one(
    app: Flask, client_for: ClientFor, write: Write, address: str
) -> None:
    client = client_for("organiser")
    counts = []
    for more in (1, 29):
        for number in range(more):
            with write() as tx:
                stand_id = a_stand(tx).id
            accepted(write, f"Atelier {more}-{number}", stand_id=stand_id)
        with statements_of(app) as sent:
            client.page(address)
        counts.append(len(sent))
    assert counts[0] == counts[1]
