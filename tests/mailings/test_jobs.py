"""Each letter once per person, whatever crashes; whom a letter is for is asked when it leaves."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from forum.core.db import LocalText
from forum.core.email import Email
from forum.core.settings import Settings
from forum.forecast.models import AttendanceAnswer
from forum.mailings import actions, jobs, rules
from forum.mailings.models import Mailing
from forum.messages.models import BouncedAddress, Letter
from tests import cast
from tests.clock import Clock
from tests.conftest import Read, Write
from tests.core.test_db import in_threads
from tests.factories import (
    a_badge,
    a_category,
    a_gate,
    a_person,
    a_registration,
    a_seat,
    a_session,
    a_track,
    an_edition,
)
from tests.mailings.letters import a_mailing, person_of, some_people

RunJobs = Callable[[], int]


def addresses(read: Read) -> list[str]:
    with read() as session:
        return sorted(session.scalars(select(Letter.to_email).where(Letter.kind == "mailing")))


def the_mailing(read: Read) -> Mailing:
    with read() as session:
        return session.scalars(select(Mailing)).one()


def test_a_letter_is_each_readers_own(write: Write, outbox: list[Email], run_jobs: RunJobs) -> None:
    with write() as tx:
        track = a_track(tx)
        visit = a_session(tx, title="Visite & fosse", track_id=track.id, starts_at=cast.OPENING)
        ada, zoe = a_registration(tx), a_registration(tx, cast.ZOE)
        person_of(tx, ada).language = "en"
        a_seat(tx, zoe, visit)
        a_mailing(
            tx,
            subject=LocalText(fr="{prénom}, à bientôt", en="{given_name}, see you soon"),
            body=LocalText(fr="{catégorie}\n\n{séances}\n\n{dates}", en="{category}\n\n{sessions}\n\n{days}"),
        )
    run_jobs()
    letters = {email.to: email for email in outbox}
    assert {email: letter.subject for email, letter in letters.items()} == {
        "ada@example.org": "Ada, see you soon",
        "zoe@example.org": "Zoé, à bientôt",
    }
    english, french = letters["ada@example.org"], letters["zoe@example.org"]
    assert "General public\n\n- none chosen: all the rest is open without a seat\n\nThursday" in english.text.replace(
        "\u00a0", " "
    )
    assert "- Visite & fosse, jeudi 18 mars 2027 à 9 h 30" in " ".join(french.text.split()).replace(
        "\u00a0", " "
    ).replace("\u202f", " ")
    assert "<li>Visite &amp; fosse, jeudi" in french.html.replace("\u00a0", " ")


def test_a_letter_leaves_at_its_moment_and_follows_the_edition(
    write: Write, read: Read, outbox: list[Email], run_jobs: RunJobs, clock: Clock
) -> None:
    with write() as tx:
        edition = an_edition(tx)
        a_registration(tx)
        a_mailing(tx, edition, days=-7, hour="09:00")
    clock.moves_to(datetime.combine(edition.first_day - timedelta(days=7), cast.NOW.time(), cast.NOW.tzinfo))
    with write() as tx:  # the whole forum is moved by two days
        moved = tx.session.merge(edition)
        moved.first_day, moved.last_day = moved.first_day + timedelta(days=2), moved.last_day + timedelta(days=2)
    run_jobs()
    assert outbox == []
    clock.moves(days=2)
    run_jobs()
    assert len(outbox) == 1
    run_jobs()
    assert (len(outbox), the_mailing(read).state, the_mailing(read).written) == (1, "finished", 1)


def test_a_letter_whose_moment_is_long_past_is_not_sent_by_itself(
    write: Write, read: Read, outbox: list[Email], run_jobs: RunJobs, clock: Clock
) -> None:
    with write() as tx:
        a_registration(tx)
        a_mailing(tx)
    clock.moves(hours=24, seconds=1)
    run_jobs()
    assert (outbox, the_mailing(read).state) == ([], "missed")


def test_who_is_the_same_person_twice_gets_it_once_and_who_shares_an_address_gets_their_own(
    write: Write, read: Read, run_jobs: RunJobs
) -> None:
    with write() as tx:
        a_registration(tx)
        a_registration(tx)  # Ada again
        a_registration(tx, person_id=a_person(tx, ("Byron", "Lovelace", "ada@example.org")).id)
        a_mailing(tx)
    run_jobs()
    with read() as session:
        assert sorted(session.scalars(select(Letter.to_name).where(Letter.kind == "mailing"))) == [
            "Ada Lovelace",
            "Byron Lovelace",
        ]


@pytest.mark.parametrize("batch", [1, 3])
def test_a_crash_in_the_middle_loses_nothing_and_doubles_nothing(
    app: Flask, write: Write, read: Read, run_jobs: RunJobs, monkeypatch: pytest.MonkeyPatch, batch: int
) -> None:
    with write() as tx:
        some_people(tx, 7)
        a_mailing(tx)
    whole = actions.prepare_batch
    calls = Counter[str]()

    def breaking(*arguments: Any, **options: Any) -> bool:
        calls["batches"] += 1
        left = whole(*arguments, **(options | {"size": batch}))
        if calls["batches"] == 2:
            raise KeyboardInterrupt  # after the letters are written, before they are kept
        return left

    monkeypatch.setattr(actions, "prepare_batch", breaking)
    with app.app_context(), pytest.raises(KeyboardInterrupt):
        jobs.prepare_mailings(cast.NOW)
    assert (len(addresses(read)), the_mailing(read).state) == (batch, "preparing")
    run_jobs()
    assert addresses(read) == [f"camille{n}@example.org" for n in range(7)]
    assert (the_mailing(read).state, the_mailing(read).written) == ("finished", 7)


def test_a_letter_that_was_stopped_goes_on_where_it_was_with_the_same_words(
    write: Write, read: Read, run_jobs: RunJobs, clock: Clock
) -> None:
    with write() as tx:
        some_people(tx, 5)
        mailing_id = a_mailing(tx).id
    with write() as tx:
        actions.begin(tx, mailing_id, now=clock())
        actions.prepare_batch(tx, mailing_id, actions.compiled_letters(tx, mailing_id), now=clock(), size=2)
        actions.stop(tx, mailing_id, now=clock())
    run_jobs()
    assert len(addresses(read)) == 2
    with write() as tx, pytest.raises(rules.AlreadyLeft):
        words = LocalText(fr="Autre chose")
        actions.change_mailing(tx, mailing_id, actions.MailingDetails(words, words, rules.Segment()), now=clock())
    with write() as tx:
        actions.plan(tx, mailing_id, actions.Plan(), now=clock())
    run_jobs()
    assert addresses(read) == [f"camille{n}@example.org" for n in range(5)]
    assert (the_mailing(read).state, the_mailing(read).written) == ("finished", 5)


def prepare_and_die(settings: Settings, after: int) -> None:
    """Write a mailing's letters in a process of its own, killed after some batches."""
    from forum import create_app

    app = create_app(settings)
    whole = actions.prepare_batch
    calls = Counter[str]()

    def dying(*arguments: Any, **options: Any) -> bool:
        calls["batches"] += 1
        left = whole(*arguments, **(options | {"size": 4}))
        if calls["batches"] > after:
            os.kill(os.getpid(), signal.SIGKILL)
        return left

    actions.prepare_batch = dying
    with app.app_context():
        jobs.prepare_mailings(cast.NOW)


