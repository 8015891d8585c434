"""Make the first tables"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "base",
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("aliases", sa.String(length=500), nullable=False),
        sa.Column("level", sa.String(length=40), nullable=True),
        sa.Column("city", sa.String(length=40), nullable=False),
        sa.Column("uscc", sa.String(length=18), nullable=True),
        sa.Column("contact_name", sa.String(length=100), nullable=True),
        sa.Column("contact_phone", sa.String(length=40), nullable=True),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.CheckConstraint("status IN ('enabled', 'disabled')", name=op.f("ck_base_status")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_base")),
        sa.UniqueConstraint("name", name=op.f("uq_base_name")),
        sa.UniqueConstraint("uscc", name=op.f("uq_base_uscc")),
    )
    op.create_table(
        "batch",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("year", sa.SmallInteger(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("apply_from", sa.DateTime(), nullable=False),
        sa.Column("apply_until", sa.DateTime(), nullable=False),
        sa.Column("review_until", sa.DateTime(), nullable=True),
        sa.Column("publicity_until", sa.DateTime(), nullable=True),
        sa.Column("checkin_until", sa.DateTime(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint(
            "status IN ('draft', 'open', 'closed', 'locked', 'committed', 'publicity', 'final', 'archived', 'cancelled')",
            name=op.f("ck_batch_status"),
        ),
        sa.CheckConstraint("apply_from < apply_until", name=op.f("ck_batch_apply_dates")),
        sa.CheckConstraint("year BETWEEN 2000 AND 2100", name=op.f("ck_batch_year")),
        sa.ForeignKeyConstraint(["parent_id"], ["batch.id"], name=op.f("fk_batch_parent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_batch")),
        sa.UniqueConstraint("code", name=op.f("uq_batch_code")),
    )
    op.create_table(
        "counter",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_counter")),
    )
    op.create_table(
        "specialty",
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("category", sa.String(length=20), nullable=True),
        sa.Column("is_shortage", sa.Boolean(), nullable=False),
        sa.Column("aliases", sa.String(length=500), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_specialty")),
        sa.UniqueConstraint("name", name=op.f("uq_specialty_name")),
    )
    op.create_table(
        "trainee",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id_type", sa.String(length=20), nullable=False),
        sa.Column("id_number", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("gender", sa.String(length=1), nullable=True),
        sa.Column("birth_date", sa.Date(), nullable=True),
        sa.Column("ethnicity", sa.String(length=2), nullable=True),
        sa.Column("political_status", sa.String(length=2), nullable=True),
        sa.Column("marital_status", sa.String(length=2), nullable=True),
        sa.Column("origin_province", sa.String(length=40), nullable=True),
        sa.Column("mobile", sa.String(length=40), nullable=True),
        sa.Column("email", sa.String(length=100), nullable=True),
        sa.Column("address", sa.String(length=200), nullable=True),
        sa.Column("emergency_name", sa.String(length=100), nullable=True),
        sa.Column("emergency_phone", sa.String(length=40), nullable=True),
        sa.Column("licence_passed", sa.Boolean(), nullable=True),
        sa.Column("licence_no", sa.String(length=40), nullable=True),
        sa.Column("has_employer", sa.Boolean(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("updated_at", sa.DateTime(), nullable=False),
        sa.Column("touched_by", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trainee")),
        sa.UniqueConstraint("id_number", "id_type", name=op.f("uq_trainee_id_number_id_type")),
    )
    op.create_table(
        "application",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("application_no", sa.String(length=48), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("trainee_id", sa.Integer(), nullable=False),
        sa.Column("identity", sa.String(length=16), nullable=False),
        sa.Column("source_type", sa.String(length=40), nullable=False),
        sa.Column("train_years", sa.SmallInteger(), nullable=False),
        sa.Column("accept_adjust", sa.Boolean(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("live_key", sa.String(length=48), nullable=True),
        sa.Column("first_submitted_at", sa.DateTime(), nullable=True),
        sa.Column("submitted_at", sa.DateTime(), nullable=True),
        sa.Column("snapshot_version", sa.SmallInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("touched_by", sa.Integer(), nullable=False),
        sa.CheckConstraint("(status = 'withdrawn') = (live_key IS NULL)", name=op.f("ck_application_live")),
        sa.CheckConstraint(
            "identity IN ('own', 'social', 'entrusted')", name=op.f("ck_application_identity")
        ),
        sa.CheckConstraint(
            "status IN ('draft', 'submitted', 'returned', 'approved', 'rejected', 'withdrawn')",
            name=op.f("ck_application_status"),
        ),
        sa.CheckConstraint(
            "status IN ('draft', 'withdrawn') OR (submitted_at IS NOT NULL AND snapshot_version IS NOT NULL)",
            name=op.f("ck_application_submitted"),
        ),
        sa.CheckConstraint("train_years BETWEEN 1 AND 3", name=op.f("ck_application_train_years")),
        sa.ForeignKeyConstraint(["batch_id"], ["batch.id"], name=op.f("fk_application_batch_id")),
        sa.ForeignKeyConstraint(["trainee_id"], ["trainee.id"], name=op.f("fk_application_trainee_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application")),
        sa.UniqueConstraint("application_no", name=op.f("uq_application_application_no")),
        sa.UniqueConstraint("id", "batch_id", name=op.f("uq_application_id_batch_id")),
        sa.UniqueConstraint("id", "status", name=op.f("uq_application_id_status")),
        sa.UniqueConstraint("live_key", name=op.f("uq_application_live_key")),
    )
    with op.batch_alter_table("application", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_application_batch_id_status"), ["batch_id", "status"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_application_trainee_id"), ["trainee_id"], unique=False)

    op.create_table(
        "batch_setting",
        sa.Column("batch_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("value", sa.String(length=500), nullable=False),
        sa.ForeignKeyConstraint(["batch_id"], ["batch.id"], name=op.f("fk_batch_setting_batch_id")),
        sa.PrimaryKeyConstraint("batch_id", "key", name=op.f("pk_batch_setting")),
    )
    op.create_table(
        "education",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("trainee_id", sa.Integer(), nullable=False),
        sa.Column("level", sa.String(length=2), nullable=False),
        sa.Column("school", sa.String(length=100), nullable=False),
        sa.Column("major", sa.String(length=100), nullable=True),
        sa.Column("graduated_on", sa.Date(), nullable=True),
        sa.Column("full_time", sa.Boolean(), nullable=True),
        sa.Column("degree", sa.String(length=3), nullable=True),
        sa.Column("degree_type", sa.String(length=16), nullable=True),
        sa.Column("diploma_no", sa.String(length=40), nullable=True),
        sa.Column("degree_no", sa.String(length=40), nullable=True),
        sa.Column("is_fresh", sa.Boolean(), nullable=True),
        sa.CheckConstraint(
            "degree_type IN ('professional', 'academic')", name=op.f("ck_education_degree_type")
        ),
        sa.ForeignKeyConstraint(["trainee_id"], ["trainee.id"], name=op.f("fk_education_trainee_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_education")),
        sa.UniqueConstraint(
            "trainee_id", "level", "school", name=op.f("uq_education_trainee_id_level_school")
        ),
    )
    op.create_table(
        "event",
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("who", sa.String(length=64), nullable=False),
        sa.Column("action", sa.String(length=48), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=True),
        sa.Column("subject", sa.String(length=100), nullable=False),
        sa.Column("before", sa.String(length=500), nullable=True),
        sa.Column("after", sa.String(length=500), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=True),
        sa.Column("data", sa.Text(), nullable=True),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["batch_id"], ["batch.id"], name=op.f("fk_event_batch_id")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_event")),
    )
    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_event_batch_id_subject"), ["batch_id", "subject"], unique=False)

    op.create_table(
        "plan",
        sa.Column("batch_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("base_code", sa.String(length=32), nullable=False),
        sa.Column("specialty_code", sa.String(length=32), nullable=False),
        sa.Column("quota", sa.Integer(), nullable=False),
        sa.Column("min_score", sa.Integer(), nullable=True),
        sa.Column("max_own", sa.Integer(), nullable=True),
        sa.Column("max_entrusted", sa.Integer(), nullable=True),
        sa.Column("max_social", sa.Integer(), nullable=True),
        sa.Column("stopped", sa.Boolean(), nullable=False),
        sa.Column("taken_own", sa.Integer(), nullable=False),
        sa.Column("taken_entrusted", sa.Integer(), nullable=False),
        sa.Column("taken_social", sa.Integer(), nullable=False),
        sa.CheckConstraint("max_entrusted >= 0", name=op.f("ck_plan_max_entrusted")),
        sa.CheckConstraint("max_own >= 0", name=op.f("ck_plan_max_own")),
        sa.CheckConstraint("max_social >= 0", name=op.f("ck_plan_max_social")),
        sa.CheckConstraint("min_score BETWEEN 0 AND 10000", name=op.f("ck_plan_min_score")),
        sa.CheckConstraint("quota BETWEEN 0 AND 100000", name=op.f("ck_plan_quota")),
        sa.CheckConstraint(
            "taken_entrusted >= 0 AND (max_entrusted IS NULL OR taken_entrusted <= max_entrusted)",
            name=op.f("ck_plan_seats_entrusted"),
        ),
        sa.CheckConstraint("taken_own + taken_entrusted + taken_social <= quota", name=op.f("ck_plan_seats")),
        sa.CheckConstraint(
            "taken_own >= 0 AND (max_own IS NULL OR taken_own <= max_own)", name=op.f("ck_plan_seats_own")
        ),
        sa.CheckConstraint(
            "taken_social >= 0 AND (max_social IS NULL OR taken_social <= max_social)",
            name=op.f("ck_plan_seats_social"),
        ),
        sa.ForeignKeyConstraint(["base_code"], ["base.code"], name=op.f("fk_plan_base_code")),
        sa.ForeignKeyConstraint(["batch_id"], ["batch.id"], name=op.f("fk_plan_batch_id")),
        sa.ForeignKeyConstraint(["specialty_code"], ["specialty.code"], name=op.f("fk_plan_specialty_code")),
        sa.PrimaryKeyConstraint("batch_id", "base_code", "specialty_code", name=op.f("pk_plan")),
    )
    op.create_table(
        "run",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("rule", sa.String(length=16), nullable=False),
        sa.Column("round", sa.String(length=16), nullable=False),
        sa.Column("adjust", sa.Boolean(), nullable=False),
        sa.Column("candidates", sa.Integer(), nullable=False),
        sa.Column("admitted", sa.Integer(), nullable=False),
        sa.Column("vacancies", sa.Integer(), nullable=False),
        sa.Column("inputs_sha256", sa.String(length=64), nullable=False),
        sa.Column("results_sha256", sa.String(length=64), nullable=False),
        sa.Column("made_by", sa.String(length=64), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("committed_at", sa.DateTime(), nullable=True),
        sa.CheckConstraint("round IN ('main', 'adjust')", name=op.f("ck_run_round")),
        sa.CheckConstraint("rule IN ('choice-first', 'score-first', 'stable')", name=op.f("ck_run_rule")),
        sa.ForeignKeyConstraint(["batch_id"], ["batch.id"], name=op.f("fk_run_batch_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_run")),
        sa.UniqueConstraint("batch_id", "number", name=op.f("uq_run_batch_id_number")),
    )
    op.create_table(
        "work",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("trainee_id", sa.Integer(), nullable=False),
        sa.Column("employer_name", sa.String(length=100), nullable=False),
        sa.Column("employer_uscc", sa.String(length=18), nullable=True),
        sa.Column("department", sa.String(length=100), nullable=True),
        sa.Column("position", sa.String(length=100), nullable=True),
        sa.Column("from_date", sa.Date(), nullable=True),
        sa.Column("to_date", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["trainee_id"], ["trainee.id"], name=op.f("fk_work_trainee_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_work")),
    )
    with op.batch_alter_table("work", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_work_trainee_id"), ["trainee_id"], unique=False)

    op.create_table(
        "admission",
        sa.Column("application_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("application_status", sa.String(length=16), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("live_key", sa.String(length=48), nullable=True),
        sa.Column("identity", sa.String(length=16), nullable=False),
        sa.Column("base_code", sa.String(length=32), nullable=True),
        sa.Column("specialty_code", sa.String(length=32), nullable=True),
        sa.Column("via", sa.String(length=16), nullable=True),
        sa.Column("total", sa.Integer(), nullable=True),
        sa.Column("rank", sa.Integer(), nullable=True),
        sa.Column("run_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=True),
        sa.Column("decided_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint(
            "(status IN ('proposed', 'admitted', 'reported')) = (live_key IS NOT NULL)",
            name=op.f("ck_admission_live"),
        ),
        sa.CheckConstraint("application_status = 'approved'", name=op.f("ck_admission_approved")),
        sa.CheckConstraint("identity IN ('own', 'social', 'entrusted')", name=op.f("ck_admission_identity")),
        sa.CheckConstraint(
            "status = 'not_admitted' OR (base_code IS NOT NULL AND specialty_code IS NOT NULL)",
            name=op.f("ck_admission_place"),
        ),
        sa.CheckConstraint(
            "status IN ('proposed', 'not_admitted', 'admitted', 'declined', 'revoked', 'reported', 'no_show')",
            name=op.f("ck_admission_status"),
        ),
        sa.ForeignKeyConstraint(
            ["application_id", "application_status"],
            ["application.id", "application.status"],
            name=op.f("fk_admission_application_id_application_status"),
        ),
        sa.ForeignKeyConstraint(
            ["application_id", "batch_id"],
            ["application.id", "application.batch_id"],
            name=op.f("fk_admission_application_id_batch_id"),
        ),
        sa.ForeignKeyConstraint(
            ["batch_id", "base_code", "specialty_code"],
            ["plan.batch_id", "plan.base_code", "plan.specialty_code"],
            name=op.f("fk_admission_batch_id_base_code_specialty_code"),
        ),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_admission_run_id")),
        sa.PrimaryKeyConstraint("application_id", name=op.f("pk_admission")),
        sa.UniqueConstraint("live_key", name=op.f("uq_admission_live_key")),
    )
    with op.batch_alter_table("admission", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_admission_batch_id_base_code_specialty_code"),
            ["batch_id", "base_code", "specialty_code"],
            unique=False,
        )

    op.create_table(
        "choice",
        sa.Column("application_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("base_code", sa.String(length=32), nullable=False),
        sa.Column("specialty_code", sa.String(length=32), nullable=False),
        sa.CheckConstraint("number BETWEEN 1 AND 9", name=op.f("ck_choice_number")),
        sa.ForeignKeyConstraint(
            ["application_id", "batch_id"],
            ["application.id", "application.batch_id"],
            name=op.f("fk_choice_application_id_batch_id"),
        ),
        sa.ForeignKeyConstraint(
            ["batch_id", "base_code", "specialty_code"],
            ["plan.batch_id", "plan.base_code", "plan.specialty_code"],
            name=op.f("fk_choice_batch_id_base_code_specialty_code"),
        ),
        sa.PrimaryKeyConstraint("application_id", "number", name=op.f("pk_choice")),
        sa.UniqueConstraint(
            "application_id",
            "base_code",
            "specialty_code",
            name=op.f("uq_choice_application_id_base_code_specialty_code"),
        ),
    )
    with op.batch_alter_table("choice", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_choice_batch_id_base_code_specialty_code"),
            ["batch_id", "base_code", "specialty_code"],
            unique=False,
        )

    op.create_table(
        "import_run",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=True),
        sa.Column("files", sa.Text(), nullable=False),
        sa.Column("inserted", sa.Integer(), nullable=False),
        sa.Column("updated", sa.Integer(), nullable=False),
        sa.Column("unchanged", sa.Integer(), nullable=False),
        sa.Column("rejected", sa.Integer(), nullable=False),
        sa.Column("warned", sa.Integer(), nullable=False),
        sa.Column("made_by", sa.String(length=64), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("event_seq", sa.Integer(), nullable=False),
        sa.Column("undone_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["batch_id"], ["batch.id"], name=op.f("fk_import_run_batch_id")),
        sa.ForeignKeyConstraint(["event_seq"], ["event.seq"], name=op.f("fk_import_run_event_seq")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_run")),
    )
    op.create_table(
        "review",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("decision", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=True),
        sa.Column("base_code", sa.String(length=32), nullable=True),
        sa.Column("snapshot_version", sa.SmallInteger(), nullable=False),
        sa.Column("decided_by", sa.String(length=64), nullable=False),
        sa.Column("decided_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint(
            "decision = 'approve' OR (reason IS NOT NULL AND reason <> '')", name=op.f("ck_review_reason")
        ),
        sa.CheckConstraint(
            "decision IN ('approve', 'reject', 'return', 'revoke')", name=op.f("ck_review_decision")
        ),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_review_application_id")
        ),
        sa.ForeignKeyConstraint(["base_code"], ["base.code"], name=op.f("fk_review_base_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review")),
    )
    with op.batch_alter_table("review", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_review_application_id"), ["application_id"], unique=False)

    op.create_table(
        "run_input",
        sa.Column("run_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("part", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_run_input_run_id")),
        sa.PrimaryKeyConstraint("run_id", "part", name=op.f("pk_run_input")),
    )
    op.create_table(
        "run_row",
        sa.Column("run_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("application_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("outcome", sa.String(length=16), nullable=False),
        sa.Column("base_code", sa.String(length=32), nullable=True),
        sa.Column("specialty_code", sa.String(length=32), nullable=True),
        sa.Column("via", sa.String(length=16), nullable=True),
        sa.Column("total", sa.Integer(), nullable=True),
        sa.Column("rank", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=16), nullable=True),
        sa.CheckConstraint(
            "(outcome = 'admitted' AND base_code IS NOT NULL AND specialty_code IS NOT NULL AND via IS NOT NULL AND total IS NOT NULL AND reason IS NULL) OR (outcome = 'not_admitted' AND base_code IS NULL AND specialty_code IS NULL AND via IS NULL AND reason IS NOT NULL)",
            name=op.f("ck_run_row_whole"),
        ),
        sa.CheckConstraint("outcome IN ('admitted', 'not_admitted')", name=op.f("ck_run_row_outcome")),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_run_row_application_id")
        ),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_run_row_run_id")),
        sa.PrimaryKeyConstraint("run_id", "application_id", name=op.f("pk_run_row")),
    )
    op.create_table(
        "score",
        sa.Column("application_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("record", sa.String(length=32), nullable=False),
        sa.Column("base_code", sa.String(length=32), nullable=True),
        sa.Column("written", sa.Integer(), nullable=True),
        sa.Column("skill", sa.Integer(), nullable=True),
        sa.Column("interview", sa.Integer(), nullable=True),
        sa.Column("touched_by", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(record = '' AND base_code IS NULL) OR (base_code IS NOT NULL AND record = base_code)",
            name=op.f("ck_score_record"),
        ),
        sa.CheckConstraint("interview BETWEEN 0 AND 10000", name=op.f("ck_score_interview")),
        sa.CheckConstraint("skill BETWEEN 0 AND 10000", name=op.f("ck_score_skill")),
        sa.CheckConstraint("written BETWEEN 0 AND 10000", name=op.f("ck_score_written")),
        sa.ForeignKeyConstraint(["application_id"], ["application.id"], name=op.f("fk_score_application_id")),
        sa.ForeignKeyConstraint(["base_code"], ["base.code"], name=op.f("fk_score_base_code")),
        sa.PrimaryKeyConstraint("application_id", "record", name=op.f("pk_score")),
    )
    op.create_table(
        "snapshot",
        sa.Column("application_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("version", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("id_type", sa.String(length=20), nullable=False),
        sa.Column("id_number", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("gender", sa.String(length=1), nullable=False),
        sa.Column("birth_date", sa.Date(), nullable=False),
        sa.Column("level", sa.String(length=2), nullable=False),
        sa.Column("school", sa.String(length=100), nullable=False),
        sa.Column("major", sa.String(length=100), nullable=False),
        sa.Column("degree", sa.String(length=3), nullable=True),
        sa.Column("graduated_on", sa.Date(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=True),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_snapshot_application_id")
        ),
        sa.PrimaryKeyConstraint("application_id", "version", name=op.f("pk_snapshot")),
    )
    op.create_table(
        "import_row",
        sa.Column("import_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("entity", sa.String(length=20), nullable=False),
        sa.Column("key", sa.String(length=100), nullable=False),
        sa.Column("action", sa.String(length=16), nullable=False),
        sa.Column("before", sa.Text(), nullable=True),
        sa.CheckConstraint("action IN ('inserted', 'updated')", name=op.f("ck_import_row_action")),
        sa.ForeignKeyConstraint(["import_id"], ["import_run.id"], name=op.f("fk_import_row_import_id")),
        sa.PrimaryKeyConstraint("import_id", "entity", "key", name=op.f("pk_import_row")),
    )


def downgrade() -> None:
    op.drop_table("import_row")
    op.drop_table("snapshot")
    op.drop_table("score")
    op.drop_table("run_row")
    op.drop_table("run_input")
    with op.batch_alter_table("review", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_review_application_id"))

    op.drop_table("review")
    op.drop_table("import_run")
    with op.batch_alter_table("choice", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_choice_batch_id_base_code_specialty_code"))

    op.drop_table("choice")
    with op.batch_alter_table("admission", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_admission_batch_id_base_code_specialty_code"))

    op.drop_table("admission")
    with op.batch_alter_table("work", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_work_trainee_id"))

    op.drop_table("work")
    op.drop_table("run")
    op.drop_table("plan")
    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_event_batch_id_subject"))

    op.drop_table("event")
    op.drop_table("education")
    op.drop_table("batch_setting")
    with op.batch_alter_table("application", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_application_trainee_id"))
        batch_op.drop_index(batch_op.f("ix_application_batch_id_status"))

    op.drop_table("application")
    op.drop_table("trainee")
    op.drop_table("specialty")
    op.drop_table("counter")
    op.drop_table("batch")
    op.drop_table("base")
