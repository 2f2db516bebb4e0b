"""Groups, and places given to somebody else."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from sqlalchemy import func, select

from forum.badges.models import Badge
from forum.core import codes, sheets
from forum.core.db import LocalText, Transaction
from forum.messages.models import Letter
from forum.payments.actions import tell
from forum.payments.models import Order
from forum.registration import actions, queries, rules
from forum.registration.actions import GroupRequest
from forum.registration.models import Category, Group, ParentConsent, Registration
from forum.registration.rules import Member, admission
from tests import cast
from tests.conftest import Read, Write
from tests.factories import a_category, a_registration, a_seat, a_session, an_edition
from tests.inspection import InspectingClient, soup, words
from tests.payments.shop import an_issuer
from tests.registration.test_actions import a_request, details, letters
from tests.registration.test_questions import a_question
from tests.registration.test_queue import a_full_category, waits

LEADER = ("Claire", "Delattre", "claire@example.org")


def members(*who: tuple[str, str, str]) -> tuple[Member, ...]:
    return tuple(Member(*each) for each in who)


def a_group_request(tx: Transaction, **values: Any) -> GroupRequest:
    category = values.pop("category", None) or a_category(tx)
    request = GroupRequest(
        edition_id=category.edition_id,
        category_id=category.id,
        name="Lycée Condorcet, 2de 4",
        leader=details(LEADER),
        members=members(cast.ZOE, ("Omar", "Sans-Adresse", "")),
        nameless=0,
        waits_together=True,
        submission_key=codes.new_token(),
        others_are_15=True,
    )
    return replace(request, **values)


def states(read: Read) -> dict[str, int]:
    with read() as session:
        statement = select(Registration.state, func.count()).group_by(Registration.state)
        return dict(session.execute(statement).all())


def test_a_group_gets_its_places_and_each_who_has_an_address_a_letter(write: Write, read: Read, now: datetime) -> None:
    with write() as tx:
        group = actions.register_group(tx, a_group_request(tx, nameless=3), now=now)
        assert [each.person.name for each in group.members if each.is_nameless] == ["Place 1", "Place 2", "Place 3"]
        assert {each.person.organisation_name for each in group.members} == {"Lycée Condorcet, 2de 4"}
        assert group.category.taken == 5
    with read() as session:
        sent = {letter.to_email: letter.kind for letter in session.scalars(select(Letter))}
        assert sent == {cast.ZOE[2]: "registration-confirmed", LEADER[2]: "registration-group"}
        assert session.scalar(select(func.count(Badge.id))) == 5


def test_the_same_form_twice_is_one_group(write: Write, read: Read, now: datetime) -> None:
    with write() as tx:
        request = a_group_request(tx)
        first = actions.register_group(tx, request, now=now)
    with write() as tx:
        assert actions.register_group(tx, request, now=now).id == first.id
    assert states(read) == {"confirmed": 2}


def test_a_group_that_does_not_fit_waits_as_one_and_is_asked_as_one(write: Write, read: Read, now: datetime) -> None:
    with write() as tx:
        category, held = a_full_category(tx, places=3)
        waits(tx, category, cast.ELENI, now)
        group = actions.register_group(tx, a_group_request(tx, category=category), now=now)
        late = waits(tx, category, cast.OMAR, now)
        actions.cancel(tx, held[0].id, now=now)  # goes to Eleni
        actions.cancel(tx, held[1].id, now=now)  # one place is not enough for the group: it is kept for it
        assert (category.taken, category.waiting, late.state) == (2, 3, "waiting")
        actions.cancel(tx, held[2].id, now=now)
        assert {each.state for each in group.members} == {"offered"}
        assert late.state == "waiting"
        assert actions.accept_group(tx, group.id, now=now) == 2
    assert letters(read).count("registration-group-offer") == 1
    assert states(read)["confirmed"] == 2


def test_near_the_day_who_fits_passes_a_group_that_does_not(write: Write) -> None:
    with write() as tx:
        two_days_before = rules.opening(an_edition(tx)) - rules.SAVING_ENDS / 1.5
        category, held = a_full_category(tx, places=2)
        group = actions.register_group(tx, a_group_request(tx, category=category), now=cast.NOW)
        late = waits(tx, category, cast.OMAR, cast.NOW)
        actions.cancel(tx, held[0].id, now=two_days_before)
        assert (late.state, {each.state for each in group.members}) == ("offered", {"waiting"})
        actions.decline_offer(tx, late.id, now=two_days_before)
        newcomer = actions.register(tx, a_request(tx, category=category), now=two_days_before)
        assert newcomer.state == "confirmed"  # a place the group cannot use is no reason to wait


def test_a_group_of_each_for_themselves_comes_as_far_as_places_go(write: Write, read: Read, now: datetime) -> None:
    with write() as tx:
        category = a_category(tx, places=1)
        actions.register_group(tx, a_group_request(tx, category=category, waits_together=False), now=now)
    assert states(read) == {"confirmed": 1, "waiting": 1}


@pytest.mark.parametrize(
    ("values", "category", "refusal"),
    [
        ({"members": ()}, {}, rules.NobodyInGroup),
        ({"nameless": 99}, {}, rules.GroupTooLarge),
        ({}, {"places": 1, "has_waiting_list": False}, rules.NotEnoughPlaces),
        ({}, {"is_public": False}, rules.NotOffered),
    ],
)
def test_a_refused_group_leaves_nothing(
    write: Write, read: Read, now: datetime, values: dict[str, Any], category: dict[str, Any], refusal: type[Exception]
) -> None:
    with write() as tx:
        request = a_group_request(tx, category=a_category(tx, slug="class", **category), **values)
    with pytest.raises(refusal), write() as tx:
        actions.register_group(tx, request, now=now)
    with read() as session:
        assert session.scalar(select(func.count(Group.id))) == 0
        assert session.scalars(select(Category.taken)).all() == [0]


def test_a_nameless_place_is_named_later_and_keeps_its_badge(write: Write, read: Read, now: datetime) -> None:
    with write() as tx:
        group = actions.register_group(tx, a_group_request(tx, members=(), nameless=1), now=now)
        (one,) = group.members
        before = tx.session.scalars(select(Badge.code)).one()
        actions.name_member(tx, one.id, Member(*cast.ELENI), somebody_else=False, now=now)
        assert (one.person.name, one.is_nameless, one.person.search_text != "") == ("Ελένη Παπαδοπούλου", False, True)
        assert tx.session.scalars(select(Badge.code)).one() == before
    assert letters(read) == ["registration-group", "registration-confirmed"]


def test_somebody_else_answers_for_a_group_and_for_what_it_owes(
    client: InspectingClient, write: Write, read: Read, now: datetime
) -> None:
    with write() as tx:
        category = a_category(tx, price=Decimal(20))
        group = actions.register_group(tx, a_group_request(tx, category=category), now=now)
        before = group.token
    typed = {"given_name": "Ελένη", "family_name": "Παπαδοπούλου", "email": "eleni@example.org"}
    assert client.submit(f"/g/{before}/hand-over", {**typed, "email": "eleni"}).status_code == 422
    assert client.submit(f"/g/{before}/hand-over", typed).status_code == 303
    assert client.get(f"/g/{before}").status_code == 404
    with read() as session:
        group = session.scalars(select(Group)).one()
        assert [each.person.email for each in group.members] == ["zoe@example.org", "eleni@example.org"]
        assert session.scalars(select(Order.payer_email)).one() == "eleni@example.org"
        assert session.scalars(select(Letter.to_email).order_by(Letter.id)).all()[-1] == "eleni@example.org"


def test_people_who_were_added_later_are_paid_on_the_same_page(
    client: InspectingClient, write: Write, now: datetime
) -> None:
    with write() as tx:
        request = a_group_request(tx, category=a_category(tx, price=Decimal(20)))
        group = actions.register_group(tx, request, now=now)
        actions.add_members(tx, group.id, (), nameless=3, now=now + timedelta(hours=1))
    shown = client.page(f"/g/{group.token}")
    assert [words(each) for each in shown.select(".pay__amount")] == ["40,00 €", "60,00 €"]


@pytest.mark.parametrize(
    ("category", "values", "refusal"),
    [
        ({"minimum_age": 18}, {}, admission.AgesNotConfirmed),
        ({"minimum_age": 18}, {"confirms_age": True}, None),
        ({"maximum_age": 12}, {"confirms_age": True}, admission.ChildrenNamed),
        ({"maximum_age": 12}, {"confirms_age": True, "members": (), "nameless": 2}, None),
        ({"proof": LocalText(fr="Carte d’étudiant")}, {}, rules.NotOffered),
    ],
)
def test_a_leader_answers_for_the_age_of_all_but_not_for_a_proof(
    write: Write, read: Read, now: datetime, category: dict[str, Any], values: dict[str, Any], refusal: Any
) -> None:
    with write() as tx:
        request = a_group_request(tx, category=a_category(tx, slug="some", **category), **values)
    with pytest.raises(refusal) if refusal else nullcontext(), write() as tx:
        actions.register_group(tx, request, now=now)
    assert states(read) == ({} if refusal else {"confirmed": 2})


def test_the_age_is_confirmed_on_the_form_and_children_stay_without_names(
    client: InspectingClient, write: Write, read: Read
) -> None:
    with write() as tx:
        category = a_category(tx, maximum_age=12)
        a_category(tx, slug="student", name=LocalText(fr="Étudiants"), proof=LocalText(fr="Carte d’étudiant"))
    address = "/editions/lens-2027/group"
    assert "Étudiants : chacun montre" in words(client.page(address).main).replace("\xa0", " ")
    filled = {"name": "CM2", "given_name": "Claire", "family_name": "Delattre", "email": "claire@example.org"}
    filled |= {"category_id": str(category.id), "nameless": "2", "step": "register"}
    refused = client.submit(address, filled)
    assert (refused.status_code, soup(refused).select_one("#confirms_age.field--error") is not None) == (422, True)
    assert client.submit(address, filled | {f"age-{category.id}": "yes"}).status_code == 303
    with read() as session:
        one = session.scalars(select(Registration)).first()
        assert one is not None
        member = f"/g/{one.group.token}/members/{one.reference}"  # type: ignore[union-attr]
    assert client.submit(member, {"given_name": "Léa", "family_name": "Petit"}).status_code == 422
    assert states(read) == {"confirmed": 2}


def test_a_member_finds_the_organisers_questions_on_their_own_page(
    client: InspectingClient, write: Write, read: Read, now: datetime
) -> None:
    with write() as tx:
        group = actions.register_group(tx, a_group_request(tx), now=now)
        question = a_question(tx)
        own = f"/r/{group.members[0].token}"
    assert "une question pour vous" in words(client.page(own).main)
    client.submit(f"{own}/change", {f"q-{question.id}": "Par le train"})
    assert "une question pour vous" not in words(client.page(own).main)


def test_cancelling_a_group_frees_all_and_serves_who_waits(write: Write, read: Read, now: datetime) -> None:
    with write() as tx:
        category = a_category(tx, places=2)
        group = actions.register_group(tx, a_group_request(tx, category=category), now=now)
        waiting = waits(tx, category, cast.OMAR, now)
        actions.cancel_group(tx, group.id, now=now)
        actions.cancel_group(tx, group.id, now=now)
        assert (waiting.state, category.taken) == ("offered", 1)
        assert actions.group_comes_back(tx, group.id, now=now) == 2
        assert {each.state for each in group.members} == {"waiting"}
    assert letters(read).count("registration-group-cancelled") == 1


# --- a place given to somebody else


def test_a_place_given_away_is_another_persons_whole(write: Write, read: Read, now: datetime) -> None:
    with write() as tx:
        made = actions.register(tx, a_request(tx, adjustment="Une boucle magnétique"), now=now)
        workshop = a_session(tx, starts_at=cast.OPENING, seats=5)
        a_seat(tx, made, workshop)
    with write() as tx:
        new = actions.hand_over(tx, made.id, details(cast.ZOE), now=now)
        assert (new.state, new.person.name, new.adjustment) == ("confirmed", "Zoé de La Motte-Françoise", "")
        assert (new.category.taken, workshop.seats_taken, queries.session_ids_of(tx.session, new.id)) == (
            1,
            1,
            [workshop.id],
        )
    with read() as session:
        old = session.get_one(Registration, made.id)
        assert (old.state, old.token != new.token, old.person.name) == ("cancelled", True, "Ada Lovelace")
        by_state = {badge.registration.state: badge.code for badge in session.scalars(select(Badge))}
        assert len(set(by_state.values())) == 2
        assert {letter.to_email: letter.kind for letter in session.scalars(select(Letter).order_by(Letter.id))} == {
            "ada@example.org": "registration-handed-over",
            "zoe@example.org": "registration-received",
        }


@pytest.mark.parametrize("values", [{"needs_approval": True}, {"kind": "speaker"}, {"minimum_age": 15}])
def test_a_place_given_by_name_is_not_given_on(write: Write, now: datetime, values: dict[str, Any]) -> None:
    with write() as tx:
        made = a_registration(tx, category=a_category(tx, slug="named", **values))
        with pytest.raises(rules.GivenByName):
            actions.hand_over(tx, made.id, details(cast.ZOE), now=now)
        assert actions.hand_over(tx, made.id, details(cast.ZOE), now=now, at_desk=True).is_confirmed


def test_who_gave_a_place_away_may_come_for_themselves(write: Write, now: datetime) -> None:
    with write() as tx:
        made = a_registration(tx)
        actions.hand_over(tx, made.id, details(cast.ZOE), now=now)
        again = actions.come_back(tx, made.id, now=now)
        assert (again.state, again.category.taken) == ("confirmed", 2)


def test_the_page_gives_a_place_away(client: InspectingClient, write: Write, read: Read) -> None:
    with write() as tx:
        made = a_registration(tx)
    zoe = {"given_name": "Zoé", "family_name": "Petit", "email": "zoe@example.org"}
    assert client.submit(f"/r/{made.token}/hand-over", zoe | {"email": "nothing"}).status_code == 422
    assert client.submit(f"/r/{made.token}/hand-over", zoe).location == f"/r/{made.token}"
    assert client.page(f"/r/{made.token}").select_one(".ticket") is None
    with read() as session:
        (new,) = session.scalars(select(Registration).where(Registration.state == "confirmed"))
    assert "Zoé Petit" in client.page(f"/r/{new.token}").one(".ticket").get_text()


# --- lists


@pytest.mark.parametrize(
    ("pasted", "found"),
    [
        ("Ada;Lovelace;ada@example.org\nZoé;Petit", [("Ada", "Lovelace", "ada@example.org"), ("Zoé", "Petit", "")]),
        ("Nom\tPrénom\nLovelace\tAda", [("Ada", "Lovelace", "")]),
        ("prénom,nom,mail\n\nAda,Lovelace,A@b.fr", [("Ada", "Lovelace", "A@b.fr")]),
        ("", []),
    ],
)
def test_a_pasted_list_is_read_with_or_without_headings(pasted: str, found: list[tuple[str, str, str]]) -> None:
    rows = rules.members_of_lines(sheets.read_lines(BytesIO(pasted.encode())))
    assert [(row.given_name, row.family_name, row.email) for row in rows] == found


def test_wrong_lines_say_what_is_wrong() -> None:
    typed = [
        rules.MemberRow("Ada", "Lovelace", "ADA@example.org"),
        rules.MemberRow("Ada", "Lovelace", "ada@example.org"),
        rules.MemberRow("", "Seul"),
        rules.MemberRow("A" * 101, "B"),
        rules.MemberRow("C", "D", "nowhere"),
        rules.MemberRow(),
    ]
    checked = rules.checked_members(typed)
    assert [bool(row.wrong) for row in checked] == [False, True, True, True, True]
    assert checked[0].email == "ada@example.org"


# --- pages

FORM = "/editions/lens-2027/group"
FILLED = {
    "name": "Collège Jean-Moulin",
    "given_name": "Claire",
    "family_name": "Delattre",
    "email": "claire@example.org",
    "others_are_15": "y",
}
HARD = "\n".join(f"{given};{family};{email}" for given, family, email in cast.HARD_NAMES)


def test_a_list_is_shown_in_lines_before_anything_is_saved(client: InspectingClient, write: Write, read: Read) -> None:
    with write() as tx:
        a_category(tx)
    pasted = f"{HARD}\nSans;;\n"
    preview = client.submit(FORM, FILLED | {"pasted": pasted})
    shown = soup(preview)
    assert (preview.status_code, len(shown.select(".members__row--wrong"))) == (200, 1)
    names = [str(field["value"]) for field in shown.select("input[name=member_family]") if field["value"]]
    assert names == [family for _given, family, _email in cast.HARD_NAMES]
    assert states(read) == {}


def test_a_group_is_registered_named_swapped_and_cancelled_on_its_page(
    client: InspectingClient, write: Write, read: Read
) -> None:
    with write() as tx:
        a_category(tx)
    row = {"member_given": "Zoé", "member_family": "Petit", "member_email": "zoe@example.org"}
    wrong = client.submit(FORM, FILLED | row | {"member_email": "nothing"})
    assert (wrong.status_code, states(read)) == (422, {})
    assert (
        client.submit(FORM, FILLED | {"member_given": "", "member_family": "", "member_email": ""}).status_code == 422
    )
    answer = client.submit(FORM, FILLED | row | {"nameless": "2"})
    here = str(answer.location).partition("?")[0]
    page = client.page(f"{here}?new=1")
    assert [cell.get_text(" ", strip=True) for cell in page.select("tbody th")] == [
        "Zoé Petit",
        "Place 1 pas encore de nom",
        "Place 2 pas encore de nom",
    ]
    names = {"given_name": "Marie", "family_name": "Curie", "email": "", "is_15": "y"}
    naming = [str(link["href"]) for link in page.select("tbody td a") if "Donner un nom" in link.get_text()]
    assert client.submit(naming[0], names).location == here
    assert client.submit(naming[1], names | {"given_name": ""}).status_code == 422
    assert client.submit(naming[1], names | {"is_15": None}).status_code == 422  # nobody under fifteen is named so
    first = str(page.select("tbody td a")[0]["href"])
    assert client.submit(first, names | {"given_name": "Irène", "somebody_else": "y"}).location == here
    assert client.get(f"{here}/badges.pdf").data.startswith(b"%PDF")
    assert client.submit(here, {}, form="form[action$='/cancel']").location == here
    assert client.submit(f"{here}/cancel", {}).location == here
    assert states(read) == {"cancelled": 4}
    assert client.submit(here, {}, form="form[action$='/come-back']").location == here
    assert states(read) == {"confirmed": 3, "cancelled": 1}


def test_a_member_under_fifteen_has_a_place_once_a_parent_agreed(
    client: InspectingClient, write: Write, read: Read
) -> None:
    """The leader says it at the line; of all others that they are fifteen or older, and nothing is ticked for them."""
    with write() as tx:
        a_category(tx)
    assert not client.page(FORM).one("#others_are_15").has_attr("checked")
    pupils = "Zoé;Petit;;parent@example.org\nOmar;Grand;omar@example.org;"
    lines = client.submit(FORM, FILLED | {"pasted": pupils})
    row = {"member_given": "Zoé", "member_family": "Petit", "member_email": "", "member_parent": "parent@example.org"}
    assert [field["value"] for field in soup(lines).select("input[name=member_parent]")][:2] == [
        "parent@example.org",
        "",
    ]
    unsaid = client.submit(FORM, FILLED | row | {"member_parent": "", "others_are_15": None})
    assert (unsaid.status_code, states(read)) == (422, {})
    assert "moins de 15 ans" in words(soup(unsaid).one("#others_are_15-error"))
    assert client.submit(FORM, FILLED | row).status_code == 303
    assert states(read) == {"pending": 1}
    with read() as session:
        consent = session.scalars(select(ParentConsent)).one()
        asked = session.scalars(select(Letter).where(Letter.kind == "registration-consent")).one()
    assert (asked.to_email, consent.parent_name) == ("parent@example.org", "un parent de Zoé Petit")
    with write() as tx:
        actions.give_consent(tx, consent.id, now=cast.NOW)
    assert states(read) == {"confirmed": 1}


def test_people_are_added_to_a_group(client: InspectingClient, write: Write, read: Read, now: datetime) -> None:
    with write() as tx:
        group = actions.register_group(tx, a_group_request(tx, nameless=3), now=now)
    here = f"/g/{group.token}"
    assert client.submit(here, {"nameless": "2"}, form="form[action$='/add']").location == here
    assert states(read) == {"confirmed": 7}
    too_many = client.submit(here, {"nameless": "99"}, form="form[action$='/add']")
    assert too_many.status_code == 422
    assert client.submit(here, {"pasted": HARD}, form="form[action$='/add']").status_code == 200


def test_a_lost_link_finds_groups_without_their_nameless_places(write: Write, read: Read, now: datetime) -> None:
    with write() as tx:
        group = actions.register_group(tx, a_group_request(tx, nameless=30), now=now)
        actions.send_lost_links(tx, group.edition_id, LEADER[2].upper(), now=now)
        token = group.token
    with read() as session:
        letter = session.scalars(select(Letter).where(Letter.kind == "registration-lost-link")).one()
        assert (letter.text.count("/g/"), letter.text.count("/r/")) == (1, 1)  # the group, and Omar without an address
        assert f"http://localhost/g/{token}" in letter.text


def test_organisers_see_the_queue_and_groups(client_for: Any, write: Write, read: Read, now: datetime) -> None:
    with write() as tx:
        category, held = a_full_category(tx, places=2)
        group = actions.register_group(tx, a_group_request(tx, category=category, waits_together=False), now=now)
        late = waits(tx, category, cast.ANNE_SOPHIE, now)
        actions.cancel(tx, held[0].id, now=now)
    organiser = client_for("organiser")
    base = "/organise/lens-2027"
    page = organiser.page(f"{base}/waiting-list")
    assert [cell.get_text(strip=True) for cell in page.select("tbody td.number")] == ["–", "1", "2"]
    assert organiser.submit(f"{base}/waiting-list", {"hours": "6"}).status_code == 303
    assert organiser.submit(f"{base}/waiting-list", {"hours": "1"}).status_code == 422
    refused = organiser.submit(f"{base}/waiting-list/{late.id}", {"reason": "Elle intervient"})
    assert refused.status_code == 409
    with write() as tx:
        actions.cancel(tx, held[1].id, now=now)
        tx.session.get_one(Category, category.id).places = 3
    assert organiser.submit(f"{base}/waiting-list/{late.id}", {"reason": "Elle intervient"}).status_code == 303
    with read() as session:
        assert session.get_one(Registration, late.id).queue_note == "Omar Benali : Elle intervient"
    assert "Lycée Condorcet" in organiser.page(f"{base}/groups").select_one("tbody").get_text()
    assert len(organiser.page(f"{base}/groups/{group.id}").select("tbody tr")) == 2
    assert organiser.submit(f"{base}/groups/{group.id}", {}, form="form[action$='/cancel']").status_code == 303
    assert client_for("stranger").get(f"{base}/waiting-list").status_code == 403


def test_empty_pages_say_so(client_for: Any, write: Write) -> None:
    with write() as tx:
        an_edition(tx)
    organiser = client_for("organiser")
    assert "Personne n’attend" in organiser.page("/organise/lens-2027/waiting-list").main.get_text()
    assert "Pas encore de groupe" in organiser.page("/organise/lens-2027/groups").main.get_text()


def test_letters_about_money_lead_a_group_to_its_own_page(write: Write, read: Read, now: datetime) -> None:
    with write() as tx:
        an_issuer(tx)
        group = actions.register_group(tx, a_group_request(tx, category=a_category(tx, price=Decimal(20))), now=now)
        tell(tx, tx.session.scalars(select(Order.id)).one(), now=now)
    with read() as session:
        text = session.scalars(select(Letter.text).where(Letter.kind == "payments-to-pay")).one()
        assert f"/g/{group.token}\n" in text
