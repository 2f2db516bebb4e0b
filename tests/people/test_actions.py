"""Accounts opened, changed, disabled; links made and used."""

from __future__ import annotations

import threading

import pytest
from flask import Flask
from sqlalchemy import select

from forum.core.db import Transaction, transaction
from forum.people import actions, queries, rules
from forum.people.actions import AccountDetails
from forum.people.models import Account, Membership, SignInLink
from tests import cast
from tests.clock import Clock
from tests.conftest import Read, Write

DETAILS = AccountDetails(name="Inès Petit", email="Ines@Example.org ", organises=("lens-2027", "amiens-2028"))


def roles(account: Account) -> list[str]:
    return sorted(membership.edition_slug for membership in account.memberships)


def test_an_account_keeps_its_address_in_lower_case_and_its_roles(write: Write) -> None:
    with write() as tx:
        account = actions.open_account(tx, DETAILS, now=cast.NOW)
        assert (account.email, roles(account), account.password_hash) == (
            "ines@example.org",
            ["amiens-2028", "lens-2027"],
            None,
        )
        assert [account.may_organise(slug) for slug in ("lens-2027", "roubaix-2026", None)] == [True, False, True]


def test_an_address_has_one_account(write: Write) -> None:
    with write() as tx:
        actions.open_account(tx, DETAILS, now=cast.NOW)
        with pytest.raises(rules.AddressTaken, match=r"ines@example\.org a déjà un compte"):
            actions.open_account(tx, AccountDetails(name="Autre", email="INES@example.org"), now=cast.NOW)


def test_roles_are_taken_and_given(write: Write, read: Read) -> None:
    with write() as tx:
        account = actions.open_account(tx, DETAILS, now=cast.NOW)
    with write() as tx:
        actions.change_account(
            tx, account.id, AccountDetails(name="Inès", email="ines@example.org", organises=("lens-2027", "lens-2028"))
        )
    with read() as session:
        kept = session.scalars(select(Membership.edition_slug).order_by(Membership.edition_slug)).all()
        assert kept == ["lens-2027", "lens-2028"]


def test_the_last_owner_cannot_stop_being_one(write: Write) -> None:
    with write() as tx:
        owner = cast.account(tx, "owner")
        with pytest.raises(rules.LastOwner):
            actions.change_account(tx, owner.id, AccountDetails(name=owner.name, email=owner.email))


def test_a_disabled_account_is_signed_out_and_its_links_are_void(write: Write) -> None:
    with write() as tx:
        owner, account = cast.account(tx, "owner"), cast.account(tx, "organiser")
        key = account.session_key
        token = actions.make_sign_in_link(tx, account, now=cast.NOW)
        actions.disable_account(tx, account.id, by=owner, now=cast.NOW)
        assert queries.account_with_session_key(tx.session, key) is None
        assert queries.account_with_session_key(tx.session, account.session_key) is None
        with pytest.raises(rules.LinkGone):
            actions.use_sign_in_link(tx, token, password_hash="x", now=cast.NOW)
        with pytest.raises(rules.AccountDisabled):
            actions.make_sign_in_link(tx, account, now=cast.NOW)


def test_nobody_disables_their_own_account(write: Write) -> None:
    with write() as tx:
        owner = cast.account(tx, "owner")
        with pytest.raises(rules.NotYourself):
            actions.disable_account(tx, owner.id, by=owner, now=cast.NOW)


def a_link(tx: Transaction) -> str:
    return actions.make_sign_in_link(tx, cast.account(tx, "organiser"), now=cast.NOW)


def test_only_the_hash_of_a_link_is_kept(write: Write, read: Read) -> None:
    with write() as tx:
        token = a_link(tx)
    with read() as session:
        kept = session.scalars(select(SignInLink.token_hash)).one()
        assert token not in kept
        assert len(kept) == 64


def test_a_link_gives_a_password_once(write: Write) -> None:
    with write() as tx:
        before = cast.account(tx, "organiser").session_key
        token = a_link(tx)
    with write() as tx:
        account = actions.use_sign_in_link(tx, token, password_hash="a hash", now=cast.NOW)
        assert (account.password_hash, account.session_key != before) == ("a hash", True)
    with write() as tx, pytest.raises(rules.LinkGone):
        actions.use_sign_in_link(tx, token, password_hash="another", now=cast.NOW)


def test_a_link_is_gone_after_three_days(write: Write, clock: Clock) -> None:
    with write() as tx:
        token = a_link(tx)
    clock.moves(days=3)
    with write() as tx, pytest.raises(rules.LinkGone):
        actions.use_sign_in_link(tx, token, password_hash="x", now=clock())


def test_a_new_link_makes_the_one_before_useless(write: Write) -> None:
    with write() as tx:
        first, second = a_link(tx), a_link(tx)
        with pytest.raises(rules.LinkGone):
            actions.use_sign_in_link(tx, first, password_hash="x", now=cast.NOW)
        assert actions.use_sign_in_link(tx, second, password_hash="x", now=cast.NOW).password_hash == "x"


def test_an_unknown_link_is_gone(write: Write) -> None:
    with write() as tx, pytest.raises(rules.LinkGone):
        actions.use_sign_in_link(tx, "0" * 26, password_hash="x", now=cast.NOW)


@pytest.mark.rush
def test_ten_uses_of_one_link_at_once_give_one_password(app: Flask, write: Write, read: Read) -> None:
    with write() as tx:
        token = a_link(tx)
    answers: list[str] = []

    def use(number: int) -> None:
        with app.app_context():
            try:
                with transaction() as tx:
                    actions.use_sign_in_link(tx, token, password_hash=f"hash {number}", now=cast.NOW)
                answers.append(f"hash {number}")
            except rules.LinkGone:
                answers.append("gone")

    threads = [threading.Thread(target=use, args=(number,)) for number in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    winners = [answer for answer in answers if answer != "gone"]
    with read() as session:
        assert (len(answers), winners) == (10, [queries.account_with_email(session, "omar@example.org").password_hash])


@pytest.mark.rush
def test_two_owners_who_disable_each_other_at_once_leave_one(app: Flask, write: Write, read: Read) -> None:
    with write() as tx:
        first = cast.account(tx, "owner").id
        second = actions.open_account(
            tx, AccountDetails(name="B", email="b@example.org", is_owner=True), now=cast.NOW
        ).id
    together = threading.Barrier(2)
    refused: list[str] = []

    def disable(target: int, by: int) -> None:
        with app.app_context():
            together.wait(10)
            try:
                with transaction() as tx:
                    actions.disable_account(tx, target, by=tx.session.get_one(Account, by), now=cast.NOW)
            except rules.LastOwner as refusal:
                refused.append(refusal.code)

    threads = [threading.Thread(target=disable, args=pair) for pair in ((first, second), (second, first))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with read() as session:
        assert (refused, len(queries.active_owners(session))) == (["last-owner"], 1)
