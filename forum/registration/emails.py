"""The letters of registration."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from forum.core.kept import Kept
from forum.core.web import public_address
from forum.editions.models import Edition
from forum.messages.actions import LetterDraft, WordedLetter, asked_by_templates, filled_in, worded
from forum.messages.rules import mark
from forum.people.actions import PersonDetails
from forum.programme.models import Session
from forum.registration.models import Category, Group, ParentConsent, Registration, SeatWait
from forum.registration.rules.admission import Parent

KINDS = (
    "confirmed",
    "admitted",
    "changed",
    "cancelled",
    "released",
    "pending",
    "declined",
    "consent",
    "twice",
    "waiting",
    "offer",
    "lapsed",
    "promoted",
    "handed-over",
    "received",
    "seat-given",
    "seat-offer",
    "seat-lapsed",
)


def subjects(registration_id: int) -> list[str]:
    """Return how the keys of a registration's letters begin."""
    return [f"registration-{kind}:{registration_id}" for kind in KINDS]


@dataclass(frozen=True)
class Newcomer:
    """Somebody who is about to be written down, as far as their letter names them."""

    person: PersonDetails
    category: Category
    token: str
    reference: str
    id: int = 0
    """None yet: `confirmed_as` says it."""
    is_confirmed: bool = True
    """Who is not gets no such letter."""


def confirmed(
    registration: Registration | Newcomer,
    edition: Edition,
    sessions: Sequence[Session],
    *,
    once_key: str,
    awaited: Sequence[Session] = (),
) -> LetterDraft:
    """Tell a person that they are expected, with their badge and the days for their calendar."""
    return with_files("confirmed", registration, edition, sessions, once_key=once_key, awaited=awaited)


def promoted(
    registration: Registration, edition: Edition, sessions: Sequence[Session], *, once_key: str
) -> LetterDraft:
    """Tell a person who waited that a place came free and they are expected, without having to answer."""
    return with_files("promoted", registration, edition, sessions, once_key=once_key)


def waiting(registration: Registration, edition: Edition, *, position: int, now: datetime) -> LetterDraft:
    """Tell a person their place in the queue."""
    once_key = f"registration-waiting:{registration.id}:{now.isoformat()}"
    return draft("waiting", registration, edition, (), once_key=once_key, more={"position": position})


def offer(registration: Registration, edition: Edition, *, now: datetime) -> LetterDraft:
    """Offer a freed place, with the hour until which it is kept."""
    once_key = f"registration-offer:{registration.id}:{now.isoformat()}"
    return draft("offer", registration, edition, (), once_key=once_key)


def lapsed(registration: Registration, edition: Edition, *, now: datetime) -> LetterDraft:
    """Tell a person that nobody answered in time and the place went to the next."""
    until = registration.offered_until or now
    once_key = f"registration-lapsed:{registration.id}:{until.isoformat()}"
    return draft("lapsed", registration, edition, (), once_key=once_key)


def handed_over(registration: Registration, edition: Edition, *, to: str) -> LetterDraft:
    """Tell a person who comes in their place."""
    once_key = f"registration-handed-over:{registration.id}"
    return draft("handed-over", registration, edition, (), once_key=once_key, more={"receiver": to})


def received(registration: Registration, edition: Edition, sessions: Sequence[Session], *, giver: str) -> LetterDraft:
    """Tell a person that somebody gave them a place, with their badge."""
    files = (("badge", registration.id), ("calendar", registration.id))
    return draft(
        "received",
        registration,
        edition,
        sessions,
        once_key=f"registration-received:{registration.id}",
        attachments=files if registration.is_confirmed else (),
        more={"giver": giver},
    )


def group_registered(group: Group, states: Mapping[str, int], *, now: datetime) -> LetterDraft:
    """Send a group's leader the link of its page, and how it stands."""
    once_key = f"registration-group:{group.id}:{group.leader_id}:{now.isoformat()}"
    context = {
        "expected": states.get("confirmed", 0),
        "kept": states.get("unpaid", 0),
        "waiting": states.get("waiting", 0) + states.get("offered", 0),
        "pending": states.get("pending", 0),
    }
    return group_letter("group", group, once_key=once_key, context=context)


def group_cancelled(group: Group, number: int, *, now: datetime) -> LetterDraft:
    """Tell a group's leader that all its places are free."""
    once_key = f"registration-group-cancelled:{group.id}:{now.isoformat()}"
    return group_letter("group-cancelled", group, once_key=once_key, context={"number": number})


def group_offer(group: Group, members: Sequence[Registration], *, until: datetime | None, now: datetime) -> LetterDraft:
    """Offer a whole group its places, or tell its leader that they have them."""
    name = "group-offer" if until else "group-promoted"
    context = {"until": until, "number": len(members)}
    return group_letter(name, group, once_key=f"registration-{name}:{group.id}:{now.isoformat()}", context=context)


