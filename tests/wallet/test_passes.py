"""A badge in a telephone's wallet: signed with a test certificate, taken apart again and verified."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import jwt
import pytest
from asn1crypto import cms
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import NameOID
from flask import Flask

from forum.core.settings import Settings
from forum.registration.actions import cancel
from tests import cast
from tests.clock import Clock
from tests.conftest import Write
from tests.factories import a_badge, a_registration
from tests.inspection import InspectingClient


@pytest.fixture(scope="module")
def key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def a_certificate(key: rsa.RSAPrivateKey, *names: tuple[x509.ObjectIdentifier, str]) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(*each) for each in names])
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(cast.NOW - timedelta(days=1))
        .not_valid_after(cast.NOW + timedelta(days=300))
        .sign(key, hashes.SHA256())
    )


@pytest.fixture
def wallets(app: Flask, clock: Clock, key: rsa.RSAPrivateKey, tmp_path: Path) -> Iterator[Settings]:
    """Give the service a test certificate and a test service account."""
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    ours = a_certificate(
        key, (NameOID.USER_ID, "pass.org.example.forum"), (NameOID.ORGANIZATIONAL_UNIT_NAME, "TEAM123456")
    )
    files = {
        "certificate.pem": ours.public_bytes(serialization.Encoding.PEM),
        "key.pem": pem,
        "authority.pem": a_certificate(key, (NameOID.COMMON_NAME, "WWDR")).public_bytes(serialization.Encoding.PEM),
        "account.json": json.dumps({"client_email": "forum@example.org", "private_key": pem.decode()}).encode(),
    }
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    before: Settings = app.extensions["forum.settings"]
    chosen = replace(
        before,
        apple_pass_certificate=str(tmp_path / "certificate.pem"),
        apple_pass_key=str(tmp_path / "key.pem"),
        apple_pass_authority=str(tmp_path / "authority.pem"),
        google_wallet_key=str(tmp_path / "account.json"),
        google_wallet_issuer="3388000000012345678",
    )
    app.extensions["forum.settings"] = chosen
    yield chosen
    app.extensions["forum.settings"] = before


def test_an_apple_pass_is_whole_and_signed(
    client: InspectingClient, write: Write, wallets: Settings, key: rsa.RSAPrivateKey
) -> None:
    with write() as tx:
        registration = a_registration(tx, cast.NGUYEN)
        badge = a_badge(tx, registration)
    answer = client.get(f"/r/{registration.token}/badge.pkpass")
    assert (answer.status_code, answer.mimetype) == (200, "application/vnd.apple.pkpass")
    archive = zipfile.ZipFile(io.BytesIO(answer.data))
    files = {name: archive.read(name) for name in archive.namelist()}
    manifest = json.loads(files["manifest.json"])
    assert manifest == {
        name: hashlib.sha1(content).hexdigest()
        for name, content in files.items()
        if name not in ("manifest.json", "signature")
    }
    shown = json.loads(files["pass.json"])
    assert (shown["passTypeIdentifier"], shown["teamIdentifier"]) == ("pass.org.example.forum", "TEAM123456")
    assert shown["barcodes"][0]["message"] == badge.code
    assert shown["eventTicket"]["primaryFields"][0]["value"] == "Thị Hồng Ánh Nguyễn"
    assert registration.token not in files["pass.json"].decode()
    verify(files["signature"], files["manifest.json"], key)


def verify(signature: bytes, manifest: bytes, key: rsa.RSAPrivateKey) -> None:
    """Verify a detached PKCS #7 signature (RFC 5652): the sum of the manifest is signed, by our key."""
    signed = cms.ContentInfo.load(signature)["content"]
    assert len(signed["certificates"]) == 2
    assert signed["encap_content_info"]["content"].native is None
    signer = signed["signer_infos"][0]
    attributes = {each["type"].native: each["values"][0].native for each in signer["signed_attrs"]}
    assert attributes["message_digest"] == hashlib.sha256(manifest).digest()
    key.public_key().verify(
        signer["signature"].native, signer["signed_attrs"].untag().dump(), padding.PKCS1v15(), hashes.SHA256()
    )


def test_googles_address_holds_a_signed_ticket(
    client: InspectingClient, write: Write, wallets: Settings, key: rsa.RSAPrivateKey
) -> None:
    with write() as tx:
        registration = a_registration(tx)
        badge = a_badge(tx, registration)
    answer = client.get(f"/r/{registration.token}/google-wallet")
    assert answer.status_code == 303
    token = urlsplit(answer.location).path.rpartition("/")[2]
    claims = jwt.decode(token, key.public_key(), algorithms=["RS256"], audience="google", options={"verify_iat": False})
    ticket = claims["payload"]["eventTicketObjects"][0]
    assert (claims["iss"], ticket["barcode"]["value"]) == ("forum@example.org", badge.code)
    assert ticket["ticketHolderName"] == "Ada Lovelace"


def test_the_page_offers_what_is_set_and_nothing_else(
    client: InspectingClient, write: Write, app: Flask, wallets: Settings
) -> None:
    with write() as tx:
        registration = a_registration(tx)
        a_badge(tx, registration)
    page = f"/r/{registration.token}"
    shown = client.get(page).get_data(as_text=True)
    assert (f"{page}/badge.pkpass" in shown, f"{page}/google-wallet" in shown) == (True, True)
    app.extensions["forum.settings"] = replace(
        wallets, apple_pass_certificate=None, apple_pass_key=None, apple_pass_authority=None, google_wallet_key=None
    )
    shown = client.get(page).get_data(as_text=True)
    assert ("pkpass" in shown, "google-wallet" in shown) == (False, False)
    assert client.get(f"{page}/badge.pkpass").status_code == 404
    assert client.get(f"{page}/google-wallet").status_code == 404


def test_who_cancelled_has_no_pass(client: InspectingClient, write: Write, wallets: Settings) -> None:
    with write() as tx:
        registration = a_registration(tx)
        a_badge(tx, registration)
        cancel(tx, registration.id, now=cast.NOW)
    assert client.get(f"/r/{registration.token}/badge.pkpass").status_code in (409, 410)


def test_a_certificate_that_is_over_signs_nothing(
    client: InspectingClient, write: Write, wallets: Settings, clock: Clock
) -> None:
    with write() as tx:
        registration = a_registration(tx)
        a_badge(tx, registration)
    clock.moves(days=400)
    assert client.get(f"/r/{registration.token}/badge.pkpass").status_code == 409


def test_a_file_that_is_not_a_certificate_is_no_stack_trace(
    client: InspectingClient, write: Write, wallets: Settings
) -> None:
    with write() as tx:
        registration = a_registration(tx)
        a_badge(tx, registration)
    Path(str(wallets.apple_pass_certificate)).write_text("not a certificate")
    Path(str(wallets.google_wallet_key)).write_text("{}")
    assert client.get(f"/r/{registration.token}/badge.pkpass").status_code == 409
    assert client.get(f"/r/{registration.token}/google-wallet").status_code == 409
