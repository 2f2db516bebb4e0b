"""Accounts, roles, persons, organisations."""

from __future__ import annotations

from datetime import datetime

from flask_login import UserMixin
from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from forum.core.db import Base

ROLES = ("organiser", "viewer")
"""What a membership allows in one edition; owners may do everything everywhere."""

ORGANISATION_KINDS = ("start-up", "company", "school", "public-body", "association")


# Flask-Login is published without types.
class Account(UserMixin, Base):  # type: ignore[misc]
    """Someone who signs in: an organiser."""

    __tablename__ = "account"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(unique=True)  # kept in lower case
    name: Mapped[str]
    password_hash: Mapped[str | None]
    is_owner: Mapped[bool] = mapped_column(default=False)
    disabled_at: Mapped[datetime | None]
    last_seen_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    # Changes with each new password: sessions of before are signed out.
    session_key: Mapped[str] = mapped_column(unique=True)

    memberships: Mapped[list[Membership]] = relationship(back_populates="account", lazy="selectin")

    def get_id(self) -> str:
        """Return what the session cookie holds; Flask-Login's name for it."""
        return self.session_key

    @property
    def is_active(self) -> bool:
        """Tell whether the account may sign in."""
        return self.disabled_at is None

    def may_organise(self, edition_slug: str | None) -> bool:
        """Tell whether the account works on an edition; without one, whether it works on any."""
        if self.is_owner:
            return True
        slugs = {membership.edition_slug for membership in self.memberships if membership.role == "organiser"}
        return bool(slugs) if edition_slug is None else edition_slug in slugs

    def may_look(self, edition_slug: str | None) -> bool:
        """Tell whether the account has any role in an edition; without one, in any."""
        slugs = {membership.edition_slug for membership in self.memberships}
        return self.is_owner or (bool(slugs) if edition_slug is None else edition_slug in slugs)


class Membership(Base):
    """The role of an account in one edition, named by its slug (people lie below editions)."""

    __tablename__ = "membership"
    __table_args__ = (
        UniqueConstraint("account_id", "edition_slug"),
        CheckConstraint("role IN ('organiser', 'viewer')", name="role"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    edition_slug: Mapped[str]
    role: Mapped[str]

    account: Mapped[Account] = relationship(back_populates="memberships")


class SignInLink(Base):
    """A one-time link by which an account signs in or sets its password; only its hash is kept."""

    __tablename__ = "sign_in_link"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    token_hash: Mapped[str] = mapped_column(unique=True)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]

    account: Mapped[Account] = relationship()


class Organisation(Base):
    """A company, a school, an association, a public body."""

    __tablename__ = "organisation"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(index=True)
    kind: Mapped[str]
    website: Mapped[str | None]
    siret: Mapped[str | None]
    town: Mapped[str | None]
    created_at: Mapped[datetime]


class Person(Base):
    """Someone who comes, speaks or exhibits.

    One row for each time they present themselves: an address is no proof of being the same person, so nobody changes
    another's name by typing their address. Organisers merge duplicates.
    """

    __tablename__ = "person"
    __table_args__ = (Index("ix_person_email", "email"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    given_name: Mapped[str]
    family_name: Mapped[str]
    email: Mapped[str]
    organisation_name: Mapped[str | None]  # as they want it on their badge
    language: Mapped[str] = mapped_column(default="fr")
    # What search looks into: names, address, organisation, without accents, in lower case (`people.rules.search_text`).
    search_text: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    # When they agreed to be written to about later editions; None: they did not, or no longer.
    news_consent_at: Mapped[datetime | None]
    anonymised_at: Mapped[datetime | None]

    @property
    def name(self) -> str:
        """Return the name in reading order."""
        return f"{self.given_name} {self.family_name}".strip()

    @property
    def sorted_name(self) -> str:
        """Return the name as a list sorts it."""
        return f"{self.family_name}, {self.given_name}".strip(", ")
