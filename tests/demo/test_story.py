"""The story as written: whole, and fit to be loaded."""

from __future__ import annotations

import unicodedata
from collections import Counter

from forum.demo.story import CITIES, TODAY, read_story
from forum.programme.models import KINDS

STORY = read_story()


def test_it_is_as_large_as_promised() -> None:
    assert (len(STORY.sessions[TODAY]), len(STORY.speakers), len(STORY.tracks)) == (40, 30, 11)
    assert len([each for each in STORY.exhibitors if "edition" not in each]) == 25


def test_every_word_refers_to_something() -> None:
    tracks = {track["slug"] for track in STORY.tracks}
    rooms = {room["name"] for venue in STORY.venues for room in venue["rooms"]}
    for city in CITIES:
        for session in STORY.sessions[city]:
            assert session.get("track", "training") in tracks, session["title"]
            assert session.get("room", "Halle B") in rooms, session["title"]
            assert session["kind"] in KINDS, session["title"]
            assert set(session["speakers"]) <= set(STORY.speakers), session["title"]


def test_nothing_is_told_twice_and_nothing_is_empty() -> None:
    told = [*(each for city in CITIES for each in STORY.sessions[city]), *STORY.proposals]
    assert [title for title, count in Counter(each["title"] for each in told).items() if count > 1] == []
    assert [each["title"] for each in told if len(each["abstract"].split()) < 12] == []


def test_nobody_is_in_two_places() -> None:
    for city in CITIES:
        taken: dict[tuple[int, str, int], str] = {}
        for session in STORY.sessions[city]:
            if "start" not in session:
                continue
            hour, minute = map(int, session["start"].split(":"))
            for place in (session.get("room"), *session["speakers"]):
                for moment in range(hour * 60 + minute, hour * 60 + minute + session["minutes"]):
                    if place:
                        before = taken.setdefault((session["day"], place, moment), session["title"])
                        assert before == session["title"], (place, session["title"])


def test_hard_names_are_hard() -> None:
    names = [f"{given} {family}" for given, family, _organisation in STORY.hard_names]
    scripts = {unicodedata.name(character).split()[0] for name in names for character in name if character.isalpha()}
    assert scripts >= {"LATIN", "CYRILLIC", "GREEK", "ARABIC", "HEBREW", "CJK", "HANGUL", "THAI", "DEVANAGARI"}
    assert max(map(len, names)) > 80
    assert min(map(len, names)) < 5
