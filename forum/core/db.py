"""The database: the base of the tables, aware times, and the one way to write: `with transaction() as tx`."""

from __future__ import annotations

import fcntl
import functools
import os
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import IO, Any, TypeVar

from flask import Flask, current_app
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session as FlaskSession
from sqlalchemy import JSON, BigInteger, Connection, DateTime, Dialect, Engine, MetaData, String, event, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.orm import DeclarativeBase, Session, make_transient_to_detached, registry
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.types import TypeDecorator

from forum.core import events
from forum.core.assembly import ROOT
from forum.core.refusals import NotFound

# Names of constraints are fixed, so that one migration history serves SQLite and PostgreSQL.
NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcDateTime(TypeDecorator[datetime]):
    """A moment: aware in Python, UTC in the database (SQLite forgets zones, so they are restored here)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn an aware time into UTC; a naive one is a programming error."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("A time without a zone was given to the database.")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give the zone back."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class HundredthsType(TypeDecorator[Decimal]):
    """Stores money and rates exactly, as whole hundredths: SQLite has no decimal numbers of its own."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> int | None:
        """Count hundredths; a value with more places is a programming error."""
        if value is None:
            return None
        hundredths = Decimal(value) * 100
        if hundredths != int(hundredths):
            raise ValueError("An amount with more than two decimal places was given to the database.")
        return int(hundredths)

    def process_result_value(self, value: int | None, dialect: Dialect) -> Decimal | None:
        """Give the amount back with two places."""
        return None if value is None else Decimal(value).scaleb(-2)


class LocalText(dict[str, str]):
    """Words in several languages, e.g. `LocalText(fr="Grand public", en="General public")`; French is always there."""

    def in_language(self, language: str) -> str:
        """Return the words in a language, else in French, else in any."""
        return self.get(language) or self.get("fr") or next(iter(self.values()), "")


class LocalTextType(TypeDecorator[LocalText]):
    """Stores `LocalText` as JSON."""

    impl = JSON
    cache_ok = True

    def process_bind_param(self, value: LocalText | None, dialect: Dialect) -> dict[str, str] | None:
        """Keep only the languages that have words."""
        return None if value is None else {language: words for language, words in value.items() if words}

    def process_result_value(self, value: dict[str, str] | None, dialect: Dialect) -> LocalText | None:
        """Give the words back."""
        return None if value is None else LocalText(value)


class Base(DeclarativeBase):
    """What every table is made from; each names its `__tablename__`."""

    registry = registry(
        metadata=MetaData(naming_convention=NAMING),
        type_annotation_map={
            datetime: UtcDateTime(),
            Decimal: HundredthsType(),
            LocalText: LocalTextType(),
            str: String(),
        },
    )


REST = 1.0
"""Seconds after which a connection of PostgreSQL is asked whether it still works, before it is used."""


class ForumSession(FlaskSession):
    """The session of a request: on PostgreSQL it reads without a transaction, each statement what is committed then.

    So pages spare the two messages that begin and end one; `transaction()` begins a real one for what is written.
    """

    def get_bind(self, *_arguments: Any, bind: Engine | Connection | None = None, **_options: Any) -> Any:
        """Return the one engine there is, as sessions use it."""
        return bind or current_app.extensions["forum.engine"]


db = SQLAlchemy(
    model_class=Base, engine_options={}, session_options={"expire_on_commit": False, "class_": ForumSession}
)
migrate = Migrate(compare_type=True, render_as_batch=True, directory=str(ROOT / "migrations"))

Row = TypeVar("Row", bound=Base)


@functools.cache
def insert_once(model: type[Base], once: str | None, dialect: str) -> Any:
    """Return the statement of `Transaction.add_once`; building it costs more than running it."""
    table: Any = model.__table__
    insert: Any = {"sqlite": sqlite, "postgresql": postgresql}[dialect].insert
    return insert(table).on_conflict_do_nothing(index_elements=[once] if once else None).returning(table.c.id)


