"""Who prints what: nobody the same twice unknowingly, nothing counted that nobody took."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from forum.badges import jobs, queries, rules
from forum.badges.actions import printing
from forum.badges.actions.printing import PrintRequest
from forum.badges.documents.files import printed_file
from forum.badges.models import Badge, PrintedBadge, PrintJob
from forum.badges.rules import Selection, Way
from forum.core.db import transaction
from tests import cast
from tests.clock import Clock
from tests.conftest import Read, Write
from tests.core.test_db import in_threads
from tests.factories import a_badge, a_category, a_person, a_registration, an_edition
from tests.inspection import InspectingClient, soup, words

ClientFor = Callable[[str], InspectingClient]
BADGES = "/organise/lens-2027/badges"
NEW = Selection(only_new=True)


def many_badges(write: Write, count: int) -> None:
    with write() as tx:
        for _ in range(count):
            a_badge(tx)


def ask(write: Write, clock: Clock, selection: Selection = NEW, role: str = "owner", **values: object) -> int:
    with write() as tx:
        request = PrintRequest(selection, Way(), **values)  # type: ignore[arg-type]
        account = cast.account(tx, role)
        edition = an_edition(tx)
        return printing.ask_for_print(tx, edition_id=edition.id, account_id=account.id, request=request, now=clock()).id


def badges_of(read: Read, job_id: int) -> list[int]:
    with read() as session:
        found = select(PrintedBadge.badge_id).where(PrintedBadge.print_job_id == job_id)
        return sorted(session.scalars(found))


def printed(read: Read) -> list[bool]:
    with read() as session:
        return [badge.printed_at is not None for badge in session.scalars(select(Badge).order_by(Badge.id))]


def test_the_second_who_prints_the_same_is_shown_the_first_ones_print(
    client_for: ClientFor, write: Write, read: Read
) -> None:
    many_badges(write, 25)
    first = client_for("owner").submit(BADGES, {}).location
    organiser = client_for("organiser")
    answer = organiser.submit(BADGES, {})
    page = soup(answer).main
    assert answer.status_code == 409
    assert "Odile Verbeke en a demandé 25" in words(page)
    assert page is not None
    assert page.select_one(f'a[href="{first}"]') is not None
    again = organiser.post(f"{BADGES}/print", data={**hidden(page), "others": "print"})
    assert again.status_code == 303
    with read() as session:
        assert [job.total for job in session.scalars(select(PrintJob).order_by(PrintJob.id))] == [25, 25]


def hidden(page: object) -> dict[str, str]:
    form = page.select("form")[-1]  # type: ignore[attr-defined]
    return {field["name"]: field["value"] for field in form.select("input[type=hidden]")}


def test_what_is_new_leaves_out_what_another_print_holds(write: Write, read: Read, clock: Clock) -> None:
    many_badges(write, 3)
    first = ask(write, clock)
    many_badges(write, 2)
    second = ask(write, clock, role="organiser")
    assert len(badges_of(read, second)) == 2
    assert not set(badges_of(read, first)) & set(badges_of(read, second))


def test_of_all_the_others_alone_can_be_printed(write: Write, read: Read, clock: Clock) -> None:
    many_badges(write, 3)
    ask(write, clock)
    many_badges(write, 2)
    with pytest.raises(rules.InAnotherPrint) as refusal:
        ask(write, clock, Selection())
    assert (refusal.value.count, refusal.value.others) == (3, 2)
    assert len(badges_of(read, ask(write, clock, Selection(), without_others=True))) == 2


@pytest.mark.rush
def test_ten_who_ask_at_once_for_what_is_new_make_one_print(app: Flask, write: Write, read: Read, clock: Clock) -> None:
    many_badges(write, 5)
    together = threading.Barrier(10)
    refused: list[str] = []

    def one() -> None:
        with app.app_context():
            together.wait(10)
            try:
                with transaction() as tx:
                    printing.ask_for_print(
                        tx,
                        edition_id=tx.session.scalars(select(Badge.edition_id)).first() or 0,
                        account_id=None,
                        request=PrintRequest(NEW, Way()),
                        now=clock(),
                    )
            except rules.InAnotherPrint as refusal:
                refused.append(refusal.code)

    in_threads(10, one)
    with read() as session:
        assert [job.total for job in session.scalars(select(PrintJob))] == [5]
    assert len(refused) == 9


def test_nothing_counts_as_printed_before_somebody_takes_the_file(
    client_for: ClientFor, write: Write, read: Read, run_jobs: Callable[[], int]
) -> None:
    many_badges(write, 25)
    client = client_for("organiser")
    address = client.submit(BADGES, {}).location
    run_jobs()
    assert not any(printed(read))
    assert client.get(f"{address}.pdf").status_code == 200
    assert all(printed(read))


def test_a_file_that_nobody_took_leaves_its_badges_new(
    client_for: ClientFor, write: Write, clock: Clock, run_jobs: Callable[[], int]
) -> None:
    many_badges(write, 25)
    client = client_for("organiser")
    address = client.submit(BADGES, {}).location
    run_jobs()
    clock.moves(hours=25)
    run_jobs()
    page = client.page(address)
    assert "aucun de ces badges ne compte comme imprimé" in words(page.main)
    assert "25 badges à imprimer" in words(client.page(BADGES).main)


def test_what_did_not_come_out_is_new_again(client_for: ClientFor, write: Write, read: Read) -> None:
    many_badges(write, 2)
    client = client_for("organiser")
    client.submit(BADGES, {})
    with read() as session:
        address = f"{BADGES}/prints/{session.scalars(select(PrintJob.key)).one()}"
    client.submit(address, {}, form='form[action$="/nothing-came-out"]')
    assert printed(read) == [False, False]
    assert "pas sortie" in words(client.page(f"{BADGES}/prints").main)


def test_a_print_that_is_stopped_leaves_nothing(
    app: Flask, client_for: ClientFor, write: Write, read: Read, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    many_badges(write, 25)
    client = client_for("organiser")
    address = client.submit(BADGES, {}).location
    with app.app_context():
        claimed = jobs.claim(clock())
    client.submit(address, {}, form='form[action$="/stop"]')
    with app.app_context():
        assert claimed is not None
        monkeypatch.setattr(jobs, "claim", lambda _now: claimed)
        assert jobs.print_badges(clock()) == 1
        assert list(printed_file(claimed.key).parent.glob(f"{claimed.key}*")) == []
    assert "Cette impression a été arrêtée" in words(client.page(address).main)
    assert not any(printed(read))


def test_a_process_killed_while_it_draws_leaves_no_half_file(
    app: Flask, write: Write, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    many_badges(write, 3)
    ask(write, clock)

    def die(_descriptor: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("forum.badges.documents.making.os.fsync", die)
    with app.app_context():
        claimed = jobs.claim(clock())
        assert claimed is not None
        with pytest.raises(KeyboardInterrupt):
            jobs.print_claimed(claimed)
        folder: Path = printed_file(claimed.key).parent
        assert list(folder.glob(f"{claimed.key}*")) == []


def test_the_log_tells_who_printed_whom_when_how_and_with_which_code(client_for: ClientFor, write: Write) -> None:
    with write() as tx:
        zoe = a_person(tx, cast.ZOE, search_text="zoe de la motte-francoise")
        code = a_badge(tx, a_registration(tx, person_id=zoe.id)).code
        a_badge(tx, a_registration(tx, cast.ADA))
    client = client_for("organiser")
    client.submit(BADGES, {"format": "a7x8"})
    for wanted in ("La Motte", code, code.lower()):
        page = client.page(f"{BADGES}/prints?q={wanted}").main
        assert all(each in words(page) for each in ("Omar Benali", "huit badges A7", "imprimé"))
    assert "Dans aucune impression" in words(client.page(f"{BADGES}/prints?q=Nobody").main)
    assert page is not None
    link = page.select_one("td a")
    assert link is not None
    assert "-".join(code[start : start + 4] for start in range(0, 26, 4)) in words(client.page(str(link["href"])).main)


@pytest.mark.parametrize(("reason", "codes"), [("lost", 2), ("damaged", 1)])
def test_a_second_badge_has_a_reason_which_decides_about_the_first(
    client_for: ClientFor, write: Write, read: Read, reason: str, codes: int
) -> None:
    with write() as tx:
        registration_id = a_badge(tx).registration_id
    client = client_for("organiser")
    here = f"{BADGES}?registration={registration_id}"
    assert "Pourquoi à nouveau" not in words(client.page(here).main)
    client.submit(here, {})
    assert "est déjà sur papier" in words(client.page(here).main)
    assert client.submit(here, {"reason": reason}).mimetype == "application/pdf"
    with read() as session:
        badges = session.scalars(select(Badge).order_by(Badge.id)).all()
        assert [badge.is_valid for badge in badges] == [False, True][-codes:]
        assert badges[-1].printed_at is not None
        assert [job.reason for job in session.scalars(select(PrintJob).order_by(PrintJob.id))] == [None, reason]


def test_a_category_with_another_name_is_on_no_paper_yet(write: Write, read: Read, clock: Clock) -> None:
    with write() as tx:
        badge = a_badge(tx)
        badge.printed_at, badge.printed_words = clock(), rules.words_of(badge)
        category = a_category(tx)
    assert new_badges(read) == 0
    with write() as tx:
        tx.session.merge(category).name = type(category.name)(fr="Tout public")
    assert new_badges(read) == 1


def new_badges(read: Read) -> int:
    with read() as session:
        edition_id = session.scalars(select(Badge.edition_id)).first() or 0
        return sum(each.is_new for each in queries.standing_of(session, edition_id, Selection()))


@pytest.mark.parametrize(
    ("values", "words_of_it"),
    [
        ({"format": "a4x4", "start": "9"}, "4 places"),
        ({"separators": "desk", "staff": "personne"}, "combien de personnes"),
        ({"start": "-3"}, "1 ou plus"),
        ({"start": "9" * 400}, "chiffres"),
    ],
)
def test_a_way_that_cannot_be_is_refused_at_its_field(
    client_for: ClientFor, write: Write, values: dict[str, str], words_of_it: str
) -> None:
    many_badges(write, 1)
    answer = client_for("organiser").submit(BADGES, values)
    assert answer.status_code == 422
    assert words_of_it in " ".join(each.get_text() for each in soup(answer).select(".field__error"))


def test_the_first_sheet_is_shown_whatever_is_asked(client_for: ClientFor, write: Write) -> None:
    many_badges(write, 6)
    client = client_for("organiser")
    for query in ("", "?format=a4x4&separators=letter&is_stacked=y", "?format=fold", "?format=nonsense&start=x"):
        answer = client.get(f"{BADGES}/preview.png{query}")
        assert (answer.status_code, answer.data[:4]) == (200, b"\x89PNG")


def test_the_log_asks_as_often_for_thirty_as_for_one(
    app: Flask, client_for: ClientFor, write: Write, clock: Clock
) -> None:
    from tests.statements import statements_of

    many_badges(write, 1)
    client = client_for("organiser")
    counts = []
    for more in (1, 29):
        for _ in range(more):
            ask(write, clock, Selection(), is_knowing=True)
        with statements_of(app) as sent:
            client.page(f"{BADGES}/prints")
        counts.append(len(sent))
    assert counts[0] == counts[1]


def test_badges_that_need_a_look_are_shown_with_their_pictures(client_for: ClientFor, write: Write) -> None:
    with write() as tx:
        plain = a_badge(tx, a_registration(tx, cast.ADA)).id
        strange = a_badge(tx, a_registration(tx, ("Ada", "\U00012000\U00012001", "a@example.org"))).id
        long = a_badge(
            tx, a_registration(tx, ("Maximilienne-Hippolyte " * 5, "de La Rochefoucauld " * 6, "m@e.org"))
        ).id
    client = client_for("organiser")
    page = client.page(f"{BADGES}/risks").main
    assert page is not None
    pictures = [str(picture["src"]) for picture in page.select("img")]
    assert {f"{BADGES}/pictures/{each}.png" for each in (strange, long)} == {each.split("?")[0] for each in pictures}
    assert str(plain) not in {each.split("/")[-1].split(".")[0] for each in pictures}
    assert all(client.get(each).data.startswith(b"\x89PNG") for each in pictures)


def test_plain_names_need_no_look(client_for: ClientFor, write: Write) -> None:
    many_badges(write, 2)
    assert "Tout tient" in words(client_for("organiser").page(f"{BADGES}/risks").main)


def test_pictures_of_another_editions_badges_are_not_shown(client_for: ClientFor, write: Write) -> None:
    with write() as tx:
        an_edition(tx)
        other = a_badge(tx, a_registration(tx, category=a_category(tx, an_edition(tx, "amiens-2028")))).id
    assert client_for("organiser").get(f"{BADGES}/pictures/{other}.png").status_code == 404
