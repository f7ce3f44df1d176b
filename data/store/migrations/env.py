"""Alembic's entry: runs on the connection that data.store.database hands over."""

from alembic import context

from data.store.models import Base

connection = context.config.attributes["connection"]
context.configure(
    connection=connection, target_metadata=Base.metadata, render_as_batch=True, transaction_per_migration=False
)
context.run_migrations()
