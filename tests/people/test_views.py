"""Signing in and out in a browser."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask

from forum import create_app
from forum.core import limits
from forum.core.settings import Settings
from forum.people import actions, rules
from tests import cast
from tests.clock import Clock
from tests.conftest import Write, browser
from tests.inspection import InspectingClient, soup, words

PASSWORD = "terril brique canal étoile"
ClientFor = Callable[[str], InspectingClient]


@pytest.fixture
def organiser(write: Write) -> str:
    """Return the address of an organiser who has a password."""
    password_hash = rules.hashed(PASSWORD)
    with write() as tx:
        account = cast.account(tx, "organiser")
        actions.set_password(tx, account.id, password_hash=password_hash, now=cast.NOW)
        return account.email


def sign_in(client: InspectingClient, email: str, password: str = PASSWORD, address: str = "/sign-in"):
    return client.submit(address, {"email": email, "password": password})


def test_an_organiser_signs_in_and_sees_their_editions(client: InspectingClient, organiser: str) -> None:
    response = sign_in(client, f" {organiser.upper()} ")
    assert (response.status_code, response.location) == (303, "/organise/")
    assert client.get("/organise/").status_code == 200


@pytest.mark.parametrize(
    ("email", "password"),
    [("omar@example.org", "a wrong password"), ("nobody@example.org", PASSWORD), ("odile@example.org", PASSWORD)],
    ids=["wrong password", "unknown address", "account without a password"],
)
def test_who_is_not_let_in_gets_one_answer_whatever_was_wrong(
    client: InspectingClient, organiser: str, write: Write, email: str, password: str
) -> None:
    with write() as tx:
        cast.account(tx, "owner")
    response = sign_in(client, email, password)
    page = soup(response)
    assert response.status_code == 422
    assert words(page.select_one("#password-error")) == (
        "Cette adresse et ce mot de passe ne vont pas ensemble. Vérifiez les deux, puis réessayez."
    )
    assert page.select_one("#email")["value"] == email
    assert page.select_one("#password").get("value") in (None, "")


def test_a_session_of_before_is_not_kept(client: InspectingClient, organiser: str) -> None:
    """Fixation: what somebody else put into the browser's session is gone once one is signed in."""
    client.get("/sign-in")
    with client.session_transaction() as session:
        session["planted"] = "by somebody else"
    page = client.page("/sign-in")
    token = page.select_one("input[name=csrf_token]")["value"]
    client.post("/sign-in", data={"email": organiser, "password": PASSWORD, "csrf_token": token, "next": ""})
    with client.session_transaction() as session:
        assert "planted" not in session
        assert "_user_id" in session
    assert client.post("/sign-out", data={"csrf_token": token}).status_code == 400


@pytest.mark.parametrize(
    ("wanted", "where"),
    [
        ("/organise/lens-2027/", "/organise/lens-2027/"),
        ("https://evil.example/", "/organise/"),
        ("//evil.example/", "/organise/"),
        ("/\\evil.example/", "/organise/"),
        ("/%09/evil.example/", "/organise/"),
    ],
)
def test_signing_in_goes_on_within_this_site_only(
    client: InspectingClient, organiser: str, wanted: str, where: str
) -> None:
    assert sign_in(client, organiser, address=f"/sign-in?next={wanted}").location == where


def test_who_is_not_signed_in_is_asked_to_and_goes_on(client: InspectingClient, organiser: str) -> None:
    response = client.get("/organise/account?lang=fr")
    assert response.location == "/sign-in?next=%2Forganise%2Faccount%3Flang%3Dfr"
    assert sign_in(client, organiser, address=response.location).location == "/organise/account?lang=fr"


def test_signing_out_takes_a_button_not_a_link(client_for: ClientFor) -> None:
    client = client_for("organiser")
    client.get("/sign-out")
    assert client.get("/organise/").status_code == 200
    assert client.submit("/sign-out", {}).location == "/"
    assert client.get("/organise/").status_code == 302


def test_empty_and_monstrous_sign_ins_are_answered_in_words(client: InspectingClient) -> None:
    empty = soup(sign_in(client, "", ""))
    assert words(empty.select_one("#email-error")) == "Écrivez l’adresse de votre compte."
    assert sign_in(client, "a" * 10_000, "b" * 10_000).status_code == 422
    assert sign_in(client, "عمر\x00@example.org", "🦊").status_code == 422


