"""The organisers' own questions: asked, conditional, kept, shown, erased."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest
from flask import Flask
from sqlalchemy import func, select

from forum.core.db import LocalText, Transaction
from forum.registration.models import Answer, Question, Registration
from forum.registration.rules import questions as rules
from tests.conftest import Read, Write, browser
from tests.factories import a_category, a_registration, an_edition
from tests.inspection import InspectingClient, soup, words

FORM = "/editions/lens-2027/register"
PAGES = "/organise/lens-2027/categories/questions"
FILLED = {"given_name": "Ada", "family_name": "Lovelace", "email": "ada@example.org"}

# What an organiser writes on the page of a question.
TRANSPORT = {
    "label_fr": "Comment venez-vous ?",
    "label_en": "How do you come?",
    "kind": "one-of",
    "options_fr": "En train\nEn voiture",
    "options_en": "By train\nBy car",
    "purpose_fr": "Pour prévoir des navettes",
    "keep_days": "30",
}


@pytest.fixture
def organiser(client_for: Callable[[str], InspectingClient]) -> InspectingClient:
    return client_for("organiser")


def a_question(tx: Transaction, key: str = "media", **values: Any) -> Question:
    """Return a new question; a line of words unless told otherwise."""
    defaults: dict[str, Any] = {
        "kind": "short-text",
        "label": LocalText(fr=f"Question {key}", en=f"Question {key}"),
        "help": LocalText(),
        "purpose": LocalText(fr="Pour savoir", en="To know"),
        "options": [],
        "position": len(tx.session.scalars(select(Question)).all()) + 1,
        "category_slugs": [],
        "depends_on_answers": [],
    }
    return tx.add(Question(edition_id=an_edition(tx).id, key=key, **(defaults | values)))


def options(*keys: str) -> list[dict[str, str]]:
    return [{"key": key, "fr": key.capitalize()} for key in keys]


def kept(read: Read) -> dict[str, list[str]]:
    """Return all answers by the question's key."""
    with read() as session:
        rows = session.execute(select(Question.key, Answer.words).join(Answer, Answer.question_id == Question.id))
        return {key: list(answer) for key, answer in rows}


def test_an_organiser_asks_and_a_person_answers(
    organiser: InspectingClient, client: InspectingClient, write: Write, read: Read
) -> None:
    with write() as tx:
        category_id = a_category(tx).id
    assert organiser.submit(f"{PAGES}/new", TRANSPORT).status_code == 303
    assert "Comment venez-vous ?" in words(organiser.page(PAGES).main)
    question = client.page(FORM).select_one("fieldset.question")
    assert question is not None
    assert "Pour prévoir des navettes · effacé le dimanche 18 avril 2027" in words(question).replace("\xa0", " ")
    name = str(question.select("input")[1]["name"])
    sent = client.submit(FORM, FILLED | {"category_id": category_id, name: "en-voiture"})
    assert kept(read) == {"comment-venez-vous": ["en-voiture"]}
    assert "En voiture" in words(client.page(sent.location).main)
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    assert "By car" in words(client.page(FORM).main)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"label_fr": ""}, "label_fr"),
        ({"purpose_fr": ""}, "purpose_fr"),
        ({"keep_days": "-1"}, "keep_days"),
        ({"options_fr": "En train"}, "options_fr"),
        ({"options_fr": "En train\nEn train"}, "options_fr"),
        ({"options_en": "By train"}, "options_en"),
        ({"kind": "mood"}, "kind"),
    ],
)
def test_a_question_that_cannot_be_asked_is_refused_at_its_field(
    organiser: InspectingClient, write: Write, read: Read, values: dict[str, str], field: str
) -> None:
    with write() as tx:
        a_category(tx)
    answer = organiser.submit(f"{PAGES}/new", TRANSPORT | values)
    assert answer.status_code == 422
    assert soup(answer).select_one(f"#{field}-error") is not None
    with read() as session:
        assert session.scalar(select(func.count(Question.id))) == 0


KINDS = [
    ("short-text", ["  La  Gazette "], "La Gazette", "La Gazette"),
    ("long-text", ["une\ndeux"], "une\ndeux", "une\ndeux"),
    ("yes-no", ["yes"], "yes", "Oui"),
    ("one-of", ["b"], "b", "B"),
    ("several-of", ["c", "a"], "a", "A, C"),
    ("number", ["1 234,50"], "1234.50", "1\u202f234,5"),
    ("date", ["18/3/2027"], "2027-03-18", "jeudi\xa018 mars 2027"),
    ("hour", ["9h30"], "09:30", "09:30"),
    ("email", ["Ada@Example.org"], "ada@example.org", "ada@example.org"),
    ("phone", ["+33 3 21 00 00 00"], "+33 3 21 00 00 00", "+33 3 21 00 00 00"),
    ("link", ["example.org/a"], "https://example.org/a", "https://example.org/a"),
    ("country", ["BE"], "BE", "Belgique"),
]