class Transaction:
    """One unit of writing. Actions take it as their first parameter and never open one themselves."""

    def __init__(self, session: Session) -> None:
        """Wrap a session whose write transaction has begun."""
        self.session = session
        self.connection = session.connection()
        """What statements on tables are carried out on, without the mapper."""
        self.after_commit: list[Callable[[], None]] = []
        self.written: list[Base] = []
        """Rows that `add_once` put into the session, which a rollback alone would leave there."""

    def add(self, row: Row) -> Row:
        """Add a row and give it its id."""
        self.session.add(row)
        self.session.flush()
        return row

    def add_once(self, model: type[Row], *, once: str | None, **values: Any) -> Row | None:
        """Add a row, or return None when one with the same value in its UNIQUE column `once` is there.

        Without a column, any unique index that it would break counts.

        Whoever came first, even a moment ago in a transaction that is only ending now.
        """
        row_id = self.write_once(model, once=once, **values)
        return None if row_id is None else self.written_row(model, row_id, values)

    def written_row(self, model: type[Row], row_id: int, values: Mapping[str, Any]) -> Row:
        """Return a row that `write_once` wrote, to look at and to change it; nothing is read."""
        row = model(id=row_id, **values)
        make_transient_to_detached(row)  # it is in the database already
        self.session.add(row)
        self.written.append(row)
        return row

    def write_once(self, model: type[Row], *, once: str | None, **values: Any) -> int | None:
        """Do as `add_once`, and return the id alone; `written_row` makes a row of it for who looks at it."""
        self.session.flush()
        statement = insert_once(model, once, self.connection.dialect.name)
        # On the table, not through the mapper: a third of the time, and registrations do this four times.
        row_id: int | None = self.connection.execute(statement, values).scalar()
        return row_id

    def read_anew(self, model: type[Base], row_id: int, column: str) -> None:
        """Let a column be read when it is wanted next: a statement of ours changed it behind the session's back."""
        row = self.session.identity_map.get(self.session.identity_key(model, row_id))
        if row is not None:
            self.session.expire(row, [column])

    def new_ids(self, model: type[Base], number: int) -> list[int]:
        """Return ids for rows that are about to be written together, so that none has to be asked back.

        PostgreSQL takes them off the column's sequence; on SQLite nobody else can write until we end.
        """
        name = model.__table__.name  # type: ignore[attr-defined]
        if self.session.get_bind().dialect.name == "sqlite":
            last = self.session.scalar(select(func.max(model.__table__.c.id))) or 0
            return list(range(last + 1, last + 1 + number))
        numbers = func.generate_series(1, number).table_valued("number")
        following = func.nextval(func.pg_get_serial_sequence(name, "id"))
        return list(self.session.scalars(select(following).select_from(numbers)))

    def lock(self, model: type[Row], row_id: int) -> Row:
        """Return a row that nobody else may change until this transaction ends, as it is now.

        On SQLite the whole database is ours already (`BEGIN IMMEDIATE`); on PostgreSQL this is `FOR NO KEY UPDATE`,
        which lets others write rows that refer to it.
        Lock once, late, and in the order of ids when there are several. Raises `NotFound`.
        """
        # OF the row itself: PostgreSQL cannot lock what an outer join brings along (`lazy="joined"`).
        row = self.session.get(model, row_id, with_for_update={"of": model, "key_share": True}, populate_existing=True)
        if row is None:
            raise NotFound
        return row

    def tell(self, happened: object) -> None:
        """Tell the features above what happened; they act in this same transaction."""
        self.session.flush()
        events.publish(self, happened)


def forget(session: Session, rows: Iterable[Base]) -> None:
    """Take rows out of a session that were undone: their ids may be given to others."""
    for row in rows:
        if row in session:
            session.expunge(row)


WRITING: dict[str, dict[str, Any]] = {
    "sqlite": {"writes": True},
    "postgresql": {"isolation_level": "READ COMMITTED"},
}
"""How a connection is told that what follows is one transaction that writes."""


@contextmanager
def transaction(*, writes_once: bool = False) -> Iterator[Transaction]:
    """Open a write transaction at the edge (view, api, job, command); commit at the end, or undo all.

    What was loaded before is read again, so that nobody decides on old values. Nothing slow belongs inside.
    `writes_once`: the block writes with a single statement. PostgreSQL makes a transaction of that by itself, and is
    spared the two messages around it.
    """
    session = db.session()
    if session.info.get("writing"):
        raise RuntimeError("A transaction is open already: actions take `tx`, only the edge opens one.")
    session.rollback()
    session.info["writing"] = True
    try:
        with place_in_queue(db.engine):
            written: list[Base] = []
            try:
                if not (writes_once and db.engine.dialect.name == "postgresql"):
                    session.connection(execution_options=WRITING[db.engine.dialect.name])
                tx = Transaction(session)
                written = tx.written
                yield tx
                session.commit()
            except BaseException:
                session.rollback()
                forget(session, written)
                raise
    finally:
        session.info.pop("writing", None)
    for callback in tx.after_commit:
        callback()


