"""Checks an answer against the API's own description: the part of JSON Schema that the description uses."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

TYPES: dict[str, Any] = {
    "object": dict, "array": list, "string": str, "integer": int, "boolean": bool, "null": type(None),
}  # fmt: skip
FORMATS = {"date-time": datetime.fromisoformat, "date": date.fromisoformat, "uuid": UUID}
KNOWN = {
    "$ref", "oneOf", "type", "enum", "required", "properties", "additionalProperties", "items", "maxItems", "minimum",
    "minLength", "maxLength", "pattern", "format", "description", "examples",
}  # fmt: skip


def faults(value: Any, schema: Mapping[str, Any], document: Mapping[str, Any], where: str = "$") -> list[str]:
    """Return what is wrong with a value, as sentences with their place."""
    assert set(schema) <= KNOWN, f"this check does not know {set(schema) - KNOWN}"
    if "$ref" in schema:
        return faults(value, resolved(schema["$ref"], document), document, where)
    if "oneOf" in schema:
        fitting = [each for each in schema["oneOf"] if not faults(value, each, document, where)]
        return [] if len(fitting) == 1 else [f"{where}: fits {len(fitting)} of oneOf"]
    found = [] if "enum" not in schema or value in schema["enum"] else [f"{where}: {value!r} is not of the enum"]
    if "type" in schema and not is_of(value, schema["type"]):
        return [*found, f"{where}: {value!r} is no {schema['type']}"]
    if isinstance(value, dict):
        found += object_faults(value, schema, document, where)
    elif isinstance(value, list):
        for number, item in enumerate(value):
            found += faults(item, schema.get("items", {}), document, f"{where}[{number}]")
        found += [f"{where}: too many"] if len(value) > schema.get("maxItems", len(value)) else []
    elif isinstance(value, str):
        found += text_faults(value, schema, where)
    elif isinstance(value, int):
        found += [f"{where}: below the minimum"] if value < schema.get("minimum", value) else []
    return found


def resolved(reference: str, document: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what a reference names."""
    place: Any = document
    for name in reference.removeprefix("#/").split("/"):
        place = place[name]
    return dict(place)


def is_of(value: Any, names: str | list[str]) -> bool:
    """Tell whether a value has one of the types; a boolean is no integer."""
    return any(
        isinstance(value, TYPES[name]) and not (name == "integer" and isinstance(value, bool))
        for name in ([names] if isinstance(names, str) else names)
    )


def object_faults(
    value: dict[str, Any], schema: Mapping[str, Any], document: Mapping[str, Any], where: str
) -> list[str]:
    """Return what is wrong with an object."""
    properties = schema.get("properties", {})
    found = [f"{where}.{name} is missing" for name in schema.get("required", ()) if name not in value]
    for name, item in value.items():
        if name in properties:
            found += faults(item, properties[name], document, f"{where}.{name}")
        elif schema.get("additionalProperties") is False:
            found.append(f"{where}.{name} is not described")
    return found


def text_faults(value: str, schema: Mapping[str, Any], where: str) -> list[str]:
    """Return what is wrong with a text."""
    if "pattern" in schema and not re.search(schema["pattern"], value):
        return [f"{where}: {value!r} does not fit {schema['pattern']}"]
    if "format" in schema:
        try:
            FORMATS[schema["format"]](value)
        except ValueError:
            return [f"{where}: {value!r} is no {schema['format']}"]
    return []