@pytest.mark.parametrize(("kind", "sent", "first", "shown"), KINDS)
def test_each_kind_keeps_one_spelling_and_reads_well(
    app: Flask, kind: str, sent: list[str], first: str, shown: str
) -> None:
    question = Question(id=1, key="q", kind=kind, options=options("a", "b", "c"), category_slugs=[], is_required=True)
    with app.test_request_context(headers={"Accept-Language": "fr"}):
        taken, wrong = rules.checked_answers([question], "public", {1: sent})
        assert (wrong, taken[1][0]) == ({}, first)
        assert rules.shown_answer(question, taken[1], "fr") == shown


@pytest.mark.parametrize(
    ("kind", "sent"),
    [
        ("short-text", "x" * 201),
        ("long-text", "x" * 2001),
        ("yes-no", "maybe"),
        ("one-of", "z"),
        ("several-of", "z"),
        ("number", "many"),
        ("number", "NaN"),
        ("number", "1e999"),
        ("date", "31/02/2027"),
        ("date", "0001-01-01"),
        ("hour", "25:00"),
        ("email", "ada@"),
        ("phone", "call me"),
        ("link", "javascript:alert(1)"),
        ("link", "https://"),
        ("country", "ZZ"),
    ],
)
def test_what_is_no_answer_is_said(app: Flask, kind: str, sent: str) -> None:
    question = Question(id=1, key="q", kind=kind, options=options("a", "b"), category_slugs=[])
    with app.test_request_context():
        taken, wrong = rules.checked_answers([question], "public", {1: [sent]})
    assert (taken, list(wrong)) == ({}, [1])


def test_a_missing_answer_is_said_at_its_question_and_nothing_typed_is_lost(
    client: InspectingClient, write: Write, read: Read
) -> None:
    with write() as tx:
        category_id = a_category(tx).id
        needed = a_question(tx, is_required=True)
        other = a_question(tx, "other")
    answer = client.submit(FORM, FILLED | {"category_id": category_id, f"q-{other.id}": "écrit"})
    page = soup(answer)
    assert answer.status_code == 422
    assert words(page.select_one(f"#question-{needed.id}-error")) == "Répondez à cette question."
    assert page.select_one(f'#errors a[href="#question-{needed.id}"]') is not None
    assert page.one(f"#question-{other.id}")["value"] == "écrit"
    with read() as session:
        assert session.scalar(select(func.count(Registration.id))) == 0


def test_errors_of_fields_and_of_questions_are_said_together(client: InspectingClient, write: Write) -> None:
    with write() as tx:
        category_id = a_category(tx).id
        needed = a_question(tx, is_required=True)
    page = soup(client.submit(FORM, FILLED | {"category_id": category_id, "given_name": ""}))
    assert {str(link["href"]) for link in page.select("#errors a")} == {"#given_name", f"#question-{needed.id}"}


def test_only_those_of_a_category_are_asked_whatever_is_sent(
    client: InspectingClient, write: Write, read: Read
) -> None:
    with write() as tx:
        public, press = a_category(tx), a_category(tx, slug="press", kind="press")
        question = a_question(tx, is_required=True, category_slugs=["press"])
    assert "Seulement si vous venez comme" in words(client.page(FORM).select_one(".question__for"))
    client.submit(FORM, FILLED | {"category_id": public.id, f"q-{question.id}": "sent all the same"})
    assert kept(read) == {}
    client = browser(client.application)
    assert client.submit(FORM, FILLED | {"category_id": press.id}).status_code == 422


def test_a_condition_is_held_by_the_server(client: InspectingClient, write: Write, read: Read) -> None:
    with write() as tx:
        category_id = a_category(tx).id
        lunch = a_question(tx, "lunch", kind="yes-no")
        meal = a_question(tx, "meal", is_required=True, depends_on="lunch", depends_on_answers=["yes"])
        drink = a_question(tx, "drink", is_required=True, depends_on="meal", depends_on_answers=["never"])
    base = FILLED | {"category_id": category_id}
    assert client.submit(FORM, base | {f"q-{lunch.id}": "yes"}).status_code == 422
    assert client.submit(FORM, base | {f"q-{lunch.id}": "no", f"q-{meal.id}": "pizza"}).status_code == 303
    assert kept(read) == {"lunch": ["no"]}
    assert drink.key == "drink"


def test_a_person_changes_answers_and_gets_them_all_in_their_data(
    client: InspectingClient, write: Write, read: Read
) -> None:
    with write() as tx:
        made = a_registration(tx)
        question = a_question(tx)
    client.submit(f"/r/{made.token}/change", {f"q-{question.id}": "Radio Terril"})
    assert kept(read) == {"media": ["Radio Terril"]}
    assert "Radio Terril" in words(client.page(f"/r/{made.token}").main)
    data = json.loads(client.get(f"/r/{made.token}/data.json").data)
    assert data["answers"] == [
        {
            "question": "Question media",
            "answer_given": "Radio Terril",
            "purpose": "Pour savoir",
            "kept_until": "2027-04-18",
        }
    ]
    client.submit(f"/r/{made.token}/change", {f"q-{question.id}": ""})
    assert kept(read) == {}


