"""A letter to many, compiled once a language and filled for each reader."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import force_locale

from forum.badges.rules.order import LETTERS
from forum.core.db import LocalText
from forum.core.i18n import day_hour
from forum.core.web import markdown, public_address
from forum.core.words import french_typography, gettext, language
from forum.desk.models import Desk
from forum.desk.rules import desk_of, letter_of
from forum.editions.models import Edition
from forum.mailings import rules
from forum.mailings.models import Mailing
from forum.mailings.queries import AnyRow
from forum.messages.actions import PARTS, LetterDraft, render
from forum.venues.models import Venue

TEMPLATE = "mailings/emails/mailing"
KIND = "mailing"


@dataclass(frozen=True)
class Compiled:
    """A letter in one language with the values that are the same for everybody."""

    language: str
    subject: tuple[str | rules.Piece, ...]
    text: tuple[str | rules.Piece, ...]
    html: tuple[str | rules.Piece, ...]
    values: rules.Values
    uses_sessions: bool
    no_sessions: str
    desks: Mapping[str, str]
    """By letter of the alphabet, the desk that gives it out, in words; empty before letters were shared out."""
    reception: str
    """What stands for the desk then."""
    again: str = ""
    """What comes after a private link, where people of earlier editions register with their data filled in."""


@dataclass(frozen=True)
class Filled:
    """One reader's letter."""

    subject: str
    text: str
    html: str


def compiled(
    mailing: Mailing, edition: Edition, venues: Sequence[Venue], language: str, *, desks: Sequence[Desk] = ()
) -> Compiled:
    """Compile a mailing in a language: Markdown, the mail's frame, cut at the places."""
    with force_locale(language):
        subject = rules.marked(typeset(mailing.subject.in_language(language), language))
        body = rules.marked(typeset(mailing.body.in_language(language), language))
        draft = frame(
            edition,
            language,
            subject=subject,
            html=markdown(body),
            text=rules.plain(body),
            asks_attendance=mailing.asks_attendance,
            of_past=rules.Segment.from_row(mailing.segment).is_of_past,
            marks={name: rules.mark(name) for name in ("come", "free", "unsubscribe")},
        )
        title, text, html = (render(f"{TEMPLATE}/{part}", draft) for part in PARTS)
        return Compiled(
            language=language,
            subject=rules.compiled_text(title.strip()),
            text=rules.compiled_text(text.strip() + "\n"),
            html=rules.compiled_html(html),
            values=same_for_all(edition, venues),
            uses_sessions=rules.mark("sessions") in body,
            no_sessions=gettext("none chosen: all the rest is open without a seat"),
            desks=desk_words(desks),
            reception=gettext("the reception"),
            again=again_of(mailing, edition),
        )


def again_of(mailing: Mailing, edition: Edition) -> str:
    """Return what comes after an earlier edition's private link to register in this one."""
    category = rules.Segment.from_row(mailing.segment).into_category_id
    return f"/again/{edition.slug}" + (f"?category={category}" if category is not None else "")


def desk_words(desks: Sequence[Desk]) -> dict[str, str]:
    """Return by letter which desk gives it out, in words."""
    found = {letter: desk_of(letter, desks) for letter in LETTERS}
    return {
        letter: gettext("desk %(number)s (%(letters)s)", number=desk.number, letters=desk.letters)
        for letter, desk in found.items()
        if desk is not None
    }


def frame(edition: Edition, language: str, **context: object) -> LetterDraft:
    """Describe a letter to nobody yet: what the templates show is the same for everybody, but for the marks."""
    return LetterDraft(
        template=TEMPLATE,
        once_key="",
        to_email="",
        to_name="",
        language=language,
        edition_slug=edition.slug,
        context={"edition": edition, **context},
    )


def typeset(words: str, language: str) -> str:
    """Return an organiser's words with the typography of their language."""
    return french_typography(words) if language == "fr" else words


def same_for_all(edition: Edition, venues: Sequence[Venue]) -> dict[str, str | Sequence[str]]:
    """Return the values of a letter that do not depend on its reader."""
    base = f"/editions/{edition.slug}"
    return {
        "edition": edition.name,
        "days": render(f"{TEMPLATE}/days.txt", frame(edition, language())).strip(),
        "city": edition.host_city.name,
        "place": " / ".join(", ".join(filter(None, (venue.name, venue.address))) for venue in venues)
        or edition.host_city.name,
        "programme": public_address(f"{base}/programme"),
        "register": public_address(f"{base}/register"),
        "contact": edition.contact_email,
        "wifi": edition.wifi or "–",
    }


def shown_subject(mailing: Mailing, edition: Edition, language: str) -> str:
    """Return a subject for lists: what is the same for everybody filled in, the rest as it was written."""
    try:
        pieces = rules.compiled_text(rules.marked(mailing.subject.in_language(language)))
    except rules.UNREADABLE:
        return mailing.subject.in_language(language)
    own = {place.name: f"{{{place.name_in(language)}}}" for place in rules.PLACES}
    return rules.filled_text(pieces, {**own, **same_for_all(edition, ())})


def filled(letter: Compiled, values: rules.Values) -> Filled:
    """Return one reader's letter."""
    every = {**letter.values, **values}
    return Filled(
        subject=rules.filled_text(letter.subject, every),
        text=rules.filled_text(letter.text, every),
        html=rules.filled_html(letter.html, every),
    )


def values_for(
    row: AnyRow,
    *,
    letter: Compiled,
    categories: Mapping[int, LocalText],
    sessions: Sequence[str],
    unsubscribe: str,
) -> dict[str, str | Sequence[str]]:
    """Return the values that are a reader's own."""
    own = public_address(f"/r/{row.token}")
    category = categories.get(row.category_id)
    return {
        "given_name": row.given_name,
        "family_name": row.family_name,
        "link": own,
        "badge": f"{own}/badge.pdf",
        "again": f"{own}{letter.again}",
        "reference": row.reference,
        "category": category.in_language(letter.language) if category else "",
        "sessions": sessions,
        "desk": letter.desks.get(letter_of(row.given_name, row.family_name), letter.reception),
        "come": f"{own}/coming",
        "free": f"{own}/free",
        "unsubscribe": unsubscribe,
    }


def session_lines(seats: Sequence[tuple[str, datetime | None]], letter: Compiled) -> list[str]:
    """Return the sessions a reader chose, a line each; that there is none is said."""
    if not seats:
        return [letter.no_sessions]
    with force_locale(letter.language):
        return [f"{title}, {day_hour(starts_at)}" if starts_at else title for title, starts_at in seats]


def example_link() -> str:
    """Return what stands for a reader's private link in a letter that is only looked at."""
    return public_address("/unsubscribe/…")
