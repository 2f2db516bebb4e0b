"""One frozen `Settings`, read once from the environment and `instance/forum.toml`; a bad value stops the start."""

from __future__ import annotations

import os
import secrets
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from forum.core.assembly import ROOT

MINIMUM_SECRET_LENGTH = 32


class BadSetting(ValueError):  # noqa: N818 (an answer to the operator)
    """A setting has a value the service cannot run with; the message says which and what to do."""


@dataclass(frozen=True)
class Settings:
    """What an installation may choose.

    `docs/operations.md` explains each one; a house test keeps the two together.
    """

    instance: Path
    secret_key: str
    database_url: str
    base_url: str = "http://127.0.0.1:8000"
    smtp_url: str | None = None
    mail_from: str = "forum@example.org"
    redis_url: str | None = None
    stripe_secret_key: str | None = None
    stripe_webhook_secret: str | None = None
    trusted_proxies: int = 0
    rate_limits: bool = True
    monitor_token: str | None = None
    apple_pass_certificate: str | None = None
    """PEM files of the organisers' own: the pass certificate, its key, and Apple's intermediate certificate."""
    apple_pass_key: str | None = None
    apple_pass_authority: str | None = None
    google_wallet_key: str | None = None
    """The JSON file of a Google service account, and the issuer's number."""
    google_wallet_issuer: str | None = None
    pretixscan: bool = False
    """Whether devices with pretixSCAN are let in; they hold more than our own scanner."""
    testing: bool = False

    @property
    def is_https(self) -> bool:
        """Tell whether people reach the service over HTTPS, so that cookies may be marked secure."""
        return urlsplit(self.base_url).scheme == "https"

    @property
    def uses_sqlite(self) -> bool:
        """Tell whether the database is a SQLite file."""
        return self.database_url.startswith("sqlite")

    def flask_config(self) -> dict[str, object]:
        """Return what Flask and its extensions want to know, under the names they want."""
        return {
            "SECRET_KEY": self.secret_key,
            "TESTING": self.testing,
            "SQLALCHEMY_DATABASE_URI": self.database_url,
            "SESSION_COOKIE_NAME": "forum",
            "SESSION_COOKIE_HTTPONLY": True,
            "SESSION_COOKIE_SAMESITE": "Lax",
            "SESSION_COOKIE_SECURE": self.is_https,
            "REMEMBER_COOKIE_HTTPONLY": True,
            "REMEMBER_COOKIE_SAMESITE": "Lax",
            "REMEMBER_COOKIE_SECURE": self.is_https,
            "MAX_CONTENT_LENGTH": 20 * 1024 * 1024,
            "MAX_FORM_MEMORY_SIZE": 2 * 1024 * 1024,
            "WTF_CSRF_TIME_LIMIT": None,
            "WTF_I18N_ENABLED": False,
        }


def read_settings(environment: Mapping[str, str] | None = None, instance: Path | None = None) -> Settings:
    """Read the settings: environment over `forum.toml` over the defaults.

    Raises `BadSetting` for a value the service cannot run with.
    """
    environment = os.environ if environment is None else environment
    instance = instance or Path(environment.get("FORUM_INSTANCE", ROOT / "instance"))
    instance.mkdir(parents=True, exist_ok=True)
    written = read_file(instance / "forum.toml")

    def value(name: str) -> str | None:
        return from_environment(environment, name) or written.get(name)

    settings = Settings(
        instance=instance,
        secret_key=value("secret_key") or kept_secret(instance / "secret_key"),
        database_url=database_url(value("database_url"), instance),
        base_url=(value("base_url") or Settings.base_url).rstrip("/"),
        smtp_url=value("smtp_url"),
        mail_from=value("mail_from") or Settings.mail_from,
        redis_url=value("redis_url"),
        stripe_secret_key=value("stripe_secret_key"),
        stripe_webhook_secret=value("stripe_webhook_secret"),
        trusted_proxies=whole_number("trusted_proxies", value("trusted_proxies") or "0"),
        rate_limits=yes_or_no("rate_limits", value("rate_limits") or "yes"),
        monitor_token=value("monitor_token"),
        apple_pass_certificate=value("apple_pass_certificate"),
        apple_pass_key=value("apple_pass_key"),
        apple_pass_authority=value("apple_pass_authority"),
        google_wallet_key=value("google_wallet_key"),
        google_wallet_issuer=value("google_wallet_issuer"),
        pretixscan=yes_or_no("pretixscan", value("pretixscan") or "no"),
    )
    refuse_bad(settings)
    return settings


