"""first tables"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:

    op.create_table(
        "case_tally",
        sa.Column("wave", sa.Integer(), nullable=False),
        sa.Column("region_code", sa.Text(), nullable=False),
        sa.Column("interviewer_id", sa.Integer(), nullable=False),
        sa.Column(
            "disposition",
            sa.Enum(
                "not_contacted",
                "in_progress",
                "appointment",
                "completed",
                "completed_none",
                "partial",
                "refusal",
                "not_available",
                "no_reply",
                "impossible",
                "nothing_to_inventory",
                "not_eligible",
                name="disposition",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("wave", "region_code", "interviewer_id", "disposition", name=op.f("pk_case_tally")),
    )
    op.create_table(
        "login_failure",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("address_hash", sa.Text(), nullable=False),
        sa.Column("email_hash", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_login_failure")),
    )
    with op.batch_alter_table("login_failure", schema=None) as batch_op:
        batch_op.create_index("ix_login_failure_address_hash_at", ["address_hash", "at"], unique=False)
        batch_op.create_index(batch_op.f("ix_login_failure_at"), ["at"], unique=False)

    op.create_table(
        "organisation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("folded_name", sa.Text(), nullable=False),
        sa.Column(
            "region_code",
            sa.Enum(
                "01",
                "02",
                "03",
                "04",
                "05",
                "06",
                "07",
                "08",
                "09",
                "10",
                "11",
                "12",
                "13",
                "14",
                "15",
                "16",
                "17",
                name="region",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation")),
        sa.UniqueConstraint("folded_name", name=op.f("uq_organisation_folded_name")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "user",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "interviewer",
                "coordinator",
                "coder",
                "analyst",
                "administrator",
                name="role",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "language",
            sa.Enum("fr", "en", name="language", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("password_hash", sa.Text(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("email = lower(email)", name=op.f("ck_user_email_is_lower_case")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user")),
        sa.UniqueConstraint("email", name=op.f("uq_user_email")),
    )
    op.create_table(
        "audit_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("object_type", sa.Text(), nullable=True),
        sa.Column("object_id", sa.Integer(), nullable=True),
        sa.Column("detail", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_audit_entry_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entry")),
    )
    op.create_table(
        "case",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("wave", sa.Integer(), nullable=False),
        sa.Column("interviewer_id", sa.Integer(), nullable=True),
        sa.Column(
            "disposition",
            sa.Enum(
                "not_contacted",
                "in_progress",
                "appointment",
                "completed",
                "completed_none",
                "partial",
                "refusal",
                "not_available",
                "no_reply",
                "impossible",
                "nothing_to_inventory",
                "not_eligible",
                name="disposition",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(["interviewer_id"], ["user.id"], name=op.f("fk_case_interviewer_id_user")),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_case_organisation_id_organisation"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case")),
        sa.UniqueConstraint("organisation_id", "wave", name=op.f("uq_case_organisation_id")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("case", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_case_interviewer_id"), ["interviewer_id"], unique=False)

    op.create_table(
        "login_session",
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name=op.f("fk_login_session_user_id_user"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_login_session")),
    )
    with op.batch_alter_table("login_session", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_login_session_user_id"), ["user_id"], unique=False)

    op.create_table(
        "one_time_link",
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column(
            "purpose",
            sa.Enum(
                "setup", "invitation", "reset", name="purpose", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name=op.f("fk_one_time_link_user_id_user"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_one_time_link")),
    )
    with op.batch_alter_table("one_time_link", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_one_time_link_user_id"), ["user_id"], unique=False)

    op.create_table(
        "person",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("function", sa.Text(), nullable=True),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("email", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_person_organisation_id_organisation"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
    )
    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_person_organisation_id"), ["organisation_id"], unique=False)

    op.create_table(
        "release",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["created_by"], ["user.id"], name=op.f("fk_release_created_by_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_release")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "case_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column(
            "kind",
            sa.Enum(
                "imported",
                "outcome",
                "assigned",
                "note",
                "interview_opened",
                "interview_completed",
                "interview_reopened",
                name="eventkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column("text", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_case_event_case_id_case"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_case_event_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_event")),
    )
    with op.batch_alter_table("case_event", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_case_event_case_id"), ["case_id"], unique=False)

    op.create_table(
        "interview",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("interviewer_id", sa.Integer(), nullable=False),
        sa.Column("instrument_version", sa.Text(), nullable=False),
        sa.Column(
            "mode",
            sa.Enum("phone", "zoom", "other", name="mode", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("respondent_name", sa.Text(), nullable=True),
        sa.Column("respondent_function", sa.Text(), nullable=True),
        sa.Column("held_on", sa.Date(), nullable=True),
        sa.Column(
            "has_initiatives",
            sa.Enum("yes", "no", name="yesno", native_enum=False, create_constraint=True, length=40),
            nullable=True,
        ),
        sa.Column("initiative_count", sa.Integer(), nullable=True),
        sa.Column(
            "knows_others",
            sa.Enum("yes", "no", name="yesno", native_enum=False, create_constraint=True, length=40),
            nullable=True,
        ),
        sa.Column("others_named", sa.Text(), nullable=True),
        sa.Column("others_contacts", sa.Text(), nullable=True),
        sa.Column("concerns", sa.Text(), nullable=True),
        sa.Column("needs", sa.Text(), nullable=True),
        sa.Column("closing_remarks", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "initiative_count BETWEEN 0 AND 999", name=op.f("ck_interview__initiative_count_is_plausible")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_interview_case_id_case"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["interviewer_id"], ["user.id"], name=op.f("fk_interview_interviewer_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interview")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("interview", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_interview_case_id"), ["case_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_interview_interviewer_id"), ["interviewer_id"], unique=False)

    op.create_table(
        "release_table",
        sa.Column("release_id", sa.Integer(), nullable=False),
        sa.Column(
            "unit",
            sa.Enum(
                "organisation",
                "interview",
                "initiative",
                name="unit",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("row_count", sa.Integer(), nullable=False),
        sa.Column("dictionary", sa.Text(), nullable=False),
        sa.Column("rows", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["release_id"], ["release.id"], name=op.f("fk_release_table_release_id_release"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("release_id", "unit", name=op.f("pk_release_table")),
    )
    op.create_table(
        "consent",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("interview_id", sa.Integer(), nullable=False),
        sa.Column(
            "purpose",
            sa.Enum(
                "interview",
                "quote",
                "recontact",
                name="consentpurpose",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "given",
            sa.Enum("yes", "no", name="yesno", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("script_version", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["interview_id"], ["interview.id"], name=op.f("fk_consent_interview_id_interview"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["recorded_by"], ["user.id"], name=op.f("fk_consent_recorded_by_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent")),
    )
    with op.batch_alter_table("consent", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_consent_interview_id"), ["interview_id"], unique=False)

    op.create_table(
        "initiative",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.Uuid(), nullable=False),
        sa.Column("interview_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("year_created", sa.Integer(), nullable=True),
        sa.Column(
            "status",
            sa.Enum(
                "developing",
                "running",
                "suspended",
                name="status",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("lead_organisation", sa.Text(), nullable=True),
        sa.Column("partners", sa.Text(), nullable=True),
        sa.Column("funding_source", sa.Text(), nullable=True),
        sa.Column("youth_age", sa.Text(), nullable=True),
        sa.Column("parents_detail", sa.Text(), nullable=True),
        sa.Column("practitioners_detail", sa.Text(), nullable=True),
        sa.Column("others_detail", sa.Text(), nullable=True),
        sa.Column("objectives", sa.Text(), nullable=True),
        sa.Column("components", sa.Text(), nullable=True),
        sa.Column("innovative_aspects", sa.Text(), nullable=True),
        sa.Column("delivery", sa.Text(), nullable=True),
        sa.Column("further_information", sa.Text(), nullable=True),
        sa.CheckConstraint("position >= 1", name=op.f("ck_initiative__position_counts_from_one")),
        sa.CheckConstraint("year_created BETWEEN 1800 AND 2100", name=op.f("ck_initiative__year_created_is_plausible")),
        sa.ForeignKeyConstraint(
            ["interview_id"], ["interview.id"], name=op.f("fk_initiative_interview_id_interview"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_initiative")),
        sa.UniqueConstraint("id", "interview_id", name=op.f("uq_initiative_id")),
        sa.UniqueConstraint("uid", name=op.f("uq_initiative_uid")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("initiative", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_initiative_interview_id"), ["interview_id"], unique=False)

    op.create_table(
        "edit",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "part",
            sa.Enum("answer", "note", name="part", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("value", sa.Text(), nullable=True),
        sa.Column(
            "reason",
            sa.Enum(
                "dont_know",
                "refused",
                "not_applicable",
                name="missingreason",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("initiative_id", sa.Integer(), nullable=True),
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("interview_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("version >= 1", name=op.f("ck_edit__version_counts_from_one")),
        sa.ForeignKeyConstraint(
            ["initiative_id", "interview_id"],
            ["initiative.id", "initiative.interview_id"],
            name=op.f("fk_edit_initiative_id_initiative"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["interview_id"], ["interview.id"], name=op.f("fk_edit_interview_id_interview"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_edit_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_edit")),
    )
    with op.batch_alter_table("edit", schema=None) as batch_op:
        batch_op.create_index(
            "uq_edit_block_field",
            ["interview_id", "initiative_id", "item", "part", "version"],
            unique=True,
            sqlite_where=sa.text("initiative_id IS NOT NULL"),
            postgresql_where=sa.text("initiative_id IS NOT NULL"),
        )
        batch_op.create_index(
            "uq_edit_interview_field",
            ["interview_id", "item", "part", "version"],
            unique=True,
            sqlite_where=sa.text("initiative_id IS NULL"),
            postgresql_where=sa.text("initiative_id IS NULL"),
        )

    op.create_table(
        "initiative_audience",
        sa.Column(
            "code",
            sa.Enum(
                "youth",
                "parents",
                "practitioners",
                "others",
                name="audience",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("initiative_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["initiative_id"],
            ["initiative.id"],
            name=op.f("fk_initiative_audience_initiative_id_initiative"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("code", "initiative_id", name=op.f("pk_initiative_audience")),
    )
    op.create_table(
        "initiative_funding",
        sa.Column(
            "code",
            sa.Enum("none", "seeking", "funded", name="funding", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("initiative_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["initiative_id"],
            ["initiative.id"],
            name=op.f("fk_initiative_funding_initiative_id_initiative"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("code", "initiative_id", name=op.f("pk_initiative_funding")),
    )
    op.create_table(
        "initiative_youth_involvement",
        sa.Column(
            "code",
            sa.Enum(
                "victims",
                "procurers",
                "third_parties",
                name="involvement",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("initiative_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["initiative_id"],
            ["initiative.id"],
            name=op.f("fk_initiative_youth_involvement_initiative_id_initiative"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("code", "initiative_id", name=op.f("pk_initiative_youth_involvement")),
    )
    op.create_table(
        "initiative_youth_risk",
        sa.Column(
            "code",
            sa.Enum(
                "all", "at_risk", "involved", name="risklevel", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("initiative_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["initiative_id"],
            ["initiative.id"],
            name=op.f("fk_initiative_youth_risk_initiative_id_initiative"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("code", "initiative_id", name=op.f("pk_initiative_youth_risk")),
    )
    op.create_table(
        "initiative_youth_sex",
        sa.Column(
            "code",
            sa.Enum("all", "male", "female", "other", name="sex", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("initiative_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["initiative_id"],
            ["initiative.id"],
            name=op.f("fk_initiative_youth_sex_initiative_id_initiative"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("code", "initiative_id", name=op.f("pk_initiative_youth_sex")),
    )
    op.create_table(
        "nonresponse",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "reason",
            sa.Enum(
                "dont_know",
                "refused",
                "not_applicable",
                name="missingreason",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("initiative_id", sa.Integer(), nullable=True),
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("interview_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["initiative_id", "interview_id"],
            ["initiative.id", "initiative.interview_id"],
            name=op.f("fk_nonresponse_initiative_id_initiative"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["interview_id"], ["interview.id"], name=op.f("fk_nonresponse_interview_id_interview"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_nonresponse")),
    )
    with op.batch_alter_table("nonresponse", schema=None) as batch_op:
        batch_op.create_index(
            "uq_nonresponse_block_field",
            ["interview_id", "initiative_id", "item"],
            unique=True,
            sqlite_where=sa.text("initiative_id IS NOT NULL"),
            postgresql_where=sa.text("initiative_id IS NOT NULL"),
        )
        batch_op.create_index(
            "uq_nonresponse_interview_field",
            ["interview_id", "item"],
            unique=True,
            sqlite_where=sa.text("initiative_id IS NULL"),
            postgresql_where=sa.text("initiative_id IS NULL"),
        )

    op.create_table(
        "note",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("initiative_id", sa.Integer(), nullable=True),
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("interview_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["initiative_id", "interview_id"],
            ["initiative.id", "initiative.interview_id"],
            name=op.f("fk_note_initiative_id_initiative"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["interview_id"], ["interview.id"], name=op.f("fk_note_interview_id_interview"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_note")),
    )
    with op.batch_alter_table("note", schema=None) as batch_op:
        batch_op.create_index(
            "uq_note_block_field",
            ["interview_id", "initiative_id", "item"],
            unique=True,
            sqlite_where=sa.text("initiative_id IS NOT NULL"),
            postgresql_where=sa.text("initiative_id IS NOT NULL"),
        )
        batch_op.create_index(
            "uq_note_interview_field",
            ["interview_id", "item"],
            unique=True,
            sqlite_where=sa.text("initiative_id IS NULL"),
            postgresql_where=sa.text("initiative_id IS NULL"),
        )


def downgrade() -> None:

    with op.batch_alter_table("note", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_note_interview_field",
            sqlite_where=sa.text("initiative_id IS NULL"),
            postgresql_where=sa.text("initiative_id IS NULL"),
        )
        batch_op.drop_index(
            "uq_note_block_field",
            sqlite_where=sa.text("initiative_id IS NOT NULL"),
            postgresql_where=sa.text("initiative_id IS NOT NULL"),
        )

    op.drop_table("note")
    with op.batch_alter_table("nonresponse", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_nonresponse_interview_field",
            sqlite_where=sa.text("initiative_id IS NULL"),
            postgresql_where=sa.text("initiative_id IS NULL"),
        )
        batch_op.drop_index(
            "uq_nonresponse_block_field",
            sqlite_where=sa.text("initiative_id IS NOT NULL"),
            postgresql_where=sa.text("initiative_id IS NOT NULL"),
        )

    op.drop_table("nonresponse")
    op.drop_table("initiative_youth_sex")
    op.drop_table("initiative_youth_risk")
    op.drop_table("initiative_youth_involvement")
    op.drop_table("initiative_funding")
    op.drop_table("initiative_audience")
    with op.batch_alter_table("edit", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_edit_interview_field",
            sqlite_where=sa.text("initiative_id IS NULL"),
            postgresql_where=sa.text("initiative_id IS NULL"),
        )
        batch_op.drop_index(
            "uq_edit_block_field",
            sqlite_where=sa.text("initiative_id IS NOT NULL"),
            postgresql_where=sa.text("initiative_id IS NOT NULL"),
        )

    op.drop_table("edit")
    with op.batch_alter_table("initiative", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_initiative_interview_id"))

    op.drop_table("initiative")
    with op.batch_alter_table("consent", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_consent_interview_id"))

    op.drop_table("consent")
    op.drop_table("release_table")
    with op.batch_alter_table("interview", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_interview_interviewer_id"))
        batch_op.drop_index(batch_op.f("ix_interview_case_id"))

    op.drop_table("interview")
    with op.batch_alter_table("case_event", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_case_event_case_id"))

    op.drop_table("case_event")
    op.drop_table("release")
    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_person_organisation_id"))

    op.drop_table("person")
    with op.batch_alter_table("one_time_link", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_one_time_link_user_id"))

    op.drop_table("one_time_link")
    with op.batch_alter_table("login_session", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_login_session_user_id"))

    op.drop_table("login_session")
    with op.batch_alter_table("case", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_case_interviewer_id"))

    op.drop_table("case")
    op.drop_table("audit_entry")
    op.drop_table("user")
    op.drop_table("organisation")
    with op.batch_alter_table("login_failure", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_login_failure_at"))
        batch_op.drop_index("ix_login_failure_address_hash_at")

    op.drop_table("login_failure")
    op.drop_table("case_tally")