def group_lapsed(group: Group, *, until: datetime) -> LetterDraft:
    """Tell a group's leader that the offer went by; one letter, however many members had it."""
    return group_letter("group-lapsed", group, once_key=f"registration-group-lapsed:{group.id}:{until.isoformat()}")


def group_letter(name: str, group: Group, *, once_key: str, context: Mapping[str, object] | None = None) -> LetterDraft:
    """Describe a letter to the leader of a group."""
    return LetterDraft(
        template=f"registration/emails/{name}",
        once_key=once_key,
        to_email=group.leader.email,
        to_name=group.leader.name,
        language=group.leader.language,
        edition_slug=group.edition.slug,
        context={
            "group": group,
            "edition": group.edition,
            "group_address": public_address(f"/g/{group.token}"),
            "language": group.leader.language,
            **(context or {}),
        },
    )


def is_written_to(registration: Registration) -> bool:
    """Tell whether a person gets letters of their own: not who stands in a group under its leader's address."""
    group = registration.group
    return group is None or registration.person.email != group.leader.email


def admitted(registration: Registration, edition: Edition, *, once_key: str) -> LetterDraft:
    """Send a speaker, an exhibitor's staff or a guest the badge of their kind."""
    return with_files("admitted", registration, edition, (), once_key=once_key)


def changed(
    registration: Registration,
    edition: Edition,
    sessions: Sequence[Session],
    *,
    now: datetime,
    awaited: Sequence[Session] = (),
) -> LetterDraft:
    """Tell a person what their registration has become."""
    once_key = f"registration-changed:{registration.id}:{now.isoformat()}"
    return with_files("changed", registration, edition, sessions, once_key=once_key, awaited=awaited)


def seat_given(registration: Registration, session: Session, *, now: datetime) -> LetterDraft:
    """Tell a person who waited for a seat that it is theirs."""
    once_key = f"registration-seat-given:{registration.id}:{session.id}:{now.isoformat()}"
    more = {"session": session}
    files = (("calendar", registration.id),) if registration.is_confirmed else ()
    return draft("seat-given", registration, registration.edition, (), once_key=once_key, attachments=files, more=more)


def seat_offer(wait: SeatWait, session: Session, clash: Sequence[Session], *, now: datetime) -> LetterDraft:
    """Ask a person who waited for a seat, and has another one at that hour, which of the two they keep."""
    registration = wait.registration
    once_key = f"registration-seat-offer:{registration.id}:{session.id}:{now.isoformat()}"
    more = {"session": session, "clash": clash, "until": wait.offered_until}
    return draft("seat-offer", registration, registration.edition, (), once_key=once_key, more=more)


def seat_lapsed(wait: SeatWait, session: Session) -> LetterDraft:
    """Tell a person that nobody answered in time and the seat went to the next."""
    registration, until = wait.registration, wait.offered_until
    once_key = f"registration-seat-lapsed:{registration.id}:{session.id}:{until.isoformat() if until else ''}"
    more = {"session": session, "until": until}
    return draft("seat-lapsed", registration, registration.edition, (), once_key=once_key, more=more)


def cancelled(registration: Registration, edition: Edition, *, now: datetime) -> LetterDraft:
    """Tell a person that their place is free, and how to come back."""
    once_key = f"registration-cancelled:{registration.id}:{now.isoformat()}"
    return draft("cancelled", registration, edition, (), once_key=once_key)


def released(registration: Registration, edition: Edition, *, now: datetime) -> LetterDraft:
    """Tell a person that their place was not paid in time and is free again."""
    once_key = f"registration-released:{registration.id}:{now.isoformat()}"
    return draft("released", registration, edition, (), once_key=once_key)


def pending(
    registration: Registration, edition: Edition, *, parent: Parent | None = None, again: datetime | None = None
) -> LetterDraft:
    """Tell a person that an organiser, or a parent, answers before the place is theirs."""
    once_key = f"registration-pending:{registration.id}" + (f":{again.isoformat()}" if again else "")
    return draft("pending", registration, edition, (), once_key=once_key, more={"parent": parent})


def declined(
    registration: Registration, edition: Edition, *, words: str, now: datetime, by_parent: bool = False
) -> LetterDraft:
    """Tell a person that they are not let in, with a word of who decided."""
    once_key = f"registration-declined:{registration.id}:{now.isoformat()}"
    more = {"words": words, "by_parent": by_parent}
    return draft("declined", registration, edition, (), once_key=once_key, more=more)


