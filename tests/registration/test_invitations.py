"""Codes that open a category: made, sent, used, kept places, given back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from forum.core.db import LocalText
from forum.registration import actions
from forum.registration.models import Category, Invitation, Question, Registration
from forum.registration.rules import NotOffered
from forum.site.actions import open_edition_from
from forum.site.queries.copies import EditionPlan
from tests import cast
from tests.conftest import Read, Write
from tests.factories import a_category, an_edition, an_invitation
from tests.inspection import InspectingClient, soup, words

FORM = "/editions/lens-2027/register"
PAGES = "/organise/lens-2027/categories/invitations"
FILLED = {"given_name": "Ada", "family_name": "Lovelace", "email": "ada@example.org"}


@pytest.fixture
def organiser(client_for: Callable[[str], InspectingClient]) -> InspectingClient:
    return client_for("organiser")


def counted(read: Read) -> tuple[int | None, int, int, int]:
    """Return the category's places, those taken and those kept, and how often the invitation was used."""
    with read() as session:
        invitation = session.scalars(select(Invitation)).one()
        category = session.get_one(Category, invitation.category_id)
        return category.places, category.taken, category.reserved, invitation.uses


def make(organiser: InspectingClient, category: Category, **values: Any) -> str:
    """Make an invitation for five as an organiser does; return the address of its page."""
    filled = {"label": "Euratechnologies", "category_id": category.id, "allowed": "5", "code": "EURA 5"} | values
    answer = organiser.submit(f"{PAGES}/new", filled)
    assert answer.status_code == 303, answer.get_data(as_text=True)
    return str(answer.location)


def test_a_hidden_category_is_opened_by_the_link_that_was_sent(
    organiser: InspectingClient, client: InspectingClient, write: Write, read: Read
) -> None:
    with write() as tx:
        a_category(tx)
        hidden = a_category(tx, slug="official", is_public=False, needs_approval=True)
    address = make(organiser, hidden)
    link = str(organiser.page(address).one("#invitation-link")["value"])
    assert link.endswith("/editions/lens-2027/register?code=EURA-5")
    assert client.page(FORM).select_one(f"#category-{hidden.id}") is None
    page = client.page(link.removeprefix("http://localhost"))
    assert page.one(f"#category-{hidden.id}").has_attr("checked")
    assert "Vous êtes invité par Euratechnologies" in words(page.main)
    client.submit(link.removeprefix("http://localhost"), FILLED)
    with read() as session:
        made = session.scalars(select(Registration)).one()
    assert (made.state, made.category_id) == ("confirmed", hidden.id), "an invitation is an approval given beforehand"
    assert counted(read) == (100, 1, 0, 1)
    assert "Ada Lovelace" in words(organiser.page(address).main)


@pytest.mark.parametrize(
    ("keeping", "before", "after"), [("reserved", (6, 0, 5), (6, 1, 4)), ("extra", (11, 0, 5), (11, 1, 4))]
)
def test_places_are_kept_for_those_who_are_invited_and_nobody_else_takes_them(
    organiser: InspectingClient,
    client: InspectingClient,
    write: Write,
    read: Read,
    keeping: str,
    before: tuple[int, int, int],
    after: tuple[int, int, int],
) -> None:
    with write() as tx:
        category = a_category(tx, places=6)
    make(organiser, category, keeping=keeping)
    assert counted(read)[:3] == before
    left = before[0] - before[2]
    assert f"{left} place" in words(client.page(FORM).select_one(".choice__left"))
    client.submit(f"{FORM}?code=eura-5", FILLED)
    assert counted(read) == (*after, 1)


def test_the_public_is_told_full_while_the_invited_come_in(
    organiser: InspectingClient, client: InspectingClient, write: Write, read: Read
) -> None:
    with write() as tx:
        a_category(tx, slug="other")
        category = a_category(tx, slug="few", places=5, has_waiting_list=False)
    make(organiser, category, keeping="reserved")
    with write() as tx:
        tx.session.get_one(Category, category.id).has_waiting_list = False
    assert client.submit(FORM, FILLED | {"category_id": category.id}).status_code == 409
    assert client.submit(f"{FORM}?code=EURA-5", FILLED).status_code == 303


