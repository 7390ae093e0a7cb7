"""The first schema."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create every table of the first release."""
    _bins()
    _brand_state()
    _incident_events()
    _incident_texts()
    _incidents()
    _mentions()
    _meta()
    _outbox()
    _silences()
    _source_state()


def downgrade() -> None:
    """There is no way down: the backup made before a migration is."""
    raise NotImplementedError("a schema is not taken back: restore the newest file of `backups/`")


def _bins() -> None:
    op.create_table(
        "bins",
        sa.Column("brand", sa.String(), nullable=False),
        sa.Column("start", sa.BigInteger(), nullable=False),
        sa.Column("mentions", sa.Integer(), nullable=False),
        sa.Column("negatives", sa.Integer(), nullable=False),
        sa.Column("p_negative", sa.Double(), nullable=False),
        sa.Column("unscored", sa.Integer(), nullable=False),
        sa.Column("reach", sa.BigInteger(), nullable=False),
        sa.Column("late", sa.Integer(), nullable=False),
        sa.Column("authors", sa.Text(), nullable=False),
        sa.Column("stories", sa.Text(), nullable=False),
        sa.Column("sources", sa.Text(), nullable=False),
        sa.Column("coverage", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("brand", "start", name="bins_pk"),
    )
    op.create_index("bins_by_age", "bins", ["start"], unique=False)


def _brand_state() -> None:
    op.create_table(
        "brand_state",
        sa.Column("brand", sa.String(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("live", sa.LargeBinary(), nullable=False),
        sa.Column("detector", sa.LargeBinary(), nullable=False),
        sa.Column("wake", sa.Double(), nullable=True),
        sa.Column("tempo", sa.Double(), nullable=False),
        sa.Column("updated_at", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("brand", name="brand_state_pk"),
    )


def _incident_events() -> None:
    op.create_table(
        "incident_events",
        sa.Column("brand", sa.String(), nullable=False),
        sa.Column("incident", sa.String(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
        sa.Column("event", sa.String(), nullable=False),
        sa.Column("salt", sa.String(), nullable=True),
        sa.Column("body", sa.Text(), nullable=True),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("head", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("brand", "incident", "seq", name="incident_events_pk"),
    )
    op.create_index("incident_events_by_incident", "incident_events", ["incident", "seq"], unique=False)


def _incident_texts() -> None:
    op.create_table(
        "incident_texts",
        sa.Column("brand", sa.String(), nullable=False),
        sa.Column("incident", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=True),
        sa.Column("salt", sa.String(), nullable=True),
        sa.Column("source", sa.String(), nullable=True),
        sa.Column("mention", sa.String(), nullable=True),
        sa.Column("author", sa.Text(), nullable=True),
        sa.Column("body", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("brand", "incident", "digest", name="incident_texts_pk"),
    )
    op.create_index("incident_texts_by_mention", "incident_texts", ["brand", "source", "mention"], unique=False)


def _incidents() -> None:
    op.create_table(
        "incidents",
        sa.Column("brand", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("severity", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.Double(), nullable=False),
        sa.Column("updated_at", sa.Double(), nullable=False),
        sa.Column("acknowledged_at", sa.Double(), nullable=True),
        sa.Column("resolved_at", sa.Double(), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("head", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("brand", "id", name="incidents_pk"),
        sa.UniqueConstraint("id", name="incidents_id"),
    )
    op.create_index("incidents_by_time", "incidents", ["opened_at", "id"], unique=False)
    op.create_index(
        "incidents_one_open",
        "incidents",
        ["brand", "kind"],
        unique=True,
        sqlite_where=sa.text("state <> 'resolved'"),
        postgresql_where=sa.text("state <> 'resolved'"),
    )


def _mentions() -> None:
    op.create_table(
        "mentions",
        sa.Column("brand", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("published_at", sa.Double(), nullable=False),
        sa.Column("seen_at", sa.Double(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("author", sa.Text(), nullable=True),
        sa.Column("lang", sa.String(), nullable=True),
        sa.Column("reach", sa.BigInteger(), nullable=True),
        sa.Column("tone_lang", sa.String(), nullable=True),
        sa.Column("compound", sa.Double(), nullable=False),
        sa.Column("p_negative", sa.Double(), nullable=True),
        sa.Column("p_neutral", sa.Double(), nullable=True),
        sa.Column("p_positive", sa.Double(), nullable=True),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("fingerprint", sa.BigInteger(), nullable=False),
        sa.Column("story", sa.String(), nullable=True),
        sa.Column("watch", sa.Text(), nullable=True),
        sa.Column("own", sa.Boolean(), nullable=False),
        sa.Column("history", sa.Boolean(), nullable=False),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("date_quality", sa.String(), nullable=False),
        sa.Column("extra", sa.Text(), nullable=True),
        sa.Column("corrected", sa.String(), nullable=True),
        sa.Column("corrected_by", sa.String(), nullable=True),
        sa.Column("corrected_at", sa.Double(), nullable=True),
        sa.Column("versions", sa.Text(), nullable=True),
        sa.Column("deleted_at", sa.Double(), nullable=True),
        sa.PrimaryKeyConstraint("brand", "source", "id", name="mentions_pk"),
    )
    op.create_index("mentions_by_age", "mentions", ["seen_at"], unique=False)
    op.create_index("mentions_of_brand", "mentions", ["brand", "published_at"], unique=False)
    op.create_index("mentions_by_time", "mentions", ["published_at"], unique=False)


def _meta() -> None:
    op.create_table(
        "meta",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="meta_pk"),
    )


def _outbox() -> None:
    op.create_table(
        "outbox",
        sa.Column("brand", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("incident", sa.String(), nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("group_key", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("due", sa.Double(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("claimed_by", sa.String(), nullable=True),
        sa.Column("claimed_until", sa.Double(), nullable=True),
        sa.Column("decided_at", sa.Double(), nullable=False),
        sa.Column("updated_at", sa.Double(), nullable=False),
        sa.Column("sent_at", sa.Double(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("brand", "id", name="outbox_pk"),
        sa.UniqueConstraint("brand", "incident", "step", "person", "channel", name="outbox_once"),
        sa.UniqueConstraint("id", name="outbox_id"),
    )
    op.create_index("outbox_by_incident", "outbox", ["incident"], unique=False)
    op.create_index("outbox_by_person", "outbox", ["person", "sent_at"], unique=False)
    op.create_index(
        "outbox_due",
        "outbox",
        ["due"],
        unique=False,
        sqlite_where=sa.text("state = 'queued'"),
        postgresql_where=sa.text("state = 'queued'"),
    )


def _silences() -> None:
    op.create_table(
        "silences",
        sa.Column("brand", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("until", sa.Double(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.Column("story", sa.String(), nullable=True),
        sa.Column("ended_at", sa.Double(), nullable=True),
        sa.PrimaryKeyConstraint("brand", "id", name="silences_pk"),
    )


def _source_state() -> None:
    op.create_table(
        "source_state",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("updated_at", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="source_state_pk"),
    )
