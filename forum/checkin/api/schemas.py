"""The scan API described: what each address takes and answers (OpenAPI 3.1)."""

from __future__ import annotations

from typing import Any

from forum.checkin.models import DIRECTIONS, NOTES, RULES, VERDICTS
from forum.checkin.rules import MOST_AT_A_CLICK, MOST_CLICKS, MOST_SCANS, OVERRIDE_LENGTHS, REASONS, REFUSED_VERDICTS
from forum.core.openapi import Description, Schema, schema

MOMENT: Schema = {"type": "string", "format": "date-time"}
HOUR: Schema = {"type": ["string", "null"], "pattern": "^[0-2][0-9]:[0-5][0-9]$"}
HASH: Schema = {"type": "string", "pattern": "^[0-9a-f]{64}$", "description": "SHA-256 of the badge's code."}


def record(properties: dict[str, Any], *, optional: tuple[str, ...] = (), description: str = "") -> Schema:
    """Return the schema of an object that has these properties and no others."""
    return {
        "type": "object",
        "description": description,
        "required": [name for name in properties if name not in optional],
        "properties": properties,
        "additionalProperties": False,
    }


def nullable(described: Schema) -> Schema:
    """Return a schema that also takes null."""
    return {"oneOf": [described, {"type": "null"}]}


NOTE = schema(
    "Note",
    record(
        {"kind": {"type": "string", "enum": list(NOTES)}, "words": {"type": "string"}},
        description="Shown only where the organisers allowed it for this gate.",
    ),
)
NOTED: Schema = {"type": "array", "items": NOTE}
PERSON = schema(
    "Person",
    record({"name": {"type": "string"}, "category": {"type": "string"}, "notes": NOTED}, optional=("notes",)),
)
AGO: Schema = {
    "type": "integer",
    "minimum": 0,
    "description": "Milliseconds between the scan and its sending, by a clock that nobody can set: surer than `at`.",
}
FIRST = schema(
    "FirstEntry", record({"at": MOMENT, "gate": {"type": "string"}}, description="When and where the badge went in.")
)
SCAN = schema(
    "Scan",
    {
        **record(
            {
                "id": {
                    "type": "string",
                    "format": "uuid",
                    "description": "Made by the device; sent again, it is the same scan.",
                },
                "code": {
                    "type": "string",
                    "description": "26 characters; groups, lower case and look-alikes are accepted.",
                },
                "hash": {**HASH, "description": "Instead of `code`, for a person found by name."},
                "at": {**MOMENT, "description": "By the device's clock."},
                "direction": {"type": "string", "enum": ["in", "out"]},
                "shown": {
                    "type": "string",
                    "enum": list(VERDICTS),
                    "description": "What the device told without the network: whom it let in is inside.",
                },
                "override": {
                    "type": "string",
                    "minLength": OVERRIDE_LENGTHS[0],
                    "maxLength": OVERRIDE_LENGTHS[1],
                    "description": "Let in anyway: why. Heeded only where the gate allows it (`gate.override`).",
                },
                "ago": AGO,
            },
            optional=("code", "hash", "direction", "shown", "override", "ago"),
        ),
        "additionalProperties": True,
    },
)
BATCH = schema(
    "Batch",
    {
        **record(
            {
                "now": {**MOMENT, "description": "The device's clock when it sends, so that its error is taken off."},
                "device": {
                    "type": "string",
                    "minLength": 8,
                    "maxLength": 64,
                    "description": "How the device names itself.",
                },
                "pending": {"type": "integer", "minimum": 0, "description": "How many scans it has yet to send."},
                "scans": {"type": "array", "maxItems": MOST_SCANS, "items": SCAN},
            },
            optional=("now", "device", "pending"),
        ),
        "additionalProperties": True,
    },
)
ANSWER = schema(
    "Answer",
    record(
        {
            "id": {"type": ["string", "null"]},
            "verdict": {"type": "string", "enum": list(VERDICTS)},
            "reason": {
                "enum": [*REASONS, *REFUSED_VERDICTS, None],
                "description": "Why, where the verdict has several reasons; the verdict overridden, if let in anyway.",
            },
            "at": {**MOMENT, "description": "When the scan was made, by our clock."},
            "unreadable": {"type": "boolean", "description": "The item could not be read and was not kept."},
            "person": nullable(PERSON),
            "first": nullable(FIRST),
            "message": {"type": "string", "description": "What happened."},
            "advice": {"type": "string", "description": "What the volunteer does next."},
        },
        optional=("at", "unreadable"),
    ),
)
LISTED = schema(
    "ListedPerson",
    record(
        {
            "code": HASH,
            "name": {"type": "string"},
            "category": {"type": "string"},
            "state": {"type": "string", "enum": ["valid", "cancelled", "replaced"]},
            "seat": {"type": "boolean", "description": "Has a seat in the session of this door."},
            "entered": nullable(
                record(
                    {"at": MOMENT, "day": {"type": "string", "format": "date"}, "gate": {"type": "string"}},
                    description="The last entry to what this gate leads into.",
                )
            ),
            "allowed": {"type": "boolean", "description": "False where this gate is not for their category."},
            "notes": NOTED,
        },
        optional=("allowed", "notes"),
    ),
)
GATE = schema(
    "Gate",
    record(
        {
            "name": {"type": "string"},
            "direction": {"type": "string", "enum": list(DIRECTIONS)},
            "rule": {"type": "string", "enum": list(RULES)},
            "kind": {"type": "string", "enum": ["forum", "venue", "session", "zone"]},
            "place": {"type": "string", "description": "The name of what it leads into."},
            "seat": {"type": "boolean", "description": "Only who has a seat may enter."},
            "first_day": {"type": "string", "format": "date"},
            "last_day": {"type": "string", "format": "date"},
            "opens_at": {**HOUR, "description": "In the host city; null: the whole day."},
            "closes_at": HOUR,
            "seats_free_at": {
                **nullable(MOMENT),
                "description": "From when kept seats go to those who wait at the door, then to everybody.",
            },
            "override": {"type": "boolean", "description": "Volunteers may let somebody in anyway, with a reason."},
            "notes": {"type": "array", "items": {"type": "string", "enum": list(NOTES)}},
            "timezone": {"type": "string"},
        }
    ),
)
TWICE = schema(
    "LetInTwice",
    record(
        {"code": HASH, "name": {"type": "string"}, "at": MOMENT, "gate": {"type": "string"}},
        description="A badge that this device let in during the last 12 hours, and another one too: when and where.",
    ),
)
COUNT: dict[str, Any] = {
    "inside": {"type": "integer", "minimum": 0},
    "capacity": {"type": ["integer", "null"], "description": "The safe capacity, staff included."},
    "level": {"enum": [80, 95, 100, None], "description": "Per cent of the capacity that has been reached."},
    "alert": {"type": ["string", "null"]},
}
REFUSALS = {
    401: "The token is missing, or not this gate's; or the gate has a PIN and its pass is missing.",
    410: "The gate was revoked, or the edition is over.",
}

