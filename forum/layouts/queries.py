"""Looking layouts up, and telling which one is for whom."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from forum.editions.models import Edition
from forum.layouts.models import BadgeLayout, LayoutChoice, LayoutPicture, LayoutVersion
from forum.layouts.rules.design import Design, design_from_json
from forum.layouts.rules.gallery import GALLERY, standard_for
from forum.layouts.rules.people import Try, tries_of
from forum.people.models import Person
from forum.registration.models import Category, Registration

Choices = Sequence[LayoutChoice]


@dataclass(frozen=True)
class OwnLayout:
    """A layout of an edition's own in a list: with its newest version."""

    layout: BadgeLayout
    newest: LayoutVersion
    is_used: bool

    @property
    def has_unpublished_changes(self) -> bool:
        """Tell whether something was saved since it was published."""
        return self.layout.published is not None and self.layout.published != self.newest.number


@dataclass(frozen=True)
class LayoutInUse:
    """A layout that badges are printed with: what a print job keeps of it, and the design itself."""

    name: str
    """The slug of one of the gallery, else the name that organisers gave it."""
    design: Design
    gallery: str | None = None
    number: int | None = None
    """The version of an own layout."""
    pictures: Mapping[str, bytes] = field(default_factory=dict, repr=False)


def layouts_of(session: Session, edition_id: int) -> list[OwnLayout]:
    """Return an edition's own layouts with their newest versions, by name; two statements."""
    newest = (
        select(LayoutVersion.layout_id, func.max(LayoutVersion.number).label("number"))
        .join(BadgeLayout, BadgeLayout.id == LayoutVersion.layout_id)
        .where(BadgeLayout.edition_id == edition_id)
        .group_by(LayoutVersion.layout_id)
        .subquery()
    )
    versions = session.scalars(
        select(LayoutVersion).join(
            newest, (newest.c.layout_id == LayoutVersion.layout_id) & (newest.c.number == LayoutVersion.number)
        )
    ).all()
    used = {choice.layout_id for choice in choices_of(session, edition_id)}
    found = [OwnLayout(each.layout, each, each.layout_id in used) for each in versions]
    return sorted(found, key=lambda own: (own.layout.name.casefold(), own.layout.id))


def layout_with_key(session: Session, edition_id: int, key: str) -> BadgeLayout | None:
    """Return a layout of an edition by the key of its address."""
    return session.scalar(select(BadgeLayout).where(BadgeLayout.edition_id == edition_id, BadgeLayout.key == key))


def versions_of(session: Session, layout_id: int) -> Sequence[LayoutVersion]:
    """Return the versions of a layout, the newest first."""
    statement = select(LayoutVersion).where(LayoutVersion.layout_id == layout_id)
    return session.scalars(statement.order_by(LayoutVersion.number.desc())).all()


def version_of(session: Session, layout_id: int, number: int | None = None) -> LayoutVersion | None:
    """Return a version of a layout by its number, else the newest."""
    statement = select(LayoutVersion).where(LayoutVersion.layout_id == layout_id)
    if number is not None:
        statement = statement.where(LayoutVersion.number == number)
    return session.scalar(statement.order_by(LayoutVersion.number.desc()).limit(1))


def pictures_of(session: Session, edition_id: int) -> Sequence[LayoutPicture]:
    """Return the pictures of an edition's layouts, the newest first."""
    statement = select(LayoutPicture).where(LayoutPicture.edition_id == edition_id)
    return session.scalars(statement.order_by(LayoutPicture.id.desc())).all()


def picture_with_key(session: Session, edition_id: int, key: str) -> LayoutPicture | None:
    """Return a picture of an edition's layouts."""
    return session.scalar(select(LayoutPicture).where(LayoutPicture.edition_id == edition_id, LayoutPicture.key == key))


def pictures_in(session: Session, edition_id: int, designs: Iterable[Design]) -> dict[str, bytes]:
    """Return the pictures that designs show or may show, by key."""
    keys = {each.picture for design in designs for each in design.elements if each.picture}
    css = "".join(design.css for design in designs)
    statement = select(LayoutPicture.key, LayoutPicture.content).where(LayoutPicture.edition_id == edition_id)
    if not css:
        if not keys:
            return {}
        statement = statement.where(LayoutPicture.key.in_(keys))
    return {key: content for key, content in session.execute(statement) if key in keys or key in css}


def choices_of(session: Session, edition_id: int) -> Sequence[LayoutChoice]:
    """Return which layouts an edition chose, for whom and for which cards."""
    return session.scalars(select(LayoutChoice).where(LayoutChoice.edition_id == edition_id)).all()


def is_chosen(session: Session, layout: BadgeLayout) -> bool:
    """Tell whether somebody's badges have a layout."""
    return session.scalar(select(LayoutChoice.id).where(LayoutChoice.layout_id == layout.id).limit(1)) is not None


def layouts_in_use(session: Session, edition_id: int, shape: str) -> dict[int | None, LayoutInUse]:
    """Return the layout of each category that has one of its own on a card, and everybody else's under None.

    What was chosen and is not published any more gives way to the gallery's. Four statements at most.
    """
    found: dict[int | None, LayoutInUse] = {None: from_gallery(standard_for(shape), shape)}
    for choice in choices_of(session, edition_id):
        if choice.shape != shape:
            continue
        chosen = from_gallery(choice.gallery, shape) if choice.gallery else own_in_use(session, choice.layout)
        if chosen is not None:
            found[choice.category_id] = chosen
    return found


def from_gallery(slug: str, shape: str) -> LayoutInUse:
    """Return a layout of the gallery."""
    layout = GALLERY.get(slug) or GALLERY[standard_for(shape)]
    return LayoutInUse(name=layout.slug, gallery=layout.slug, design=layout.design(shape))


def own_in_use(session: Session, layout: BadgeLayout | None) -> LayoutInUse | None:
    """Return the published version of a layout, None when there is none."""
    if layout is None or layout.published is None:
        return None
    version = version_of(session, layout.id, layout.published)
    if version is None:
        return None
    design = design_from_json(version.design)
    pictures = pictures_in(session, layout.edition_id, [design])
    return LayoutInUse(name=layout.name, design=design, number=version.number, pictures=pictures)


def people_to_try(session: Session, edition: Edition) -> list[Try]:
    """Return a few people of an edition whose badges show whether a layout is good: the longest name, other scripts."""
    rows = session.execute(
        select(Registration.id, Person.given_name, Person.family_name, Category.kind)
        .join(Person, Person.id == Registration.person_id)
        .join(Category, Category.id == Registration.category_id)
        .where(Registration.edition_id == edition.id, Registration.state == "confirmed")
        .order_by(Registration.id)
    )
    return tries_of([Try(row[0], f"{row[1]} {row[2]}".strip(), row[3]) for row in rows])


def registration_in(session: Session, edition_id: int, registration_id: int) -> Registration | None:
    """Return a confirmed registration of an edition."""
    return session.scalar(
        select(Registration).where(
            Registration.edition_id == edition_id,
            Registration.id == registration_id,
            Registration.state == "confirmed",
        )
    )
