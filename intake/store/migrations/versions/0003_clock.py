"""How each area counts the time to decide."""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

TABLE = """
CREATE TABLE clock_settings (
    area TEXT NOT NULL,
    basis TEXT NOT NULL,
    days INTEGER NOT NULL,
    PRIMARY KEY (area)
);
GRANT SELECT, INSERT, UPDATE ON clock_settings TO mappa_app;
"""


def upgrade() -> None:
    op.execute(TABLE)


def downgrade() -> None:
    op.execute("DROP TABLE clock_settings")
