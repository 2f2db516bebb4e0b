"""Groups: several people registered by one, named now or later, all of them together or each for themselves."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from flask_babel import force_locale

from forum.core import codes
from forum.core.db import Transaction
from forum.core.words import gettext as _
from forum.editions.models import Edition
from forum.messages.actions import write_letter
from forum.people.actions import PersonDetails, add_person, details_of_person, write_details
from forum.registration import emails, queries, rules
from forum.registration.actions.admissions import ask_parent
from forum.registration.actions.places import end, hold, lock_with_category, write_confirmed
from forum.registration.actions.queue import join, members_of, serve_queue
from forum.registration.actions.swaps import hand_over
from forum.registration.events import GroupHandedOver, RegistrationChanged
from forum.registration.models import Category, Group, Registration
from forum.registration.rules import Member, admission


@dataclass(frozen=True)
class GroupRequest:
    """What someone asks for who registers several people."""

    edition_id: int
    category_id: int
    name: str
    leader: PersonDetails
    members: tuple[Member, ...]
    nameless: int
    """How many places are wanted to which names are given later, or never."""
    waits_together: bool
    submission_key: str
    confirms_age: bool = False
    """Whether the leader says that all are of the age that the category asks for, those added later too."""
    others_are_15: bool = False
    """Whether the leader says that all who are named without a parent's address are fifteen or older."""


def register_group(tx: Transaction, request: GroupRequest, *, now: datetime, at_desk: bool = False) -> Group:
    """Register a group: with places for all, or, where some are missing, as its leader chose.

    The same submission key gets the same group again.
    Who is under fifteen has no place before a parent agreed.
    Raises `NobodyInGroup`, `GroupTooLarge`, `NotEnoughPlaces`, `RegistrationClosed`, `NotOffered`, `AgesNotConfirmed`,
    `ChildrenNamed`, `TooYoung` or `AgesUnsaid`.
    """
    category = tx.lock(Category, request.category_id)
    if present := queries.group_with_key(tx.session, request.submission_key):
        return present
    edition = tx.session.get_one(Edition, request.edition_id)
    if not at_desk:
        rules.is_open(edition, now)
    rules.is_offered(category, edition.id, at_desk=at_desk)
    admission.takes_groups(category, now, confirms_age=request.confirms_age or at_desk)
    parents = [member.parent_email for member in request.members]
    admission.may_be_named(category, parents=parents, others_are_15=request.others_are_15 or at_desk)
    rules.is_a_group(len(request.members) + request.nameless)
    leader = add_person(tx, request.leader, now=now)
    group = tx.add_once(
        Group,
        once="submission_key",
        edition_id=edition.id,
        category_id=category.id,
        leader_id=leader.id,
        name=request.name,
        token=codes.new_token(),
        submission_key=request.submission_key,
        waits_together=request.waits_together,
        last_place=0,
        created_at=now,
    )
    if group is None:
        tx.session.delete(leader)
        tx.session.flush()
        return known_group(tx, request.submission_key)
    add_all(tx, group, request.members, request.nameless, is_approved=at_desk, now=now)
    write_letter(tx, emails.group_registered(group, queries.states_of(tx.session, group.id), now=now), now=now)
    return group


def add_members(
    tx: Transaction,
    group_id: int,
    members: Sequence[Member],
    *,
    nameless: int,
    now: datetime,
    others_are_15: bool = False,
) -> Group:
    """Add people to a group; they come after those who wait. Raises what `register_group` raises."""
    group = tx.session.get_one(Group, group_id)
    tx.lock(Category, group.category_id)
    rules.is_open(group.edition, now)
    parents = [member.parent_email for member in members]
    admission.may_be_named(group.category, parents=parents, others_are_15=others_are_15)
    rules.is_a_group(len(members) + nameless, present=len(queries.active_members(tx.session, group.id)))
    add_all(tx, group, members, nameless, is_approved=False, now=now)
    return group


