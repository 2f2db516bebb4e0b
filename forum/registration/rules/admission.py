"""What a category asks before it lets somebody in: its hours, an age, a proof, a parent's consent, an approval."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from forum.core.refusals import Conflict, Gone, Malformed
from forum.core.words import gettext, language
from forum.core.words import lazy_gettext as _
from forum.editions.models import Edition
from forum.registration.models import Category, Invitation, ParentConsent, Registration
from forum.registration.rules import NotOffered, who

AGE_OF_CONSENT = 15
"""Whoever is younger needs a parent's consent to give their data (French law, article 45 of the act on data)."""

LONGEST_PROOF = 200


@dataclass(frozen=True)
class Parent:
    """Who may consent for somebody under fifteen."""

    name: str
    email: str


@dataclass(frozen=True)
class Admission:
    """What somebody says of themselves so that a category lets them in."""

    answers: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    code: str = ""
    confirms_age: bool = False
    is_under_15: bool = False
    parent: Parent | None = None
    proof: str = ""


class CategoryNotYetOpen(Gone):
    """The category opens later than the edition."""

    code = "category-not-yet-open"
    sentence = _("“%(category)s” opens later. Choose another category, or come back then.")
    field: str | None = "category_id"


class CategoryClosed(Gone):
    """The category closed earlier than the edition."""

    code = "category-closed"
    sentence = _("Registration as “%(category)s” is closed. Choose another category.")
    field: str | None = "category_id"


class AgeNotConfirmed(Malformed):
    """A category for people of some age wants it said."""

    code = "age-not-confirmed"
    sentence = _("“%(category)s” is for people of some age: tick that you are, or choose another category.")
    field: str | None = "confirms_age"


class AgesNotConfirmed(AgeNotConfirmed):
    """The leader of a group says it for all."""

    code = "ages-not-confirmed"
    sentence = _("“%(category)s” is for people of some age: tick that all of you are, or choose another category.")


class AgesUnsaid(Malformed):
    """Where children may come, whoever names others says who is under fifteen."""

    code = "ages-unsaid"
    sentence = _(
        "Say who is under 15: give a parent’s address at their line, then tick that everybody else is 15 or older."
    )
    field: str | None = "others_are_15"


class NamedChild(Malformed):
    """A name that is given to a place later is of somebody who decides for themselves."""

    code = "named-child"
    sentence = _("Under 15, leave this place without a name, or add the child as a line with a parent’s address.")
    field: str | None = "is_15"


class ChildrenNamed(Malformed):
    """A class of children comes without their names: no parent has to be asked, and nothing is kept of them."""

    code = "children-named"
    sentence = _(
        "Those who come as “%(category)s” are under 15: leave the names out, and say how many places you need."
    )
    field: str | None = "nameless"


class TooYoung(Conflict):
    """Who is under fifteen cannot come in a category for older people."""

    code = "too-young"
    sentence = _("“%(category)s” is not open to people under 15. Choose another category.")
    field: str | None = "category_id"


class ParentMissing(Malformed):
    """Who is under fifteen names a parent."""

    code = "parent-missing"
    sentence = _("Under 15, a parent has to agree: give their name and their e-mail address.")
    field: str | None = "parent_name"


class ParentIsChild(Malformed):
    """The parent's address is not the child's."""

    code = "parent-is-child"
    sentence = _("Give the address of a parent: it cannot be the one above.")
    field: str | None = "parent_email"


class ProofMissing(Malformed):
    """A category asks for a proof."""

    code = "proof-missing"
    sentence = _("Fill this in.")
    field: str | None = "proof"


class NotPending(Conflict):
    """Somebody else answered meanwhile."""

    code = "not-pending"
    sentence = _("This request was answered already. Reload the page to see how it stands.")


class DeclinedAlready(Conflict):
    """Who was declined does not come back by themselves."""

    code = "declined"
    sentence = _("This request was declined. Write to %(contact)s if something is wrong.")


class ParentUndecided(Conflict):
    """Nobody under fifteen is let in before a parent agreed."""

    code = "parent-undecided"
    sentence = _("A parent has not agreed yet. Wait for their answer, or note that they agreed on paper.")


class ConsentAnswered(Gone):
    """The parent answered already, or the registration is over."""

    code = "consent-answered"
    sentence = _("This was answered, or the request was taken back. Write to %(contact)s to change your mind.")


def may_enter(
    category: Category, edition: Edition, said: Admission, *, email: str, invitation: Invitation | None, now: datetime
) -> None:
    """Refuse who a category does not let in by themselves.

    Raises `NotOffered`, `CategoryNotYetOpen`, `CategoryClosed`, `AgeNotConfirmed`, `TooYoung`, `ParentMissing`,
    `ParentIsChild` or `ProofMissing`.
    """
    if category.edition_id != edition.id or not (category.is_public or invitation is not None):
        raise NotOffered
    name = category.name.in_language(language())
    if category.opens_at is not None and now < category.opens_at:
        raise CategoryNotYetOpen(category=name)
    if category.closes_at is not None and now >= category.closes_at:
        raise CategoryClosed(category=name)
    if category.asks_age and not said.confirms_age:
        raise AgeNotConfirmed(category=name)
    if said.is_under_15 and (category.minimum_age or 0) >= AGE_OF_CONSENT:
        raise TooYoung(category=name)
    if needs_parent(category, said):
        if said.parent is None:
            raise ParentMissing
        if said.parent.email == email:
            raise ParentIsChild
    if category.proof and not said.proof:
        raise ProofMissing