def consent(asked: ParentConsent, edition: Edition) -> LetterDraft:
    """Ask a parent to agree that their child comes, and that the child's data are kept for it."""
    registration = asked.registration
    language = registration.person.language
    return LetterDraft(
        template="registration/emails/consent",
        once_key=f"registration-consent:{registration.id}",
        to_email=asked.parent_email,
        to_name=asked.parent_name,
        language=language,
        edition_slug=edition.slug,
        context={
            "consent": asked,
            "registration": registration,
            "edition": edition,
            "consent_address": public_address(f"/consent/{asked.token}"),
            "language": language,
        },
    )


def twice(first: Registration, second: Registration, edition: Edition) -> LetterDraft:
    """Ask a person who registered twice which registration stays, behind the link of the first."""
    once_key = f"registration-twice:{second.id}"
    more = {"second": second, "choice_address": public_address(f"/r/{first.token}/twice")}
    return draft("twice", first, edition, (), once_key=once_key, more=more)


def lost_link(
    edition: Edition, registrations: Sequence[Registration], groups: Sequence[Group], *, once_key: str
) -> LetterDraft:
    """Send the private links of everyone registered with one address, and of the groups it leads."""
    first = registrations[0].person if registrations else groups[0].leader
    return LetterDraft(
        template="registration/emails/lost-link",
        once_key=once_key,
        to_email=first.email,
        to_name=first.name,
        language=first.language,
        edition_slug=edition.slug,
        context={
            "edition": edition,
            "links": [(each, own_address(each)) for each in registrations],
            "groups": [(each, public_address(f"/g/{each.token}")) for each in groups],
            "language": first.language,
        },
    )


def with_files(
    name: str,
    registration: Registration | Newcomer,
    edition: Edition,
    sessions: Sequence[Session],
    *,
    once_key: str,
    awaited: Sequence[Session] = (),
) -> LetterDraft:
    """Describe a letter that the badge and the calendar go with."""
    return draft(
        name,
        registration,
        edition,
        sessions,
        once_key=once_key,
        attachments=files_of(registration.id),
        more={"awaited": awaited},
    )


def files_of(registration_id: int) -> tuple[tuple[str, int], ...]:
    """Name the badge and the calendar of a registration."""
    return (("badge", registration_id), ("calendar", registration_id))


def confirmed_newcomer(
    newcomer: Newcomer, edition: Edition, sessions: Sequence[Session], awaited: Sequence[Session]
) -> WordedLetter:
    """Put the first confirmation of somebody who is about to be written down into words.

    Hundreds of them say the same but for a name and a link: what is the same is worded once a second.
    """
    person, spoken = newcomer.person, newcomer.person.language
    desk = asked_by_templates("desk_of", newcomer, edition)
    chosen = (tuple(session.id for session in sessions), tuple(session.id for session in awaited))
    more = {"at_desk": desk, "awaited": awaited}
    letter = _confirmations.get_or_make(
        (newcomer.category.id, spoken, bool(person.organisation_name), desk and (desk.number, desk.letters), chosen),
        lambda: worded(draft("confirmed", anybody(newcomer), edition, sessions, once_key="", more=more)),
    )
    own = {
        "given": person.given_name,
        "family": person.family_name,
        "organisation": person.organisation_name or "",
        "token": newcomer.token,
        "reference": newcomer.reference,
    }
    return filled_in(letter, confirmed(newcomer, edition, sessions, once_key=""), own)


_confirmations: Kept[WordedLetter] = Kept()


def anybody(newcomer: Newcomer) -> Newcomer:
    """Return a newcomer with marks for all that is their own in a letter."""
    organisation = mark("organisation") if newcomer.person.organisation_name else None
    person = PersonDetails(mark("given"), mark("family"), "", organisation, newcomer.person.language)
    return Newcomer(person, newcomer.category, token=mark("token"), reference=mark("reference"))


def confirmed_as(registration_id: int, letter: WordedLetter) -> WordedLetter:
    """Give a first confirmation that was put into words before its registration had an id its key and its files."""
    once_key = f"registration-confirmed:{registration_id}"
    return replace(letter, draft=replace(letter.draft, once_key=once_key, attachments=files_of(registration_id)))


def draft(
    name: str,
    registration: Registration | Newcomer,
    edition: Edition,
    sessions: Sequence[Session],
    *,
    once_key: str,
    attachments: Sequence[tuple[str, int]] = (),
    more: Mapping[str, object] | None = None,
) -> LetterDraft:
    """Describe a letter to the person of a registration."""
    person = registration.person
    return LetterDraft(
        template=f"registration/emails/{name}",
        once_key=once_key,
        to_email=person.email,
        to_name=person.name,
        language=person.language,
        edition_slug=edition.slug,
        context={
            "registration": registration,
            "edition": edition,
            "sessions": sessions,
            "own_address": own_address(registration),
            "language": person.language,
            **(more or {}),
        },
        attachments=attachments,
    )


def own_address(registration: Registration | Newcomer) -> str:
    """Return the whole address of a person's own page."""
    return public_address(f"/r/{registration.token}")
