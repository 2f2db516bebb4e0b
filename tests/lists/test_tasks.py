"""Many registrations changed at once: said before, done one by one, told after."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from forum.badges.models import PrintJob
from forum.lists.models import ListTask
from forum.messages.models import Letter
from forum.registration.models import Category, Registration
from tests import cast
from tests.conftest import Read, Write
from tests.factories import a_badge, a_category, an_edition
from tests.inspection import InspectingClient, soup, words
from tests.lists.conftest import LIST, registered


def ask(client: InspectingClient, what: str, ids: list[int], query: str = "", **values: Any) -> TestResponse:
    """Choose on the list, as a browser does."""
    return client.submit(f"{LIST}{query}", {"what": what, "registration": ids} | values, form="#chosen")


def agree(client: InspectingClient, asked: TestResponse, **values: Any) -> TestResponse:
    """Agree on the page that says what will happen."""
    answer = client.submit(asked.location, values)
    return client.get(answer.location) if answer.status_code == 303 else answer


def states(read: Read) -> dict[str, int]:
    with read() as session:
        found = session.execute(select(Registration.state, func.count()).group_by(Registration.state))
        return dict(found.all())


def test_chosen_registrations_are_cancelled_after_a_question(
    organiser: InspectingClient, write: Write, read: Read
) -> None:
    with write() as tx:
        chosen, _kept = [registered(tx), registered(tx, cast.ZOE)], registered(tx, cast.OMAR)
        other = registered(tx, category=a_category(tx, an_edition(tx, "amiens-2028")))
    asked = ask(organiser, "cancel", [registration.id for registration in (*chosen, other)])
    page = organiser.page(asked.location)
    assert words(page.h1) == "Annuler 2 inscriptions"
    assert [words(name) for name in page.select(".task-names li")] == ["Ada Lovelace", "Zoé de La Motte-Françoise"]
    assert states(read) == {"confirmed": 4}
    told = agree(organiser, asked)
    assert "Fait pour 2 personnes." in words(soup(told).main)
    assert states(read) == {"confirmed": 2, "cancelled": 2}
    token = page.one("main input[name=csrf_token]")["value"]
    organiser.post(f"{asked.location}/agree", data={"csrf_token": token})  # the back button: nothing is done twice
    with read() as session:
        assert session.scalar(select(func.count(Letter.id)).where(Letter.kind == "registration-cancelled")) == 2


def test_who_finds_no_place_left_is_named_and_the_others_move(
    organiser: InspectingClient, write: Write, read: Read
) -> None:
    with write() as tx:
        ids = [registered(tx, who).id for who in (cast.ADA, cast.ZOE, cast.OMAR)]
        press = a_category(tx, slug="press", places=2)
    told = soup(agree(organiser, ask(organiser, "move", ids), category=press.id))
    assert "Fait pour 2 personnes." in words(told.main)
    assert [tuple(map(words, row.select("th, td"))) for row in told.select("tbody tr")] == [
        (
            "عمر الفاروق",
            "La dernière place de la catégorie « Grand public » vient d’être prise. Choisissez une autre catégorie.",
        )
    ]
    csv = organiser.get(f"{told.one('a[href$=csv]')['href']}").get_data(as_text=True)
    assert csv.splitlines()[1].startswith(f"{ids[2]};عمر الفاروق;")
    with read() as session:
        taken = dict(session.execute(select(Category.slug, Category.taken)).all())
    assert taken == {"public": 1, "press": 2}


def test_everybody_whom_the_filter_matches_is_changed_in_the_background(
    organiser: InspectingClient, write: Write, read: Read, run_jobs: Callable[[], int]
) -> None:
    with write() as tx:
        for _number in range(60):
            registered(tx, cast.ZOE)
        registered(tx)
    asked = ask(organiser, "letter", [], "?q=zoe", everybody="yes")
    waiting = agree(organiser, asked)
    assert "0 sur 60" in words(soup(waiting).main)
    assert run_jobs()
    assert "Fait pour 60 personnes." in words(organiser.page(asked.location).main)
    with read() as session:
        assert session.scalar(select(func.count(Letter.id))) == 60


def test_what_was_stopped_goes_no_further(
    organiser: InspectingClient, write: Write, read: Read, run_jobs: Callable[[], int]
) -> None:
    with write() as tx:
        for _number in range(60):
            registered(tx)
    asked = ask(organiser, "cancel", [], everybody="yes")
    agree(organiser, asked)
    organiser.submit(asked.location, {}, form="form[action$=stop]")
    run_jobs()
    assert "60 personnes n’ont pas été traitées." in words(organiser.page(asked.location).main)
    assert states(read) == {"confirmed": 60}


def test_a_worker_that_died_is_taken_over_where_it_was(
    organiser: InspectingClient, write: Write, read: Read, run_jobs: Callable[[], int], clock: Any
) -> None:
    from forum.core.db import db
    from forum.lists import actions

    with write() as tx:
        for _number in range(40):
            registered(tx)
    asked = ask(organiser, "cancel", [], everybody="yes")
    agree(organiser, asked)
    with write() as tx:
        task = actions.claim(tx, now=clock())
        assert task is not None
    with write() as tx:
        steps = list(actions.steps(db.session(), task))
    for step in steps[:15]:
        with write() as tx:
            step(tx, clock())
    run_jobs()
    assert states(read) == {"confirmed": 25, "cancelled": 15}
    clock.moves(minutes=5)
    run_jobs()
    assert states(read) == {"cancelled": 40}
    with read() as session:
        ended = session.scalars(select(ListTask)).one()
        assert (ended.state, ended.changed, ended.done) == ("ready", 40, 40)


def test_badges_of_the_chosen_are_printed(organiser: InspectingClient, write: Write, read: Read) -> None:
    with write() as tx:
        ids = [a_badge(tx, registered(tx, who)).registration_id for who in (cast.ADA, cast.ZOE)]
    answer = organiser.submit(ask(organiser, "badges", ids).location, {})
    with read() as session:
        job = session.scalars(select(PrintJob)).one()
    assert answer.location.endswith(job.key)
    assert sorted(job.selection["registration_ids"]) == sorted(ids)


def test_nothing_chosen_is_said_and_the_filter_stays(organiser: InspectingClient, write: Write) -> None:
    with write() as tx:
        registered(tx)
    answer = ask(organiser, "cancel", ["x", "-1", "9" * 30], "?q=ada")  # type: ignore[list-item]
    assert answer.location.endswith("/registrations?q=ada")
    assert "Rien n’est choisi" in words(organiser.page(LIST).main)
    assert ask(organiser, "sing", []).status_code == 303


@pytest.mark.parametrize("page", ["", "/import", "/left-out.csv"])
def test_a_task_of_another_edition_is_not_shown(organiser: InspectingClient, write: Write, page: str) -> None:
    with write() as tx:
        an_edition(tx)
        other = an_edition(tx, "amiens-2028")
        tx.add(
            ListTask(
                edition_id=other.id,
                key="k",
                kind="change",
                wish={"what": "cancel", "ids": []},
                language="fr",
                asked_at=cast.NOW,
            )
        )
    assert organiser.get(f"/organise/lens-2027/lists/k{page}").status_code == 404


def test_what_nobody_agreed_to_is_forgotten_after_a_day(
    organiser: InspectingClient, write: Write, run_jobs: Callable[[], int], clock: Any
) -> None:
    with write() as tx:
        ids = [registered(tx).id]
    asked = ask(organiser, "cancel", ids)
    clock.moves(days=2)
    run_jobs()
    assert organiser.get(asked.location).status_code == 404
