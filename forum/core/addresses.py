"""E-mail addresses: one spelling for each."""

from __future__ import annotations

from email_validator import EmailNotValidError, validate_email

LONGEST_EMAIL = 254
"""Of an address (RFC 5321, erratum 1690)."""


def normal_email(text: str) -> str | None:
    """Return an address in one spelling, or None for what no mail server delivers to."""
    try:
        known = validate_email(text, check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError:
        return None
    return known.normalized.lower() if len(known.normalized) <= LONGEST_EMAIL else None