SCANS = Description(
    summary="Send scans",
    details=f"Up to {MOST_SCANS} scans, each judged on its own: one that cannot be read never blocks the others. "
    "Repeating an id repeats its answer. Answers come in the order of the scans. Keep each scan until its id is "
    "answered; sent scans are taken up to two days after the edition.",
    request=BATCH,
    example={
        "now": "2027-03-18T08:31:00.250Z",
        "device": "phone-4f2a9c",
        "scans": [
            {
                "id": "0b9f6b0e-6a55-4f0e-9a4e-0f8f4f2f7c11",
                "code": "7K3M-9QXA-0000-0000-0000-0000-00",
                "at": "2027-03-18T08:30:59.100Z",
                "direction": "in",
            }
        ],
    },
    answer=record({"results": {"type": "array", "items": ANSWER}}),
    refusals={**REFUSALS, 422: "The body is not a batch, or holds too many scans."},
)
CLICK = schema(
    "Click",
    {
        **record(
            {
                "id": {"type": "string", "format": "uuid", "description": "Sent again, it is the same click."},
                "at": MOMENT,
                "difference": {
                    "type": "integer",
                    "minimum": -MOST_AT_A_CLICK,
                    "maximum": MOST_AT_A_CLICK,
                    "description": "So many more people, or fewer; not 0.",
                },
                "ago": AGO,
            },
            optional=("ago",),
        ),
        "additionalProperties": True,
    },
)
CLICKS = Description(
    summary="Count people without a badge",
    details=f"Up to {MOST_CLICKS} clicks of a hand counter at this gate, each counted once. Every id is answered; a "
    "click that cannot be read counts nobody.",
    request={
        **record(
            {
                "now": MOMENT,
                "device": {"type": "string", "minLength": 8, "maxLength": 64},
                "clicks": {"type": "array", "maxItems": MOST_CLICKS, "items": CLICK},
            },
            optional=("now", "device"),
        ),
        "additionalProperties": True,
    },
    example={
        "now": "2027-03-18T08:31:00.250Z",
        "device": "phone-4f2a9c",
        "clicks": [{"id": "5c0e8c0a-8f7e-4f39-9a31-2f6f1b7a9d10", "at": "2027-03-18T08:30:58.000Z", "difference": 2}],
    },
    answer=record({"results": {"type": "array", "items": record({"id": {"type": "string"}})}, **COUNT}),
    refusals={**REFUSALS, 422: "The body is not a list of clicks, or holds too many."},
)
UNDO = Description(
    summary="Take a passage back",
    details="Within 15 minutes of the scan, from the device that made it. Twice is once.",
    request=record({"now": MOMENT, "at": MOMENT, "device": {"type": "string"}}, optional=("now", "at", "device")),
    answer=record({"id": {"type": "string", "format": "uuid"}, "undone": {"type": "boolean"}}),
    refusals={**REFUSALS, 404: "This gate never saw that scan.", 409: "Too late, another device's, or no passage."},
)
LIST = Description(
    summary="The list, or what changed",
    details="Without `since`, everybody; with the cursor of the last answer, who changed since. A cursor that cannot "
    "be read gets the whole list (`complete` is true: drop what you held). An entry may come twice. When you hold "
    "another number of entries than `total`, ask without `since`. The headers `X-Device` and `X-Pending` tell "
    "organisers which devices are there and what they have yet to send.",
    parameters=[{"name": "since", "in": "query", "schema": {"type": "string"}}],
    answer=record(
        {
            "cursor": {"type": "string"},
            "complete": {"type": "boolean"},
            "total": {"type": "integer"},
            "now": MOMENT,
            "gate": GATE,
            **COUNT,
            "conflicts": {"type": "array", "items": TWICE, "description": "For the device named in `X-Device`."},
            "people": {"type": "array", "items": LISTED},
        }
    ),
    refusals=REFUSALS,
)
SEARCH = Description(
    summary="Find by name",
    details="At least two letters; accents and case do not matter; at most eight people.",
    parameters=[{"name": "q", "in": "query", "required": True, "schema": {"type": "string", "minLength": 2}}],
    answer=record({"people": {"type": "array", "maxItems": 8, "items": LISTED}}),
    refusals={**REFUSALS, 422: "Fewer than two letters."},
)
STATUS = Description(
    summary="How many are inside",
    details="In what the gate leads into: a venue, a session, a zone, or the forum.",
    answer=record({"now": MOMENT, **COUNT}),
    refusals=REFUSALS,
)
