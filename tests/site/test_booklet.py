"""The printed programme, read as its readers and printers do."""

from __future__ import annotations

import io
import re
import threading
from datetime import timedelta
from pathlib import Path

import pikepdf
import pypdfium2
import pytest
from flask import Flask

from forum.core import documents as core_documents
from forum.core.db import db
from forum.editions.queries import edition_with_slug
from forum.site import documents
from forum.site.queries.booklet import booklet_content
from tests import cast
from tests.conftest import Write
from tests.factories import (
    a_room,
    a_session,
    a_speaker,
    a_stand,
    a_track,
    a_venue,
    an_edition,
    an_exhibitor,
    an_organisation,
)
from tests.inspection import InspectingClient

ADDRESS = "/editions/lens-2027/programme.pdf"
ABSTRACT = "Comment une collectivité partage-t-elle ses données sans exposer ses habitants ? " * 6


def pages_of(pdf: bytes) -> list[str]:
    """Return the words of each page, hyphens at line ends mended, white space folded."""
    found = []
    for page in pypdfium2.PdfDocument(pdf):
        text = page.get_textpage().get_text_bounded().replace("\ufffe", "").replace("\u00ad", "")
        found.append(re.sub(r"\s+", " ", text))
    return found


@pytest.fixture(autouse=True)
def empty_shelf(app: Flask) -> Path:
    """Return where printed programmes are kept, empty."""
    shelf = Path(app.extensions["forum.settings"].instance) / "printed"
    for path in shelf.glob("*"):
        path.unlink()
    return shelf


