"""Labels that an area prints on its own forms."""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

TABLE = """
CREATE TABLE local_labels (
    id UUID NOT NULL,
    area TEXT NOT NULL,
    form TEXT NOT NULL,
    key TEXT NOT NULL,
    label TEXT NOT NULL,
    added_by UUID NOT NULL,
    added_at TIMESTAMP WITH TIME ZONE NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (area, form, label),
    FOREIGN KEY(added_by) REFERENCES people (id)
);
GRANT SELECT, INSERT, DELETE ON local_labels TO mappa_app;
"""


def upgrade() -> None:
    op.execute(TABLE)


def downgrade() -> None:
    op.execute("DROP TABLE local_labels")
