"""fieldwork: what organisations are, contact attempts, appointments, messages, the fate of referrals"""

import re
import unicodedata
from collections.abc import Iterable

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

NUMBERED_ONCE = {"sqlite_autoincrement": True}


def codes(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


LANGUAGE = codes("language", "fr", "en")
KIND = codes(
    "organisationtype",
    "health", "community", "police", "school", "research", "government", "indigenous", "other",
)  # fmt: skip
ZONE = codes("timezone", "America/Toronto", "America/Halifax", "America/Blanc-Sablon")
SOURCE = codes("casesource", "frame", "referral", "coordination", "committee")
REGION = codes("region", *(f"{n:02}" for n in range(1, 18)))
PERSON_ROLE = codes("personrole", "liaison", "director", "project_lead", "practitioner", "other")
REFUSAL_REASON = codes(
    "refusalreason", "time", "not_concerned", "confidentiality", "management", "burden", "other", "none_given"
)
FATE = codes("fate", "pending", "new", "known", "same", "dismissed")
CHANNEL = codes("channel", "phone", "email", "zoom", "in_person")
RESULT = codes(
    "attemptresult",
    "no_answer", "message", "invalid", "call_back", "redirected", "appointment", "interviewed", "not_now", "refused",
    "nothing", "not_eligible",
)  # fmt: skip
MODE = codes("mode", "phone", "zoom", "other")
APPOINTMENT_STATUS = codes("appointmentstatus", "planned", "kept", "missed", "cancelled")
MESSAGE_KIND = codes("messagekind", "first_contact", "reminder", "appointment", "eve", "thanks")
MESSAGE_STATUS = codes("messagestatus", "ready", "sending", "sent", "failed", "dropped")

DISPOSITIONS = (
    "not_contacted", "in_progress", "appointment", "completed", "completed_none", "partial", "refusal", "not_available",
    "no_reply", "impossible", "nothing_to_inventory", "not_eligible",
)  # fmt: skip
UNITS = ("organisation", "interview", "initiative", "paradata")
ROLES = ("interviewer", "coordinator", "coder", "analyst", "administrator")
WAITING = "disposition IN ('not_contacted', 'in_progress', 'appointment', 'partial')"
EVENTS = (
    "imported", "outcome", "assigned", "note", "interview_opened", "interview_completed", "interview_reopened",
    "sitting", "initiative_sent", "initiative_received",
)  # fmt: skip
NEW_EVENTS = ("attempt_corrected", "attempt_removed", "put_off", "suspended", "resumed", "merged", "unmerged")
DISPOSITION = codes("disposition", *DISPOSITIONS, "duplicate")


def upgrade() -> None:
    allow("user", "role", (*ROLES, "committee"))
    for table in ("case", "case_tally"):
        allow(table, "disposition", (*DISPOSITIONS, "duplicate"))
    allow("case_event", "kind", (*EVENTS, *NEW_EVENTS), "eventkind")
    allow("release_table", "unit", (UNITS[0], "contact", *UNITS[1:]))
    organisations()
    words()
    persons_and_referrals()
    cases()
    contacts()


def allow(table: str, column: str, values: Iterable[str], named: str | None = None) -> None:
    """Change what a code list holds; it has the name of its column unless it is `named`."""
    kwargs, check = NUMBERED_ONCE if table == "case" else {}, f"ck_{table}_{column}_{named or column}"
    with op.batch_alter_table(table, table_kwargs=kwargs) as batch:
        batch.drop_constraint(batch.f(check), type_="check")
        batch.create_check_constraint(batch.f(check), sa.column(column).in_(tuple(values)))


def organisations() -> None:
    with op.batch_alter_table("organisation", table_kwargs=NUMBERED_ONCE) as batch:
        batch.add_column(sa.Column("acronym", sa.Text(), nullable=True))
        batch.add_column(sa.Column("kind", KIND, nullable=True))
        batch.add_column(sa.Column("language", LANGUAGE, nullable=True))
        batch.add_column(sa.Column("time_zone", ZONE, nullable=False, server_default="America/Toronto"))
        batch.add_column(sa.Column("parent_id", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("merged_into_id", sa.Integer(), nullable=True))
    with op.batch_alter_table("organisation", table_kwargs=NUMBERED_ONCE) as batch:
        batch.alter_column("time_zone", server_default=None, existing_type=sa.String(40), existing_nullable=False)
        refer(batch, "organisation", "parent_id", "organisation", "SET NULL")
        refer(batch, "organisation", "merged_into_id", "organisation")
        batch.create_check_constraint(batch.f("ck_organisation__parent_is_another"), "parent_id <> id")
        batch.create_check_constraint(batch.f("ck_organisation__merged_into_another"), "merged_into_id <> id")
        for column in ("parent_id", "merged_into_id"):
            batch.create_index(batch.f(f"ix_organisation_{column}"), [column])
        for column in ("region_code", "kind"):
            batch.create_index(batch.f(f"ix_organisation_{column}"), [column, "folded_name"])
    op.create_table(
        "organisation_alias",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("folded_name", sa.Text(), nullable=False),
        of("organisation_alias", "organisation_id", "organisation", "CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation_alias")),
        sa.UniqueConstraint("folded_name", name=op.f("uq_organisation_alias_folded_name")),
    )
    op.create_index(op.f("ix_organisation_alias_organisation_id"), "organisation_alias", ["organisation_id"])
    op.create_table(
        "organisation_region",
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("region_code", REGION, nullable=False),
        of("organisation_region", "organisation_id", "organisation", "CASCADE"),
        sa.PrimaryKeyConstraint("organisation_id", "region_code", name=op.f("pk_organisation_region")),
    )


#: The spelling of names as it was on the day of this migration; `recension doctor --repair` brings it to today's.
LITTLE_WORDS = "le la les l de du des d et a au aux en the of and for in inc ltee ltd contre pour par sur sans avec s y"
LITTLE = frozenset(LITTLE_WORDS.split())
KINDS_WORDS = (
    "cisss ciusss csss chu clsc calacs cavac cegep cpe ymca ywca centre centres service services police maison maisons "
    "organisme table comite projet programme regroupement association fondation alliance coalition reseau ecole "
    "college universite direction groupe groupes aide intervention action jeunesse jeunes travail rue regional "
    "regionale ville municipalite quebec canada concertation integre sante sociaux universitaire agence ministere "
    "center house school association project"
)
KINDS = frozenset(KINDS_WORDS.split())
SAINTS = {"st": "saint", "ste": "sainte", "sts": "saints", "stes": "saintes"}
LIGATURES = str.maketrans(
    {"œ": "oe", "Œ": "oe", "æ": "ae", "Æ": "ae", "’": "'", "ʼ": "'", "‑": "-", "–": "-", "—": "-"}
)
BRACKETS = re.compile(r"[(\[]([^()\[\]]*)[)\]]")


def fold(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text[:2400].translate(LIGATURES))
    return " ".join("".join(c for c in plain if not unicodedata.combining(c)).casefold().split())[:600].rstrip()


def split(text: str) -> list[str]:
    plain = fold(text)
    return [word[:100] for word in re.findall(r"[^\W_]+", plain) or plain.split()]


def carrying(text: str) -> list[str]:
    found = [SAINTS.get(word, word) for word in split(text)]
    return [word for word in found if word not in LITTLE] or found


def look(text: str) -> str:
    return "".join(carrying(text)).translate(str.maketrans("l10", "iio"))


def indexed(name: str) -> set[str]:
    """The words of a name, and what it looks like: run together, in initials, for short."""
    outer = BRACKETS.sub(" ", name)
    seen = {look(name), look(outer), *(look(p) for p in BRACKETS.findall(name) if len(carrying(p)) > 1)}
    if 3 <= len(carrying(outer)) <= 12:
        seen.add("".join(word[0] for word in carrying(outer)).translate(str.maketrans("l10", "iio")))
    if len(carrying(name)) > 1 and name != name.upper():
        capitals = re.findall(r"\b[^\W\d_a-zà-öø-ÿœæ]{3,}\b", name)
        seen |= {look(word) for word in {fold(word) for word in capitals} - KINDS - LITTLE}
    return {*split(name), *(f"={one[:100]}" for one in seen if len(one) > 2)}


def words() -> None:
    """The index of the words of the names, filled with those of the organisations that are there."""
    plain = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
    table = op.create_table(
        "organisation_word",
        sa.Column("word", plain, nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        of("organisation_word", "organisation_id", "organisation", "CASCADE"),
        sa.PrimaryKeyConstraint("word", "organisation_id", name=op.f("pk_organisation_word")),
    )
    op.create_index(op.f("ix_organisation_word_organisation_id"), "organisation_word", ["organisation_id", "word"])
    names = op.get_bind().execute(sa.text("SELECT id, name FROM organisation")).all()
    for start in range(0, len(names), 5000):
        some = names[start : start + 5000]
        rows = [{"organisation_id": n, "word": word} for n, name in some for word in sorted(indexed(name))]
        op.get_bind().execute(sa.insert(table), rows)
    op.create_table(
        "distinct_organisations",
        sa.Column("first_id", sa.Integer(), nullable=False),
        sa.Column("second_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        of("distinct_organisations", "first_id", "organisation", "CASCADE"),
        of("distinct_organisations", "second_id", "organisation", "CASCADE"),
        of("distinct_organisations", "user_id", "user"),
        sa.PrimaryKeyConstraint("first_id", "second_id", name=op.f("pk_distinct_organisations")),
    )
    op.create_index(op.f("ix_distinct_organisations_second_id"), "distinct_organisations", ["second_id"])


def persons_and_referrals() -> None:
    with op.batch_alter_table("referral") as batch:
        batch.alter_column("case_id", existing_type=sa.Integer(), nullable=True)
        batch.add_column(sa.Column("source", SOURCE, nullable=False, server_default="referral"))
        batch.add_column(sa.Column("fate", FATE, nullable=False, server_default="pending"))
        batch.add_column(sa.Column("fate_note", sa.Text(), nullable=True))
        batch.add_column(sa.Column("organisation_id", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True))
        batch.add_column(sa.Column("decided_by", sa.Integer(), nullable=True))
    with op.batch_alter_table("referral") as batch:
        for column in ("source", "fate"):
            batch.alter_column(column, server_default=None, existing_type=sa.String(40), existing_nullable=False)
        refer(batch, "referral", "organisation_id", "organisation")
        refer(batch, "referral", "decided_by", "user")
        batch.create_check_constraint(
            batch.f("ck_referral__source_is_a_case_or_a_team"), "(source = 'referral') = (case_id IS NOT NULL)"
        )
        batch.create_check_constraint(
            batch.f("ck_referral__fate_is_decided_at_a_moment"), "(fate = 'pending') = (decided_at IS NULL)"
        )
        batch.create_index(batch.f("ix_referral_organisation_id"), ["organisation_id"])
        batch.create_index(batch.f("ix_referral_fate"), ["fate", "at"])
    with op.batch_alter_table("person") as batch:
        batch.add_column(sa.Column("role", PERSON_ROLE, nullable=True))
        batch.add_column(sa.Column("language", LANGUAGE, nullable=True))
        batch.add_column(sa.Column("other_phone", sa.Text(), nullable=True))
        batch.add_column(sa.Column("other_email", sa.Text(), nullable=True))
        batch.add_column(sa.Column("left_at", sa.DateTime(timezone=True), nullable=True))
        batch.add_column(sa.Column("referral_id", sa.Uuid(), nullable=True))
        refer(batch, "person", "referral_id", "referral", "SET NULL")
        batch.create_index(batch.f("ix_person_referral_id"), ["referral_id"])


def cases() -> None:
    with op.batch_alter_table("case", table_kwargs=NUMBERED_ONCE) as batch:
        batch.add_column(sa.Column("refusal_reason", REFUSAL_REASON, nullable=True))
        batch.add_column(sa.Column("source", SOURCE, nullable=False, server_default="frame"))
        batch.add_column(sa.Column("snowball_wave", sa.Integer(), nullable=False, server_default="0"))
        batch.add_column(sa.Column("attempts", sa.Integer(), nullable=False, server_default="0"))
        batch.add_column(sa.Column("last_attempt_at", sa.DateTime(timezone=True), nullable=True))
        batch.add_column(sa.Column("next_at", sa.DateTime(timezone=True), nullable=True))
        batch.add_column(sa.Column("put_off_to", sa.DateTime(timezone=True), nullable=True))
        batch.add_column(sa.Column("suspended_until", sa.Date(), nullable=True))
        batch.add_column(sa.Column("suspended_why", sa.Text(), nullable=True))
    with op.batch_alter_table("case", table_kwargs=NUMBERED_ONCE) as batch:
        batch.alter_column("source", server_default=None, existing_type=sa.String(40), existing_nullable=False)
        for column in ("snowball_wave", "attempts"):
            batch.alter_column(column, server_default=None, existing_type=sa.Integer(), existing_nullable=False)
        batch.create_check_constraint(
            batch.f("ck_case__suspended_with_a_reason"), "(suspended_until IS NULL) = (suspended_why IS NULL)"
        )
        batch.create_check_constraint(batch.f("ck_case__snowball_wave_counts_from_zero"), "snowball_wave >= 0")
        batch.create_index("ix_case_ageing", ["wave", "disposition", "last_attempt_at", "suspended_until"])
    waiting = {"sqlite_where": sa.text(WAITING), "postgresql_where": sa.text(WAITING)}
    op.create_index(op.f("ix_case_wave"), "case", ["wave", "interviewer_id", "next_at", "id"], **waiting)
    op.create_index(op.f("ix_case_event_kind"), "case_event", ["kind", "at"])
    op.create_table(
        "coverage_tally",
        sa.Column("wave", sa.Integer(), nullable=False),
        sa.Column("region_code", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("source", SOURCE, nullable=False),
        sa.Column("snowball_wave", sa.Integer(), nullable=False),
        sa.Column("disposition", DISPOSITION, nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(
            "wave", "region_code", "kind", "source", "snowball_wave", "disposition", name=op.f("pk_coverage_tally")
        ),
    )
    op.execute(
        "INSERT INTO coverage_tally (wave, region_code, kind, source, snowball_wave, disposition, n) "
        "SELECT wave, region_code, '', 'frame', 0, disposition, sum(n) FROM case_tally "
        "GROUP BY wave, region_code, disposition"
    )


def contacts() -> None:
    op.create_table(
        "contact_attempt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("channel", CHANNEL, nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("result", RESULT, nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        of("contact_attempt", "case_id", "case", "CASCADE"),
        of("contact_attempt", "user_id", "user"),
        of("contact_attempt", "person_id", "person", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_attempt")),
    )
    op.create_index(op.f("ix_contact_attempt_case_id"), "contact_attempt", ["case_id", "at"])
    op.create_index(op.f("ix_contact_attempt_at"), "contact_attempt", ["at"])
    op.create_index(op.f("ix_contact_attempt_person_id"), "contact_attempt", ["person_id"])
    op.create_table(
        "appointment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("mode", MODE, nullable=False),
        sa.Column("meeting_url", sa.Text(), nullable=True),
        sa.Column("language", LANGUAGE, nullable=False),
        sa.Column("status", APPOINTMENT_STATUS, nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=False),
        sa.CheckConstraint("minutes > 0", name=op.f("ck_appointment__lasts")),
        sa.CheckConstraint("sequence >= 0", name=op.f("ck_appointment__sequence_counts_from_zero")),
        of("appointment", "case_id", "case", "CASCADE"),
        of("appointment", "user_id", "user"),
        of("appointment", "made_by", "user"),
        of("appointment", "person_id", "person", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appointment")),
    )
    op.create_index(op.f("ix_appointment_user_id"), "appointment", ["user_id", "starts_at"])
    for column in ("case_id", "person_id", "starts_at"):
        op.create_index(op.f(f"ix_appointment_{column}"), "appointment", [column])
    messages()


def messages() -> None:
    op.create_table(
        "message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("appointment_id", sa.Uuid(), nullable=True),
        sa.Column("kind", MESSAGE_KIND, nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("language", LANGUAGE, nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("recipient", "subject", "body")),
        sa.Column("status", MESSAGE_STATUS, nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("trouble", sa.Text(), nullable=True),
        sa.CheckConstraint("step >= 1", name=op.f("ck_message__step_counts_from_one")),
        sa.CheckConstraint("(status = 'sent') = (sent_at IS NOT NULL)", name=op.f("ck_message__sent_at_a_moment")),
        sa.CheckConstraint(
            "status <> 'sending' OR claimed_at IS NOT NULL", name=op.f("ck_message__claimed_at_a_moment")
        ),
        of("message", "case_id", "case", "CASCADE"),
        of("message", "person_id", "person", "SET NULL"),
        of("message", "appointment_id", "appointment", "SET NULL"),
        of("message", "made_by", "user"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
        sa.UniqueConstraint("case_id", "kind", "step", name=op.f("uq_message_case_id")),
    )
    op.create_index(op.f("ix_message_status"), "message", ["status", "due_at"])
    for column in ("person_id", "appointment_id"):
        op.create_index(op.f(f"ix_message_{column}"), "message", [column])
    op.create_table(
        "message_template",
        sa.Column("kind", MESSAGE_KIND, nullable=False),
        sa.Column("language", LANGUAGE, nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.Integer(), nullable=False),
        of("message_template", "changed_by", "user"),
        sa.PrimaryKeyConstraint("kind", "language", name=op.f("pk_message_template")),
    )


def name_of(table: str, column: str, whose: str) -> str:
    return op.f(f"fk_{table}_{column}_{whose}")


def of(table: str, column: str, whose: str, ondelete: str | None = None) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{whose}.id"], name=name_of(table, column, whose), ondelete=ondelete)


def refer(batch, table: str, column: str, whose: str, ondelete: str | None = None) -> None:
    batch.create_foreign_key(name_of(table, column, whose), whose, [column], ["id"], ondelete=ondelete)


def downgrade() -> None:
    for table in ("message_template", "message", "appointment", "contact_attempt", "coverage_tally"):
        op.drop_table(table)
    op.drop_index(op.f("ix_case_event_kind"), "case_event")
    op.execute(sa.text(f"DELETE FROM case_event WHERE kind IN {NEW_EVENTS}"))  # noqa: S608
    allow("case_event", "kind", EVENTS, "eventkind")
    drop("case", ("ix_case_wave", "ix_case_ageing"), ("suspended_with_a_reason", "snowball_wave_counts_from_zero"), (
        "refusal_reason", "source", "snowball_wave", "attempts", "last_attempt_at", "next_at", "put_off_to",
        "suspended_until", "suspended_why",
    ))  # fmt: skip
    drop("person", ("ix_person_referral_id",), (), (
        "role", "language", "other_phone", "other_email", "left_at", "referral_id",
    ))  # fmt: skip
    op.execute(sa.text("DELETE FROM referral WHERE case_id IS NULL"))
    drop(
        "referral",
        ("ix_referral_organisation_id", "ix_referral_fate"),
        ("source_is_a_case_or_a_team", "fate_is_decided_at_a_moment"),
        ("source", "fate", "fate_note", "organisation_id", "decided_at", "decided_by"),
    )
    with op.batch_alter_table("referral") as batch:
        batch.alter_column("case_id", existing_type=sa.Integer(), nullable=False)
    for table in ("distinct_organisations", "organisation_word", "organisation_region", "organisation_alias"):
        op.drop_table(table)
    drop(
        "organisation",
        tuple(f"ix_organisation_{column}" for column in ("parent_id", "merged_into_id", "region_code", "kind")),
        ("parent_is_another", "merged_into_another"),
        ("acronym", "kind", "language", "time_zone", "parent_id", "merged_into_id"),
    )
    for table in ("case", "case_tally"):
        op.execute(sa.text(f"DELETE FROM \"{table}\" WHERE disposition = 'duplicate'"))  # noqa: S608
        allow(table, "disposition", DISPOSITIONS)
    op.execute(sa.text("DELETE FROM release_table WHERE unit = 'contact'"))
    allow("release_table", "unit", UNITS)
    op.execute(sa.text("UPDATE \"user\" SET role = 'coder', active = false WHERE role = 'committee'"))
    allow("user", "role", ROLES)


#: The code lists and the references that go with their columns.
LISTED = {
    "kind": "organisationtype", "language": "language", "time_zone": "timezone", "role": "personrole",
    "source": "casesource", "fate": "fate", "refusal_reason": "refusalreason",
}  # fmt: skip
REFERRING = {
    "parent_id": "organisation", "merged_into_id": "organisation", "organisation_id": "organisation",
    "decided_by": "user", "referral_id": "referral",
}  # fmt: skip


def drop(table: str, indexes: Iterable[str], checks: Iterable[str], columns: Iterable[str]) -> None:
    with op.batch_alter_table(table, table_kwargs=NUMBERED_ONCE if table in ("case", "organisation") else {}) as batch:
        for index in indexes:
            batch.drop_index(batch.f(index))
        for check in checks:
            batch.drop_constraint(batch.f(f"ck_{table}__{check}"), type_="check")
        for column in columns:
            if column in LISTED:
                batch.drop_constraint(batch.f(f"ck_{table}_{column}_{LISTED[column]}"), type_="check")
            if column in REFERRING:
                batch.drop_constraint(name_of(table, column, REFERRING[column]), type_="foreignkey")
            batch.drop_column(column)
