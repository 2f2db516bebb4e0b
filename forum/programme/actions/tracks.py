"""The themes of an edition."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from forum.core.db import LocalText, Transaction
from forum.editions.models import Edition
from forum.programme import queries, rules
from forum.programme.models import Proposal, Session, Track


@dataclass(frozen=True)
class TrackDetails:
    """A theme in words, and where it stands among the others."""

    name: LocalText
    position: int = 0


def add_track(tx: Transaction, edition_id: int, details: TrackDetails) -> Track:
    """Write a new theme down. Raises `TrackExists`."""
    edition = tx.lock(Edition, edition_id)
    slug = rules.slug_of(details.name.in_language("fr")) or f"theme-{len(queries.tracks_of(tx.session, edition)) + 1}"
    try:
        with tx.session.begin_nested():
            return tx.add(Track(edition_id=edition_id, slug=slug, name=details.name, position=details.position))
    except IntegrityError as error:
        raise rules.TrackExists from error


def change_track(tx: Transaction, track_id: int, details: TrackDetails) -> Track:
    """Change a theme's words; its address stays, since people keep links."""
    track = tx.lock(Track, track_id)
    track.name, track.position = details.name, details.position
    return track


def remove_track(tx: Transaction, track_id: int) -> None:
    """Remove a theme; its sessions and proposals stay, without a theme."""
    track = tx.lock(Track, track_id)
    for model in (Session, Proposal):
        tx.session.execute(update(model).where(model.track_id == track_id).values(track_id=None))
    tx.session.delete(track)
    tx.session.flush()
