"""A `.pkpass`: a ZIP of `pass.json`, pictures, a manifest of SHA-1 sums, and its detached PKCS #7 signature.

After Apple's “Wallet Passes” and “Creating the Source for a Pass”. The pass type and the team stand in the certificate
itself (UID and OU of its subject), so nothing has to be said twice.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from forum.core.assembly import STATIC
from forum.core.logs import log
from forum.core.settings import Settings
from forum.wallet.documents.card import Card
from forum.wallet.rules import CertificateUnusable, NoWallet, rgb

if TYPE_CHECKING:  # slow to import: only who signs pays
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

PICTURES = ("icon.png", "icon@2x.png", "icon@3x.png", "logo.png", "logo@2x.png")
UNCHANGING = (1980, 1, 1, 0, 0, 0)
"""The date of the files inside: the same pass is the same bytes but for its signature."""


@dataclass(frozen=True)
class Signer:
    """Who signs passes: a certificate of Apple's, its key, and Apple's intermediate certificate."""

    certificate: x509.Certificate
    key: RSAPrivateKey
    authority: x509.Certificate

    @property
    def pass_type(self) -> str:
        """Return the pass type, e.g. `pass.org.example.forum`."""
        from cryptography.x509.oid import NameOID

        return subject_part(self.certificate, NameOID.USER_ID)

    @property
    def team(self) -> str:
        """Return the team's number."""
        from cryptography.x509.oid import NameOID

        return subject_part(self.certificate, NameOID.ORGANIZATIONAL_UNIT_NAME)


def subject_part(certificate: x509.Certificate, name: x509.ObjectIdentifier) -> str:
    """Return a part of whom a certificate is for. Raises `ValueError` where it is missing."""
    found = certificate.subject.get_attributes_for_oid(name)
    if not found:
        raise ValueError(f"the certificate's subject has no {name._name}")
    return str(found[0].value)


def apple_pass(card: Card, settings: Settings, *, now: datetime) -> bytes:
    """Return a badge's pass. Raises `NoWallet` without a certificate, `CertificateUnusable` with a bad one."""
    signer = signer_of(settings, now=now)
    try:
        files = {"pass.json": pass_json(card, signer), **pictures()}
        manifest = json.dumps({name: hashlib.sha1(content).hexdigest() for name, content in files.items()}).encode()  # noqa: S324 (Apple's format)
        signature = signed(manifest, signer)
    except ValueError as error:
        log.error("wallet pass not signed", reason=str(error))
        raise CertificateUnusable from error
    return zipped({**files, "manifest.json": manifest, "signature": signature})


def signer_of(settings: Settings, *, now: datetime) -> Signer:
    """Read the certificate, its key and Apple's own."""
    from cryptography import x509

    names = (settings.apple_pass_certificate, settings.apple_pass_key, settings.apple_pass_authority)
    if not all(names):
        raise NoWallet
    try:
        certificate, key, authority = (Path(str(name)).read_bytes() for name in names)
        signer = Signer(
            certificate=x509.load_pem_x509_certificate(certificate),
            key=private_key(key),
            authority=x509.load_pem_x509_certificate(authority),
        )
    except (OSError, ValueError, TypeError) as error:
        log.error("wallet certificate unusable", reason=str(error))
        raise CertificateUnusable from error
    if not signer.certificate.not_valid_before_utc <= now <= signer.certificate.not_valid_after_utc:
        log.error("wallet certificate unusable", reason="it is over, or not valid yet")
        raise CertificateUnusable
    return signer


def private_key(content: bytes) -> RSAPrivateKey:
    """Read a key; passes are signed with RSA. Raises `ValueError`."""
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    key = load_pem_private_key(content, password=None)
    if not isinstance(key, RSAPrivateKey):
        raise ValueError("the key is not an RSA key")
    return key


def pass_json(card: Card, signer: Signer) -> bytes:
    """Return what the pass shows."""
    labels = card.labels
    content = {
        "formatVersion": 1,
        "passTypeIdentifier": signer.pass_type,
        "teamIdentifier": signer.team,
        "serialNumber": card.serial,
        "organizationName": card.forum,
        "description": card.edition,
        "logoText": card.edition,
        "backgroundColor": rgb(card.ground),
        "foregroundColor": rgb(card.writing),
        "labelColor": rgb(card.writing),
        "relevantDate": card.begins.isoformat(),
        "expirationDate": card.ends.isoformat(),
        "sharingProhibited": True,
        "barcodes": [
            {
                "format": "PKBarcodeFormatQR",
                "message": card.code,
                "messageEncoding": "iso-8859-1",
                "altText": card.code_in_groups,
            }
        ],
        "eventTicket": {
            "headerFields": [{"key": "city", "label": labels["city"], "value": card.city}],
            "primaryFields": [{"key": "name", "label": labels["name"], "value": card.name}],
            "secondaryFields": [{"key": "days", "label": labels["days"], "value": card.days}],
            "auxiliaryFields": [{"key": "category", "label": labels["category"], "value": card.category}],
            "backFields": [
                {"key": "code", "label": labels["code"], "value": card.code_in_groups},
                {"key": "programme", "label": labels["programme"], "value": card.address},
                {"key": "contact", "label": labels["contact"], "value": card.contact},
            ],
        },
    }
    return json.dumps(content, ensure_ascii=False).encode()


def pictures() -> dict[str, bytes]:
    """Return the forum's mark in the sizes that Apple asks for."""
    return {name: (STATIC / "wallet" / name).read_bytes() for name in PICTURES}


def signed(manifest: bytes, signer: Signer) -> bytes:
    """Return the detached signature of a manifest."""
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.serialization import Encoding
    from cryptography.hazmat.primitives.serialization.pkcs7 import PKCS7Options, PKCS7SignatureBuilder

    builder = PKCS7SignatureBuilder().set_data(manifest)
    builder = builder.add_signer(signer.certificate, signer.key, hashes.SHA256()).add_certificate(signer.authority)
    return builder.sign(Encoding.DER, [PKCS7Options.Binary, PKCS7Options.DetachedSignature])


def zipped(files: dict[str, bytes]) -> bytes:
    """Return files as a ZIP."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, UNCHANGING), content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()
