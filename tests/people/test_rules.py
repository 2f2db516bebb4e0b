"""Passwords, links, and who may be disabled."""

from __future__ import annotations

from datetime import timedelta

import pytest

from forum.people import rules
from forum.people.models import Account, SignInLink
from tests import cast


def an_account(**values: object) -> Account:
    defaults: dict[str, object] = {"id": 1, "name": "Odile Verbeke", "email": "odile@example.org", "is_owner": False}
    return Account(**(defaults | values))


@pytest.mark.parametrize("password", ["", "court", "onze-lettre"])
def test_a_short_password_is_refused(password: str) -> None:
    with pytest.raises(rules.PasswordTooShort):
        rules.check_password(password, account=an_account())


@pytest.mark.parametrize(
    "password",
    [
        "aaaaaaaaaaaaaa",
        "ababababababab",
        "odile@example.org",
        "Odile  Verbeke",
        "motdepasse2027",
        "MOTDEPASSE1234",
        "passwordpassword",
        "123456789012",
        "azertyuiopaz",
    ],
)
def test_a_password_that_strangers_try_first_is_refused(password: str) -> None:
    with pytest.raises(rules.PasswordTooEasy):
        rules.check_password(password, account=an_account())


@pytest.mark.parametrize(
    "password", ["terril brique canal étoile", "пароль из четырёх слов", "🦊🌧️ renard sous la pluie"]
)
def test_a_password_of_several_words_is_taken(password: str) -> None:
    rules.check_password(password, account=an_account())


def test_a_password_opens_its_account_only() -> None:
    account = an_account(password_hash=rules.hashed("terril brique canal"))
    answers = [
        rules.is_right_password(account, "terril brique canal"),
        rules.is_right_password(account, "terril brique canal "),
        rules.is_right_password(None, "a password that nobody has"),
        rules.is_right_password(an_account(password_hash=None), "a password that nobody has"),
    ]
    assert answers == [True, False, False, False]


def test_a_disabled_account_is_not_opened_by_its_password() -> None:
    account = an_account(password_hash=rules.hashed("terril brique canal"), disabled_at=cast.NOW)
    assert rules.is_right_password(account, "terril brique canal") is False


def test_the_same_work_is_done_whether_or_not_the_address_exists(monkeypatch: pytest.MonkeyPatch) -> None:
    """Time is the hasher's: it must be asked once in every case, with a hash of the same cost."""
    asked: list[str] = []

    class CountingHasher:
        def verify(self, kept: str, _password: str) -> bool:
            asked.append(kept.split("$")[3])
            return True

    kept = rules.hashed("terril brique canal")
    monkeypatch.setattr(rules, "_hasher", CountingHasher())
    rules.is_right_password(an_account(password_hash=kept), "x")
    rules.is_right_password(None, "x")
    rules.is_right_password(an_account(password_hash=None), "x")
    rules.is_right_password(an_account(password_hash=kept, disabled_at=cast.NOW), "x")
    assert asked == ["m=19456,t=2,p=1"] * 4


def test_a_password_kept_at_a_lower_cost_is_hashed_anew() -> None:
    cheap = rules.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash("terril brique canal")
    needs = [rules.needs_new_hash(an_account(password_hash=each)) for each in (cheap, rules.hashed("x"), None)]
    assert needs == [True, False, False]


@pytest.mark.parametrize(
    "values",
    [
        {"used_at": cast.NOW - timedelta(hours=1)},
        {"expires_at": cast.NOW},
        {"account": an_account(disabled_at=cast.NOW)},
    ],
    ids=["used", "expired", "of a disabled account"],
)
def test_a_link_that_is_over_is_refused(values: dict[str, object]) -> None:
    defaults: dict[str, object] = {"account": an_account(), "expires_at": cast.NOW + timedelta(days=1)}
    with pytest.raises(rules.LinkGone):
        rules.check_link(SignInLink(**(defaults | values)), now=cast.NOW)


def test_the_last_owner_stays() -> None:
    odile, omar = an_account(id=1, is_owner=True), an_account(id=2, is_owner=True)
    rules.check_owner_leaves(odile, owners=[odile, omar])
    with pytest.raises(rules.LastOwner):
        rules.check_owner_leaves(odile, owners=[odile])
