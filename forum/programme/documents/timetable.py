"""A day as a table: rooms are columns, hours are rows; the same one on screen and on paper."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from forum.programme.models import Session
from forum.venues.models import Room


@dataclass(frozen=True)
class Column:
    """A room; None for what is held elsewhere."""

    room: Room | None

    @property
    def name(self) -> str:
        """Return the room's name, empty for what is held elsewhere."""
        return self.room.name if self.room else ""


@dataclass(frozen=True)
class Cell:
    """A session, as high as it lasts and as wide as it has columns; or nothing."""

    session: Session | None = None
    rows: int = 1
    columns: int = 1


@dataclass(frozen=True)
class Row:
    """What begins, or goes on, at an hour."""

    starts_at: datetime
    cells: tuple[Cell, ...]

    @property
    def begins_something(self) -> bool:
        """Tell whether a session begins at this hour."""
        return any(cell.session for cell in self.cells)


@dataclass(frozen=True)
class Timetable:
    """One day."""

    day: date
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]

    @property
    def sessions(self) -> list[Session]:
        """Return the sessions in reading order."""
        return [cell.session for row in self.rows for cell in row.cells if cell.session]


def timetables(sessions: Sequence[Session]) -> list[Timetable]:
    """Return one table a day, for the sessions that have an hour."""
    days: dict[date, list[Session]] = {}
    for session in sessions:
        if session.day is not None:
            days.setdefault(session.day, []).append(session)
    return [timetable(day, days[day]) for day in sorted(days)]


def timetable(day: date, sessions: Sequence[Session]) -> Timetable:
    """Return the table of one day.

    Breaks for everybody go over the whole width; what has no room gets columns of its own at the end.
    """
    for_all = [session for session in sessions if is_for_all(session, sessions)]
    lanes = in_lanes([session for session in sessions if session not in for_all])
    hours = sorted({moment for session in sessions for moment in (session.starts_at, session.ends_at) if moment})
    rows = []
    for hour in hours[:-1]:
        if not any(is_on(session, hour) for session in sessions):
            continue  # nobody is anywhere: no row
        rows.append(Row(starts_at=hour, cells=cells_at(hour, hours, lanes, for_all)))
    return Timetable(day=day, columns=tuple(column for column, _held in lanes) or (Column(None),), rows=tuple(rows))


def cells_at(
    hour: datetime, hours: Sequence[datetime], lanes: Sequence[tuple[Column, list[Session]]], for_all: Sequence[Session]
) -> tuple[Cell, ...]:
    """Return the cells that begin in the row of an hour; a cell that began above fills its place."""
    wide = next((session for session in for_all if is_on(session, hour)), None)
    if wide is not None:
        begins = wide.starts_at == hour
        return (Cell(session=wide, rows=height(wide, hours), columns=max(1, len(lanes))),) if begins else ()
    cells = []
    for _column, held in lanes:
        present = next((session for session in held if is_on(session, hour)), None)
        if present is None:
            cells.append(Cell())
        elif present.starts_at == hour:
            cells.append(Cell(session=present, rows=height(present, hours)))
    return tuple(cells)


def is_on(session: Session, hour: datetime) -> bool:
    """Tell whether a session is on at an hour."""
    return session.starts_at is not None and session.ends_at is not None and session.starts_at <= hour < session.ends_at


def height(session: Session, hours: Sequence[datetime]) -> int:
    """Return how many rows a session fills."""
    return sum(1 for hour in hours if is_on(session, hour))


def is_for_all(session: Session, sessions: Sequence[Session]) -> bool:
    """Tell whether a session is held in no room while nothing else is on: lunch, a break."""
    return session.room_id is None and not any(session.overlaps(other) for other in sessions if other is not session)


def in_lanes(sessions: Sequence[Session]) -> list[tuple[Column, list[Session]]]:
    """Return the columns and what each holds, nothing at the same time twice in one."""
    lanes: list[tuple[Column, list[Session]]] = []
    for session in sorted(sessions, key=column_order):
        for column, held in lanes:
            same_place = (column.room.id if column.room else None) == session.room_id
            if same_place and not any(session.overlaps(other) for other in held):
                held.append(session)
                break
        else:
            lanes.append((Column(session.room), [session]))
    return lanes


def column_order(session: Session) -> tuple[bool, str, int, str, datetime]:
    """Return what sorts sessions by column: venue, room, then hour."""
    room = session.room
    assert session.starts_at is not None
    if room is None:
        return (True, "", 0, "", session.starts_at)
    return (False, room.venue.name, room.position, room.name, session.starts_at)
