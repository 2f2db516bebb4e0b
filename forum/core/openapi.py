"""The API's description (OpenAPI 3.1), made from what stands beside each handler: `@described(…)`.

A test sends real requests and checks the answers against the schemas given here, so that the description stays true.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import Flask

View = TypeVar("View", bound=Callable[..., Any])
Schema = Mapping[str, Any]

_schemas: dict[str, Schema] = {}

PROBLEM: Schema = {
    "type": "object",
    "description": "A refusal (RFC 9457): a code for programs, a sentence for people.",
    "required": ["code", "status", "title", "message"],
    "properties": {
        "code": {"type": "string", "examples": ["gate-revoked"]},
        "status": {"type": "integer"},
        "title": {"type": "string"},
        "message": {"type": "string"},
    },
}


@dataclass(frozen=True)
class Description:
    """What one handler takes and answers."""

    summary: str
    details: str
    answer: Schema
    parameters: Sequence[Mapping[str, Any]] = ()
    request: Schema | None = None
    example: Any = None
    refusals: Mapping[int, str] | None = None


def schema(name: str, description: Schema) -> Schema:
    """Give a schema a name, and return the reference to it."""
    _schemas[name] = description
    return {"$ref": f"#/components/schemas/{name}"}


def described(description: Description) -> Callable[[View], View]:
    """Put a handler into the API's description."""

    def decorate(view: View) -> View:
        view.__described__ = description  # type: ignore[attr-defined]
        return view

    return decorate


def document(app: Flask, *, server: str) -> dict[str, Any]:
    """Return the OpenAPI document of every handler that describes itself."""
    paths: dict[str, dict[str, Any]] = {}
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule):
        description = getattr(app.view_functions[rule.endpoint], "__described__", None)
        if description is None:
            continue
        path = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule)
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            paths.setdefault(path, {})[method.lower()] = operation(rule.endpoint, path, description)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Grand Nord Digital Forum",
            "version": "1",
            "description": "What phones at the door, and other people's devices, ask this service.",
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": server}],
        "security": [{"gate": []}],
        "paths": paths,
        "components": {
            "schemas": {**_schemas, "Problem": PROBLEM},
            "securitySchemes": {
                "gate": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "The last part of the gate's private link `/scan/<token>`.",
                }
            },
        },
    }


def operation(endpoint: str, path: str, description: Description) -> dict[str, Any]:
    """Return one operation of the document."""
    names = re.findall(r"{(\w+)}", path)
    in_path = [{"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in names]
    found: dict[str, Any] = {
        "operationId": endpoint.replace(".", "_"),
        "summary": description.summary,
        "description": description.details,
        "parameters": [*in_path, *description.parameters],
        "responses": {"200": {"description": "Done.", "content": {"application/json": {"schema": description.answer}}}},
    }
    for status, why in (description.refusals or {}).items():
        problem = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
        found["responses"][str(status)] = {"description": why, "content": problem}
    if description.request is not None:
        content: dict[str, Any] = {"schema": description.request}
        if description.example is not None:
            content["example"] = description.example
        found["requestBody"] = {"required": True, "content": {"application/json": content}}
    return found
