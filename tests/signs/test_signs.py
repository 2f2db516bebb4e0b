"""Signs for tables and stands: everybody on one, names never cut."""

from __future__ import annotations

import io
from collections.abc import Callable

import pypdfium2
import pytest

from forum.signs.documents import letters_size, longest_words
from tests import cast
from tests.conftest import Write
from tests.factories import a_session, a_speaker, an_edition, an_exhibitor
from tests.inspection import InspectingClient

ClientFor = Callable[[str], InspectingClient]


def pages_of(content: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(io.BytesIO(content))
    return [" ".join(page.get_textpage().get_text_range().split()) for page in document]


def test_each_speaker_of_the_published_programme_has_a_tent(client_for: ClientFor, write: Write) -> None:
    with write() as tx:
        a_session(tx, speakers=(a_speaker(tx, cast.ANNE_SOPHIE), a_speaker(tx, cast.ZOE)))
        a_session(tx, title="Autre", speakers=(a_speaker(tx, cast.LUKASZ),), is_published=False)
    pages = pages_of(client_for("organiser").get("/organise/lens-2027/signs/tents.pdf").data)
    assert len(pages) == 2
    assert all(part in "".join(pages) for part in ("Anne-Sophie", "Saint-Hilaire", "Zoé"))


def test_each_accepted_exhibitor_has_a_sign(client_for: ClientFor, write: Write) -> None:
    with write() as tx:
        name = an_exhibitor(tx, state="accepted").organisation.name
    pages = pages_of(client_for("organiser").get("/organise/lens-2027/signs/stands.pdf").data)
    assert len(pages) == 1
    assert name in pages[0]


def test_without_anybody_there_is_a_sentence(client_for: ClientFor, write: Write) -> None:
    with write() as tx:
        an_edition(tx)
    client = client_for("organiser")
    assert client.get("/organise/lens-2027/signs").status_code == 200
    assert [client.get(f"/organise/lens-2027/signs/{kind}.pdf").status_code for kind in ("tents", "stands")] == [
        409,
        409,
    ]


@pytest.mark.parametrize(
    ("lines", "size"), [(["O"], 96), (["Vandenbroucke-Dupont de Saint-Hilaire"], 31), (["x" * 200], 30)]
)
def test_letters_are_as_large_as_the_longest_line_allows(lines: list[str], size: int) -> None:
    assert letters_size(lines, width_mm=180, largest=96, smallest=30) == size


def test_a_long_name_is_measured_by_its_lines() -> None:
    assert longest_words("École nationale supérieure d’informatique") == [
        "École nationale",
        "supérieure",
        "d’informatique",
    ]
