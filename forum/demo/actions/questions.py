"""What registration asks: the organisers' questions with answers, invitations, a request that waits for an answer."""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from forum.core import codes
from forum.core.db import LocalText, Transaction
from forum.demo.actions.ground import Laid
from forum.demo.actions.visitors import SEED, People
from forum.demo.story import COMING, Story
from forum.people.models import Person
from forum.registration.actions import InvitationDraft, make_invitation
from forum.registration.models import Answer, Category, ParentConsent, Question, Registration

SHARE_WHO_ANSWER = 0.7


def fill(tx: Transaction, laid: Laid, story: Story, people: People, *, now: datetime) -> None:
    """Ask everyone of an edition; invite to the coming one, and let some of its requests wait."""
    chance = random.Random(SEED)  # noqa: S311 (of its own, so that the rest of the story stays as it was)
    questions = [tx.add(a_question(data, laid, position)) for position, data in enumerate(story.questions, start=1)]
    told = {data["key"]: data for data in story.questions}
    for registration in laid.registered:
        if registration.category.is_public and chance.random() < SHARE_WHO_ANSWER:
            tx.session.add_all(answers_of(registration, questions, told, chance))
    tx.session.flush()
    if laid.days.city == COMING:
        ask_press(tx, laid, people, now=now)
        invite(tx, laid, story, now=now)


def a_question(data: Mapping[str, Any], laid: Laid, position: int) -> Question:
    """Make a question."""
    options = [{key: words for key, words in option.items() if key != "weight"} for option in data.get("options", ())]
    return Question(
        edition_id=laid.edition.id,
        key=data["key"],
        position=position,
        kind=data["kind"],
        label=LocalText(data["label"]),
        help=LocalText(data.get("help", {})),
        purpose=LocalText(data["purpose"]),
        options=options if data["kind"] in ("one-of", "several-of") else [],
        is_required=data.get("is_required", False),
        category_slugs=data.get("category_slugs", []),
        depends_on=data.get("depends_on"),
        depends_on_answers=data.get("depends_on_answers", []),
        keep_days=data.get("keep_days", 30),
    )


def answers_of(
    registration: Registration, questions: list[Question], told: Mapping[str, Any], chance: random.Random
) -> list[Answer]:
    """Invent somebody's answers to what they are asked."""
    given: dict[str, list[str]] = {}
    for question in questions:
        data = told[question.key]
        elsewhere = question.category_slugs and registration.category.slug not in question.category_slugs
        unasked = question.depends_on and not set(given.get(question.depends_on, ())) & set(question.depends_on_answers)
        if elsewhere or unasked or (question.kind == "several-of" and chance.random() < 0.6):
            continue
        if "texts" in data:
            given[question.key] = [chance.choice(data["texts"])]
        else:
            weights = [option["weight"] for option in data["options"]]
            given[question.key] = [chance.choices(data["options"], weights)[0]["key"]]
    return [
        Answer(registration_id=registration.id, question_id=question.id, words=given[question.key])
        for question in questions
        if question.key in given
    ]


def ask_press(tx: Transaction, laid: Laid, people: People, *, now: datetime) -> None:
    """Let the press be approved by the organisers; one request waits for them, another for a parent."""
    press = laid.categories["press"]
    press.needs_approval = True
    press.proof = LocalText(fr="Numéro de carte de presse", en="Press card number")
    asked = now - timedelta(days=1)
    journalist = a_request(tx, press, people.someone(made_at=asked, organisation="Le Courrier des berges"), at=asked)
    journalist.proof = "124607"
    pupil = a_request(tx, laid.categories["public"], people.someone(made_at=asked), at=asked)
    tx.session.add(
        ParentConsent(
            registration=pupil,
            token=codes.new_token(),
            parent_name=f"Sylvie {pupil.person.family_name}",
            parent_email="sylvie@example.org",
            asked_at=asked,
        )
    )
    tx.session.flush()


def a_request(tx: Transaction, category: Category, person: Person, *, at: datetime) -> Registration:
    """Make a registration that waits for an answer."""
    return tx.add(
        Registration(
            edition_id=category.edition_id,
            category=category,
            person=person,
            token=codes.new_token(),
            reference=codes.new_reference(),
            submission_key=codes.new_token(),
            state="pending",
            registered_at=at,
            changed_at=at,
        )
    )


def invite(tx: Transaction, laid: Laid, story: Story, *, now: datetime) -> None:
    """Invite partners and officials."""
    for data in story.invitations:
        draft = InvitationDraft(
            label=data["label"],
            category_id=laid.categories[data["category"]].id,
            code=data["code"],
            allowed=data["allowed"],
            expires_at=now + timedelta(days=data["days"]) if "days" in data else None,
            reserves=data.get("reserves", False),
            is_extra=data.get("is_extra", False),
        )
        make_invitation(tx, laid.edition.id, draft, now=now)
