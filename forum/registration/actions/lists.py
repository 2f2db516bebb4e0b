"""People from a spreadsheet."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from forum.core import codes
from forum.core.db import Transaction
from forum.core.refusals import Refusal
from forum.people.actions import PersonDetails
from forum.registration.actions.registrations import RegistrationRequest, register
from forum.registration.actions.seats import lock_all
from forum.registration.models import Category
from forum.registration.rules import GoodRow, WrongRow


def take_list(
    tx: Transaction, edition_id: int, rows: Sequence[GoodRow], *, now: datetime, letters: bool = True
) -> list[WrongRow]:
    """Register a part of a list; return the rows for which no place was left.

    All categories are locked first and in order, so that two lists at once do not wait for each other in a circle.
    """
    lock_all(tx, Category, {row.category_id for row in rows})
    wrong: list[WrongRow] = []
    for row in rows:
        request = RegistrationRequest(
            edition_id=edition_id,
            category_id=row.category_id,
            details=PersonDetails(
                given_name=row.given_name,
                family_name=row.family_name,
                email=row.email,
                organisation_name=row.organisation,
                language=row.language,
            ),
            adjustment=row.adjustment,
            session_ids=(),
            submission_key=codes.new_token(),
            may_wait=False,
        )
        try:
            register(tx, request, now=now, at_desk=True, letter=letters)
        except Refusal as refusal:
            wrong.append(WrongRow(line=row.line, reason=str(refusal)))
    return wrong
