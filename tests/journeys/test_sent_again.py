"""Somebody registers, goes back and sends the form again, in a real browser."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import Read, Write
from tests.factories import a_category
from tests.journeys.browser import chromium
from tests.journeys.conftest import LiveServer
from tests.registration.test_again import ASKED, FILLED, FORM, names

pytestmark = pytest.mark.browser


def test_the_form_after_going_back_is_the_same_form_even_loaded_anew(
    live_server: LiveServer, write: Write, read: Read, tmp_path: Path
) -> None:
    with write() as tx:
        a_category(tx)
    with chromium(tmp_path / "visitor") as context:
        page = context.new_page()
        page.goto(live_server.address + FORM)
        key = page.input_value("[name=submission_key]")
        for name, value in FILLED.items():
            page.fill(f"#{name}", value)
        page.click("form.form .form__actions button")
        page.wait_for_url("**/r/**")
        page.go_back()
        page.reload()  # as browsers do that keep no page
        assert page.input_value("[name=submission_key]") == key
        for name, value in {**FILLED, "given_name": "Byron", "email": "byron@example.org"}.items():
            page.fill(f"#{name}", value)
        page.click("form.form .form__actions button")
        assert page.inner_text("h1") == ASKED
        page.click("button[value=another]")
        page.wait_for_url("**/r/**")
        page.goto(live_server.address + FORM)
        assert page.input_value("[name=submission_key]") != key, "a form that is opened afresh is another one"
    assert names(read) == ["Ada Lovelace <ada@example.org>", "Byron Lovelace <byron@example.org>"]