def add_all(
    tx: Transaction, group: Group, members: Sequence[Member], nameless: int, *, is_approved: bool, now: datetime
) -> None:
    """Write members down and give them places of the locked category, or places in the queue."""
    for child in (member for member in members if member.parent_email):
        ask_parent_of(tx, add_member(tx, group, child, now=now), child, now=now)
    grown = [member for member in members if not member.parent_email]
    everyone = [*grown, *(nameless_member(group) for _number in range(nameless))]
    category = group.category
    if category.needs_approval and not is_approved:
        for member in everyone:
            add_member(tx, group, member, now=now)
        return
    placed = rules.places_for_group(category, len(everyone), together=group.waits_together)
    for position, member in enumerate(everyone):
        registration = add_member(tx, group, member, now=now)
        if position < placed:
            category.taken += 1
            hold(tx, registration, now=now)
        else:
            join(tx, registration, now=now)
            if not group.waits_together and emails.is_written_to(registration):
                place = queries.place_in_queue(tx.session, registration)
                write_letter(tx, emails.waiting(registration, group.edition, position=place, now=now), now=now)


def ask_parent_of(tx: Transaction, registration: Registration, child: Member, *, now: datetime) -> None:
    """Ask a parent of a member under fifteen; they have a place, or one in the queue, once the parent agreed."""
    with force_locale(registration.person.language):
        name = _("a parent of %(name)s", name=registration.person.name)
    ask_parent(tx, registration, admission.Parent(name=name, email=child.parent_email), now=now)


def nameless_member(group: Group) -> Member:
    """Return the next place of a group to which no name was given."""
    group.last_place += 1
    with force_locale(group.leader.language):
        name = _("Place %(number)s", number=group.last_place)
    return Member(given_name=name, family_name="", email="", is_nameless=True)


def add_member(tx: Transaction, group: Group, member: Member, *, now: datetime) -> Registration:
    """Write one member down, without a place yet."""
    person = add_person(tx, details_of(group, member), now=now)
    return tx.add(
        Registration(
            edition_id=group.edition_id,
            category=group.category,
            person=person,
            group=group,
            token=codes.new_token(),
            reference=codes.new_reference(),
            submission_key=codes.new_token(),
            state="pending",
            is_nameless=member.is_nameless,
            registered_at=now,
            changed_at=now,
        )
    )


def details_of(group: Group, member: Member) -> PersonDetails:
    """Return what is written of a member: the group is their organisation, and who gave no address has the leader's."""
    return PersonDetails(
        given_name=member.given_name,
        family_name=member.family_name,
        email=member.email or group.leader.email,
        organisation_name=group.name,
        language=group.leader.language,
    )


def name_member(
    tx: Transaction, registration_id: int, member: Member, *, somebody_else: bool, now: datetime, is_15: bool = True
) -> Registration:
    """Give a nameless place its name, correct one, or let somebody else come in a member's place.

    Raises `CancelledAlready`, `EditionOver`, `ChildrenNamed` or `NamedChild`; for somebody else what `hand_over` does.
    """
    registration = lock_with_category(tx, registration_id)
    group = registration.group
    if group is None:
        raise rules.NotOffered
    rules.can_change(registration)
    rules.is_not_over(registration.edition, now)
    admission.may_be_named(registration.category, parents=[""], others_are_15=True)
    if registration.is_nameless or somebody_else:
        admission.is_no_child(registration.category, is_15=is_15)
    details = details_of(group, member)
    if somebody_else and not registration.is_nameless and registration.state in ("confirmed", "unpaid"):
        return hand_over(tx, registration_id, details, now=now)
    had = registration.person.email
    write_details(registration.person, details)
    registration.is_nameless = False
    registration.changed_at = now
    tx.session.flush()
    if registration.is_confirmed:
        tx.tell(RegistrationChanged(registration.id, now))
        if details.email != had:
            write_confirmed(tx, registration, now=now)
    return registration


