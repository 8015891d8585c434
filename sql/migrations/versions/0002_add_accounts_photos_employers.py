"""Add accounts, photos and the directory of employers"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "account",
        sa.Column("trainee_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("username", sa.String(length=32), nullable=False),
        sa.Column("password_hash", sa.String(length=255), nullable=False),
        sa.Column("business", sa.String(length=16), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("failed_checks", sa.SmallInteger(), nullable=False),
        sa.Column("locked_until", sa.DateTime(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint("business IN ('residency')", name=op.f("ck_account_business")),
        sa.CheckConstraint("role IN ('trainee')", name=op.f("ck_account_role")),
        sa.ForeignKeyConstraint(["trainee_id"], ["trainee.id"], name=op.f("fk_account_trainee_id")),
        sa.PrimaryKeyConstraint("trainee_id", name=op.f("pk_account")),
        sa.UniqueConstraint("username", name=op.f("uq_account_username")),
    )
    op.create_table(
        "employer",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("uscc", sa.String(length=18), nullable=True),
        sa.Column("level", sa.String(length=40), nullable=True),
        sa.Column("city", sa.String(length=40), nullable=True),
        sa.Column("is_medical", sa.Boolean(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_employer")),
        sa.UniqueConstraint("name", name=op.f("uq_employer_name")),
    )
    op.create_table(
        "trainee_photo",
        sa.Column("trainee_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("mime", sa.String(length=16), nullable=False),
        sa.Column("content", sa.LargeBinary(length=1048576), nullable=False),
        sa.CheckConstraint("mime IN ('image/jpeg', 'image/png')", name=op.f("ck_trainee_photo_mime")),
        sa.ForeignKeyConstraint(["trainee_id"], ["trainee.id"], name=op.f("fk_trainee_photo_trainee_id")),
        sa.PrimaryKeyConstraint("trainee_id", name=op.f("pk_trainee_photo")),
    )


def downgrade() -> None:
    op.drop_table("trainee_photo")
    op.drop_table("employer")
    op.drop_table("account")
