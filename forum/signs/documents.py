"""Table tents and stand signs, large enough to be read across a room; tagged PDF."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from forum.core import qr
from forum.core.documents import Document, render_pdf
from forum.core.web import public_address
from forum.core.words import gettext as _
from forum.editions.models import Edition
from forum.exhibitors.models import Exhibitor
from forum.programme.models import Speaker

EM = 0.44
"""How wide a letter of the title font is at most on average, in em: capitals of a long name."""
POINTS = 72 / 25.4


@dataclass(frozen=True)
class Tent:
    """A table tent: a name on both sides of a folded sheet."""

    given_name: str
    family_name: str
    about: str
    size: int
    """In points."""


@dataclass(frozen=True)
class StandSign:
    """A sign for a stand."""

    stand: str
    name: str
    pitch: str
    size: int
    symbol: Markup


def letters_size(words: Sequence[str], *, width_mm: float, largest: int, smallest: int) -> int:
    """Return the largest size, in points, at which the longest of some lines fits a width."""
    longest = max((len(line) for line in words), default=1) or 1
    return max(smallest, min(largest, int(width_mm * POINTS / (longest * EM))))


def tents_pdf(edition: Edition, speakers: Sequence[Speaker]) -> bytes:
    """Return one A4 sheet a speaker, to be folded in the middle."""
    return rendered("tents", _("Table tents"), edition, tents=[tent_of(speaker) for speaker in speakers])


def tent_of(speaker: Speaker) -> Tent:
    """Return what stands on a speaker's tent."""
    person = speaker.person
    lines = [line for line in (person.given_name, person.family_name) if line]
    return Tent(
        given_name=person.given_name,
        family_name=person.family_name,
        about=", ".join(part for part in (speaker.position_title, person.organisation_name) if part),
        size=letters_size(lines, width_mm=180, largest=96, smallest=30),
    )


def stands_pdf(edition: Edition, exhibitors: Sequence[Exhibitor]) -> bytes:
    """Return one A4 sheet an exhibitor."""
    return rendered("stands", _("Stand signs"), edition, signs=[sign_of(edition, each) for each in exhibitors])


def sign_of(edition: Edition, exhibitor: Exhibitor) -> StandSign:
    """Return what stands on an exhibitor's sign."""
    name = exhibitor.organisation.name
    address = public_address(f"/editions/{edition.slug}/exhibitors/{exhibitor.key}/")
    return StandSign(
        stand=exhibitor.stand.label if exhibitor.stand else "",
        name=name,
        pitch=exhibitor.pitch,
        size=letters_size(longest_words(name), width_mm=250, largest=110, smallest=40),
        symbol=qr.address_picture(address, title=address),
    )


def longest_words(name: str) -> list[str]:
    """Return a name as lines of a dozen letters or more: what its size is measured by."""
    lines = [""]
    for word in name.split():
        if lines[-1] and len(lines[-1]) + 1 + len(word) > 22:
            lines.append(word)
        else:
            lines[-1] = f"{lines[-1]} {word}".strip()
    return lines


def rendered(template: str, title: str, edition: Edition, **shown: Any) -> bytes:
    """Return signs as PDF/UA-1."""
    context = {"edition": edition, **shown}
    return render_pdf(Document(f"signs/print/{template}.html", title, context=context, variant="pdf/ua-1"))
