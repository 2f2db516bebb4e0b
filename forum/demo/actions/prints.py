"""Printers with what they print beside the place, and the log of what came out of them."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy import insert, select

from forum.badges.models import Badge, PrintedBadge, Printer, PrintJob
from forum.badges.rules import Selection, Way, words_of
from forum.core import codes
from forum.core.db import Transaction
from forum.demo.actions.ground import Laid
from forum.people.models import Account

LASER, LABELS = "HP LaserJet de la médiathèque", "Brother de l’accueil"


def fill(tx: Transaction, laid: Laid, chance: random.Random, *, now: datetime) -> None:
    """Write the printers down, the great print two days before, and single badges at the desk on the first morning."""
    edition_id = laid.edition.id
    laser = tx.add(
        Printer(
            edition_id=edition_id,
            name=LASER,
            desk="Bureau des organisateurs",
            format="a4x4",
            offset_right=Decimal("-1.20"),
            offset_down=Decimal("0.80"),
            calibrated_at=laid.days.at(1, "11:00") - timedelta(days=3),
        )
    )
    tx.add(Printer(edition_id=edition_id, name=LABELS, desk="Accueil, guichet 1", format="label62x100"))
    printed = tx.session.scalars(
        select(Badge).where(Badge.edition_id == edition_id, Badge.printed_at.is_not(None)).order_by(Badge.id)
    ).all()
    odile, omar = (
        tx.session.scalars(select(Account).where(Account.email == f"{name}@example.org")).one()
        for name in ("odile", "omar")
    )
    if printed and printed[0].printed_at:
        way = Way(format="a4x4", separators="letter", printer_id=laser.id)
        job = a_print(tx, laid, printed, way, account=odile, at=printed[0].printed_at, printer=LASER)
        job.layout_name = "Bandeau"
    opening = laid.days.at(1, "08:40")
    for minute, badge in enumerate(chance.sample(list(printed), min(6, len(printed)))):
        at = opening + timedelta(minutes=7 * minute)
        if at < now:
            job = a_print(tx, laid, [badge], Way(format="label62x100"), account=omar, at=at, printer=LABELS)
            job.layout_name, job.reason = "Filet", "changed" if minute % 2 else "damaged"


def a_print(
    tx: Transaction, laid: Laid, badges: Sequence[Badge], way: Way, *, account: Account, at: datetime, printer: str
) -> PrintJob:
    """Write one print down, whose file was taken and is gone since."""
    selection = Selection(registration_ids=(badges[0].registration_id,)) if len(badges) == 1 else Selection()
    job = tx.add(
        PrintJob(
            edition_id=laid.edition.id,
            account_id=account.id,
            key=codes.new_token(),
            selection=selection.as_json(),
            way=way.as_json(),
            printer_name=printer,
            state="ready",
            total=len(badges),
            done=len(badges),
            tries=1,
            asked_at=at,
            finished_at=at,
            handed_out_at=at,
            deleted_at=at + timedelta(days=1),
        )
    )
    rows = [{"print_job_id": job.id, "badge_id": badge.id, "words": words_of(badge)} for badge in badges]
    tx.session.execute(insert(PrintedBadge), rows)
    for badge in badges:
        badge.printed_at, badge.printed_words = at, words_of(badge)
    return job
