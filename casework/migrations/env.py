"""How Alembic reaches the store: over the connection, and for the side, that `casework.migrate` hands it."""

from alembic import context

context.configure(
    connection=context.config.attributes["connection"],
    # SQLite cannot alter a table in place; Alembic then copies it ("batch mode").
    render_as_batch=True,
    # A revision asks `op.get_context().opts["side"]` before it makes a table that one side alone keeps.
    side=context.config.attributes["side"],
)
with context.begin_transaction():
    context.run_migrations()