def needs_parent(category: Category, said: Admission) -> bool:
    """Tell whether a parent has to consent: who is under fifteen, or comes in a category for children only."""
    return said.is_under_15 or is_for_children(category)


def is_for_children(category: Category) -> bool:
    """Tell whether all who come in a category are under fifteen."""
    return category.maximum_age is not None and category.maximum_age < AGE_OF_CONSENT


def needs_answer(category: Category, said: Admission, invitation: Invitation | None) -> bool:
    """Tell whether somebody has to answer before the place is given: an organiser, who approves, or a parent.

    An invitation is an approval given beforehand.
    """
    return (category.needs_approval and invitation is None) or needs_parent(category, said)


def may_be_changed_to(category: Category, now: datetime) -> None:
    """Refuse that somebody moves by themselves to a category that asks something first. Raises `NotOffered`."""
    if asks_something(category) or not is_open_now(category, now):
        raise NotOffered


def asks_something(category: Category) -> bool:
    """Tell whether a category lets nobody in without asking: an approval, an age, a proof, a price."""
    return bool(category.needs_approval or category.asks_age or category.proof or category.price)


def takes_groups(category: Category, now: datetime, *, confirms_age: bool) -> None:
    """Refuse a group where each person shows a proof, or whose leader says of nobody that the age is right.

    Raises `NotOffered` or `AgesNotConfirmed`.
    """
    if not may_be_a_group(category, now):
        raise NotOffered
    if category.asks_age and not confirms_age:
        raise AgesNotConfirmed(category=category.name.in_language(language()))


def may_be_a_group(category: Category, now: datetime) -> bool:
    """Tell whether several people can be registered in a category by one: a proof is each person's own."""
    return not category.proof and is_open_now(category, now)


def may_be_named(category: Category, *, parents: Iterable[str], others_are_15: bool) -> None:
    """Refuse names of children whose parents are not asked; `parents` are the addresses given, one a name or empty.

    Raises `ChildrenNamed`, `TooYoung` or `AgesUnsaid`.
    """
    asked = list(parents)
    name = category.name.in_language(language())
    if not all(asked) and is_for_children(category):
        raise ChildrenNamed(category=name)
    if any(asked) and not may_be_a_child(category):
        raise TooYoung(category=name)
    if not all(asked) and may_be_a_child(category) and not others_are_15:
        raise AgesUnsaid


def may_be_a_child(category: Category) -> bool:
    """Tell whether somebody under fifteen may come in a category."""
    return (category.minimum_age or 0) < AGE_OF_CONSENT


def is_no_child(category: Category, *, is_15: bool) -> None:
    """Refuse a name that is given to a place of a group, where its age is not said. Raises `NamedChild`."""
    if may_be_a_child(category) and not is_15:
        raise NamedChild


def opens_later(category: Category, now: datetime) -> bool:
    """Tell whether a category is not open yet."""
    return category.opens_at is not None and now < category.opens_at


def is_open_now(category: Category, now: datetime) -> bool:
    """Tell whether a category's own hours let people in."""
    return not opens_later(category, now) and (category.closes_at is None or now < category.closes_at)


def ages_of(category: Category) -> str:
    """Return for whom a category is, in words: « de 18 à 25 ans »; empty for everyone."""
    least, most = category.minimum_age, category.maximum_age
    if least is not None and most is not None:
        return gettext("from %(least)s to %(most)s years old", least=least, most=most)
    if least is not None:
        return gettext("%(least)s years old or older", least=least)
    return gettext("%(most)s years old or younger", most=most) if most is not None else ""


def is_pending(registration: Registration) -> None:
    """Refuse to answer what is answered. Raises `NotPending`."""
    if registration.state != "pending":
        raise NotPending


def was_not_declined(registration: Registration) -> None:
    """Refuse that somebody undoes a declined request. Raises `DeclinedAlready`."""
    if registration.state == "declined":
        raise DeclinedAlready(contact=registration.edition.contact_email)


def parent_agreed(consent: ParentConsent | None) -> None:
    """Refuse to let a child in whose parent has not agreed. Raises `ParentUndecided`."""
    if consent is not None and consent.answer != "given":
        raise ParentUndecided


def may_consent(consent: ParentConsent) -> None:
    """Refuse a second word of a parent, and one about what is over. Raises `ConsentAnswered`."""
    if consent.answer is not None or consent.registration.state != "pending":
        raise ConsentAnswered(contact=consent.registration.edition.contact_email)


class Somebody(Protocol):
    """Who is compared: a person who is written down, or one who is about to be."""

    @property
    def given_name(self) -> Any:
        """Return the given name."""

    @property
    def family_name(self) -> Any:
        """Return the family name."""

    @property
    def email(self) -> Any:
        """Return the address."""


def has_same_name(one: Somebody, other: Somebody) -> bool:
    """Tell whether two persons have the same name, whatever the accents and capitals."""
    return who(one.given_name, one.family_name, "") == who(other.given_name, other.family_name, "")


def is_same_person(one: Somebody, other: Somebody) -> bool:
    """Tell whether two persons have the same name and the same address, whatever the accents and capitals."""
    return who(one.given_name, one.family_name, one.email) == who(other.given_name, other.family_name, other.email)
