"""Writing letters: a row in the transaction of what it tells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flask import render_template
from flask_babel import force_locale
from sqlalchemy import select

from forum.core.db import Transaction
from forum.core.email import one_line
from forum.messages.models import Letter


@dataclass(frozen=True)
class LetterDraft:
    """A letter described as data by a feature's `emails.py`."""

    template: str
    """Folder below `templates/`, e.g. `registration/emails/confirmed`, with subject.txt, body.txt and body.html."""

    once_key: str
    """What makes it one letter, e.g. `registration-confirmed:812`; a second one with the same key is not written."""

    to_email: str
    to_name: str
    language: str
    edition_slug: str | None = None
    context: Mapping[str, Any] = field(default_factory=dict)
    attachments: Sequence[tuple[str, int]] = ()
    """Names of `core.documents.attaches` and the row each is made from, e.g. `("badge", registration_id)`."""

    @property
    def kind(self) -> str:
        """Return what kind of letter it is, for lists: `registration-confirmed`."""
        feature, _, letter = self.template.partition("/emails/")
        return f"{feature}-{letter}"


def write_letter(tx: Transaction, draft: LetterDraft, *, now: datetime) -> Letter | None:
    """Write a letter in the person's language, to leave soon; None when it was written before."""
    if tx.session.scalar(select(Letter.id).where(Letter.once_key == draft.once_key)):
        return None
    with force_locale(draft.language):
        subject, text, html = (
            render_template(f"{draft.template}/{part}", letter=draft, **draft.context)
            for part in ("subject.txt", "body.txt", "body.html")
        )
    letter = Letter(
        edition_slug=draft.edition_slug,
        kind=draft.kind,
        once_key=draft.once_key,
        to_email=draft.to_email,
        to_name=draft.to_name,
        language=draft.language,
        subject=one_line(subject),
        text=text.strip() + "\n",
        html=html,
        attachments=[list(attachment) for attachment in draft.attachments],
        next_try_at=now,
        written_at=now,
    )
    return tx.add(letter)
