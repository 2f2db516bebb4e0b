"""Who looked at people's data is written down, and cannot be unwritten."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import delete, select, update
from sqlalchemy.exc import DBAPIError

from forum.audit.models import AuditEntry
from forum.audit.rules import is_noted
from forum.audit.rules.words import in_words
from forum.core.db import Transaction
from tests import cast
from tests.clock import Clock
from tests.conftest import Read, Write
from tests.factories import a_registration, an_edition
from tests.inspection import InspectingClient, words
from tests.statements import statements_of

ClientFor = Callable[..., InspectingClient]


def written(read: Read) -> list[tuple[str, str, str | None, int | None]]:
    with read() as session:
        entries = session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
        return [(each.deed, each.address, each.subject, each.subject_id) for each in entries]


def an_entry(tx: Transaction, **values: object) -> AuditEntry:
    account = cast.account(tx, "organiser")
    defaults: dict[str, object] = {
        "at": cast.NOW, "account_id": account.id, "edition_slug": an_edition(tx).slug, "deed": "looked",
        "place": "registration_organise.registrations", "address": "/organise/lens-2027/registrations",
    }  # fmt: skip
    return tx.add(AuditEntry(**(defaults | values)))


def test_a_list_a_persons_page_and_an_export_are_written_down(client_for: ClientFor, write: Write, read: Read) -> None:
    with write() as tx:
        registration = a_registration(tx)
        base = f"/organise/{registration.edition.slug}/registrations"
    client = client_for("organiser")
    for path in (f"{base}?q=ada", f"{base}/{registration.id}", f"{base}.csv"):
        assert client.get(path).status_code == 200
    assert written(read) == [
        ("looked", f"{base}?q=ada", None, None),
        ("looked", f"{base}/{registration.id}", "registration", registration.id),
        ("exported", f"{base}.csv", None, None),
    ]


def test_what_is_changed_is_written_down(client_for: ClientFor, write: Write, read: Read) -> None:
    with write() as tx:
        registration = a_registration(tx)
        page = f"/organise/{registration.edition.slug}/registrations/{registration.id}"
    client_for("organiser").submit(page, {}, form=f'form[action="{page}/cancel"]')
    assert written(read)[-1] == ("changed", f"{page}/cancel", "registration", registration.id)


def test_looking_again_within_the_hour_is_not_written_twice(
    client_for: ClientFor, write: Write, read: Read, clock: Clock
) -> None:
    with write() as tx:
        page = f"/organise/{an_edition(tx).slug}/registrations"
    client = client_for("organiser")
    for hours in (0, 0, 2):
        clock.moves(hours=hours)
        client.get(page)
    assert len(written(read)) == 2


def test_refused_requests_and_visitors_are_not_written_down(
    client_for: ClientFor, client: InspectingClient, write: Write, read: Read
) -> None:
    with write() as tx:
        registration = a_registration(tx)
        slug = registration.edition.slug
    client_for("organiser").get(f"/organise/{slug}/registrations/999")
    client.get(f"/r/{registration.token}")
    assert written(read) == []


def test_pages_that_name_nobody_are_not_written_down(client_for: ClientFor, write: Write, read: Read) -> None:
    with write() as tx:
        base = f"/organise/{an_edition(tx).slug}"
    client = client_for("organiser")
    for page in ("venues", "categories", "settings"):
        assert client.get(f"{base}/{page}").status_code == 200
    assert written(read) == []


@pytest.mark.parametrize(
    "attempt", [update(AuditEntry).values(deed="looked"), delete(AuditEntry)], ids=["rewritten", "removed"]
)
def test_the_database_refuses_to_forget_a_recent_entry(write: Write, read: Read, attempt: object) -> None:
    with write() as tx:
        an_entry(tx)
    with pytest.raises(DBAPIError, match="audit_entry only grows"), write() as tx:
        tx.session.execute(attempt)  # type: ignore[call-overload]
    assert len(written(read)) == 1


def test_an_entry_of_years_ago_may_be_forgotten(write: Write, read: Read) -> None:
    with write() as tx:
        an_entry(tx, at=cast.NOW - timedelta(days=3 * 365))
    with write() as tx:
        tx.session.execute(delete(AuditEntry))
    assert written(read) == []


def test_organisers_read_the_log_of_their_edition(client_for: ClientFor, write: Write) -> None:
    with write() as tx:
        an_entry(
            tx, deed="exported", place="lists_registrations.export", address="/organise/lens-2027/registrations.csv"
        )
        slug = an_edition(tx).slug
        an_entry(tx, deed="looked", place="something.new", address="/organise/lens-2027/something")
        ada = a_registration(tx)
        cancelled = {"subject": "registration", "subject_id": ada.id}
        an_entry(tx, deed="changed", place="registration_organise.cancel", address="/organise/lens-2027/x", **cancelled)
    organiser = client_for("organiser")
    told = [words(row.select("td")[0]) for row in organiser.page(f"/organise/{slug}/log").select("tbody tr")]
    assert told == [
        "Omar Benali a annulé une inscription",
        "Omar Benali a consulté /organise/lens-2027/something",  # nobody has words for it yet
        "Omar Benali a exporté la liste des inscriptions (CSV)",
    ]
    assert "Ada Lovelace" in organiser.get(f"/organise/{slug}/log?deed=changed").text
    assert "liste des inscriptions" not in words(
        organiser.page(f"/organise/{slug}/log?deed=looked").select_one("tbody")
    )


def test_every_page_of_organisers_has_words_in_the_log(app: Flask) -> None:
    places = [
        name
        for name, view in app.view_functions.items()
        if getattr(view, "__open_to__", "") in ("organiser", "owner") and is_noted(name, "changed")
    ]
    with app.test_request_context():
        assert [place for place in places if not in_words(deed="looked", place=place, address="/")] == []


def test_the_log_costs_the_same_for_one_entry_and_for_thirty(app: Flask, client_for: ClientFor, write: Write) -> None:
    with write() as tx:
        an_entry(tx)
        page = f"/organise/{an_edition(tx).slug}/log"
    client = client_for("organiser")
    client.get(page)
    with statements_of(app) as few:
        client.get(page)
    with write() as tx:
        for number in range(30):
            an_entry(tx, address=f"/organise/x?page={number}")
    with statements_of(app) as many:
        client.get(page)
    assert len(many) == len(few)