def test_answers_leave_in_the_spreadsheets_as_what_they_are(organiser: InspectingClient, write: Write) -> None:
    with write() as tx:
        made = a_registration(tx)
        count, text = a_question(tx, "count", kind="number"), a_question(tx, "text")
        tx.add(Answer(registration_id=made.id, question_id=count.id, words=["12.5"]))
        tx.add(Answer(registration_id=made.id, question_id=text.id, words=["=1+1"]))
    assert "'=1+1" in organiser.get("/organise/lens-2027/registrations.csv").get_data(as_text=True)
    book = openpyxl.load_workbook(io.BytesIO(organiser.get("/organise/lens-2027/registrations.xlsx").data))
    cells = {heading.value: cell.value for heading, cell in zip(*book.active.iter_rows(max_row=2), strict=True)}
    assert (cells["Question count"], cells["Question text"]) == (12.5, "=1+1")
    assert "12,5" in words(organiser.page(f"/organise/lens-2027/registrations/{made.id}").main)


def test_answers_that_were_given_stay_readable(organiser: InspectingClient, write: Write, read: Read) -> None:
    with write() as tx:
        made = a_registration(tx)
        question = a_question(tx, kind="one-of", options=options("train", "car"))
        tx.add(Answer(registration_id=made.id, question_id=question.id, words=["car"]))
    address = f"{PAGES}/{question.id}"
    assert organiser.submit(address, {"kind": "number"}).status_code == 409
    assert organiser.submit(address, {"options_fr": "Train\nVélo\nÀ pied"}).status_code == 409
    assert organiser.submit(address, {"options_fr": "Train\nEn auto"}).status_code == 303
    assert "En auto" in words(organiser.page(f"/organise/lens-2027/registrations/{made.id}").main)


def test_a_question_with_answers_is_removed_once_one_is_sure(
    organiser: InspectingClient, write: Write, read: Read
) -> None:
    with write() as tx:
        made = a_registration(tx)
        first = a_question(tx, "first", kind="yes-no")
        after = a_question(tx, "after", depends_on="first", depends_on_answers=["yes"])
        tx.add(Answer(registration_id=made.id, question_id=first.id, words=["yes"]))
    asked = organiser.submit(f"{PAGES}/{first.id}", {}, form="form[action$=remove]")
    assert "1 réponse" in words(soup(asked).main).replace("\xa0", " ")
    assert kept(read) == {"first": ["yes"]}
    token = soup(asked).one("input[name=csrf_token]")["value"]
    organiser.post(f"{PAGES}/{first.id}/remove", data={"csrf_token": token, "sure": "yes"})
    with read() as session:
        left = session.scalars(select(Question)).one()
    assert (left.id, left.depends_on, kept(read)) == (after.id, None, {})


def test_a_question_moved_before_what_it_depends_on_is_asked_of_everyone(
    organiser: InspectingClient, write: Write, read: Read
) -> None:
    with write() as tx:
        a_question(tx, "first", kind="yes-no")
        second = a_question(tx, "second", depends_on="first", depends_on_answers=["yes"])
    organiser.submit(PAGES, {}, form=f"form[action$='/{second.id}/up']")
    with read() as session:
        ordered = session.scalars(select(Question).order_by(Question.position)).all()
    assert [(question.key, question.depends_on) for question in ordered] == [("second", None), ("first", None)]


def test_the_preview_shows_the_form_and_sends_nothing(organiser: InspectingClient, write: Write) -> None:
    with write() as tx:
        a_category(tx, an_edition(tx, registration_opens_at=None))
        a_question(tx)
    page = organiser.page(f"{PAGES}/preview")
    assert "Question media" in words(page.main)
    assert page.select("main form[method=post] , main button[type=submit]") == []


def test_strangers_do_not_write_questions(client_for: Callable[[str], InspectingClient], write: Write) -> None:
    with write() as tx:
        question = a_question(tx)
    stranger = client_for("stranger")
    for address in (PAGES, f"{PAGES}/new", f"{PAGES}/{question.id}", f"{PAGES}/preview"):
        assert stranger.get(address).status_code == 403


def test_the_form_and_the_lists_take_as_many_statements_with_many_questions(
    organiser: InspectingClient, client: InspectingClient, write: Write, statements: Any
) -> None:
    with write() as tx:
        made = a_registration(tx)
        a_question(tx, "q0")
    addresses = (FORM, PAGES, f"/r/{made.token}", "/organise/lens-2027/registrations.csv")

    def count() -> list[int]:
        counts = []
        for address in addresses:
            with statements() as seen:
                (organiser if "organise" in address else client).get(address)
            counts.append(len(seen))
        return counts

    few = count()
    with write() as tx:
        for number in range(1, 30):
            question = a_question(tx, f"q{number}")
            tx.add(Answer(registration_id=made.id, question_id=question.id, words=["x"]))
    assert count() == few
