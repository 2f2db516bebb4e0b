"""The kiosk: one's own badge for one's own code, and nothing else."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select

from forum.badges.models import Badge, PrintJob
from forum.core.codes import grouped
from forum.registration.models import Registration
from tests import cast
from tests.clock import Clock
from tests.conftest import Read, Write
from tests.desk.reception import DESK, a_desk, a_guest
from tests.factories import a_badge, a_registration, an_edition
from tests.inspection import InspectingClient, form_values, soup, words


def a_kiosk(write: Write) -> str:
    with write() as tx:
        return f"/kiosk/{a_desk(tx, kind='kiosk').token}"


def said(client: InspectingClient, kiosk: str, code: str) -> tuple[int, str]:
    """Return what the kiosk says to a code."""
    answer = client.submit(kiosk, {"code": code})
    return answer.status_code, words(soup(answer).select_one(".kiosk__said"))


@pytest.mark.parametrize("way", ["reference", "look-alikes", "code"])
def test_ones_own_code_or_reference_prints_ones_own_badge(
    client: InspectingClient, write: Write, read: Read, way: str
) -> None:
    kiosk = a_kiosk(write)
    with write() as tx:
        registration_id = a_guest(tx)
        tx.session.get_one(Registration, registration_id).reference = "01Z4DH8C"
    with read() as session:
        code = session.scalars(select(Badge.code)).one()
    typed = {"reference": "01z4-dh8c", "look-alikes": "O1Z4DH8C", "code": grouped(code).lower()}[way]
    answer = client.submit(kiosk, {"code": typed})
    assert answer.status_code == 303
    page = client.page(answer.location)
    assert words(page.select_one(".kiosk__said")) == (
        "Zoé d. Votre badge s’imprime Prenez-le à l’imprimante. Bon forum ! Ouvrir le badge"
    )
    assert "La Motte" not in page.text
    file = client.get(str(page.select_one("main")["data-file"]))
    assert (file.mimetype, file.data[:5]) == ("application/pdf", b"%PDF-")
    with read() as session:
        assert [job.way["format"] for job in session.scalars(select(PrintJob))] == ["label62x100"]


def test_twice_within_minutes_is_sent_to_the_desk_and_voids_nothing(
    client: InspectingClient, write: Write, read: Read, clock: Clock
) -> None:
    kiosk = a_kiosk(write)
    with write() as tx:
        a_guest(tx)
    with read() as session:
        code = session.scalars(select(Badge.code)).one()
    first = client.submit(kiosk, {"code": code})
    assert said(client, kiosk, code) == (
        409,
        "Merci d’aller au guichet Votre badge vient d’être imprimé. S’il n’est pas sorti, allez au guichet.",
    )
    clock.moves(minutes=2)
    assert client.get(first.location).status_code == 410  # the page of a print does not stay in a history
    assert client.get(f"{first.location}.pdf").status_code == 410
    clock.moves(minutes=9)
    assert client.submit(kiosk, {"code": code}).status_code == 303
    with read() as session:
        assert [badge.voided_at for badge in session.scalars(select(Badge))] == [None]


@pytest.mark.parametrize(
    "typed", ["ABCDEFGH", "14HPCD3HTT870ZHN55YS56F89D", "Zoé", "x" * 10_000, "7K3M9QX", "' OR 1=1 --", "\u202eABC"]
)
def test_what_is_no_code_of_this_edition_is_a_clear_word(client: InspectingClient, write: Write, typed: str) -> None:
    kiosk = a_kiosk(write)
    with write() as tx:
        a_guest(tx)
    status, sentence = said(client, kiosk, typed)
    assert (status, sentence[:34]) == (404, "Nous ne connaissons pas ce code Vé")


def test_who_cancelled_whose_badge_is_void_and_who_comes_elsewhere_go_to_the_desk_or_are_unknown(
    client: InspectingClient, write: Write
) -> None:
    kiosk = a_kiosk(write)
    with write() as tx:
        cancelled = a_registration(tx, cast.ADA, state="cancelled")
        void = a_badge(tx, a_registration(tx, cast.ZOE), voided_at=cast.NOW, void_reason="lost").code
        other = an_edition(tx, "amiens-2028")
        reference = cancelled.reference
    assert said(client, kiosk, reference)[0] == 409
    assert said(client, kiosk, void)[0] == 409
    with write() as tx:
        from tests.factories import a_category

        elsewhere = a_badge(tx, a_registration(tx, cast.OMAR, category=a_category(tx, other))).code
    assert said(client, kiosk, elsewhere)[0] == 404


def test_the_kiosk_prints_by_itself_starts_again_and_alone_may_see(client: InspectingClient, write: Write) -> None:
    kiosk = a_kiosk(write)
    answer = client.get(kiosk)
    assert answer.headers["Permissions-Policy"].startswith("camera=(self)")
    assert "frame-src 'self' blob:" in answer.headers["Content-Security-Policy"]
    page = soup(client.submit(kiosk, {"code": "ABCDEFGH"}))
    assert page.select_one("meta[http-equiv=refresh]")["content"] == f"20;url={kiosk}"
    assert [link["lang"] for link in page.select(".kiosk__languages a")] == ["fr", "en"]
    assert client.get(kiosk.replace("/kiosk/", "/desk/")).status_code == 404


def test_a_kiosk_with_a_pin_prints_nothing_for_whoever_has_the_link_alone(
    client: InspectingClient, client_for: Callable[[str], InspectingClient], write: Write
) -> None:
    kiosk = a_kiosk(write)
    with write() as tx:
        reference = tx.session.get_one(Registration, a_guest(tx)).reference
    open_already = form_values(client.page(kiosk).select("form")[0]) | {"code": reference}
    organiser = client_for("organiser")
    page = organiser.page(f"{DESK}/desks").select("a[href*='/desks/']:not([href*=new])")[-1]["href"]
    organiser.submit(str(page), {"pin": "2468"}, form="form[action$='/pin']")
    assert "code PIN" in client.page(kiosk).text
    assert client.post(kiosk, data=open_already).status_code == 404
    assert client.submit(kiosk, {"pin": "1111"}).status_code == 403
    assert client.submit(kiosk, {"pin": "2468"}).location == kiosk
    assert client.submit(kiosk, {"code": reference}).status_code == 303