def read_file(path: Path) -> dict[str, str]:
    """Return the settings of `forum.toml`, lower-case names to text; nothing when there is no file."""
    if not path.exists():
        return {}
    try:
        return {name.lower(): str(value) for name, value in tomllib.loads(path.read_text("utf-8")).items()}
    except tomllib.TOMLDecodeError as error:
        raise BadSetting(f"{path} is not valid TOML: {error}") from error


def from_environment(environment: Mapping[str, str], name: str) -> str | None:
    """Return `FORUM_<NAME>`, or the content of the file that `FORUM_<NAME>_FILE` names (for secrets)."""
    key = f"FORUM_{name.upper()}"
    if file := environment.get(f"{key}_FILE"):
        try:
            return Path(file).read_text("utf-8").strip()
        except OSError as error:
            raise BadSetting(f"{key}_FILE names {file}, which cannot be read: {error.strerror}.") from error
    return environment.get(key) or None


def database_url(chosen: str | None, instance: Path) -> str:
    """Return the database's address; `postgresql://` means psycopg 3 in SQLAlchemy 2.1."""
    return chosen or f"sqlite:///{(instance / 'forum.sqlite3').resolve()}"


def kept_secret(path: Path) -> str:
    """Return the secret kept in a file that only its owner reads; make it on the first start."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text("ascii").strip()
    secret = secrets.token_urlsafe(48)
    with os.fdopen(handle, "w") as file:
        file.write(secret)
    return secret


def whole_number(name: str, text: str) -> int:
    """Read a whole number that is not negative."""
    if not text.isdigit():
        raise BadSetting(f"FORUM_{name.upper()} must be a whole number, not “{text}”.")
    return int(text)


def yes_or_no(name: str, text: str) -> bool:
    """Read a yes or a no in the usual spellings."""
    answers = {"yes": True, "true": True, "1": True, "on": True, "no": False, "false": False, "0": False, "off": False}
    if text.lower() not in answers:
        raise BadSetting(f"FORUM_{name.upper()} must be yes or no, not “{text}”.")
    return answers[text.lower()]


def refuse_bad(settings: Settings) -> None:
    """Raise `BadSetting` for what would start and then fail, or start and be unsafe."""
    if len(settings.secret_key) < MINIMUM_SECRET_LENGTH or len(set(settings.secret_key)) < 10:
        raise BadSetting(
            f"FORUM_SECRET_KEY is too weak: give at least {MINIMUM_SECRET_LENGTH} random characters, "
            "or leave it out and one is made in instance/."
        )
    if urlsplit(settings.base_url).scheme not in ("http", "https") or not urlsplit(settings.base_url).netloc:
        raise BadSetting(
            f"FORUM_BASE_URL must be an address such as https://forum.example.org, not “{settings.base_url}”."
        )
    if urlsplit(settings.database_url).scheme.split("+")[0] not in ("sqlite", "postgresql"):
        raise BadSetting("FORUM_DATABASE_URL must begin with sqlite:/// or postgresql://.")
    apple = (settings.apple_pass_certificate, settings.apple_pass_key, settings.apple_pass_authority)
    if any(apple) and not all(apple):
        raise BadSetting(
            "Wallet passes need FORUM_APPLE_PASS_CERTIFICATE, FORUM_APPLE_PASS_KEY and FORUM_APPLE_PASS_AUTHORITY: "
            "all three, or none."
        )
    if bool(settings.google_wallet_key) != bool(settings.google_wallet_issuer):
        raise BadSetting("Google's wallet needs both FORUM_GOOGLE_WALLET_KEY and FORUM_GOOGLE_WALLET_ISSUER, or none.")
    if settings.smtp_url and urlsplit(settings.smtp_url).scheme not in ("smtp", "smtps", "smtp+starttls"):
        raise BadSetting("FORUM_SMTP_URL must begin with smtp://, smtp+starttls:// or smtps://.")
    if bool(settings.stripe_secret_key) != bool(settings.stripe_webhook_secret):
        raise BadSetting(
            "FORUM_STRIPE_SECRET_KEY and FORUM_STRIPE_WEBHOOK_SECRET belong together: without the second, "
            "nobody could tell Stripe's word from anybody's."
        )
