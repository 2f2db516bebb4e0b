"""The scanner page of a gate: a private link, no account; with a plain form where there is no JavaScript."""

from __future__ import annotations

import json
import uuid

from flask import Blueprint, Response, g, make_response, request

from forum.checkin import actions, queries
from forum.checkin.actions import Reading
from forum.checkin.api import page_words, sentences
from forum.checkin.api.answers import gate_body, moment
from forum.checkin.models import Gate
from forum.checkin.rules import OpenGate
from forum.core import clock
from forum.core.assembly import STATIC
from forum.core.db import db, transaction
from forum.core.i18n import chosen_language, localised
from forum.core.limits import knock
from forum.core.security import policy
from forum.core.web import open_to, page, static_url

blueprint = Blueprint("checkin_scanner", __name__)

CAMERA_HERE = "camera=(self), microphone=(), geolocation=()"
# What the page needs without the network; the service worker keeps these files.
KEPT = (
    "site/tokens.css",
    "site/base.css",
    "site/components.css",
    "site/favicon.svg",
    "site/fonts/*.woff2",
    "checkin/*.js",
    "checkin/scanner.css",
    "checkin/verdict.css",
    "checkin/app-192.png",
    "vendor/zxing-wasm-*/dist/**/*.js",
    "vendor/zxing-wasm-*/dist/**/*.wasm",
)
NOT_KEPT = ("board.js", "service_worker.js")
DECODER = "vendor/zxing-wasm-3.1.4/dist"


@blueprint.get("/scan/<token>")
@open_to("gate")
def scanner(token: str) -> Response:
    """Show the scanner."""
    gate = opened(token)
    return scanner_page(gate)


@blueprint.post("/scan/<token>")
@open_to("gate")
@knock("120 per minute")
def typed(token: str) -> Response:
    """Judge a code that was typed where there is no JavaScript, and show the verdict as a page."""
    gate = opened(token)
    now = clock.now()
    wish = request.form.get("direction")
    reading = Reading(
        uuid=str(form_uuid()),
        code=request.form.get("code", "")[:200],
        at=now,
        direction=wish if gate.direction == "both" and wish == "out" else ("out" if gate.direction == "out" else "in"),
    )
    if not reading.code.strip():
        return scanner_page(gate, missing=True, status=422)
    with transaction() as tx:
        answer = actions.check_in(tx, OpenGate.of(gate), reading, now=now)
    gate = opened(token)
    return scanner_page(gate, answer=answer)


@blueprint.get("/scan/<token>/app.webmanifest")
@open_to("gate")
def manifest(token: str) -> Response:
    """Describe the scanner as an application that a phone puts beside its others: one for each gate."""
    gate = opened(token)
    address = f"/scan/{gate.token}"
    described = {
        "id": f"/scan/{gate.key}",
        "name": f"{localised(gate.name)} · {gate.edition.name}",
        "short_name": localised(gate.name),
        "start_url": address,
        "scope": "/scan/",
        "display": "standalone",
        "background_color": "#faf7f0",
        "theme_color": "#14202b",
        "lang": chosen_language(),
        "icons": [
            {
                "src": static_url(f"checkin/app-{side}.png"),
                "sizes": f"{side}x{side}",
                "type": "image/png",
                "purpose": use,
            }
            for side in (192, 512)
            for use in ("any", "maskable")
        ],
    }
    response = make_response(json.dumps(described, ensure_ascii=False))
    response.mimetype = "application/manifest+json"
    return response


@blueprint.get("/scan/worker.js")
@open_to("everyone")
def worker_js() -> Response:
    """Give the decoder's worker. Its own answer may compile WebAssembly; the page's policy stays strict."""
    module = (
        f'import {{ serve }} from "{static_url("checkin/decoder.js")}";\n'
        f'serve({{ library: "{static_url(f"{DECODER}/es/reader/index.js")}", '
        f'wasm: "{static_url(f"{DECODER}/reader/zxing_reader.wasm")}" }});\n'
    )
    response = script(module)
    response.headers["Content-Security-Policy"] = policy(script_src="'self' 'wasm-unsafe-eval'")
    return response


@blueprint.get("/scan/sw.js")
@open_to("everyone")
def service_worker_js() -> Response:
    """Give the service worker: from below /scan/, so that it looks after these pages and no others."""
    manifest = json.dumps([*kept_addresses(), worker_address()])
    return script(f"const KEPT = {manifest};\n" + (STATIC / "checkin/service_worker.js").read_text("utf-8"))


def opened(token: str) -> Gate:
    """Return the gate of a link, while it is open. Raises `NotFound`, `GateRevoked` or `EditionOver`."""
    gate = queries.gate_with_token(db.session(), token.lower())
    OpenGate.of(gate).refuse_closed(clock.now())
    g.edition = gate.edition  # a draft's gates can be tried before visitors see the edition
    return gate


def scanner_page(gate: Gate, *, status: int = 200, **more: object) -> Response:
    """Return the scanner of a gate; this page alone may ask for the camera."""
    terms = OpenGate.of(gate)
    answer = more.get("answer")
    response = page(
        "checkin/scanner.html",
        status=status,
        gate=gate,
        edition=gate.edition,
        gate_name=localised(gate.name),
        terms=json.dumps(gate_body(terms), ensure_ascii=False),
        server_now=moment(clock.now()),
        count=queries.count_at(db.session(), terms, now=clock.now()),
        worker=worker_address(),
        words=page_words.page_words(),
        titles=page_words.titles(),
        looks=page_words.LOOKS,
        bearer=gate.token,
        place=localised(terms.place),
        message=sentences.message(answer, terms) if isinstance(answer, queries.Answer) else None,
        advice=sentences.advice(answer, terms) if isinstance(answer, queries.Answer) else None,
        scan_id=str(uuid.uuid4()),
        **more,
    )
    response.headers["Permissions-Policy"] = CAMERA_HERE
    return response


def form_uuid() -> uuid.UUID:
    """Return the id that the form was shown with: sent twice, it is one scan. Else a new one."""
    try:
        return uuid.UUID(request.form.get("scan", ""))
    except ValueError:
        return uuid.uuid4()


def worker_address() -> str:
    """Return the worker's address, which changes with the files it imports."""
    return f"/scan/worker.js?{static_url('').strip('/').rpartition('/')[2]}"


def kept_addresses() -> list[str]:
    """Return the addresses of the files the page needs; each holds the hash of all, so a change is a new address."""
    files = sorted({path for pattern in KEPT for path in STATIC.glob(pattern) if path.name not in NOT_KEPT})
    return [static_url(path.relative_to(STATIC).as_posix()) for path in files]


def script(text: str) -> Response:
    """Answer with a script that browsers ask for anew each time."""
    response = make_response(text)
    response.mimetype = "text/javascript"
    response.headers["Cache-Control"] = "no-cache"
    return response