def test_a_one_time_link_asks_for_a_password_and_signs_in_once(client: InspectingClient, write: Write) -> None:
    with write() as tx:
        token = actions.make_sign_in_link(tx, cast.account(tx, "organiser"), now=cast.NOW)
    address = f"/sign-in/{token}"
    assert "Omar Benali" in words(client.page(address))
    client.page(address)  # looking uses nothing up
    assert client.submit(address, {"password": PASSWORD, "again": PASSWORD}).location == "/organise/"
    assert client.get("/organise/").status_code == 200
    assert client.get(address).status_code == 410
    assert sign_in(browser(client.application), "omar@example.org").status_code == 303


def test_a_one_time_link_says_what_is_wrong_with_a_password_and_stays(client: InspectingClient, write: Write) -> None:
    with write() as tx:
        token = actions.make_sign_in_link(tx, cast.account(tx, "organiser"), now=cast.NOW)
    address = f"/sign-in/{token}"
    short = client.submit(address, {"password": "court", "again": "court"})
    differ = client.submit(address, {"password": PASSWORD, "again": PASSWORD + "!"})
    assert (short.status_code, differ.status_code) == (422, 422)
    assert words(soup(short).select_one("#password-error")) == (
        "Ce mot de passe est trop court : prenez au moins 12 caractères, par exemple quatre mots."
    )
    assert words(soup(differ).select_one("#again-error")) == (
        "Les deux mots de passe diffèrent. Écrivez deux fois le même."
    )
    assert client.get(address).status_code == 200


def test_an_expired_or_unknown_link_is_gone(client: InspectingClient, write: Write, clock: Clock) -> None:
    with write() as tx:
        token = actions.make_sign_in_link(tx, cast.account(tx, "organiser"), now=cast.NOW)
    clock.moves(days=3, seconds=1)
    assert client.get(f"/sign-in/{token}").status_code == 410
    unknown = client.get("/sign-in/00000000000000000000000000")
    assert unknown.status_code == 410
    assert words(soup(unknown).select_one(".lead")) == (
        "Ce lien de connexion a déjà servi, ou il est trop ancien. Demandez-en un nouveau à un responsable du forum."
    )


def test_a_new_password_signs_the_other_devices_out(app: Flask, client: InspectingClient, organiser: str) -> None:
    other = browser(app)
    sign_in(client, organiser)
    sign_in(other, organiser)
    new = "quatre mots sans rapport"
    answer = client.submit(
        "/organise/account", {"present": PASSWORD, "password": new, "again": new}, form="main form.form"
    )
    assert answer.location == "/organise/account"
    assert (client.get("/organise/").status_code, other.get("/organise/").status_code) == (200, 302)


def test_a_new_password_needs_the_present_one(client: InspectingClient, organiser: str) -> None:
    sign_in(client, organiser)
    new = "quatre mots sans rapport"
    answer = client.submit(
        "/organise/account", {"present": "not it", "password": new, "again": new}, form="main form.form"
    )
    assert (answer.status_code, words(soup(answer).select_one("#present-error"))) == (
        422,
        "Ce n’est pas votre mot de passe actuel.",
    )


def test_other_devices_are_signed_out_at_once(app: Flask, client: InspectingClient, organiser: str) -> None:
    other = browser(app)
    sign_in(client, organiser)
    sign_in(other, organiser)
    client.submit("/organise/account", {}, form="form[action='/organise/account/sign-out-everywhere']")
    assert (client.get("/organise/").status_code, other.get("/organise/").status_code) == (200, 302)


def test_the_eleventh_attempt_within_a_minute_is_put_off(settings: Settings, app: Flask, clock: Clock) -> None:
    limited = create_app(replace(settings, rate_limits=True))
    limited.test_client_class = InspectingClient
    limited.extensions["forum.clock"] = clock
    try:
        client = browser(limited)
        answers = [sign_in(client, "omar@example.org", "wrong password").status_code for _number in range(11)]
        assert answers == [422] * 10 + [429]
    finally:
        limits.limiter.reset()
        limits.limiter.enabled = False


def test_signing_in_is_possible_in_english(client: InspectingClient) -> None:
    page = client.page("/sign-in?lang=en")
    assert (page.html["lang"], words(page.h1)) == ("en", "Sign in")
