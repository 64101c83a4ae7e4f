"""Write a component's next migration from the difference between its tables and a migrated database."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from alembic import command
from alembic.autogenerate import produce_migrations, render_python_code
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.operations.ops import CreateTableOp, MigrationScript
from sqlalchemy import Connection

from kit.db.migrate import COMPARE, location, render_item, with_alembic
from kit.db.schema import create_kit_tables

_TEMPLATE: Final = '''"""{subject}."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from kit.db import rls
from kit.db.schema import append_only, create_kit_tables, drop_kit_tables

revision = "{revision}"
down_revision = {down}


def upgrade() -> None:
    {first}{upgrade}
    {policies}


def downgrade() -> None:
    {downgrade}
    {last}
'''


async def revision(url: str, component: str, subject: str, *, migrations: Path | None = None) -> Path:
    """Write `versions/<number>_<subject>.py` and return its path. It is a draft: read it, edit it, format it.

    The first one also makes the kit tables; tables with an `employer` get their policy.
    """
    folder = (migrations or location(component)) / "versions"
    last = max((int(path.name[:4]) for path in folder.glob("[0-9]*.py")), default=0)

    def write(config: Config) -> Path:
        script = _difference(config, first=last == 0)
        assert script.upgrade_ops is not None
        assert script.downgrade_ops is not None
        created = [made for made in script.upgrade_ops.ops if isinstance(made, CreateTableOp)]
        tenant = [made.table_name for made in created if _has_employer(made)]
        path = folder / f"{last + 1:04d}_{subject.lower().replace(' ', '_')}.py"
        path.write_text(
            _TEMPLATE.format(
                subject=subject,
                revision=f"{last + 1:04d}",
                down=repr(f"{last:04d}") if last else "None",
                first="" if last else "create_kit_tables(op)\n    ",
                last="" if last else "drop_kit_tables(op)",
                upgrade=render_python_code(script.upgrade_ops, render_item=render_item),
                downgrade=render_python_code(script.downgrade_ops, render_item=render_item),
                policies="\n    ".join(f'rls.enable(op, "{table}")' for table in tenant),
            )
        )
        return path

    return await with_alembic(url, component, migrations, write)


def _difference(config: Config, *, first: bool) -> MigrationScript:
    command.current(config)  # runs env.py, which names the metadata
    connection: Connection = config.attributes["connection"]
    metadata = config.attributes["metadata"]
    options = {"target_metadata": metadata, "component": config.attributes["component"], **COMPARE}
    compared = MigrationContext.configure(connection, opts=options)
    if first:
        create_kit_tables(Operations(compared))
    try:
        return produce_migrations(compared, metadata)
    finally:
        connection.rollback()


def _has_employer(made: CreateTableOp) -> bool:
    return any(getattr(column, "name", "") == "employer" for column in made.columns)
