"""An address where nobody is shows on the person's registration, and can be trusted again."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import select

from forum.messages.models import BouncedAddress
from tests import cast
from tests.conftest import Read, Write
from tests.factories import a_registration
from tests.inspection import InspectingClient, words


def test_it_is_shown_and_trusted_again(client_for: Callable[[str], InspectingClient], write: Write, read: Read) -> None:
    with write() as tx:
        ada = a_registration(tx)
        tx.add(BouncedAddress(email="ada@example.org", reason="550 User unknown", bounced_at=cast.NOW))
    organiser = client_for("organiser")
    page = f"/organise/lens-2027/registrations/{ada.id}"
    assert "550 User unknown" in words(organiser.page(page).main)
    organiser.submit(page, {"registration": str(ada.id)}, form="form[action$=trust]")
    assert "550 User unknown" not in words(organiser.page(page).main)
    with read() as session:
        assert session.scalars(select(BouncedAddress)).all() == []
