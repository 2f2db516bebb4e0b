"""Cities, editions, venues, rooms, themes, categories: what the rest of the story stands on."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from forum.core.db import LocalText, Transaction
from forum.demo.rules import ZONE, Days, days_around
from forum.demo.story import COMING, FINISHED, TODAY, Story
from forum.editions.models import Edition, HostCity
from forum.programme.models import Track
from forum.registration.models import Category, Registration
from forum.venues.models import Room, Venue, edition_venue


@dataclass
class Laid:
    """A living edition and what stands in it."""

    days: Days
    edition: Edition
    venue: Venue
    rooms: dict[str, Room]
    tracks: dict[str, Track]
    categories: dict[str, Category]
    registered: list[Registration] = field(default_factory=list)


def lay(tx: Transaction, story: Story, *, now: datetime) -> dict[str, Laid]:
    """Write cities and editions down; return the living ones by their city."""
    cities = {data["slug"]: tx.add(a_city(data)) for data in story.cities}
    tx.session.add_all([an_archive(data, cities) for data in story.archives])
    venues = {data["name"]: tx.add(a_venue(data, cities)) for data in story.venues}
    rooms = {name: rooms_of(tx, data, venues[name]) for name, data in zip(venues, story.venues, strict=True)}
    laid = {}
    for city, days in days_around(now.astimezone(ZONE).date()).items():
        edition = tx.add(a_living_edition(story.living[city], days, cities[city], now=now))
        there = [venue for venue in venues.values() if venue.host_city_id == cities[city].id]
        tx.session.execute(
            edition_venue.insert(), [{"edition_id": edition.id, "venue_id": venue.id} for venue in there]
        )
        laid[city] = Laid(
            days=days,
            edition=edition,
            venue=there[0],
            rooms={room.name: room for venue in there for room in rooms[venue.name]},
            tracks=tracks_of(tx, story, edition),
            categories=categories_of(tx, story, edition, city),
        )
    return laid


def a_city(data: dict[str, Any]) -> HostCity:
    """Make a host city at its real place."""
    return HostCity(
        slug=data["slug"],
        name=data["name"],
        latitude=data["latitude"],
        longitude=data["longitude"],
        accent=data["slug"],
        description=LocalText(fr=data["fr"], en=data["en"]),
    )


def an_archive(data: dict[str, Any], cities: dict[str, HostCity]) -> Edition:
    """Make an edition known from the press: the year, for nothing tells the days."""
    return Edition(
        slug=data["slug"],
        name=data["name"],
        host_city_id=cities[data["city"]].id,
        first_day=date(data["year"], 1, 1),
        last_day=date(data["year"], 12, 31),
        state="archived",
        tagline=LocalText(data["tagline"]),
        description=LocalText({language: words.strip() for language, words in data["description"].items()}),
        practical=LocalText(),
        contact_email="bonjour@example.org",
    )


def a_living_edition(data: dict[str, Any], days: Days, city: HostCity, *, now: datetime) -> Edition:
    """Make one of the three editions around today, with the windows that show its state."""
    opens = {
        FINISHED: days.at(1, "09:00") - timedelta(days=110),
        TODAY: days.at(1, "09:00") - timedelta(days=95),
        COMING: now - timedelta(days=21),
    }[days.city]
    closed = {
        FINISHED: days.at(1, "09:00") - timedelta(days=40),
        TODAY: days.at(1, "09:00") - timedelta(days=35),
        COMING: days.at(1, "20:00") - timedelta(days=50),
    }[days.city]
    return Edition(
        slug=days.slug,
        name=f"{city.name} {days.first.year}",
        host_city_id=city.id,
        first_day=days.first,
        last_day=days.last,
        state="published",
        tagline=LocalText(data["tagline"]),
        description=LocalText({language: words.strip() for language, words in data["description"].items()}),
        practical=LocalText({language: words.strip() for language, words in data["practical"].items()}),
        contact_email="bonjour@example.org",
        wifi="Grand Nord · mot de passe : beffroi-2016",
        emergency="112",
        registration_opens_at=opens,
        registration_closes_at=days.at(2, "17:00"),
        proposals_open_at=opens,
        proposals_close_at=closed,
        applications_open_at=opens,
        applications_close_at=closed,
    )


def a_venue(data: dict[str, Any], cities: dict[str, HostCity]) -> Venue:
    """Make a building; its place on the map only where it is known for sure."""
    return Venue(
        host_city_id=cities[data["city"]].id,
        name=data["name"],
        address=data["address"],
        latitude=data.get("latitude"),
        longitude=data.get("longitude"),
        safe_capacity=data["safe_capacity"],
        access=LocalText(data["access"]),
    )


def rooms_of(tx: Transaction, data: dict[str, Any], venue: Venue) -> list[Room]:
    """Make the rooms of a building."""
    rooms = [
        Room(
            venue_id=venue.id,
            name=room["name"],
            floor=room["floor"],
            seats=room["seats"],
            position=position,
            is_step_free=not room.get("stairs", False),
        )
        for position, room in enumerate(data["rooms"])
    ]
    tx.session.add_all(rooms)
    tx.session.flush()
    return rooms


def tracks_of(tx: Transaction, story: Story, edition: Edition) -> dict[str, Track]:
    """Make the region's themes for an edition."""
    tracks = {
        data["slug"]: Track(
            edition_id=edition.id,
            slug=data["slug"],
            name=LocalText(fr=data["fr"], en=data["en"]),
            position=position,
        )
        for position, data in enumerate(story.tracks)
    }
    tx.session.add_all(tracks.values())
    tx.session.flush()
    return tracks


def categories_of(tx: Transaction, story: Story, edition: Edition, city: str) -> dict[str, Category]:
    """Make the categories of an edition; those that one chooses oneself have a number of places."""
    categories = {
        data["slug"]: Category(
            edition_id=edition.id,
            slug=data["slug"],
            kind=data["kind"],
            name=LocalText(data["name"]),
            description=LocalText(data["description"]),
            places=data["places"][city] if "places" in data else None,
            is_public=data.get("is_public", "places" in data),
            position=position,
        )
        for position, data in enumerate(story.categories, start=1)
    }
    tx.session.add_all(categories.values())
    tx.session.flush()
    return categories
