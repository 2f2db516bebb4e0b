"""The story of the demonstration, read from `story/*.toml`."""

from __future__ import annotations

import functools
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "story"

CITIES = ("amiens", "roubaix", "lens")
"""Where the three living editions are: the one just finished, the one of today, the one to come."""

FINISHED, TODAY, COMING = CITIES


@dataclass(frozen=True)
class Story:
    """Everything that is told, as the files hold it."""

    cities: list[dict[str, Any]]
    archives: list[dict[str, Any]]
    venues: list[dict[str, Any]]
    living: dict[str, dict[str, Any]]
    categories: list[dict[str, Any]]
    tracks: list[dict[str, Any]]
    speakers: dict[str, dict[str, Any]]
    sessions: dict[str, list[dict[str, Any]]]
    proposals: list[dict[str, Any]]
    exhibitors: list[dict[str, Any]]
    hard_names: list[list[str]]
    adjustments: list[str]
    organisations: list[str]
    questions: list[dict[str, Any]]
    invitations: list[dict[str, Any]]


@functools.cache
def read_story() -> Story:
    """Read the story."""
    editions, names, asked = read("editions"), read("names"), read("questions")
    programmes = {city: read(city) for city in CITIES}
    return Story(
        cities=editions["city"],
        archives=editions["archive"],
        venues=editions["venue"],
        living={edition["key"]: edition for edition in editions["living"]},
        categories=editions["category"],
        tracks=read("tracks")["track"],
        speakers={speaker["key"]: speaker for speaker in read("speakers")["speaker"]},
        sessions={city: programme["session"] for city, programme in programmes.items()},
        proposals=programmes[COMING]["proposal"],
        exhibitors=read("exhibitors")["exhibitor"],
        hard_names=names["hard"],
        adjustments=names["adjustments"],
        organisations=names["organisations"],
        questions=asked["question"],
        invitations=asked["invitation"],
    )


def read(name: str) -> dict[str, Any]:
    """Read one file of the story."""
    return tomllib.loads((FOLDER / f"{name}.toml").read_text("utf-8"))
