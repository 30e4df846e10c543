"""Alembic's entry: run the migrations on the connection that the store hands over."""

from __future__ import annotations

from alembic import context

told = context.config.attributes
context.configure(connection=told["connection"], version_table=told["version_table"], render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
