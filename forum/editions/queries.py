"""Looking editions and host cities up."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session, selectinload

from forum.core.kept import Kept
from forum.core.refusals import NotFound
from forum.editions.models import Edition, HostCity

_WITH_SLUG = select(Edition).where(Edition.slug == bindparam("slug"))  # built once: nearly every page asks it


def edition_with_slug(session: Session, slug: str) -> Edition:
    """Return an edition by the slug of its address. Raises `NotFound`."""
    edition = session.scalar(_WITH_SLUG, {"slug": slug})
    if edition is None:
        raise NotFound
    return edition


_with_slug: Kept[Edition] = Kept()


def kept_edition(session: Session, slug: str) -> Edition:
    """Return an edition as it was within the last second: a row to look at, which belongs to no session.

    For forms that hundreds send at once, as if they had come a second earlier. Raises `NotFound`.
    """
    return _with_slug.get_or_make(slug, lambda: detached(session, slug))


def detached(session: Session, slug: str) -> Edition:
    """Read an edition apart from what this request reads and changes. Raises `NotFound`."""
    with Session(session.get_bind()) as own:
        edition = edition_with_slug(own, slug)
        own.expunge_all()
    return edition


def find_edition(session: Session, slug: str) -> Edition | None:
    """Return an edition by its slug, or nothing."""
    return session.scalar(select(Edition).where(Edition.slug == slug))


def all_editions(session: Session) -> Sequence[Edition]:
    """Return every edition, the newest first."""
    return session.scalars(select(Edition).order_by(Edition.first_day.desc(), Edition.id)).all()


def public_editions(session: Session) -> Sequence[Edition]:
    """Return the editions that visitors may see, the newest first."""
    statement = select(Edition).where(Edition.state.in_(("published", "archived")))
    return session.scalars(statement.order_by(Edition.first_day.desc(), Edition.id)).all()


def editions_with_slugs(session: Session, slugs: Collection[str]) -> Sequence[Edition]:
    """Return the editions that somebody works on, the newest first."""
    statement = select(Edition).where(Edition.slug.in_(slugs))
    return session.scalars(statement.order_by(Edition.first_day.desc(), Edition.id)).all()


def all_cities(session: Session) -> Sequence[HostCity]:
    """Return every host city with its editions, by name."""
    statement = select(HostCity).options(selectinload(HostCity.editions).lazyload(Edition.host_city))
    return session.scalars(statement.order_by(func.lower(HostCity.name), HostCity.id)).all()


def city_with_id(session: Session, city_id: int) -> HostCity:
    """Return a host city. Raises `NotFound`."""
    city = session.get(HostCity, city_id)
    if city is None:
        raise NotFound
    return city


def city_with_slug(session: Session, slug: str) -> HostCity | None:
    """Return a host city by its short name, or nothing."""
    return session.scalar(select(HostCity).where(HostCity.slug == slug))


def editions_of_city(session: Session, city: HostCity) -> Sequence[Edition]:
    """Return what a city hosts and hosted."""
    return session.scalars(select(Edition).where(Edition.host_city_id == city.id)).all()