# SQLite lets one writer in at a time, and its own waiting sleeps and polls. A queue before BEGIN (a lock for the
# threads, then one for the processes) cuts the slowest answers of a rush by five to ten; measured in stack.md.
_thread_queues: dict[str, threading.Lock] = {}
_thread_queues_guard = threading.Lock()


@contextmanager
def place_in_queue(engine: Engine) -> Iterator[None]:
    """Wait for one's turn to write on SQLite; PostgreSQL needs no queue."""
    path = engine.url.database
    if engine.dialect.name != "sqlite" or not path or path == ":memory:":
        yield
        return
    with _thread_queues_guard:
        queue = _thread_queues.setdefault(path, threading.Lock())
    with queue, Path(f"{path}.queue").open("a") as file, exclusive(file):
        yield


@contextmanager
def exclusive(file: IO[str]) -> Iterator[None]:
    """Hold a file's lock among processes; the system frees it if the process dies."""
    fcntl.flock(file, fcntl.LOCK_EX)
    try:
        yield
    finally:
        fcntl.flock(file, fcntl.LOCK_UN)


def install(app: Flask) -> None:
    """Connect the application to its database."""
    options: dict[str, Any] = {}
    if app.config["SQLALCHEMY_DATABASE_URI"].startswith("sqlite"):
        # isolation_level None: the driver begins nothing by itself, we say BEGIN below.
        options["connect_args"] = {"isolation_level": None, "timeout": 10, "check_same_thread": False}
    app.config.setdefault("SQLALCHEMY_ENGINE_OPTIONS", options)
    db.init_app(app)
    migrate.init_app(app, db)
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            app.extensions["forum.engine"] = db.engine
            event.listen(db.engine, "do_connect", make_private)
            event.listen(db.engine, "connect", prepare_sqlite)
            event.listen(db.engine, "begin", begin_sqlite)
        else:
            app.extensions["forum.engine"] = db.engine.execution_options(isolation_level="AUTOCOMMIT")
            event.listen(db.engine, "connect", prepare_postgresql)
            event.listen(db.engine, "checkin", note_rest)
            event.listen(db.engine, "checkout", wake)


def make_private(_dialect: object, _record: object, arguments: Sequence[Any], _options: object) -> None:
    """Make a SQLite file before SQLite does, readable for its owner only; what goes with it takes its rights."""
    path = Path(arguments[0]) if arguments else None
    if path is not None and path.name != ":memory:" and path.parent.is_dir() and not path.exists():
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))


def prepare_sqlite(connection: Any, _record: object) -> None:
    """Set a new SQLite connection up: WAL, foreign keys, and commits that survive a power cut."""
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "busy_timeout=10000", "foreign_keys=ON", "synchronous=FULL"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def prepare_postgresql(connection: Any, _record: object) -> None:
    """Set a new PostgreSQL connection up: our statements take milliseconds, compilers and helpers cost more to start.

    Among 100,000 registrations that was 25 to 50 ms of every search.
    """
    with connection.cursor() as cursor:
        for setting in ("jit = off", "max_parallel_workers_per_gather = 0"):
            cursor.execute(f"SET {setting}")
    connection.commit()


def note_rest(_connection: object, record: ConnectionPoolEntry) -> None:
    """Remember since when a connection rests."""
    record.info["rests_since"] = time.monotonic()


def wake(connection: Any, record: ConnectionPoolEntry, _proxy: object) -> None:
    """Ask a connection that rested whether its server is still there; if not, all are opened anew.

    Not each time: under load it was two of a dozen messages of every request, and a server does not come back within
    `REST` of its last answer.
    """
    if time.monotonic() - record.info.get("rests_since", time.monotonic()) < REST:
        return
    try:
        alive = db.engine.dialect.do_ping(connection)
    except db.engine.dialect.loaded_dbapi.Error:
        alive = False
    if not alive:
        raise InvalidatePoolError


def begin_sqlite(connection: Connection) -> None:
    """Begin: writers take the write lock at once, since a reader that turns writer is refused under a rush."""
    writes = connection.get_execution_options().get("writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
