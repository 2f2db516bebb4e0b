"""Figures for Prometheus: of all processes together, in the format it reads."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

from flask import Flask

from forum.operations.metrics import FOLDER, Requests, start_anew
from tests.conftest import Write
from tests.factories import a_registration
from tests.inspection import InspectingClient

LINE = re.compile(r'[a-z_]+\{(?:[a-z_]+="(?:[^"\\\n]|\\.)*",?)*\} [0-9.e+-]+')


def test_it_is_the_format_that_prometheus_reads(client: InspectingClient, write: Write) -> None:
    with write() as tx:
        a_registration(tx)
    client.get("/healthz")
    answer = client.get("/metrics")
    assert answer.content_type == "text/plain; version=0.0.4; charset=utf-8"
    lines = answer.get_data(as_text=True).splitlines()
    assert [line for line in lines if not line.startswith(("# HELP ", "# TYPE ")) and not LINE.fullmatch(line)] == []
    assert 'forum_registrations{edition="lens-2027",state="confirmed"} 1' in lines
    assert any(line.startswith('forum_requests_total{endpoint="site_health.healthz"') for line in lines)


def test_the_counts_of_all_processes_are_added(tmp_path: Path) -> None:
    requests = Requests(tmp_path)
    requests.count(endpoint="home", method="GET", status=200, seconds=0.5)
    requests.write()
    other = {"answered": {json.dumps(["home", "GET", "200"]): 4}, "seconds": {"home": 1.5}}
    (tmp_path / f"{os.getpid() + 1}.json").write_text(json.dumps(other))
    answered, seconds = requests.all()
    assert dict(answered) == {json.dumps(["home", "GET", "200"]): 5}
    assert dict(seconds) == {"home": 2.0}


def test_a_server_that_starts_counts_anew(tmp_path: Path) -> None:
    requests = Requests(tmp_path / FOLDER)
    requests.writes = True  # no thread beside the test
    requests.count(endpoint="home", method="GET", status=200, seconds=0.5)
    requests.write()
    start_anew(tmp_path)
    assert list((tmp_path / FOLDER).iterdir()) == []


def test_addresses_are_never_told(app: Flask, client: InspectingClient) -> None:
    client.get("/r/secret-of-somebody")
    assert "secret-of-somebody" not in client.get("/metrics").get_data(as_text=True)
