"""The table of what is kept names every column of the database that tells of a person."""

from __future__ import annotations

from flask import Flask

from forum.core.db import db
from forum.privacy import rules


def named() -> set[str]:
    return {column for kept in rules.KEPT for column in kept.columns}


def test_every_table_is_promised_an_end_or_tells_of_nobody(app: Flask) -> None:
    tables = set(db.metadata.tables)
    promised = {column.partition(".")[0] for column in named()}
    assert promised | rules.NOT_PERSONAL == tables
    assert promised & rules.NOT_PERSONAL == set()


def test_every_column_of_those_tables_is_promised(app: Flask) -> None:
    silent = {
        f"{table.name}.{column.name}"
        for table in db.metadata.tables.values()
        if table.name not in rules.NOT_PERSONAL and f"{table.name}.*" not in named()
        for column in table.columns
        if f"{table.name}.{column.name}" not in named()
    }
    assert silent == set()


def test_what_is_promised_exists(app: Flask) -> None:
    columns = {f"{table.name}.{column.name}" for table in db.metadata.tables.values() for column in table.columns}
    assert {each for each in named() if not each.endswith(".*")} <= columns
