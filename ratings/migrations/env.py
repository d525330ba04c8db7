"""Alembic's way in: run the steps that are missing on the connection `ratings.schema` hands over."""

from alembic import context

from ratings.tables import VERSION_TABLE, metadata


def run() -> None:
    """Run the missing steps inside the caller's transaction: all of them or none."""
    context.configure(
        connection=context.config.attributes["connection"],
        target_metadata=metadata,
        version_table=VERSION_TABLE,
        render_as_batch=True,  # SQLite alters a table by copying it
    )
    context.run_migrations()


if __name__ == "env_py":  # Alembic loads this file under that name; anyone else only reads it
    run()
