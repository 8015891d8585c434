"""Keep who was absent from a part of the exam (缺考) apart from a mark that was not given"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

_PARTS = ("written", "skill", "interview")


def _score(*more: sa.schema.SchemaItem) -> sa.Table:
    """Return the table as it stands: SQLite changes one by copying it, and cannot tell all that it has."""
    owner = "(record = '' AND base_code IS NULL) OR (base_code IS NOT NULL AND record = base_code)"
    return sa.Table(
        "score",
        sa.MetaData(),
        sa.Column("application_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("record", sa.String(length=32), nullable=False),
        sa.Column("base_code", sa.String(length=32), nullable=True),
        *(sa.Column(part, sa.Integer(), nullable=True) for part in _PARTS),
        sa.Column("touched_by", sa.Integer(), nullable=False),
        sa.CheckConstraint(owner, name=op.f("ck_score_record")),
        *(
            sa.CheckConstraint(f"{part} BETWEEN 0 AND 10000", name=op.f(f"ck_score_{part}"))
            for part in _PARTS
        ),
        sa.ForeignKeyConstraint(["application_id"], ["application.id"], name=op.f("fk_score_application_id")),
        sa.ForeignKeyConstraint(["base_code"], ["base.code"], name=op.f("fk_score_base_code")),
        sa.PrimaryKeyConstraint("application_id", "record", name=op.f("pk_score")),
        *more,
    )


def _flags(*, nullable: bool) -> list[sa.Column[bool]]:
    return [sa.Column(f"{part}_absent", sa.Boolean(), nullable=nullable) for part in _PARTS]


def _rules() -> dict[str, tuple[str, str]]:
    """Return part → name and condition of its CHECK."""
    return {
        part: (op.f(f"ck_score_{part}_absent"), f"NOT {part}_absent OR {part} IS NULL") for part in _PARTS
    }


def upgrade() -> None:
    for flag in _flags(nullable=True):
        op.add_column("score", flag)
    # What stood for an absence until now cannot be told from a mark that was not given: of nobody is it said
    # that they were absent.
    op.execute("UPDATE score SET written_absent = false, skill_absent = false, interview_absent = false")
    with op.batch_alter_table("score", copy_from=_score(*_flags(nullable=True))) as score:
        for part, (name, rule) in _rules().items():
            score.alter_column(f"{part}_absent", existing_type=sa.Boolean(), nullable=False)
            score.create_check_constraint(name, rule)


def downgrade() -> None:
    checks = [sa.CheckConstraint(rule, name=name) for name, rule in _rules().values()]
    with op.batch_alter_table("score", copy_from=_score(*_flags(nullable=False), *checks)) as score:
        for part, (name, _) in _rules().items():
            score.drop_constraint(name, type_="check")
            score.drop_column(f"{part}_absent")