@pytest.fixture
def printed(write: Write) -> list[str]:
    """Return the titles of a programme of two days, three rooms and hard names."""
    titles = []
    with write() as tx:
        edition = an_edition(tx, wifi="Forum-Lens", emergency="03 21 00 00 00")
        venue = a_venue(tx, edition, name="Louvre-Lens Vallée")
        rooms = [a_room(tx, venue, name=f"Salle {letter}", position=n) for n, letter in enumerate("ABC")]
        track = a_track(tx, edition)
        speakers = [a_speaker(tx, who) for who in (cast.ADA, *cast.HARD_NAMES)]
        for number in range(14):
            starts_at = cast.OPENING + timedelta(days=number % 2, hours=number // 6, minutes=number // 2 % 3)
            title = f"Propos {number:02}"
            titles.append(title)
            a_session(
                tx,
                title=title,
                abstract=ABSTRACT,
                starts_at=starts_at,
                room_id=rooms[number // 2 % 3].id,
                track_id=track.id,
                speakers=(speakers[number % len(speakers)],),
            )
        # The same speaker twice on one page: short ones, one after the other.
        for number in range(2):
            starts_at = cast.OPENING + timedelta(hours=8 + number)
            a_session(tx, title=f"Bref {number}", abstract="", starts_at=starts_at, speakers=(speakers[0],))
            titles.append(f"Bref {number}")
        a_session(tx, title="Cachée", is_published=False)
        titles.append(a_session(tx, title="Sans heure").title)
        stand = a_stand(tx, edition, venue_id=venue.id, label="B12")
        organisation = an_organisation(tx, name="Éco & Terril")
        an_exhibitor(tx, edition, organisation_id=organisation.id, stand_id=stand.id, state="accepted")
        an_exhibitor(tx, edition, organisation_id=an_organisation(tx, name="Refusé").id, state="declined")
    return titles


def test_the_booklet_holds_every_title_name_and_stand(client: InspectingClient, printed: list[str]) -> None:
    answer = client.get(ADDRESS)
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    text = " ".join(pages_of(answer.data))
    assert [title for title in printed if title not in text] == []
    names = ["Ada Lovelace", "Nguyễn", "Żółkiewski", "Παπαδοπούλου", "de La Motte-Françoise"]
    assert [name for name in names if name not in text] == []
    practical = ["Éco & Terril", "B12", "Forum-Lens", "03 21 00 00 00", "Louvre-Lens Vallée"]
    assert [words for words in practical if words not in text] == []
    assert [words for words in ("Cachée", "Refusé") if words in text] == []


def test_it_is_a5_with_a_language_a_title_and_tags(client: InspectingClient, printed: list[str]) -> None:
    with pikepdf.open(io.BytesIO(client.get(ADDRESS).data)) as pdf:
        sizes = {tuple(round(float(side) / 72 * 25.4) for side in page.mediabox[2:]) for page in pdf.pages}
        assert sizes == {(148, 210)}
        assert (str(pdf.Root.Lang), str(pdf.docinfo["/Title"])) == ("fr", "Programme de Forum Lens")
        assert bool(pdf.Root.MarkInfo.Marked) is True


def test_the_contents_and_the_index_name_the_right_pages(client: InspectingClient, printed: list[str]) -> None:
    pages = pages_of(client.get(ADDRESS).data)
    index = next(number for number, page in enumerate(pages) if page.startswith("Index des intervenants"))
    assert "Programme" in pages[0]
    line = re.search(r"Lovelace Ada (?:[^\d]*)([\d, ]+)", pages[index])
    assert line is not None
    said = [int(number) for number in re.findall(r"\d+", line[1])]
    mine = [f"Propos {number:02}" for number in (0, 8)] + ["Bref 0", "Bref 1"]
    assert said == sorted({page_with(pages, title, index) for title in mine})
    contents = pages[1]
    named = re.search(r"Index des intervenants (\d+)", contents)
    assert named is not None
    assert int(named[1]) == index + 1


def page_with(pages: list[str], title: str, before: int) -> int:
    """Return the page on which a session's abstract begins: the last one that holds its title, before the index."""
    return max(number for number, page in enumerate(pages[:before], start=1) if title in page)


def test_the_table_of_a_day_leads_to_the_abstracts(client: InspectingClient, printed: list[str]) -> None:
    pages = pages_of(client.get(ADDRESS).data)
    glance = next(page for page in pages[2:] if "Salle A Salle B Salle C" in page)
    index = next(number for number, page in enumerate(pages) if page.startswith("Index des intervenants"))
    said = re.search(r"Propos 00 Lovelace – 10 h 15 · p\. (\d+)", glance.replace("\xa0", " "))
    assert said is not None, glance
    assert int(said[1]) == page_with(pages, "Propos 00", index)


def test_it_is_rendered_once_for_each_state(
    client: InspectingClient, printed: list[str], write: Write, monkeypatch: pytest.MonkeyPatch, empty_shelf: Path
) -> None:
    made = count_renderings(monkeypatch)
    for _time in range(3):
        assert client.get(ADDRESS).data.startswith(b"%PDF")
    assert (len(made), len(list(empty_shelf.glob("*.pdf")))) == (1, 1)
    with write() as tx:
        a_session(tx, title="Nouvelle")
    client.get(ADDRESS)
    assert (len(made), len(list(empty_shelf.glob("*.pdf")))) == (2, 1)


def count_renderings(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Replace the slow part by a quick one that counts."""
    made: list[str] = []

    def render(document: core_documents.Document, *, kind: str) -> bytes:
        made.append(document.template)
        threading.Event().wait(0.3)
        return b"%PDF-" + str(len(made)).encode()

    monkeypatch.setattr(documents, "rendered", render)
    return made


@pytest.mark.rush
def test_a_rush_renders_it_once(app: Flask, printed: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    made = count_renderings(monkeypatch)
    answers: list[bytes] = []
    together = threading.Barrier(8)

    def ask() -> None:
        together.wait(20)
        answers.append(app.test_client().get(ADDRESS).data)

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(made), set(answers)) == (1, {b"%PDF-1"})


def test_while_one_renders_the_others_get_the_last_one(
    app: Flask, client: InspectingClient, printed: list[str], write: Write, monkeypatch: pytest.MonkeyPatch,
    empty_shelf: Path,
) -> None:  # fmt: skip
    import fcntl

    count_renderings(monkeypatch)
    assert client.get(ADDRESS).data == b"%PDF-1"
    with write() as tx:
        a_session(tx, title="Nouvelle")
    with (empty_shelf / "lens-2027-fr-booklet.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert client.get(ADDRESS).data == b"%PDF-1"
    assert client.get(ADDRESS).data == b"%PDF-2"


@pytest.mark.parametrize(
    ("pages", "order"),
    [
        (4, [(3, 0), (1, 2)]),
        (8, [(7, 0), (1, 6), (5, 2), (3, 4)]),
        (12, [(11, 0), (1, 10), (9, 2), (3, 8), (7, 4), (5, 6)]),
    ],
)
def test_pages_are_imposed_for_folding(pages: int, order: list[tuple[int, int]]) -> None:
    assert documents.sheet_order(pages) == order


@pytest.mark.parametrize("count", [1, 2, 5, 8, 11])
def test_blank_pages_go_before_the_back_cover(count: int) -> None:
    source = pikepdf.new()
    for number in range(count):
        source.add_blank_page(page_size=(419.53, 595.28))
        page = source.pages[-1]
        font = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)
        page.obj.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=font))
        page.obj.Contents = source.make_stream(f"BT /F1 40 Tf 100 300 Td (P{number}) Tj ET".encode())
    buffer = io.BytesIO()
    source.save(buffer)
    text = pages_of(documents.imposed(buffer.getvalue()))
    padded = -(-count // 4) * 4
    back = padded - 1 if count > 1 else None
    places = {number: f"P{number}" for number in range(count - 1)} | ({back: f"P{count - 1}"} if back else {})
    if count == 1:
        places = {3: "P0"}
    expected = [" ".join(places[at] for at in side if at in places) for side in documents.sheet_order(padded)]
    assert [page.strip() for page in text] == expected


@pytest.mark.parametrize("kind", ["imposed", "poster", "doors", "large"])
def test_every_format_is_printed_on_the_command_line(app: Flask, printed: list[str], tmp_path: Path, kind: str) -> None:
    out = tmp_path / "programme.pdf"
    result = app.test_cli_runner().invoke(app.cli, ["programme", "lens-2027", "--out", str(out), "--format", kind])
    assert (result.exit_code, result.exception) == (0, None)
    sizes = {tuple(round(float(side) / 72 * 25.4) for side in page.mediabox[2:]) for page in pikepdf.open(out).pages}
    assert sizes == {{"imposed": (297, 210), "poster": (420, 297), "doors": (210, 297), "large": (210, 297)}[kind]}
    text = " ".join(pages_of(out.read_bytes()))
    wanted = [title for title in printed if title.startswith("Propos")]
    assert [title for title in wanted if title not in text] == []


def test_an_edition_without_a_programme_still_prints(client: InspectingClient, write: Write) -> None:
    with write() as tx:
        an_edition(tx)
    text = " ".join(pages_of(client.get(ADDRESS).data))
    assert "Aucune session n’est encore publiée." in text


def test_an_unknown_format_is_not_found(client: InspectingClient, write: Write) -> None:
    with write() as tx:
        an_edition(tx)
    assert client.get(f"{ADDRESS}?format=napkin").status_code == 404


def test_more_rooms_than_the_paper_holds_become_several_tables(app: Flask, write: Write) -> None:
    with write() as tx:
        edition = an_edition(tx)
        venue = a_venue(tx, edition)
        for number in range(12):
            a_session(tx, starts_at=cast.OPENING, room_id=a_room(tx, venue, position=number).id)
        a_session(tx, kind="break", title="Pause", starts_at=cast.OPENING + timedelta(hours=2))
    with app.app_context():
        content = booklet_content(db.session(), edition_with_slug(db.session(), "lens-2027"))
        (_day, sessions), *_others = content.days
        tables = documents.day_tables("x", sessions, 5).tables
    assert [len(table.columns) for table in tables] == [4, 4, 4]
    assert [sum(1 for session in table.sessions if session.title == "Pause") for table in tables] == [1, 1, 1]
    assert sum(len(table.sessions) for table in tables) == 12 + 3


def test_the_number_of_statements_does_not_grow(app: Flask, write: Write) -> None:
    from tests.programme.test_views_public import a_large_programme
    from tests.statements import statements_of

    counts = []
    for number in (1, 29):
        with write() as tx:
            a_large_programme(tx, number)
            an_exhibitor(tx, state="accepted", stand_id=a_stand(tx).id)
        with statements_of(app) as asked, app.test_request_context():
            content = booklet_content(db.session(), edition_with_slug(db.session(), "lens-2027"))
            core_documents.html_of(documents.programme_document(content, kind="booklet"))
        counts.append(len(asked))
    assert counts[0] == counts[1]
