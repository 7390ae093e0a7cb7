"""Runs the migrations on the connection that `amends.storage.migrate` hands over; there is no other way in."""

from __future__ import annotations

from alembic import context

from amends.storage.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=True,  # on SQLite too: the caller's BEGIN EXCLUSIVE holds it all
    render_as_batch=True,  # SQLite alters a table by copying it
)
with context.begin_transaction():
    context.run_migrations()
