"""Reading what devices send: wrong types and bad values get pretix's kind of answer, a 400 that names the field."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from flask import request

from forum.core.forms import one_line
from forum.pretixscan.actions import Redemption
from forum.pretixscan.rules import FAILED_REASONS, LARGEST_PAGE, LONGEST_NONCE, LONGEST_WORD, PAGE_SIZE

REQUIRED = "This field is required."
NOT_A_TEXT = "Not a valid string."
TOO_LONG = f"Ensure this field has no more than {LONGEST_WORD} characters."
DEVICE_REQUIRED = ("hardware_brand", "hardware_model", "software_brand", "software_version")
DEVICE_OPTIONAL = ("os_name", "os_version")
LONGEST_SECRET = 2000


class BadField(Exception):  # noqa: N818 (an answer to the device)
    """What a device sent cannot be read; `body` is the answer's."""

    def __init__(self, body: Any) -> None:
        """Keep the answer."""
        super().__init__(str(body))
        self.body = body


def sent() -> Mapping[str, Any]:
    """Return the fields of the body: JSON, or a form."""
    if request.mimetype == "application/json" or not request.form:
        try:
            body = request.get_json(silent=True, force=True)
        except RecursionError:  # thousands of lists in one another
            body = None
        if body is None and request.get_data(cache=True).strip():
            raise BadField({"detail": "JSON parse error"})
        if body is not None and not isinstance(body, dict):
            raise BadField({"non_field_errors": ["Invalid data. Expected a dictionary."]})
        return body or {}
    return request.form.to_dict()


def device_words(body: Mapping[str, Any], *, with_token: bool) -> dict[str, str]:
    """Return what a device says of itself. Raises `BadField`, which names every field that is wrong."""
    needed = ("token", *DEVICE_REQUIRED) if with_token else DEVICE_REQUIRED
    faults: dict[str, list[str]] = {}
    words: dict[str, str] = {}
    for name in (*needed, *DEVICE_OPTIONAL):
        value = body.get(name)
        if value is None:
            if name in needed:
                faults[name] = [REQUIRED]
        elif not isinstance(value, str):
            faults[name] = [NOT_A_TEXT]
        elif len(value) > LONGEST_WORD:
            faults[name] = [TOO_LONG]
        else:
            words[name] = one_line(value) or ""
    if faults:
        raise BadField(faults)
    return words


def lists_of(body: Mapping[str, Any]) -> list[int]:
    """Return the lists that a scan is for. Raises `BadField`."""
    value = body.get("lists")
    if value is None or not isinstance(value, list):
        raise BadField({"lists": [REQUIRED if value is None else "Expected a list of items."]})
    found = [number_of(each) for each in value]
    if any(each is None for each in found):
        raise BadField({"lists": ["Incorrect type. Expected pk value."]})
    return one_list([each for each in found if each is not None])


def one_list(found: Sequence[int]) -> list[int]:
    """Refuse none, and several: a device is of one edition, pretix's event. Raises `BadField`."""
    if not found:
        raise BadField(["No check-in list passed."])
    if len(set(found)) > 1:
        raise BadField(["Selecting two check-in lists from the same event is unsupported."])
    return [found[0]]


def redemption(body: Mapping[str, Any], *, secret: object, now: datetime) -> Redemption:
    """Return a scan as it was sent. Raises `BadField`."""
    faults: dict[str, list[str]] = {}
    if not isinstance(secret, str):
        faults["secret"] = [REQUIRED if secret is None else NOT_A_TEXT]
    kind = body.get("type", "entry")
    if kind not in ("entry", "exit"):
        faults["type"] = [f"{json.dumps(kind, ensure_ascii=False, default=str)[:80]} is not a valid choice."]
    nonce = body.get("nonce")
    if nonce is not None and (not isinstance(nonce, str) or len(nonce) > LONGEST_NONCE):
        faults["nonce"] = [NOT_A_TEXT]
    moment = read_moment(body.get("datetime"))
    if body.get("datetime") is not None and moment is None:
        faults["datetime"] = ["Datetime has wrong format."]
    force = body.get("force", False)
    if force not in (True, False, None, "true", "false"):
        faults["force"] = ["Must be a valid boolean."]
    if faults:
        raise BadField(faults)
    return Redemption(
        secret=str(secret)[:LONGEST_SECRET],
        direction="out" if kind == "exit" else "in",
        at=moment or now,
        nonce=whole(nonce) if nonce else None,
        force=force in (True, "true"),
    )


@dataclass(frozen=True)
class Refused:
    """Whom a device turned away by itself."""

    read: Redemption
    reason: str


def refused(body: Mapping[str, Any], *, now: datetime) -> Refused:
    """Return a refusal as it was sent; what has no nonce is known by its key, or by its content. Raises `BadField`."""
    reason = body.get("error_reason")
    faults: dict[str, list[str]] = {}
    if body.get("raw_barcode") in (None, ""):
        faults["raw_barcode"] = [REQUIRED]
    if reason is None:
        faults["error_reason"] = [REQUIRED]
    elif not isinstance(reason, str) or reason not in FAILED_REASONS:
        faults["error_reason"] = [f"{json.dumps(reason, ensure_ascii=False, default=str)[:80]} is not a valid choice."]
    if faults:
        raise BadField(faults)
    read = redemption(body, secret=body["raw_barcode"], now=now)
    key = read.nonce or request.headers.get("X-Idempotency-Key", "")[:LONGEST_NONCE]
    content = json.dumps(dict(body), sort_keys=True, default=str)
    nonce = key or hashlib.sha256(content.encode("utf-8", "surrogatepass")).hexdigest()
    return Refused(Redemption(read.secret, read.direction, read.at, nonce), str(reason))


def whole(text: str) -> str:
    """Return a text that can be written as bytes: JSON may hold half a character."""
    return text.encode("utf-8", "replace").decode()


def number_of(value: object) -> int | None:
    """Return a whole number that a database takes; None for anything else."""
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 11:
        value = int(value)
    return value if type(value) is int and 0 <= value < 2**31 else None


def read_moment(value: object) -> datetime | None:
    """Return a moment with its zone, of this century; None for anything else. A + may have become a space."""
    if not isinstance(value, str) or len(value) > 40:
        return None
    try:
        found = datetime.fromisoformat(value.strip().replace(" ", "+") if value.count(" ") == 1 else value)
        return found.astimezone(UTC) if found.tzinfo is not None and 2000 <= found.year < 2100 else None
    except (ValueError, OverflowError):
        return None


def asked_moment(name: str) -> datetime | None:
    """Return a moment of the address. Raises `BadField` for one that cannot be read."""
    text = request.args.get(name)
    if text is None:
        return None
    moment = read_moment(text)
    if moment is None:
        raise BadField({name: ["Enter a valid date/time."]})
    return moment


def asked_page() -> tuple[int, int]:
    """Return which page is asked for, and how large. Raises `BadField`."""
    page = number_of(request.args.get("page", "1"))
    size = number_of(request.args.get("page_size", str(PAGE_SIZE)))
    if not page or not size or page > 1_000_000:
        raise BadField({"detail": "Invalid page."})
    return page, min(size, LARGEST_PAGE)