@pytest.mark.rush
def test_kill_9_in_the_middle_then_two_workers_at_once_write_each_letter_once(
    app: Flask, settings: Settings, write: Write, read: Read, clock: Clock
) -> None:
    with write() as tx:
        some_people(tx, 30)
        a_mailing(tx)
    process = multiprocessing.get_context("spawn").Process(target=prepare_and_die, args=(settings, 2))
    process.start()
    process.join(60)
    assert process.exitcode == -signal.SIGKILL
    assert (len(addresses(read)), the_mailing(read).state) == (8, "preparing")

    def work() -> None:
        with app.app_context():
            jobs.prepare_mailings(clock())

    in_threads(3, work)
    assert addresses(read) == sorted(f"camille{n}@example.org" for n in range(30))
    assert (the_mailing(read).state, the_mailing(read).written) == ("finished", 30)


def test_without_the_lock_and_the_key_two_workers_write_letters_twice(
    app: Flask, write: Write, read: Read, monkeypatch: pytest.MonkeyPatch, clock: Clock
) -> None:
    """The fault that the guards stop: each takes the same batch, and nothing says that a letter is there."""
    with write() as tx:
        some_people(tx, 3)
        a_mailing(tx)
    with write() as tx:
        mailing = tx.session.scalars(select(Mailing)).one()
        actions.begin(tx, mailing.id, now=clock())
        letters = actions.compiled_letters(tx, mailing.id)
        rows = actions.queries.next_recipients(tx.session, mailing.edition, mailing, today=cast.NOW.date(), size=9)
        for worker in ("one", "two"):
            made = actions.letters_for(tx, mailing, rows, letters, now=clock())
            unguarded = [row | {"once_key": f"{row['once_key']}:{worker}"} for row in made]
            actions.write_letters(tx, unguarded)
    assert len(addresses(read)) == 6
    with write() as tx:
        mailing = tx.session.scalars(select(Mailing)).one()
        for _worker in ("one", "two"):
            actions.write_letters(tx, actions.letters_for(tx, mailing, rows, letters, now=clock()))
    assert len(addresses(read)) == 9


