"""What becomes of a letter after sending: the option they accepted, the repair, and drafts wanted anew."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("lapses", sa.Column("repaired_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("lapses", sa.Column("edition", sa.Integer(), server_default=sa.text("0"), nullable=False))
    op.add_column("drafts", sa.Column("accepted_start", sa.DateTime(timezone=True), nullable=True))
    op.add_column("drafts", sa.Column("accepted_end", sa.DateTime(timezone=True), nullable=True))
    op.add_column("drafts", sa.Column("accepted_in", sa.String(), nullable=True))
    op.add_column("drafts", sa.Column("accepted_words", sa.Text(), nullable=True))
    op.add_column("drafts", sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True))
