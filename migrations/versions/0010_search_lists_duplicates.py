"""Search with slips forgiven; tasks on lists of people; registrations merged."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

# Every three letters in a row of what search looks into, a space standing for the edges of words.
SQLITE_INDEX = "CREATE VIRTUAL TABLE person_search USING fts5(words, content='', columnsize=0, tokenize='trigram case_sensitive 1')"  # noqa: E501
SQLITE_KEEP = (
    "CREATE TRIGGER person_search_insert AFTER INSERT ON person BEGIN"
    " INSERT INTO person_search(rowid, words) VALUES (new.id, ' ' || new.search_text || ' '); END",
    "CREATE TRIGGER person_search_update AFTER UPDATE OF search_text ON person"
    " WHEN old.search_text <> new.search_text BEGIN"
    " INSERT INTO person_search(person_search, rowid, words) VALUES ('delete', old.id, ' ' || old.search_text || ' ');"
    " INSERT INTO person_search(rowid, words) VALUES (new.id, ' ' || new.search_text || ' '); END",
    "CREATE TRIGGER person_search_delete AFTER DELETE ON person BEGIN"
    " INSERT INTO person_search(person_search, rowid, words) VALUES ('delete', old.id, ' ' || old.search_text || ' ');"
    " END",
)
POSTGRESQL_FUNCTION = """
CREATE FUNCTION forum_trigrams(words text) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 10000 AS $$
  SELECT coalesce(array_agg(DISTINCT substr(' ' || words || ' ', place, 3)), '{}')
  FROM generate_series(1, length(words)) AS place
$$
"""


def upgrade() -> None:
    """Apply."""
    with op.batch_alter_table("registration") as table:
        table.add_column(sa.Column("merged_into_id", sa.Integer(), nullable=True))
        table.create_foreign_key(
            "fk_registration_merged_into_id_registration",
            "registration",
            ["merged_into_id"],
            ["id"],
            ondelete="SET NULL",
        )
        table.create_index("ix_registration_edition_registered", ["edition_id", "registered_at"])
        table.create_index("ix_registration_merged_into_id", ["merged_into_id"])
    op.create_table(
        "different_people",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("first_id", sa.Integer(), sa.ForeignKey("registration.id", ondelete="CASCADE"), nullable=False),
        sa.Column("second_id", sa.Integer(), sa.ForeignKey("registration.id", ondelete="CASCADE"), nullable=False),
        sa.UniqueConstraint("first_id", "second_id"),
    )
    op.create_index("ix_different_people_second_id", "different_people", ["second_id"])
    op.create_table(
        "list_task",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("edition_id", sa.Integer(), sa.ForeignKey("edition.id", ondelete="CASCADE"), nullable=False),
        sa.Column("account_id", sa.Integer(), sa.ForeignKey("account.id"), nullable=True),
        sa.Column("key", sa.String(), nullable=False, unique=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("wish", sa.JSON(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("changed", sa.Integer(), nullable=False),
        sa.Column("updated", sa.Integer(), nullable=False),
        sa.Column("error", sa.String(), nullable=True),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind IN ('import', 'change')", name="kind"),
        sa.CheckConstraint(
            "state IN ('reading', 'asked', 'waiting', 'running', 'ready', 'stopped', 'failed')", name="state"
        ),
    )
    op.create_index("ix_list_task_state", "list_task", ["state"])
    op.create_index("ix_list_task_edition_id", "list_task", ["edition_id"])
    op.create_table(
        "left_out",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("task_id", sa.Integer(), sa.ForeignKey("list_task.id", ondelete="CASCADE"), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
    )
    op.create_index("ix_left_out_task_id", "left_out", ["task_id", "place"])
    index_persons()


def index_persons() -> None:
    """Make the index of search, and fill it with who is there."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute(SQLITE_INDEX)
        op.execute("INSERT INTO person_search(rowid, words) SELECT id, ' ' || search_text || ' ' FROM person")
        for statement in SQLITE_KEEP:
            op.execute(sa.DDL(statement))
    else:
        op.execute(POSTGRESQL_FUNCTION)
        op.execute("CREATE INDEX ix_person_search ON person USING gin (forum_trigrams(search_text))")


def downgrade() -> None:
    """Undo."""
    if op.get_bind().dialect.name == "sqlite":
        for event in ("insert", "update", "delete"):
            op.execute(f"DROP TRIGGER person_search_{event}")
        op.execute("DROP TABLE person_search")
    else:
        op.execute("DROP INDEX ix_person_search")
        op.execute("DROP FUNCTION forum_trigrams(text)")
    op.drop_table("left_out")
    op.drop_table("list_task")
    op.drop_table("different_people")
    with op.batch_alter_table("registration") as table:
        table.drop_index("ix_registration_merged_into_id")
        table.drop_index("ix_registration_edition_registered")
        table.drop_constraint("fk_registration_merged_into_id_registration", type_="foreignkey")
        table.drop_column("merged_into_id")