def hand_group_over(tx: Transaction, group_id: int, details: PersonDetails, *, now: datetime) -> Group:
    """Let somebody else answer for a group: by a new link, and for the members who have no address of their own.

    The old link is dead. Who answers now gets the group's letter. Raises `EditionOver`.
    """
    group = tx.session.get_one(Group, group_id)
    rules.is_not_over(group.edition, now)
    before = group.leader
    group.leader = add_person(tx, details, now=now)
    group.token = codes.new_token()
    for person in (member.person for member in group.members if member.person.email == before.email):
        write_details(person, replace(details_of_person(person), email=details.email))
    tx.session.flush()
    tx.tell(GroupHandedOver(group.id, before.email, now))
    write_letter(tx, emails.group_registered(group, queries.states_of(tx.session, group.id), now=now), now=now)
    return group


def cancel_group(tx: Transaction, group_id: int, *, now: datetime, at_desk: bool = False) -> int:
    """Give back all that a group has, at once; return for how many. Raises `EditionOver`."""
    group = tx.session.get_one(Group, group_id)
    members = [each for each in members_of(tx, group) if not each.is_ended]
    if members and not at_desk:
        rules.is_not_over(group.edition, now)
    for registration in members:
        before = end(tx, registration, now=now)
        if before in ("confirmed", "unpaid") and emails.is_written_to(registration):
            write_letter(tx, emails.cancelled(registration, registration.edition, now=now), now=now)
    if members:
        write_letter(tx, emails.group_cancelled(group, len(members), now=now), now=now)
        serve_queue(tx, group.category, now=now)
    return len(members)


def accept_group(tx: Transaction, group_id: int, *, now: datetime) -> int:
    """Take every place that is offered to a group; return how many. Raises `OfferOver`."""
    group = tx.session.get_one(Group, group_id)
    members = members_of(tx, group)
    offered = [each for each in members if each.state == "offered"]
    if not offered and not any(each.state in ("confirmed", "unpaid") for each in members):
        raise rules.OfferOver
    for registration in offered:
        registration.offered_until = None
        hold(tx, registration, now=now)
    return len(offered)


def decline_group(tx: Transaction, group_id: int, *, now: datetime) -> int:
    """Say no to every place that is offered to a group: the next in the queue get them; return how many."""
    group = tx.session.get_one(Group, group_id)
    offered = [each for each in members_of(tx, group) if each.state == "offered"]
    for registration in offered:
        registration.offered_until = None
        end(tx, registration, now=now)
    if offered:
        serve_queue(tx, group.category, now=now)
    return len(offered)


def group_comes_back(tx: Transaction, group_id: int, *, now: datetime) -> int:
    """Take places again for all of a group that was cancelled, or places at the end of the queue; return how many.

    Raises `RegistrationClosed` or `NotEnoughPlaces`.
    """
    group = tx.session.get_one(Group, group_id)
    members = members_of(tx, group)
    cancelled = [each for each in members if each.state == "cancelled" and each.handed_to_id is None]
    rules.is_open(group.edition, now)
    if group.category.needs_approval:
        for registration in cancelled:
            registration.state, registration.cancelled_at, registration.changed_at = "pending", None, now
        return len(cancelled)
    placed = rules.places_for_group(group.category, len(cancelled), together=group.waits_together)
    for position, registration in enumerate(cancelled):
        if position < placed:
            group.category.taken += 1
            hold(tx, registration, now=now)
        else:
            join(tx, registration, now=now)
    return len(cancelled)


def resend_group(tx: Transaction, group_id: int, *, now: datetime) -> int:
    """Write the group's letter once more, and to each expected member theirs; return how many letters."""
    group = tx.session.get_one(Group, group_id)
    expected = expected_with_address(queries.active_members(tx.session, group.id))
    for registration in expected:
        write_confirmed(tx, registration, now=now)
    write_letter(tx, emails.group_registered(group, queries.states_of(tx.session, group.id), now=now), now=now)
    return len(expected) + 1


def expected_with_address(members: Iterable[Registration]) -> list[Registration]:
    """Return the members who are expected and get letters of their own."""
    return [each for each in members if each.is_confirmed and emails.is_written_to(each)]


def known_group(tx: Transaction, submission_key: str) -> Group:
    """Return the group of a key that is taken."""
    group = queries.group_with_key(tx.session, submission_key)
    if group is None:
        raise RuntimeError("A submission key was refused as taken, and nobody has it.")
    return group
