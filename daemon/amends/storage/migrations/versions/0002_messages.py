"""A chain of an incident's messages beside that of its events, and who ended a silence."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add a table and two columns that the release before does not look at."""
    op.create_table(
        "incident_messages",
        sa.Column("brand", sa.String(), nullable=False),
        sa.Column("incident", sa.String(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
        sa.Column("page", sa.String(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("salt", sa.String(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("text_salt", sa.String(), nullable=True),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("head", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("brand", "incident", "n", name="incident_messages_pk"),
    )
    op.create_index("incident_messages_by_page", "incident_messages", ["brand", "page"])
    op.add_column("incidents", sa.Column("messages_head", sa.String(), nullable=True))
    op.add_column("silences", sa.Column("ended_by", sa.String(), nullable=True))


def downgrade() -> None:
    """There is no way down: the backup made before a migration is."""
    raise NotImplementedError("a schema is not taken back: restore the newest file of `backups/`")