def test_a_code_that_keeps_no_place_does_not_promise_one(client: InspectingClient, write: Write) -> None:
    with write() as tx:
        an_invitation(tx, a_category(tx, places=0))
    main = words(client.page(f"{FORM}?code=PARTNER").main).replace("\xa0", " ")
    assert "mais complète pour le moment" in main
    assert "liste d’attente" in main


def test_who_is_invited_comes_before_those_who_wait(
    organiser: InspectingClient, client: InspectingClient, write: Write, read: Read
) -> None:
    with write() as tx:
        category = a_category(tx, places=5)
    address = make(organiser, category, keeping="reserved")
    assert "liste d’attente" in words(client.page(FORM).select_one(".choice__left"))
    client.submit(FORM, FILLED)
    client.submit(f"{FORM}?code=EURA-5", FILLED | {"given_name": "Zoé", "email": "zoe@example.org"})
    with read() as session:
        states = {each.person.given_name: each.state for each in session.scalars(select(Registration)).unique()}
    assert states == {"Ada": "waiting", "Zoé": "confirmed"}
    organiser.submit(address, {}, form="form[action$=end]")
    with read() as session:
        states = {each.person.given_name: each.state for each in session.scalars(select(Registration)).unique()}
    assert states == {"Ada": "offered", "Zoé": "confirmed"}, "what was kept goes to who waits"


def test_a_cancelled_place_is_kept_for_the_next_who_is_invited(
    organiser: InspectingClient, client: InspectingClient, write: Write, read: Read
) -> None:
    with write() as tx:
        category = a_category(tx, places=5)
    make(organiser, category, keeping="reserved")
    sent = client.submit(f"{FORM}?code=EURA-5", FILLED)
    assert counted(read) == (5, 1, 4, 1)
    client.submit(sent.location.replace("?new=1", "/cancel"), {})
    assert counted(read) == (5, 0, 5, 0)


@pytest.mark.parametrize(
    ("values", "words_said"),
    [
        ({"expires_at": cast.NOW}, "n’est plus valable"),
        ({"ended_at": cast.NOW}, "n’est plus valable"),
        ({"allowed": 1, "uses": 1}, "dernière place de cette invitation"),
        ({"code": "ELSEWHERE"}, "n’est pas de cette édition"),
    ],
)
def test_a_code_that_opens_nothing_says_why_on_the_page_and_on_the_form(
    client: InspectingClient, write: Write, read: Read, values: dict[str, Any], words_said: str
) -> None:
    with write() as tx:
        category = a_category(tx)
        an_invitation(tx, category, **({"code": "PARTNER"} | values))
    assert words_said in words(client.page(f"{FORM}?code=PARTNER").main)
    answer = client.submit(FORM, FILLED | {"category_id": category.id, "code": "PARTNER"})
    assert answer.status_code in (409, 410, 422)
    assert words_said in words(soup(answer).select_one("#code-error"))
    with read() as session:
        assert session.scalars(select(Registration)).all() == []


def test_a_code_of_another_edition_opens_nothing(client: InspectingClient, write: Write) -> None:
    with write() as tx:
        a_category(tx)
        an_invitation(tx, a_category(tx, an_edition(tx, "amiens-2028")))
    assert "n’est pas de cette édition" in words(client.page(f"{FORM}?code=PARTNER").main)


def test_an_edition_of_hidden_categories_asks_for_the_code(client: InspectingClient, write: Write) -> None:
    with write() as tx:
        an_invitation(tx, a_category(tx, is_public=False))
    page = client.page(FORM)
    assert words(page.h1) == "On s’inscrit sur invitation"
    assert client.page(f"{FORM}?code=partner").select_one("form[method=post]") is not None


def test_withdrawing_frees_what_was_kept_and_takes_extra_places_away(
    organiser: InspectingClient, client: InspectingClient, write: Write, read: Read
) -> None:
    with write() as tx:
        category = a_category(tx, places=6)
    address = make(organiser, category, keeping="extra")
    client.submit(f"{FORM}?code=EURA-5", FILLED)
    organiser.submit(address, {}, form="form[action$=end]")
    assert counted(read) == (7, 1, 0, 1)


