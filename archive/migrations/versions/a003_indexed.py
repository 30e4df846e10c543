"""What is indexed elsewhere: of an index on a server, which version of which article it holds."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "a003"
down_revision = "a002"


def upgrade() -> None:
    op.create_table(
        "indexes",
        sa.Column("name", sa.String(64), primary_key=True),
        sa.Column("collection", sa.String(128), nullable=False),
        sa.Column("model", sa.Text, nullable=False),
        sa.Column("chunking", sa.Text, nullable=False),
        sa.Column("generation", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "indexed",
        sa.Column("collection", sa.String(128), primary_key=True),
        sa.Column("article", sa.String(16), primary_key=True),
        sa.Column("hash", sa.String(32), primary_key=True),
        sa.Column("passages", sa.Integer, nullable=False),
        sa.Column("live", sa.Boolean, nullable=False),
    )
