"""Answers are small on the way, and the same when they have arrived."""

from __future__ import annotations

import gzip

import pytest
from flask import Flask
from flask.testing import FlaskClient

GZIP = {"Accept-Encoding": "br, gzip"}


@pytest.mark.parametrize("address", ["/accessibility", "/static/{version}/site/components.css"])
def test_a_page_and_a_style_sheet_arrive_compressed_and_are_the_same(app: Flask, address: str) -> None:
    path = address.format(version=app.extensions["forum.static_version"])
    plain, small = (
        FlaskClient(app, app.response_class).get(path),
        FlaskClient(app, app.response_class).get(path, headers=GZIP),
    )
    assert small.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in small.headers["Vary"]
    assert int(small.headers["Content-Length"]) == len(small.data) < len(plain.data) / 2
    assert len(gzip.decompress(small.data)) == len(plain.data)


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/healthz", GZIP),  # too short to pay
        ("/accessibility", {"Accept-Encoding": "br"}),
        ("/accessibility", {"Accept-Encoding": "gzip;q=0"}),
        ("/static/{version}/site/fonts/sofia-sans-extra-condensed-800.woff2", GZIP),  # compressed by its own format
        ("/static/{version}/site/components.css", GZIP | {"Range": "bytes=0-99"}),
    ],
)
def test_what_does_not_want_it_is_left_as_it_is(app: Flask, path: str, headers: dict[str, str]) -> None:
    answer = FlaskClient(app, app.response_class).get(
        path.format(version=app.extensions["forum.static_version"]), headers=headers
    )
    assert answer.status_code in (200, 206)
    assert "Content-Encoding" not in answer.headers


def test_a_page_that_did_not_change_is_not_sent_again(app: Flask) -> None:
    path = f"/static/{app.extensions['forum.static_version']}/site/components.css"
    first = FlaskClient(app, app.response_class).get(path, headers=GZIP)
    again = FlaskClient(app, app.response_class).get(
        path, headers=GZIP | {"If-None-Match": first.headers.get("ETag", "")}
    )
    assert first.status_code == 200
    assert again.status_code == (304 if "ETag" in first.headers else 200)
