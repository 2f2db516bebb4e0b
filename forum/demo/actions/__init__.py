"""Loading the demonstration, and wiping it."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select

from forum.audit.models import empty_the_log
from forum.core import codes
from forum.core.db import Transaction, db
from forum.demo import rules
from forum.demo.actions import (
    door,
    ground,
    inside,
    layouts,
    letters,
    mailings,
    money,
    prints,
    programme,
    questions,
    queues,
    reception,
    visitors,
)
from forum.demo.story import COMING, FINISHED, TODAY, read_story
from forum.editions.models import Edition
from forum.people.models import Account, Membership
from forum.people.rules import hashed

SEED = 2016
OWNER, ORGANISER = "odile@example.org", "omar@example.org"


@dataclass(frozen=True)
class Loaded:
    """What was loaded."""

    slugs: tuple[str, ...]


def load_demo(tx: Transaction, *, password: str, now: datetime) -> Loaded:
    """Write the whole story down around today; the database holds no edition yet."""
    rules.refuse_other_editions(list(tx.session.scalars(select(Edition.slug))), ())
    chance = random.Random(SEED)  # noqa: S311 (invented people, no secret)
    story = read_story()
    laid = ground.lay(tx, story, now=now)
    people = visitors.People(chance, story)
    open_accounts(tx, laid, password=password, now=now)
    for city in (FINISHED, TODAY, COMING):
        programme.fill(tx, laid[city], story, people, now=now)
        visitors.fill(tx, laid[city], story, people, chance, now=now)
        questions.fill(tx, laid[city], story, people, now=now)
    door.fill(tx, laid[FINISHED], chance, now=now)
    door.fill(tx, laid[TODAY], chance, now=now)
    stories = random.Random(SEED + 1)  # noqa: S311 (beside the others: what they invent stays as it was)
    inside.keep_doors(tx, laid[FINISHED], stories, now=now)
    inside.enliven(tx, laid[TODAY], stories, now=now)
    money.sell(tx, laid[COMING], people, now=now)
    queues.wait(tx, laid[COMING], people, now=now)
    queues.wait_for_seats(tx, laid[COMING], now=now)
    queues.bring_a_class(tx, laid[COMING], people, now=now)
    letters.write(tx, [laid[TODAY], laid[COMING]])
    layouts.draw(tx, laid[COMING], now=now)
    mailings.fill(tx, laid, chance, now=now)
    for city in (FINISHED, TODAY):
        prints.fill(tx, laid[city], chance, now=now)
    reception.open_desks(tx, laid[TODAY], now=now)
    return Loaded(slugs=tuple(tx.session.scalars(select(Edition.slug).order_by(Edition.first_day, Edition.slug))))


def open_accounts(tx: Transaction, laid: dict[str, ground.Laid], *, password: str, now: datetime) -> None:
    """Open the accounts of the owner and of an organiser of today's edition and the coming one."""
    kept = hashed(password)
    tx.session.execute(delete(Account).where(Account.email.in_((OWNER, ORGANISER))))
    for email, name, is_owner in ((OWNER, "Odile Verbeke", True), (ORGANISER, "Omar Benali", False)):
        account = tx.add(
            Account(
                email=email,
                name=name,
                is_owner=is_owner,
                password_hash=kept,
                created_at=now,
                session_key=codes.new_token(),
            )
        )
        if not is_owner:
            for city in (TODAY, COMING):
                slug = laid[city].edition.slug
                tx.add(Membership(account_id=account.id, edition_slug=slug, role="organiser"))


def wipe_demo(tx: Transaction, ours: tuple[str, ...]) -> None:
    """Empty every table but the accounts of people who are not of the demonstration.

    Raises `NotOurDatabase` when the database holds any edition that the demonstration did not make.
    """
    rules.refuse_other_editions(list(tx.session.scalars(select(Edition.slug))), ours)
    kept = {"account", "membership", "sign_in_link", "alembic_version"}
    empty_the_log(tx.session.connection())
    for table in reversed(db.metadata.sorted_tables):
        if table.name not in kept:
            tx.session.execute(table.delete())
    tx.session.execute(delete(Account).where(Account.email.in_((OWNER, ORGANISER))))
    tx.session.execute(delete(Membership).where(Membership.edition_slug.in_(ours)))
    tx.session.expire_all()
