"""Badges without a name: nobody's until they are given to somebody."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from forum.badges import rules
from forum.badges.actions import blanks
from forum.badges.models import Badge, BlankBadge
from forum.checkin.actions import Reading, check_in
from forum.checkin.api.sentences import message
from forum.checkin.rules import OpenGate
from forum.core.codes import grouped
from tests import cast
from tests.badges.paper import pictures_of, read_codes
from tests.conftest import Read, Write
from tests.factories import a_badge, a_category, a_gate, a_registration, an_edition
from tests.inspection import InspectingClient, soup, words

ClientFor = Callable[[str], InspectingClient]
BLANKS = "/organise/lens-2027/badges/blanks"


def made(write: Write, now: datetime, count: int = 1) -> str:
    with write() as tx:
        category = a_category(tx)
        blanks.make_blanks(
            tx, edition_id=category.edition_id, category_id=category.id, count=count, account_id=None, now=now
        )
        return str(tx.session.scalars(select(BlankBadge.code).order_by(BlankBadge.number)).first())


def test_blank_badges_come_as_a_file_with_a_code_on_each(client_for: ClientFor, write: Write, read: Read) -> None:
    with write() as tx:
        category_id = str(a_category(tx).id)
    answer = client_for("organiser").submit(BLANKS, {"category": category_id, "count": "3", "format": "a4x4"})
    assert answer.mimetype == "application/pdf"
    with read() as session:
        codes = set(session.scalars(select(BlankBadge.code)))
    (sheet,) = pictures_of(answer.data, dots_per_inch=150)
    assert ({code for code, _x, _y in read_codes(sheet)}, len(codes)) == (codes, 3)


@pytest.mark.parametrize("count", ["0", "501", "-1", "beaucoup", ""])
def test_nobody_makes_none_or_thousands(client_for: ClientFor, write: Write, read: Read, count: str) -> None:
    with write() as tx:
        a_category(tx)
    assert client_for("organiser").submit(BLANKS, {"count": count}).status_code == 422
    with read() as session:
        assert session.scalars(select(BlankBadge)).all() == []


def test_a_blank_badge_lets_nobody_in_and_says_why_until_it_has_a_name(write: Write, now: datetime) -> None:
    code = made(write, now)
    opening = cast.OPENING
    with write() as tx:
        gate = a_gate(tx)
        answer = check_in(tx, gate, Reading(uuid="1", code=code, at=opening), now=opening)
        assert (answer.verdict, message(answer, OpenGate.of(gate))) == ("unknown", "Ce badge n’a pas encore de nom.")
        registration = a_registration(tx, cast.ZOE)
        former = a_badge(tx, registration)
        badge = blanks.name_blank(tx, grouped(code).lower(), registration.id, now=opening)
        assert (badge.code, former.is_valid, former.void_reason) == (code, False, "replaced")
        later = opening + timedelta(minutes=1)
        answer = check_in(tx, gate, Reading(uuid="2", code=code, at=later), now=later)
        assert (answer.verdict, answer.name) == ("admitted", "Zoé de La Motte-Françoise")


def test_given_twice_to_one_person_it_is_one_badge_and_to_another_it_is_refused(write: Write, now: datetime) -> None:
    code = made(write, now)
    with write() as tx:
        zoe, ada = a_registration(tx, cast.ZOE).id, a_registration(tx, cast.ADA).id
        first = blanks.name_blank(tx, code, zoe, now=now)
        assert blanks.name_blank(tx, code, zoe, now=now) is first
        with pytest.raises(rules.BlankTaken) as refusal:
            blanks.name_blank(tx, code, ada, now=now)
        assert "Zoé" in str(refusal.value)


def test_nobody_gets_a_code_that_is_no_blank_or_of_another_edition_or_who_does_not_come(
    write: Write, now: datetime
) -> None:
    code = made(write, now)
    with write() as tx:
        mine = a_registration(tx)
        elsewhere = a_registration(tx, category=a_category(tx, an_edition(tx, "amiens-2028")))
        gone = a_registration(tx, state="cancelled")
        for wrong, who, refusal in (
            ("hello", mine, rules.NotABlank),
            (a_badge(tx, a_registration(tx)).code, mine, rules.NotABlank),
            (code, elsewhere, rules.NotABlank),
            (code, gone, rules.NotComing),
        ):
            with pytest.raises(refusal):
                blanks.name_blank(tx, wrong, who.id, now=now)
        assert tx.session.scalars(select(Badge).where(Badge.code == code)).all() == []


def test_a_blank_is_given_at_the_page(client_for: ClientFor, write: Write, now: datetime) -> None:
    code = made(write, now)
    with write() as tx:
        reference = a_registration(tx, cast.ZOE).reference
    client, form = client_for("organiser"), 'form[action$="/name"]'
    answer = client.submit(BLANKS, {"code": code, "reference": "NOBODY12"}, form=form)
    assert "Aucune inscription" in words(soup(answer).main)
    assert client.submit(BLANKS, {"code": code, "reference": reference.lower()}, form=form).status_code == 303
    assert "Zoé de La Motte-Françoise" in words(client.page(BLANKS).main)
    answer = client.submit(BLANKS, {"code": "x" * 60, "reference": reference}, form=form)
    assert (answer.status_code, len(soup(answer).select(".field__error"))) == (422, 1)
