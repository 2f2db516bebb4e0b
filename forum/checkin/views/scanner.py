"""The scanner page of a gate: a private link, no account; with a plain form where there is no JavaScript."""

from __future__ import annotations

import json
import uuid

from flask import Blueprint, Response, g, make_response, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from forum.checkin import actions, queries, rules
from forum.checkin.actions import Reading
from forum.checkin.api import page_words, sentences
from forum.checkin.api.answers import gate_body, moment
from forum.checkin.forms import PinForm
from forum.checkin.models import Gate
from forum.checkin.rules import OpenGate
from forum.core import clock
from forum.core.assembly import STATIC
from forum.core.db import db, transaction
from forum.core.i18n import chosen_language, localised
from forum.core.limits import TooOften, count_wrong_try, knock, tries_left
from forum.core.security import policy
from forum.core.web import open_to, page, secret_key, static_url
from forum.core.words import gettext as _
from forum.core.words import ngettext

blueprint = Blueprint("checkin_scanner", __name__)

PASS_KEPT = 30 * 86400
"""Seconds; a new PIN or a new link ends it before."""
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
NOT_KEPT = ("service_worker.js",)
DECODER = "vendor/zxing-wasm-3.1.4/dist"


@blueprint.get("/scan/<token>")
@open_to("gate")
def scanner(token: str) -> Response:
    """Show the scanner; where the gate has a PIN, to phones that were told it."""
    gate = opened(token)
    return scanner_page(gate) if is_let_in(gate) else pin_page(gate, PinForm(formdata=None))


@blueprint.post("/scan/<token>/pin")
@open_to("gate")
def pin(token: str) -> BaseResponse:
    """Take a gate's PIN, and let this phone keep its pass."""
    gate = opened(token)
    what = f"pin-{gate.key}"
    if tries_left(what, rules.WRONG_PINS) == 0:
        raise TooOften
    form = PinForm(request.form)
    if not form.validate():
        return pin_page(gate, form, status=422)
    if not rules.is_pin(form.pin.data, kept=gate.pin_hash, secret=secret_key()):
        count_wrong_try(what, rules.WRONG_PINS)
        form.refused(rules.WrongPin(tries=tries_words(tries_left(what, rules.WRONG_PINS))))
        return pin_page(gate, form, status=422)
    response = redirect(f"/scan/{gate.token}", 303)
    keep_pass(response, gate)
    return response


@blueprint.post("/scan/<token>")
@open_to("gate")
@knock("120 per minute")
def typed(token: str) -> Response:
    """Judge a code that was typed where there is no JavaScript, and show the verdict as a page."""
    gate = opened(token)
    if not is_let_in(gate):
        return pin_page(gate, PinForm(formdata=None), status=401)
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


def is_let_in(gate: Gate) -> bool:
    """Tell whether this phone was told the gate's PIN, where there is one."""
    if gate.pin_hash is None:
        return True
    given = request.cookies.get(pass_cookie(gate), "")
    return rules.is_pass(given, token=gate.token, kept=gate.pin_hash, secret=secret_key())


def pass_cookie(gate: Gate) -> str:
    """Name the cookie that holds a phone's pass."""
    return f"gate-{gate.key}"


def keep_pass(response: BaseResponse, gate: Gate) -> None:
    """Let a phone keep its pass; it is made with the server's secret, so nobody can make another."""
    if gate.pin_hash is not None:
        made = rules.pass_for(gate.token, gate.pin_hash, secret=secret_key())
        response.set_cookie(
            pass_cookie(gate),
            made,
            max_age=PASS_KEPT,
            path="/scan/",
            httponly=True,
            samesite="Lax",
            secure=request.is_secure,
        )


def bearer_of(gate: Gate) -> str:
    """Return what this phone shows to the API: the link's token, with the pass where the gate has a PIN."""
    if gate.pin_hash is None:
        return gate.token
    return f"{gate.token}.{rules.pass_for(gate.token, gate.pin_hash, secret=secret_key())}"


def pin_page(gate: Gate, form: PinForm, *, status: int = 200) -> Response:
    """Ask for a gate's PIN."""
    return page("checkin/pin.html", gate=gate, edition=gate.edition, form=form, status=status)


def tries_words(left: int) -> str:
    """Say how many tries are left."""
    if left == 0:
        return _("Wait a minute before you try again.")
    return ngettext("One try is left this minute.", "%(num)s tries are left this minute.", left)


def scanner_page(gate: Gate, *, status: int = 200, **more: object) -> Response:
    """Return the scanner of a gate; this page alone may ask for the camera."""
    terms = OpenGate.of(gate)
    answer = more.get("answer")
    response = page(
        "checkin/scanner.html",
        status=status,
        gate=gate,
        bearer=bearer_of(gate),
        edition=gate.edition,
        gate_name=localised(gate.name),
        terms=json.dumps(gate_body(terms), ensure_ascii=False),
        server_now=moment(clock.now()),
        count=queries.count_at(db.session(), terms, now=clock.now()),
        worker=worker_address(),
        words=page_words.page_words(),
        titles=page_words.titles(),
        looks=page_words.LOOKS,
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
