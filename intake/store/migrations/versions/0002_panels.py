"""The calendar of panels."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

TABLE = """
CREATE TABLE panels (
    id UUID NOT NULL,
    area TEXT NOT NULL,
    kind TEXT NOT NULL,
    district TEXT NOT NULL,
    day DATE NOT NULL,
    starts TIME WITHOUT TIME ZONE NOT NULL,
    cancelled TEXT,
    PRIMARY KEY (id),
    UNIQUE (area, kind, district, day, starts)
);
GRANT SELECT, INSERT, UPDATE ON panels TO mappa_app;
"""


def upgrade() -> None:
    op.execute(TABLE)


def downgrade() -> None:
    op.execute("DROP TABLE panels")