def test_an_expired_invitation_gives_its_places_back_by_itself(
    organiser: InspectingClient, write: Write, read: Read, clock: Any, run_jobs: Callable[[], int]
) -> None:
    with write() as tx:
        category = a_category(tx, places=6)
    make(organiser, category, keeping="reserved", expires_at="2027-03-02T12:00")
    run_jobs()
    assert counted(read) == (6, 0, 5, 0)
    clock.moves(days=2)
    run_jobs()
    assert counted(read) == (6, 0, 0, 0)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"keeping": "reserved", "allowed": "7"}, "allowed"),
        ({"keeping": "reserved", "allowed": ""}, "allowed"),
        ({"code": "PARTNER"}, "code"),
        ({"label": ""}, "label"),
        ({"allowed": "0"}, "allowed"),
    ],
)
def test_an_invitation_that_cannot_be_made_is_refused_at_its_field(
    organiser: InspectingClient, write: Write, values: dict[str, str], field: str
) -> None:
    with write() as tx:
        category = a_category(tx, places=6)
        an_invitation(tx, category)
    filled = {"label": "Euratechnologies", "category_id": category.id, "allowed": "5"}
    answer = organiser.submit(f"{PAGES}/new", filled | values)
    assert answer.status_code in (409, 422)
    assert soup(answer).select_one(f"#{field}-error") is not None


def test_an_invitation_is_made_larger_but_never_smaller_than_its_use(
    organiser: InspectingClient, client: InspectingClient, write: Write, read: Read
) -> None:
    with write() as tx:
        category = a_category(tx, places=10)
    address = make(organiser, category, keeping="reserved")
    client.submit(f"{FORM}?code=EURA-5", FILLED)
    assert organiser.submit(address, {"allowed": "8"}).status_code == 303
    assert counted(read) == (10, 1, 7, 1)
    assert organiser.submit(address, {"allowed": "11"}).status_code == 409
    assert organiser.submit(address, {"allowed": "1"}).status_code == 303
    assert counted(read) == (10, 1, 0, 1)


def test_a_category_with_an_invitation_is_not_removed(organiser: InspectingClient, write: Write) -> None:
    with write() as tx:
        category = a_category(tx)
        an_invitation(tx, category)
    assert (
        organiser.submit(f"/organise/lens-2027/categories/{category.id}", {}, form="form[action$=remove]").status_code
        == 409
    )


def test_a_new_edition_asks_the_same_and_invites_nobody(write: Write, read: Read) -> None:
    with write() as tx:
        category = a_category(
            tx,
            needs_approval=True,
            minimum_age=16,
            proof=LocalText(fr="Numéro"),
            reserved=5,
            opens_at=cast.NOW,
            has_waiting_list=False,
        )
        an_invitation(tx, category, allowed=5, reserves=True)
        values = {"kind": "one-of", "options": [{"key": "a", "fr": "A"}], "category_slugs": [category.slug]}
        words_of = {name: LocalText(fr=name) for name in ("label", "help", "purpose")}
        tx.add(Question(edition_id=category.edition_id, key="q", keep_days=7, **words_of, **values))
    with write() as tx:
        plan = EditionPlan(slug="lens-2028", from_slug="lens-2027", first_day=an_edition(tx).first_day + timedelta(364))
        made = open_edition_from(tx, plan, now=cast.NOW).id
    with read() as session:
        copy = session.scalars(select(Category).where(Category.edition_id == made)).one()
        asked = session.scalars(select(Question).where(Question.edition_id == made)).one()
        invited = session.scalars(select(Invitation).where(Invitation.edition_id == made)).all()
    assert (copy.needs_approval, copy.minimum_age, copy.proof, copy.reserved) == (True, 16, {"fr": "Numéro"}, 0)
    assert (copy.opens_at, copy.has_waiting_list) == (cast.NOW + timedelta(days=364), False)
    assert (asked.key, asked.keep_days, asked.category_slugs, invited) == ("q", 7, ["public"], [])


def test_actions_refuse_what_the_page_does_not_offer(write: Write) -> None:
    with write() as tx:
        elsewhere = a_category(tx, an_edition(tx, "amiens-2028"))
        draft = actions.InvitationDraft(label="x", category_id=elsewhere.id)
        with pytest.raises(NotOffered):
            actions.make_invitation(tx, an_edition(tx).id, draft, now=cast.NOW)