def came(tx: Any, registration: Any, edition: Any) -> None:
    from forum.checkin.models import Scan

    badge = a_badge(tx, registration)
    tx.add(
        Scan(
            uuid=f"scan-{badge.id}",
            edition_id=edition.id,
            gate_id=a_gate(tx, edition).id,
            badge_id=badge.id,
            direction="in",
            verdict="admitted",
            at=cast.OPENING,
            received_at=cast.OPENING,
        )
    )


@pytest.mark.parametrize(
    ("segment", "names"),
    [
        ({"audience": "registered"}, {"expected", "speaker", "exhibitor", "came"}),
        ({"audience": "registered", "category_id": "their category"}, {"speaker"}),
        ({"audience": "registered", "track_id": "theme"}, {"came"}),
        ({"audience": "unanswered"}, {"expected", "speaker", "exhibitor"}),
        ({"audience": "unfinished"}, {"pending", "offered", "unpaid"}),
        ({"audience": "waiting"}, {"waiting"}),
        ({"audience": "came"}, {"came"}),
        ({"audience": "absent"}, {"expected", "speaker", "exhibitor"}),
        ({"audience": "speakers"}, {"speaker"}),
        ({"audience": "exhibitors"}, {"exhibitor"}),
        ({"audience": "past"}, {"past-amiens", "past-roubaix"}),
        ({"audience": "past", "city_id": "amiens"}, {"past-amiens"}),
    ],
)
def test_whom_a_letter_is_for(
    write: Write, read: Read, run_jobs: RunJobs, segment: dict[str, Any], names: set[str]
) -> None:
    with write() as tx:
        edition = an_edition(tx)
        public = a_category(tx)
        speakers = a_category(tx, slug="speakers", kind="speaker")
        exhibitors = a_category(tx, slug="exhibitors", kind="exhibitor")
        theme = a_track(tx)

        def someone(name: str, category: Any = public, **values: Any) -> Any:
            who = a_person(tx, (name, "Exemple", f"{name}@example.org"), news_consent_at=values.pop("agreed", None))
            return a_registration(tx, category=category, person_id=who.id, **values)

        someone("expected")
        someone("speaker", speakers)
        someone("exhibitor", exhibitors)
        for state in ("pending", "waiting", "offered", "unpaid", "cancelled", "declined"):
            someone(state, state=state)
        comes = someone("came")
        came(tx, comes, edition)
        a_seat(tx, comes, a_session(tx, track_id=theme.id))
        tx.add(AttendanceAnswer(registration_id=comes.id, answer="coming", answered_at=cast.NOW))
        cities = {}
        for city in ("amiens", "roubaix"):
            days = {
                "first_day": edition.first_day - timedelta(days=365),
                "last_day": edition.last_day - timedelta(days=365),
            }
            past = an_edition(tx, f"{city}-2026", state="archived", **days)
            cities[city] = past.host_city_id
            theirs = a_category(tx, past)
            someone(f"past-{city}", theirs, agreed=cast.NOW)
            someone(f"past-{city}", theirs, agreed=cast.NOW)  # twice: one letter
            someone("never-agreed", theirs)
            someone("expected", theirs, agreed=cast.NOW)  # expected in this one already
        chosen = {"their category": speakers.id, "theme": theme.id, "amiens": cities["amiens"]}
        words = LocalText(fr="Bonjour {prénom}")
        a_mailing(
            tx, subject=words, body=words, segment={key: chosen.get(value, value) for key, value in segment.items()}
        )
    run_jobs()
    assert {email.partition("@")[0] for email in addresses(read)} == names
    assert len(addresses(read)) == len(names)


def test_an_address_where_nobody_is_gets_no_mailing(write: Write, read: Read, run_jobs: RunJobs) -> None:
    with write() as tx:
        some_people(tx, 2)
        tx.add(BouncedAddress(email="camille0@example.org", reason="550", bounced_at=cast.NOW))
        a_mailing(tx)
    run_jobs()
    assert addresses(read) == ["camille1@example.org"]


def test_a_confirmation_does_not_wait_behind_a_mailing(
    write: Write, outbox: list[Email], run_jobs: RunJobs, clock: Clock
) -> None:
    from tests.messages.letters import a_letter

    with write() as tx:
        for _number in range(3):
            a_letter(tx, is_mailing=True, next_try_at=cast.NOW - timedelta(hours=1), subject="À tous")
        a_letter(tx, subject="Vous êtes inscrit")
    run_jobs()
    assert outbox[0].subject == "Vous êtes inscrit"


def test_batches_take_as_many_statements_however_many_readers(write: Write, statements: Any, clock: Clock) -> None:
    counts: list[int] = []
    for number in (2, 40):
        with write() as tx:
            some_people(tx, number)
            mailing_id = a_mailing(tx).id
        with write() as tx:
            actions.begin(tx, mailing_id, now=clock())
            letters = actions.compiled_letters(tx, mailing_id)
        with statements() as seen, write() as tx:
            assert not actions.prepare_batch(tx, mailing_id, letters, now=clock())
        counts.append(len(seen))
    assert counts[0] == counts[1]
