"""The tables, as the newest migration leaves them; the brand is the first column of every stateful key.

Times are IEEE doubles of Unix seconds (REAL in SQLite, DOUBLE PRECISION in PostgreSQL): the very values that the core
decides with, so that `due <= now` means the same in a query as in a decision; at today's dates they resolve 0.24 us.
JSON is TEXT on both: digests are made of its bytes, which PostgreSQL's JSONB would rewrite.
"""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Double,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

HEAD: Final = "0002"  # the newest revision in migrations/versions; a test holds it to that

metadata = MetaData()


def _some(name: str, kind: Any) -> Column[Any]:  # noqa: ANN401 - any SQLAlchemy type
    return Column(name, kind, nullable=False)


def _maybe(name: str, kind: Any) -> Column[Any]:  # noqa: ANN401 - any SQLAlchemy type
    return Column(name, kind, nullable=True)


mentions = Table(
    "mentions",
    metadata,
    _some("brand", String),
    _some("source", String),
    _some("id", String),
    _some("published_at", Double),
    _some("seen_at", Double),
    _some("title", Text),
    _some("text", Text),
    _maybe("url", Text),
    _maybe("author", Text),
    _maybe("lang", String),
    _maybe("reach", BigInteger),
    _maybe("tone_lang", String),
    _some("compound", Double),
    _maybe("p_negative", Double),
    _maybe("p_neutral", Double),
    _maybe("p_positive", Double),
    _some("label", String),
    _some("fingerprint", BigInteger),
    _maybe("story", String),
    _maybe("watch", Text),
    _some("own", Boolean),
    _some("history", Boolean),
    _some("late", Boolean),
    _some("date_quality", String),
    _maybe("extra", Text),
    _maybe("corrected", String),
    _maybe("corrected_by", String),
    _maybe("corrected_at", Double),
    _maybe("versions", Text),
    _maybe("deleted_at", Double),
    PrimaryKeyConstraint("brand", "source", "id", name="mentions_pk"),
    Index("mentions_of_brand", "brand", "published_at"),
    Index("mentions_by_time", "published_at"),
    Index("mentions_by_age", "seen_at"),
)

bins = Table(
    "bins",
    metadata,
    _some("brand", String),
    _some("start", BigInteger),
    _some("mentions", Integer),
    _some("negatives", Integer),
    _some("p_negative", Double),
    _some("unscored", Integer),
    _some("reach", BigInteger),
    _some("late", Integer),
    _some("authors", Text),
    _some("stories", Text),
    _some("sources", Text),
    _some("coverage", Double),
    PrimaryKeyConstraint("brand", "start", name="bins_pk"),
    Index("bins_by_age", "start"),
)

brand_state = Table(
    "brand_state",
    metadata,
    _some("brand", String),
    _some("version", BigInteger),
    _some("epoch", BigInteger),
    _some("live", LargeBinary),
    _some("detector", LargeBinary),
    _maybe("wake", Double),
    _some("tempo", Double),
    _some("updated_at", Double),
    PrimaryKeyConstraint("brand", name="brand_state_pk"),
)

_OPEN = text("state <> 'resolved'")

incidents = Table(
    "incidents",
    metadata,
    _some("brand", String),
    _some("id", String),
    _some("kind", String),
    _some("state", String),
    _some("severity", Integer),
    _some("revision", Integer),
    _some("opened_at", Double),
    _some("updated_at", Double),
    _maybe("acknowledged_at", Double),
    _maybe("resolved_at", Double),
    _some("body", Text),
    _maybe("head", String),  # where the chain of its events ends
    _maybe("messages_head", String),  # where the chain of its messages ends; null: none since there is such a chain
    PrimaryKeyConstraint("brand", "id", name="incidents_pk"),
    UniqueConstraint("id", name="incidents_id"),
    Index("incidents_one_open", "brand", "kind", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),
    Index("incidents_by_time", "opened_at", "id"),
)

incident_events = Table(
    "incident_events",
    metadata,
    _some("brand", String),
    _some("incident", String),
    _some("seq", Integer),
    _some("at", Double),
    _some("event", String),
    _maybe("salt", String),  # null with its body: erased
    _maybe("body", Text),  # canonical JSON, byte for byte what was digested
    _some("digest", String),
    _some("head", String),
    PrimaryKeyConstraint("brand", "incident", "seq", name="incident_events_pk"),
    Index("incident_events_by_incident", "incident", "seq"),
)

incident_texts = Table(
    "incident_texts",
    metadata,
    _some("brand", String),
    _some("incident", String),
    _some("digest", String),
    _maybe("seq", Integer),  # the event that vouches for it; null until the next one
    _maybe("salt", String),  # null from here on: erased
    _maybe("source", String),
    _maybe("mention", String),
    _maybe("author", Text),
    _maybe("body", Text),
    PrimaryKeyConstraint("brand", "incident", "digest", name="incident_texts_pk"),
    Index("incident_texts_by_mention", "brand", "source", "mention"),
)

incident_messages = Table(
    "incident_messages",
    metadata,
    _some("brand", String),
    _some("incident", String),
    _some("n", Integer),  # counts from 1 in its incident
    _some("at", Double),
    _some("page", String),
    _some("what", String),  # the state that the message came to
    _some("salt", String),
    _some("body", Text),  # canonical JSON, byte for byte what was digested
    _maybe("text_salt", String),  # of the digest of its words; null: they were erased, or this is not their first line
    _some("digest", String),
    _some("head", String),
    PrimaryKeyConstraint("brand", "incident", "n", name="incident_messages_pk"),
    Index("incident_messages_by_page", "brand", "page"),
)

_QUEUED = text("state = 'queued'")

outbox = Table(
    "outbox",
    metadata,
    _some("brand", String),
    _some("id", String),
    _some("incident", String),
    _some("step", String),
    _some("person", String),
    _some("channel", String),
    _some("kind", String),
    _some("group_key", String),  # "" stands alone
    _some("state", String),
    _some("due", Double),
    _some("attempts", Integer),
    _maybe("claimed_by", String),
    _maybe("claimed_until", Double),
    _some("decided_at", Double),
    _some("updated_at", Double),
    _maybe("sent_at", Double),
    _maybe("error", Text),
    _some("why", Text),
    _some("payload", Text),
    PrimaryKeyConstraint("brand", "id", name="outbox_pk"),
    UniqueConstraint("id", name="outbox_id"),
    UniqueConstraint("brand", "incident", "step", "person", "channel", name="outbox_once"),
    Index("outbox_due", "due", sqlite_where=_QUEUED, postgresql_where=_QUEUED),
    Index("outbox_by_incident", "incident"),
    Index("outbox_by_person", "person", "sent_at"),
)

silences = Table(
    "silences",
    metadata,
    _some("brand", String),
    _some("id", String),
    _some("until", Double),
    _some("reason", Text),
    _some("by", String),
    _some("created_at", Double),
    _maybe("story", String),
    _maybe("ended_at", Double),
    _maybe("ended_by", String),
    PrimaryKeyConstraint("brand", "id", name="silences_pk"),
)

source_state = Table(
    "source_state",
    metadata,
    _some("id", String),
    _some("body", Text),
    _some("updated_at", Double),
    PrimaryKeyConstraint("id", name="source_state_pk"),
)

meta = Table(
    "meta",
    metadata,
    _some("key", String),
    _some("value", Text),
    PrimaryKeyConstraint("key", name="meta_pk"),
)
